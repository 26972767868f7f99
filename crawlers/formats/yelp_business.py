"""A business of the Yelp Places API v3, from details, search, phone search and business match.

https://docs.developer.yelp.com/reference/v3_business_info
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from crawlers.formats import shown, yelp_hours
from crawlers.formats.countries import country_code
from crawlers.formats.yelp_urls import untracked
from listings.records import ListingRecord, OpenStatus, SpecialDay, WeeklyHours

SOURCE = "yelp"
KEYS = frozenset(
    {"alias", "location", "coordinates", "display_phone", "is_closed", "is_claimed", "review_count", "hours"}
)
"""The keys of which every business has one beside its name."""
_DETAILS = frozenset({"is_claimed", "photos", "hours", "special_hours"})
_SHOWN_BY: Mapping[str, tuple[str, ...]] = {
    "name": ("name",), "location.address1": ("street",), "location.city": ("city",),
    "location.state": ("region",), "location.zip_code": ("postal_code",), "location.country": ("country",),
    "phone": ("phone",), "display_phone": ("phone",), "categories": ("categories",),
    "coordinates": ("latitude", "longitude"), "is_closed": ("status",), "rating": ("rating",),
    "review_count": ("review_count",), "hours": ("hours",), "business_hours": ("hours",),
    "special_hours": ("special_hours",), "attributes.business_url": ("website",),
}  # fmt: skip


class _Location(msgspec.Struct):
    address1: str | None = None
    address2: str | None = None
    address3: str | None = None
    city: str | None = None
    state: str | None = None
    zip_code: str | None = None
    country: str | None = None
    cross_streets: str | None = None
    display_address: list[str] | None = None


class _Point(msgspec.Struct):
    latitude: float | None = None
    longitude: float | None = None


class _Category(msgspec.Struct):
    alias: str | None = None
    title: str | None = None


class _Business(msgspec.Struct):
    id: str | None = None
    alias: str | None = None
    name: str | None = None
    url: str | None = None
    phone: str | None = None
    display_phone: str | None = None
    is_closed: bool | None = None
    is_claimed: bool | None = None
    price: str | None = None
    rating: float | None = None
    review_count: int | None = None
    location: _Location | None = None
    coordinates: _Point | None = None
    categories: list[_Category] | None = None
    hours: list[yelp_hours.Hours] | None = None
    business_hours: list[yelp_hours.Hours] | None = None
    special_hours: list[yelp_hours.Special] | None = None
    attributes: dict[str, Any] | None = None
    date_opened: str | None = None
    date_closed: str | None = None


def is_business(document: Any) -> bool:
    """Whether a document has the shape of a business of v3."""
    return isinstance(document, Mapping) and "name" in document and not KEYS.isdisjoint(document)


def is_legacy(document: Mapping[str, Any]) -> bool:
    """Whether a business has the shape of the API v2, which ended in 2018."""
    location = document.get("location")
    pairs = document.get("categories")
    return (isinstance(location, Mapping) and not {"coordinate", "country_code"}.isdisjoint(location)) or (
        isinstance(pairs, list) and bool(pairs) and all(isinstance(pair, list) for pair in pairs)
    )


def listings(documents: Sequence[Mapping[str, Any]]) -> tuple[ListingRecord, ...]:
    """The businesses of one answer: what one of them shows, the others could.

    Raises msgspec.ValidationError, naming the place, when the schema is another.
    """
    could = frozenset().union(*(_shown(document) for document in documents))
    return tuple(_listing(msgspec.convert(one, _Business, strict=False), could) for one in documents)


def _shown(document: Mapping[str, Any]) -> frozenset[str]:
    parts = {name: document.get(name) for name in ("location", "attributes")}
    inner = {f"{name}.{key}" for name, part in parts.items() if isinstance(part, Mapping) for key in part}
    fields = {field for key in {*document, *inner} for field in _SHOWN_BY.get(key, ())}
    if not _DETAILS.isdisjoint(document):
        fields |= {"hours", "special_hours"}  # details leave both out where a business tells none
    return frozenset(fields)


def _listing(said: _Business, could: frozenset[str]) -> ListingRecord:
    place, point = said.location or _Location(), said.coordinates or _Point()
    lines = [shown.text(line) for line in (place.address1, place.address2, place.address3)]
    country = country_code(shown.text(place.country))
    week, unread_week = _week(said)
    days, unread_days = _days(said)
    count = said.review_count if said.review_count is not None and said.review_count >= 0 else None
    titles = [shown.text(one.title) or shown.text(one.alias) for one in said.categories or ()]
    return ListingRecord(
        source=SOURCE,
        source_id=shown.text(said.id),
        url=untracked(said.url),
        shown=could - unread_week - unread_days,
        name=shown.text(said.name),
        street=", ".join(line for line in lines if line) or None,
        city=shown.text(place.city),
        region=shown.text(place.state),
        postal_code=shown.text(place.zip_code),
        country=country,
        phone=shown.phone(shown.text(said.phone) or said.display_phone, country),
        website=shown.text((said.attributes or {}).get("business_url")),
        categories=tuple(title for title in titles if title) or None,
        hours=week,
        special_hours=days,
        latitude=shown.between(point.latitude, -90, 90),
        longitude=shown.between(point.longitude, -180, 180),
        status=_status(said),
        rating=shown.between(said.rating, 1, 5),
        review_count=count,
        extra=_extra(said, place),
    )


def _week(said: _Business) -> tuple[WeeklyHours | None, frozenset[str]]:
    try:
        return yelp_hours.weekly(said.hours or said.business_hours), frozenset()
    except yelp_hours.UnreadableHours:
        return None, frozenset({"hours"})


def _days(said: _Business) -> tuple[tuple[SpecialDay, ...] | None, frozenset[str]]:
    try:
        return yelp_hours.special(said.special_hours), frozenset()
    except yelp_hours.UnreadableHours:
        return None, frozenset({"special_hours"})


def _status(said: _Business) -> OpenStatus | None:
    """`is_closed` means closed for good, never "closed at this hour"."""
    if said.is_closed is None:
        return None
    if said.is_closed:
        return OpenStatus.CLOSED
    closed_for_now = (said.attributes or {}).get("business_temp_closed")
    if not closed_for_now:
        return OpenStatus.OPEN
    # A flag or the time since when; in any other form it isn't known what it says.
    return OpenStatus.TEMPORARILY_CLOSED if isinstance(closed_for_now, int) else None


def _plain(value: Any) -> str | int | None:
    return value if isinstance(value, str | int) else None


def _extra(said: _Business, place: _Location) -> dict[str, Any]:
    aliases = [one.alias for one in said.categories or () if one.alias]
    values = (
        ("alias", said.alias), ("category_aliases", aliases), ("price", said.price),
        ("cross_streets", place.cross_streets), ("date_opened", said.date_opened),
        ("date_closed", said.date_closed),
        ("business_temp_closed", _plain((said.attributes or {}).get("business_temp_closed"))),
    )  # fmt: skip
    claimed = {} if said.is_claimed is None else {"is_claimed": said.is_claimed}
    return {**{key: value for key, value in values if value}, **claimed}
