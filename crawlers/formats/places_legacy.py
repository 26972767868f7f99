"""Results of the Places API before 2023 (Maps web service): text search, nearby search, details.

Schema: https://developers.google.com/maps/documentation/places/web-service/legacy/details#Place
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from crawlers.formats import place_hours, shown
from crawlers.formats.one_line_address import address_of
from listings.records import ListingRecord, OpenStatus
from reputation.records import ReviewRecord

_STATUS = {
    "OPERATIONAL": OpenStatus.OPEN,
    "CLOSED_TEMPORARILY": OpenStatus.TEMPORARILY_CLOSED,
    "CLOSED_PERMANENTLY": OpenStatus.CLOSED,
}
_ADDRESS = ("street", "city", "region", "postal_code", "country")


class _Review(msgspec.Struct):
    author_name: str | None = None
    author_url: str | None = None
    profile_photo_url: str | None = None
    language: str | None = None
    original_language: str | None = None
    rating: float | None = None
    text: str | None = None
    time: int | None = None
    translated: bool | None = None


class _Result(msgspec.Struct):
    place_id: str | None = None
    name: str | None = None
    formatted_address: str | None = None
    vicinity: str | None = None
    formatted_phone_number: str | None = None
    international_phone_number: str | None = None
    website: str | None = None
    url: str | None = None
    geometry: dict[str, Any] | None = None
    business_status: str | None = None
    permanently_closed: bool | None = None
    types: list[str] | None = None
    rating: float | None = None
    user_ratings_total: int | None = None
    opening_hours: dict[str, Any] | None = None
    reviews: list[_Review] | None = None


def records(
    document: Mapping[str, Any], source: str
) -> tuple[tuple[ListingRecord, ...], tuple[ReviewRecord, ...]]:
    """The listing of one result, and its reviews.

    Raises msgspec.ValidationError, naming the place, when the schema is another.
    """
    said = msgspec.convert(document, _Result, strict=False)
    reviews = tuple(_review(one, source, said.place_id) for one in said.reviews or ())
    return (_listing(said, document, source),), reviews


def _listing(said: _Result, document: Mapping[str, Any], source: str) -> ListingRecord:
    address = address_of(said.formatted_address) if said.formatted_address else None
    country = (address or {}).get("country")
    point = (said.geometry or {}).get("location")
    point = point if isinstance(point, Mapping) else {}
    return ListingRecord(
        source=source,
        source_id=shown.text(said.place_id),
        url=shown.text(said.url),
        shown=_shown(document, address is not None),
        name=shown.text(said.name),
        phone=shown.phone(said.international_phone_number or said.formatted_phone_number, country),
        website=shown.text(said.website),
        categories=tuple(said.types or ()) or None,
        hours=place_hours.weekly(said.opening_hours),
        latitude=shown.between(point.get("lat"), -90, 90),
        longitude=shown.between(point.get("lng"), -180, 180),
        status=_status(said),
        rating=shown.between(said.rating, 1, 5),
        review_count=said.user_ratings_total,
        extra={"formatted_address": said.formatted_address} if said.formatted_address else {},
        street=(address or {}).get("street"),
        city=(address or {}).get("city"),
        region=(address or {}).get("region"),
        postal_code=(address or {}).get("postal_code"),
        country=country,
    )


def _shown(document: Mapping[str, Any], has_address: bool) -> frozenset[str]:
    by_key: Mapping[str, tuple[str, ...]] = {
        "name": ("name",), "formatted_phone_number": ("phone",), "international_phone_number": ("phone",),
        "website": ("website",), "types": ("categories",), "geometry": ("latitude", "longitude"),
        "business_status": ("status",), "permanently_closed": ("status",),
        "rating": ("rating", "review_count"), "user_ratings_total": ("rating", "review_count"),
    }  # fmt: skip
    fields = {field for key in document for field in by_key.get(key, ())}
    hours = document.get("opening_hours")
    if isinstance(hours, Mapping) and not {"periods", "weekday_text"}.isdisjoint(hours):
        fields.add("hours")  # a search result tells only whether it is open now
    return frozenset(fields | set(_ADDRESS if has_address else ()))


def _status(said: _Result) -> OpenStatus | None:
    if said.business_status:
        return _STATUS.get(said.business_status, OpenStatus.UNKNOWN)
    return OpenStatus.CLOSED if said.permanently_closed else None


def _review(said: _Review, source: str, listing_id: str | None) -> ReviewRecord:
    words = said.text if shown.text(said.text) else None
    extra = (("author_url", said.author_url), ("author_photo", said.profile_photo_url))
    return ReviewRecord(
        source=source,
        source_review_id=None,
        rating=shown.between(said.rating, 1, 5),
        text=words,
        language=shown.text(said.original_language) or shown.text(said.language),
        author=shown.text(said.author_name),
        created_at=shown.unix_moment(said.time),
        listing_source_id=listing_id,
        extra={key: value for key, value in extra if value},
    )
