"""Business Profile's Location (mybusinessbusinessinformation v1) as a listing.

Schema: https://developers.google.com/my-business/reference/businessinformation/rest/v1/accounts.locations
proto3 JSON leaves zeros out: a TimeOfDay of {} is 00:00.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from crawlers.formats import openings, shown
from listings.records import ListingRecord, OpenStatus, Period, SpecialDay, WeeklyHours

SHOWN_BY: Mapping[str, tuple[str, ...]] = {
    "title": ("name",),
    "storefrontAddress": ("street", "city", "region", "postal_code", "country"),
    "phoneNumbers": ("phone",),
    "websiteUri": ("website",),
    "categories": ("categories",),
    "regularHours": ("hours",),
    "specialHours": ("special_hours",),
    "latlng": ("latitude", "longitude"),
    "openInfo": ("status",),
}
"""What each field of a read mask lets a location show."""

_MISMATCHES = {"categories": ("category",), "latlng": ("coordinates",)}


def fields_of(paths: Iterable[str]) -> list[str]:
    """The fields, by the names that comparison gives them, that the paths of a field mask lead to."""
    heads = dict.fromkeys(path.partition(".")[0] for path in paths)
    return [field for head in heads for field in _MISMATCHES.get(head, SHOWN_BY.get(head, ()))]


WEEK_DAYS = {
    "MONDAY": 0, "TUESDAY": 1, "WEDNESDAY": 2, "THURSDAY": 3, "FRIDAY": 4, "SATURDAY": 5, "SUNDAY": 6,
}  # fmt: skip
_STATUS = {
    "OPEN": OpenStatus.OPEN,
    "CLOSED_PERMANENTLY": OpenStatus.CLOSED,
    "CLOSED_TEMPORARILY": OpenStatus.TEMPORARILY_CLOSED,
}


class _Struct(msgspec.Struct, rename="camel"):
    pass


class _Time(_Struct, forbid_unknown_fields=True):
    """A TimeOfDay. A key it doesn't know is a changed schema, so that a zero is never made up."""

    hours: int | None = 0
    minutes: int | None = 0
    seconds: int | None = 0
    nanos: int | None = 0

    @property
    def minute(self) -> int | None:
        """The minute of the day, None when it is null or beyond 24:00."""
        if self.hours is None or self.minutes is None:
            return None
        minute = 60 * self.hours + self.minutes
        return minute if 0 <= minute <= openings.DAY else None


class _Date(_Struct, forbid_unknown_fields=True):
    year: int | None = None
    month: int | None = None
    day: int | None = None

    @property
    def date(self) -> dt.date | None:
        """The date, None when a part is missing."""
        try:
            return dt.date(self.year or 0, self.month or 0, self.day or 0)
        except (ValueError, OverflowError):
            return None


class _Period(_Struct):
    open_day: str | None = None
    open_time: _Time | None = None
    close_day: str | None = None
    close_time: _Time | None = None


class _SpecialPeriod(_Struct):
    start_date: _Date
    end_date: _Date | None = None
    open_time: _Time | None = None
    close_time: _Time | None = None
    closed: bool | None = None


class _BusinessHours(_Struct):
    periods: list[_Period] | None = None


class _SpecialHours(_Struct):
    special_hour_periods: list[_SpecialPeriod] | None = None


class PostalAddress(_Struct):
    """google.type.PostalAddress, the part of it that a listing shows."""

    region_code: str | None = None
    postal_code: str | None = None
    administrative_area: str | None = None
    locality: str | None = None
    sublocality: str | None = None
    address_lines: list[str] | None = None

    def fields(self) -> dict[str, Any]:
        """The address as fields of a listing."""
        lines = (shown.lines(line) for line in self.address_lines or ())
        return {
            "street": ", ".join(line for line in lines if line) or None,
            "city": shown.text(self.locality),
            "region": shown.text(self.administrative_area),
            "postal_code": shown.text(self.postal_code),
            "country": shown.text(self.region_code),
        }


class _Phones(_Struct):
    primary_phone: str | None = None
    additional_phones: list[str] | None = None


class _Category(_Struct):
    name: str | None = None
    display_name: str | None = None


class _Categories(_Struct):
    primary_category: _Category | None = None
    additional_categories: list[_Category] | None = None


class _LatLng(_Struct, forbid_unknown_fields=True):
    latitude: float | None = 0.0
    longitude: float | None = 0.0

    def pair(self) -> tuple[float | None, float | None]:
        """Both degrees; one left out is 0, both 0 or one null are no pin."""
        latitude, longitude = shown.between(self.latitude, -90, 90), shown.between(self.longitude, -180, 180)
        if latitude is None or longitude is None or latitude == longitude == 0:
            return None, None
        return latitude, longitude


class _OpenInfo(_Struct):
    status: str | None = None
    can_reopen: bool | None = None


class _ServiceArea(_Struct):
    business_type: str | None = None
    region_code: str | None = None


class _Metadata(_Struct):
    place_id: str | None = None
    maps_uri: str | None = None
    new_review_uri: str | None = None
    has_google_updated: bool | None = None
    has_pending_edits: bool | None = None
    has_voice_of_merchant: bool | None = None
    duplicate_location: str | None = None


class Location(_Struct):
    """A Location as any read mask leaves it."""

    name: str | None = None
    title: str | None = None
    store_code: str | None = None
    language_code: str | None = None
    phone_numbers: _Phones | None = None
    categories: _Categories | None = None
    storefront_address: PostalAddress | None = None
    website_uri: str | None = None
    regular_hours: _BusinessHours | None = None
    special_hours: _SpecialHours | None = None
    service_area: _ServiceArea | None = None
    labels: list[str] | None = None
    latlng: _LatLng | None = None
    open_info: _OpenInfo | None = None
    metadata: _Metadata | None = None


def listing(document: Mapping[str, Any], mask: frozenset[str], source: str) -> ListingRecord:
    """One Location; `mask` names the fields that were asked for (a key of the document always was).

    Raises msgspec.ValidationError, naming the place, when the schema is another.
    """
    location = msgspec.convert(document, Location, strict=False)
    address = location.storefront_address.fields() if location.storefront_address else {}
    area = location.service_area or _ServiceArea()
    country = address.get("country") or shown.text(area.region_code)
    phones = location.phone_numbers or _Phones()
    latitude, longitude = location.latlng.pair() if location.latlng else (None, None)
    metadata = location.metadata or _Metadata()
    return ListingRecord(
        source=source,
        source_id=location_id(location.name),
        url=shown.text(metadata.maps_uri),
        shown=_shown(location, mask | frozenset(document)),
        name=shown.text(location.title),
        phone=shown.phone(phones.primary_phone, country),
        website=shown.text(location.website_uri),
        categories=_categories(location.categories),
        hours=_hours(location.regular_hours),
        special_hours=_special(location.special_hours),
        latitude=latitude,
        longitude=longitude,
        status=_status(location.open_info),
        extra=_extra(location),
        **address,
    )


def location_id(name: str | None) -> str | None:
    """ "locations/1" of "accounts/7/locations/1" or of itself; other names stay as they are."""
    name = shown.text(name)
    if name is None or "locations/" not in name:
        return name
    return "locations/" + name.split("locations/", 1)[1].split("/", 1)[0]


def _shown(location: Location, mask: frozenset[str]) -> frozenset[str]:
    asked = {name.split(".", 1)[0] for name in mask}
    area = location.service_area
    # A business that only visits its customers has no storefront address to be wrong about.
    if location.storefront_address is None and (area is not None or "serviceArea" not in asked):
        asked.discard("storefrontAddress")
    # A location without its own pin is geocoded by Google: no pin here is not a missing one.
    if location.latlng is None:
        asked.discard("latlng")
    # Hours that are said but can't be read are not "no hours".
    if location.regular_hours and location.regular_hours.periods and _hours(location.regular_hours) is None:
        asked.discard("regularHours")
    return frozenset(field for name in asked for field in SHOWN_BY.get(name, ()))


def _categories(categories: _Categories | None) -> tuple[str, ...] | None:
    if categories is None:
        return None
    every = (categories.primary_category, *(categories.additional_categories or ()))
    names = (shown.text(one.display_name) or shown.text(one.name) for one in every if one is not None)
    return tuple(name for name in names if name) or None


def _hours(hours: _BusinessHours | None) -> WeeklyHours | None:
    if hours is None or not hours.periods:
        return None
    spans, unknown = [], set()
    for period in hours.periods:
        span = _span(period)
        if span is None:
            unknown.add(WEEK_DAYS.get(period.open_day or ""))
        else:
            spans.append(span)
    if None in unknown:
        return None
    return {
        day: None if number in unknown else periods
        for number, (day, periods) in enumerate(openings.week(spans).items())
    }


def _span(period: _Period) -> openings.Span | None:
    open_day, close_day = WEEK_DAYS.get(period.open_day or ""), WEEK_DAYS.get(period.close_day or "")
    if open_day is None or close_day is None or period.open_time is None or period.close_time is None:
        return None
    opens, closes = period.open_time.minute, period.close_time.minute
    return None if opens is None or closes is None else (open_day, opens, close_day, closes)


def _special(hours: _SpecialHours | None) -> tuple[SpecialDay, ...] | None:
    days: dict[dt.date, list[Period]] = {}
    for special in (hours.special_hour_periods if hours else None) or ():
        date = special.start_date.date
        if date is None:
            continue
        if special.closed:
            days.setdefault(date, [])
        else:
            period = _special_period(special.open_time, special.close_time)
            if period is not None:
                days.setdefault(date, []).append(period)
    return tuple(SpecialDay(date, tuple(sorted(days[date]))) for date in sorted(days)) or None


def _special_period(opens: _Time | None, closes: _Time | None) -> Period | None:
    start, end = (time.minute if time else None for time in (opens, closes))
    return None if start is None or end is None else openings.periods_of(start, end)


def _status(info: _OpenInfo | None) -> OpenStatus | None:
    if info is None or not info.status:
        return None
    return _STATUS.get(info.status, OpenStatus.UNKNOWN)


def _extra(location: Location) -> dict[str, Any]:
    metadata, phones = location.metadata or _Metadata(), location.phone_numbers or _Phones()
    address, area = location.storefront_address or PostalAddress(), location.service_area or _ServiceArea()
    said: Iterable[tuple[str, Any]] = (
        ("name", location.name), ("store_code", location.store_code),
        ("language", location.language_code), ("labels", location.labels),
        ("place_id", metadata.place_id), ("new_review_url", metadata.new_review_uri),
        ("has_google_updated", metadata.has_google_updated), ("has_pending_edits", metadata.has_pending_edits),
        ("has_voice_of_merchant", metadata.has_voice_of_merchant),
        ("duplicate_of", metadata.duplicate_location), ("additional_phones", phones.additional_phones),
        ("sublocality", address.sublocality), ("service_area", area.business_type),
        ("can_reopen", location.open_info.can_reopen if location.open_info else None),
        *shown.phone_extension(phones.primary_phone, address.region_code).items(),
    )  # fmt: skip
    return {key: value for key, value in said if value not in (None, "", [])}
