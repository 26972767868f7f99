"""A schema.org business node as a listing. Properties: https://schema.org/LocalBusiness."""

import re
from collections.abc import Iterable
from typing import Any

from crawlers.formats import schema_hours, shown
from crawlers.formats.countries import country_code
from crawlers.formats.links import is_web, joined
from crawlers.formats.one_line_address import address_of
from crawlers.jsonld import Node, as_list
from listings.records import LISTING_FIELDS, ListingRecord

SHOWN = frozenset(LISTING_FIELDS) - {"status"}
"""schema.org has no word for a closed business."""

ADDRESS = ("street", "city", "region", "postal_code", "country")
_ADDRESS_KEYS = ("streetaddress", "addresslocality", "addressregion", "postalcode", "postofficeboxnumber")
_EXTRA = (
    ("legal_name", "legalname"), ("alternate_name", "alternatename"), ("email", "email"),
    ("branch_code", "branchcode"), ("price_range", "pricerange"), ("same_as", "sameas"),
)  # fmt: skip
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_COUNT = re.compile(r"\d{1,3}(?:[,. ’'\u202f\u00a0]\d{3})+|\d+")
_STARS = 5.0
_DUMMIES = frozenset({"", "null", "undefined", "none", "n/a", "nan"})


def listing(node: Node, page_url: str, layer: str, source: str) -> ListingRecord:
    """One business node; `layer` names the encoding it was read from, `page_url` may be ""."""
    address, unread = _address(node)
    country = address.get("country")
    latitude, longitude = _point(node)
    rating, count, best = _rating(node)
    identifier, own_url = _words(node.get("@id")), _address_of(node.get("url"), page_url)
    number = _telephone(node)
    extra: dict[str, Any] = {name: value for name, key in _EXTRA if (value := _all_words(node.get(key)))}
    hidden: set[str] = set()
    if unread:
        extra["address"] = unread
        hidden.update(ADDRESS)
    hours = schema_hours.weekly(node)
    if hours is None and (node.get("openinghours") or node.get("openinghoursspecification")):
        # Hours that are said but can't be read are not "no hours".
        extra |= {"opening_hours": said} if (said := _all_words(node.get("openinghours"))) else {}
        hidden.add("hours")
    if best not in (None, _STARS):
        extra["best_rating"] = best
    if rating is None and any(
        one.get("ratingvalue") is not None for one in _dicts(node.get("aggregaterating"))
    ):
        # Nor is a rating on another scale no rating.
        hidden.add("rating")
    return ListingRecord(
        source=source,
        source_id=identifier or own_url or page_url or None,
        url=page_url or own_url,
        shown=SHOWN - hidden,
        name=_words(node.get("name")) or _words(node.get("legalname")),
        phone=shown.phone(number, country),
        website=own_url,
        categories=tuple(node.get("@type", ())) or None,
        hours=hours,
        special_hours=schema_hours.special(node),
        latitude=latitude,
        longitude=longitude,
        rating=rating,
        review_count=count,
        extra={"layer": layer, **extra, **shown.phone_extension(number, country)},
        **address,
    )


def _words(value: Any) -> str | None:
    """The first text of a value, on one line; "null" and the like are no text."""
    return next((text for one in as_list(value) if (text := _text_of(one))), None)


def _text_of(value: Any) -> str | None:
    said = value.get("name") or value.get("@id") if isinstance(value, dict) else value
    if isinstance(said, float) and said.is_integer():
        said = int(said)
    if isinstance(said, int | float) and not isinstance(said, bool):
        return str(said)
    text = " ".join(said.split()) if isinstance(said, str) else ""
    return text if text.lower() not in _DUMMIES else None


def _all_words(value: Any) -> str | list[str] | None:
    every = [word for one in as_list(value) if (word := _words(one))]
    return every if len(every) > 1 else (every[0] if every else None)


def _address_of(value: Any, page_url: str) -> str | None:
    for one in as_list(value):
        text = one.get("@id") or one.get("url") if isinstance(one, dict) else one
        if isinstance(text, str) and text.strip():
            # "www.shop.example" is a host somebody forgot the scheme of, not a page next to this one.
            url = text.strip() if text.strip().startswith("www.") else joined(page_url, text)
            return url if is_web(url) else None
    return None


def _telephone(node: Node) -> str | None:
    holders = [node, *_dicts(node.get("contactpoint")), *_dicts(node.get("address"))]
    for holder in holders:
        text = _words(holder.get("telephone"))
        if text is not None:
            return re.sub(r"^(?:tel|phone)\s*:\s*", "", text, flags=re.IGNORECASE)
    return None


def _dicts(value: Any) -> list[Node]:
    return [one for one in as_list(value) if isinstance(one, dict)]


def _address(node: Node) -> tuple[dict[str, Any], str | None]:
    """The address in parts; else the text that couldn't be taken apart."""
    places = _dicts(node.get("location"))
    every = [
        *as_list(node.get("address")),
        *(one for place in places for one in as_list(place.get("address"))),
    ]
    parts = [one for one in (*every, *places) if isinstance(one, dict) and _completeness(one)]
    if parts:
        return _in_parts(max(parts, key=_completeness)), None
    for text in every:
        if isinstance(text, str) and text.strip():
            line = shown.lines(text) or ""
            parsed = address_of(line)
            return (dict(parsed), None) if parsed else ({}, line)
    return {}, None


def _completeness(address: Node) -> int:
    return sum(bool(_words(address.get(key))) for key in (*_ADDRESS_KEYS, "addresscountry"))


def _in_parts(address: Node) -> dict[str, Any]:
    street = [shown.lines(_raw(one)) for one in as_list(address.get("streetaddress"))]
    box = _words(address.get("postofficeboxnumber"))
    lines: Iterable[str | None] = (
        street if any(street) else [f"PO Box {box}" if box and box.isdecimal() else box]
    )
    return {
        "street": ", ".join(line for line in lines if line and line.lower() not in _DUMMIES) or None,
        "city": _words(address.get("addresslocality")),
        "region": _words(address.get("addressregion")),
        "postal_code": _words(address.get("postalcode")),
        "country": country_code(_words(address.get("addresscountry"))),
    }


def _raw(value: Any) -> Any:
    return value if isinstance(value, str) else _words(value)


def _point(node: Node) -> tuple[float | None, float | None]:
    holders = [
        *_dicts(node.get("geo")),
        node,
        *(geo for one in _dicts(node.get("location")) for geo in (*_dicts(one.get("geo")), one)),
    ]
    for holder in holders:
        latitude, longitude = _degrees(holder.get("latitude"), 90), _degrees(holder.get("longitude"), 180)
        if latitude is not None and longitude is not None:
            return latitude, longitude
    for text in as_list(node.get("geo")):
        pair = (
            re.fullmatch(r"\s*(-?\d+\.\d+)\s*[,;]\s*(-?\d+\.\d+)\s*", text) if isinstance(text, str) else None
        )
        if pair:
            return _degrees(pair[1], 90), _degrees(pair[2], 180)
    return None, None


def _degrees(value: Any, most: int) -> float | None:
    return shown.between(_number(value), -most, most)


def _number(value: Any) -> float | None:
    """A number, or a text that is one; a comma may stand for the point."""
    for one in as_list(value):
        if isinstance(one, int | float) and not isinstance(one, bool):
            return float(one)
        if isinstance(one, str) and _NUMBER.fullmatch(one.strip()):
            return float(one.strip().replace(",", "."))
    return None


def _rating(node: Node) -> tuple[float | None, int | None, float | None]:
    """Stars of five, how many have rated, and the best there is; a rating on another scale is no stars."""
    for one in _dicts(node.get("aggregaterating")):
        value, best = _number(one.get("ratingvalue")), _number(one.get("bestrating"))
        if value is None and isinstance(one.get("ratingvalue"), str):
            fraction = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*/\s*(\d+)\s*", one["ratingvalue"])
            if fraction:
                value, best = _number(fraction[1]), _number(fraction[2])
        count = _count(one.get("reviewcount"))
        count = _count(one.get("ratingcount")) if count is None else count
        return shown.between(value, 1, _STARS) if best in (None, _STARS) else None, count, best
    return None, None, None


def _count(value: Any) -> int | None:
    for one in as_list(value):
        if isinstance(one, int | float) and not isinstance(one, bool) and one >= 0 and one == int(one):
            return int(one)
        if isinstance(one, str) and _COUNT.fullmatch(one.strip()):
            return int(re.sub(r"\D", "", one))
    return None
