"""A business profile of BBB: the `businessProfile` in the state that its pages carry.

Undocumented; written down from recorded states. Persons and e-mail addresses in it are left out.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from crawlers.formats import bbb_figures, shown
from crawlers.formats.bbb_reviews import date_of
from crawlers.formats.bbb_urls import absolute, country_in, key_in
from crawlers.formats.countries import country_code
from listings.records import ListingRecord, OpenStatus

SOURCE = "bbb"


class _Struct(msgspec.Struct, rename="camel"):
    pass


class _Names(_Struct):
    primary: str | None = None
    alt_business_names: list[Any] | None = None


class _Address(_Struct):
    address_line1: str | None = None
    address_line2: str | None = None
    city: str | None = None
    state_code: str | None = None
    zip_code: str | None = None
    country_code: str | None = None


class _Location(_Struct):
    latitude: float | None = None
    longitude: float | None = None
    postal_address: _Address | None = None


class _Contact(_Struct):
    phone_number: str | None = None
    additional_phone_numbers: list[Any] | None = None


class _Urls(_Struct):
    profile: str | None = None
    primary: str | None = None


class _Details(_Struct):
    is_out_of_business: bool | None = None


class _Accreditation(_Struct):
    is_accredited: bool | None = None


class _Dates(_Struct):
    accredited: str | None = None
    accreditation_revoked: str | None = None


class _Categories(_Struct):
    links: list[Any] | None = None


class _Bureau(_Struct):
    name: str | None = None


class Profile(_Struct):
    """What a listing takes from a profile."""

    bbb_id: str | None = None
    business_id: str | None = None
    is_local_report: bool | None = None
    is_system_wide: bool | None = None
    is_multi_location: bool | None = None
    names: _Names | None = None
    location: _Location | None = None
    contact_information: _Contact | None = None
    urls: _Urls | None = None
    org_details: _Details | None = None
    accreditation_information: _Accreditation | None = None
    dates: _Dates | None = None
    categories: _Categories | None = None
    local_bbb_data: _Bureau | None = None
    rating: bbb_figures.Grade | None = None
    reviews_complaints_summary: bbb_figures.Summary | None = None


def profile(document: Mapping[str, Any], page: str = "") -> ListingRecord:
    """The listing of one profile; `page` is the address it came from, where that is known.

    Figures of a system-wide profile belong to the whole company; `extra["system_wide"]` says so.
    Raises msgspec.ValidationError, naming the place, when the schema is another.
    """
    said = msgspec.convert(document, Profile, strict=False)
    place = said.location or _Location()
    urls = said.urls or _Urls()
    address = place.postal_address or _Address()
    url = _own_page(absolute(urls.profile), shown.text(page))
    country = country_code(shown.text(address.country_code)) or country_in(url)
    contact, summary = said.contact_information or _Contact(), said.reviews_complaints_summary
    lines = [shown.text(line) for line in (address.address_line1, address.address_line2)]
    links = said.categories.links or () if said.categories else ()
    titles = [shown.text(link.get("title")) for link in links if isinstance(link, Mapping)]
    return ListingRecord(
        source=SOURCE,
        source_id=_key(said, url),
        url=url,
        shown=_shown(said, country),
        name=shown.text(said.names.primary) if said.names else None,
        street=", ".join(line for line in lines if line) or None,
        city=shown.text(address.city),
        region=shown.text(address.state_code),
        postal_code=shown.text(address.zip_code),
        country=country,
        phone=shown.phone(contact.phone_number, country),
        website=shown.text(urls.primary),
        categories=tuple(title for title in titles if title) or None,
        latitude=shown.between(place.latitude, -90, 90),
        longitude=shown.between(place.longitude, -180, 180),
        status=_status(said.org_details),
        rating=bbb_figures.stars(summary) if summary else None,
        review_count=bbb_figures.count(summary.reviewsTotal) if summary else None,
        extra=_extra(said, country),
    )


def _own_page(told: str | None, asked: str | None) -> str | None:
    """The profile's address: the one it tells, unless it was asked for as one of several addresses of a business."""
    named = f"{key_in(told)}_"
    return asked if told is None or (key_in(asked) or "").startswith(named) else told


def _key(said: Profile, url: str | None) -> str | None:
    known = [shown.text(said.bbb_id), shown.text(said.business_id)]
    from_url = key_in(url)
    if not all(known):
        return from_url
    own = "_".join(part for part in known if part)
    return from_url if from_url and from_url.startswith(f"{own}_") else own


def _shown(said: Profile, country: str | None) -> frozenset[str]:
    """A part that an excerpt left out can't be shown."""
    place = said.location
    parts: tuple[tuple[Any, tuple[str, ...]], ...] = (
        (said.names, ("name",)), (place, ("latitude", "longitude")),
        (place and place.postal_address, ("street", "city", "region", "postal_code")), (country, ("country",)),
        (said.contact_information, ("phone",)), (said.urls, ("website",)), (said.categories, ("categories",)),
        (said.org_details, ("status",)), (said.reviews_complaints_summary, ("rating", "review_count")),
    )  # fmt: skip
    return frozenset(field for part, fields in parts if part is not None for field in fields)


def _status(said: _Details | None) -> OpenStatus | None:
    if said is None or said.is_out_of_business is None:
        return None
    return OpenStatus.CLOSED if said.is_out_of_business else OpenStatus.OPEN


def _extra(said: Profile, country: str | None) -> dict[str, Any]:
    more = said.contact_information.additional_phone_numbers if said.contact_information else None
    dates = said.dates or _Dates()
    also = (said.names.alt_business_names or ()) if said.names else ()
    values = {
        "accredited": said.accreditation_information and said.accreditation_information.is_accredited,
        "accredited_since": _iso(dates.accredited),
        "accreditation_revoked": _iso(dates.accreditation_revoked),
        "also_known_as": [name for one in also if (name := shown.text(one))],
        "bbb": said.local_bbb_data and said.local_bbb_data.name,
        "multi_location": said.is_multi_location or None,
        "system_wide": said.is_system_wide or None,
        "local_report": said.is_local_report or None,
        "phones": [number for one in more or () if (number := shown.phone(_number(one), country))],
    }
    figures = bbb_figures.figures(said.rating, said.reviews_complaints_summary)
    return {**figures, **bbb_figures.without_nothing(values)}


def _iso(value: str | None) -> str | None:
    date = date_of(value)
    return date.isoformat() if date else None


def _number(value: Any) -> Any:
    return value.get("value") if isinstance(value, Mapping) else value
