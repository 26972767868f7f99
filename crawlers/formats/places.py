"""A Place of the Places API (New) as a listing and its (at most five) reviews.

Schema: https://developers.google.com/maps/documentation/places/web-service/reference/rest/v1/places
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from crawlers.formats import place_hours, shown
from crawlers.formats.google_profile import PostalAddress
from crawlers.formats.one_line_address import address_of
from listings.records import LISTING_FIELDS, ListingRecord, OpenStatus
from reputation.records import ReviewRecord

_ADDRESS = ("street", "city", "region", "postal_code", "country")
_SHOWN_BY: Mapping[str, tuple[str, ...]] = {
    "displayName": ("name",),
    "postalAddress": _ADDRESS,
    "addressComponents": _ADDRESS,
    "formattedAddress": _ADDRESS,
    "nationalPhoneNumber": ("phone",),
    "internationalPhoneNumber": ("phone",),
    "websiteUri": ("website",),
    "types": ("categories",),
    "primaryType": ("categories",),
    "regularOpeningHours": ("hours",),
    "currentOpeningHours": ("special_hours",),
    "location": ("latitude", "longitude"),
    "businessStatus": ("status",),
    "rating": ("rating", "review_count"),
    "userRatingCount": ("rating", "review_count"),
}
_WHOLE = frozenset(
    {"viewport", "iconMaskBaseUri", "utcOffsetMinutes", "businessStatus", "timeZone", "plusCode"}
)
"""Fields that stand together only in the answer to the mask "*": it shows everything there is."""

_STATUS = {
    "OPERATIONAL": OpenStatus.OPEN,
    "CLOSED_TEMPORARILY": OpenStatus.TEMPORARILY_CLOSED,
    "CLOSED_PERMANENTLY": OpenStatus.CLOSED,
}


class _Struct(msgspec.Struct, rename="camel"):
    pass


class _Text(_Struct):
    text: str | None = None
    language_code: str | None = None


class _Component(_Struct):
    long_text: str | None = None
    short_text: str | None = None
    types: list[str] | None = None


class _LatLng(_Struct):
    latitude: float | None = None
    longitude: float | None = None


class _Author(_Struct):
    display_name: str | None = None
    uri: str | None = None
    photo_uri: str | None = None


class _Review(_Struct):
    name: str | None = None
    rating: float | None = None
    text: _Text | None = None
    original_text: _Text | None = None
    author_attribution: _Author | None = None
    publish_time: str | None = None
    flag_content_uri: str | None = None
    google_maps_uri: str | None = None


class Place(_Struct):
    """A Place as any field mask leaves it."""

    id: str | None = None
    name: str | None = None
    display_name: _Text | None = None
    formatted_address: str | None = None
    short_formatted_address: str | None = None
    postal_address: PostalAddress | None = None
    address_components: list[_Component] | None = None
    national_phone_number: str | None = None
    international_phone_number: str | None = None
    website_uri: str | None = None
    google_maps_uri: str | None = None
    location: _LatLng | None = None
    rating: float | None = None
    user_rating_count: int | None = None
    business_status: str | None = None
    types: list[str] | None = None
    primary_type: str | None = None
    primary_type_display_name: _Text | None = None
    time_zone: dict[str, Any] | None = None
    regular_opening_hours: dict[str, Any] | None = None
    current_opening_hours: dict[str, Any] | None = None
    moved_place: str | None = None
    moved_place_id: str | None = None
    pure_service_area_business: bool | None = None
    consumer_alert: dict[str, Any] | None = None
    reviews: list[_Review] | None = None


FIELDS = frozenset(field.encode_name for field in msgspec.structs.fields(Place))
"""The names of a Place's fields that are read here."""


def place(document: Mapping[str, Any]) -> Place:
    """The document as a Place; raises msgspec.ValidationError, naming the place, when it is none."""
    return msgspec.convert(document, Place, strict=False)


def place_id(said: Place) -> str | None:
    """The id, from `id` or from the resource name "places/ID"."""
    return shown.text(said.id) or (shown.text(said.name) or "").removeprefix("places/") or None


def moved_to(said: Place) -> str | None:
    """The id of the place this one has moved to."""
    return (
        shown.text(said.moved_place_id)
        or (shown.text(said.moved_place) or "").removeprefix("places/")
        or None
    )


def listing(said: Place, document: Mapping[str, Any], mask: frozenset[str], source: str) -> ListingRecord:
    """The place's listing; `mask` names the fields that were asked for, where that is known."""
    address = _address(said)
    country = address.get("country")
    point = said.location or _LatLng()
    hours = place_hours.weekly(said.regular_opening_hours)
    shown_fields = _shown(said, address, mask | frozenset(document))
    number = said.international_phone_number or said.national_phone_number
    return ListingRecord(
        source=source,
        source_id=place_id(said),
        url=shown.text(said.google_maps_uri),
        # Hours that are said but can't be read are not "no hours".
        shown=shown_fields - {"hours"} if hours is None and said.regular_opening_hours else shown_fields,
        name=shown.text(said.display_name.text) if said.display_name else None,
        phone=shown.phone(number, country),
        website=shown.text(said.website_uri),
        categories=_categories(said),
        hours=hours,
        special_hours=place_hours.special(said.current_opening_hours),
        latitude=shown.between(point.latitude, -90, 90),
        longitude=shown.between(point.longitude, -180, 180),
        status=_STATUS.get(said.business_status, OpenStatus.UNKNOWN) if said.business_status else None,
        rating=shown.between(said.rating, 1, 5),
        review_count=said.user_rating_count,
        extra=_extra(said, number, country),
        **address,
    )


def reviews(said: Place, source: str) -> tuple[ReviewRecord, ...]:
    """The reviews Google chose to show: five at most, without the owner's replies."""
    return tuple(_review(one, source, place_id(said)) for one in said.reviews or ())


def _review(said: _Review, source: str, listing_id: str | None) -> ReviewRecord:
    author = said.author_attribution or _Author()
    now, original = said.text or said.original_text or _Text(), said.original_text or _Text()
    extra = (
        ("author_url", author.uri), ("author_photo", author.photo_uri), ("flag_url", said.flag_content_uri),
    )  # fmt: skip
    return ReviewRecord(
        source=source,
        source_review_id=shown.text(said.name),
        rating=shown.between(said.rating, 1, 5),
        text=now.text if shown.text(now.text) else None,
        original_text=original.text if shown.text(original.text) else None,
        language=shown.text(original.language_code) or shown.text(now.language_code),
        author=shown.text(author.display_name),
        created_at=shown.moment(said.publish_time),
        url=shown.text(said.google_maps_uri),
        listing_source_id=listing_id,
        extra={key: value for key, value in extra if value},
    )


def _shown(said: Place, address: Mapping[str, Any], mask: frozenset[str]) -> frozenset[str]:
    if "*" in mask or mask >= _WHOLE:
        fields = set(LISTING_FIELDS)
    else:
        fields = {field for key in mask for field in _SHOWN_BY.get(key.removeprefix("places."), ())}
    # An address in one line that can't be taken apart, or none where customers don't come, is
    # no statement about street and city.
    if not address or (said.pure_service_area_business and not address.get("street")):
        fields.difference_update(_ADDRESS)
    return frozenset(fields)


def _address(said: Place) -> dict[str, Any]:
    if said.postal_address is not None:
        parts = said.postal_address.fields()
        # Google keeps a British post town out of the locality, yet shows it in the written line.
        parts["city"] = parts["city"] or _component(said, "locality") or _component(said, "postal_town")
        return parts
    country = _component(said, "country", short=True)
    if said.formatted_address:
        line = address_of(said.formatted_address, country)
        if line is not None:
            return dict(line)
    return _from_components(said, country)


def _from_components(said: Place, country: str | None) -> dict[str, Any]:
    if not said.address_components:
        return {}
    number, route = _component(said, "street_number"), _component(said, "route")
    # Where the house number stands differs by country; only the written line could tell.
    street = (
        f"{number} {route}"
        if number and route and country in _NUMBER_FIRST
        else route and not number and route
    )
    return {
        "street": street or None,
        "city": _component(said, "locality") or _component(said, "postal_town"),
        "region": _component(said, "administrative_area_level_1", short=True),
        "postal_code": _component(said, "postal_code"),
        "country": country,
    }


_NUMBER_FIRST = frozenset({"US", "CA", "GB", "IE", "AU", "NZ", "FR", "ZA", "IN", "SG", "MY", "PH", "IL"})


def _component(said: Place, kind: str, *, short: bool = False) -> str | None:
    for one in said.address_components or ():
        if kind in (one.types or ()):
            return shown.text(one.short_text if short else one.long_text)
    return None


def _categories(said: Place) -> tuple[str, ...] | None:
    every: Iterable[str] = [said.primary_type or "", *(said.types or ())]
    return tuple(dict.fromkeys(kind for kind in every if kind)) or None


def _extra(said: Place, number: str | None, country: str | None) -> dict[str, Any]:
    label = said.primary_type_display_name or _Text()
    values = (
        ("business_status", said.business_status), ("moved_to", moved_to(said)),
        ("primary_category", label.text), ("formatted_address", said.formatted_address),
        ("short_address", said.short_formatted_address), ("time_zone", (said.time_zone or {}).get("id")),
        ("service_area_only", said.pure_service_area_business), ("consumer_alert", said.consumer_alert),
        *shown.phone_extension(number, country).items(),
    )  # fmt: skip
    return {key: value for key, value in values if value}
