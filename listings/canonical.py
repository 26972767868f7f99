"""The canonical record of a location in the words that comparison shares with the sources."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from listings.models.location import Location
from listings.models.organization import Organization
from listings.normalize.hours import parse_osm
from listings.normalize.phone import phone_form
from listings.records import LISTING_FIELDS, ListingRecord

CANONICAL = "record"
"""The source name of a location's own record."""


def location_record(location: Location) -> ListingRecord:
    """The location as a ListingRecord; a column the user left empty is not `shown`, so never compared."""
    hours, _ = parse_osm(location.hours) if location.hours else (None, ())
    _, special = parse_osm(location.special_hours) if location.special_hours else (None, None)
    values = {
        "name": location.name,
        "street": location.street,
        "city": location.city,
        "region": location.region,
        "postal_code": location.postal_code,
        "country": location.country,
        "phone": location.phone,
        "website": location.website,
        "categories": (location.category,) if location.category else None,
        "hours": hours,
        "special_hours": special or None,
        "latitude": location.latitude,
        "longitude": location.longitude,
        "status": location.status,
    }
    shown = frozenset(field for field in LISTING_FIELDS if values.get(field) is not None)
    return ListingRecord(
        source=CANONICAL, source_id=location.code, url=location.website, shown=shown, **values,  # type: ignore[arg-type]
    )  # fmt: skip


def tracking_numbers(location: Location) -> frozenset[str]:
    """The declared tracking numbers in E.164; one that is no number is left out."""
    forms = (phone_form(str(number), location.country) for number in location.tracking_phones or ())
    return frozenset(form.e164 for form in forms if form.e164 is not None)


def redirects(location: Location) -> frozenset[str]:
    """The web addresses declared to lead to the location's own: its column `website_redirects`, one a word."""
    return frozenset(str((location.extra or {}).get("website_redirects", "")).replace(",", " ").split())


def local_date(session: Session, location: Location, moment: dt.datetime) -> dt.date:
    """The date at the location at an aware moment, in its own zone, else in its organization's."""
    zone = location.time_zone or session.get_one(Organization, location.organization_id).time_zone
    return moment.astimezone(ZoneInfo(zone)).date()


def upcoming(record: ListingRecord, today: dt.date, days: int | None) -> ListingRecord:
    """The record with the special days from today on, `days` of them at most; past ones tell nothing.

    None of them left means that the record says nothing about special hours.
    """
    if record.special_hours is None:
        return record
    last = dt.date.max if days is None else today + dt.timedelta(days=days - 1)
    kept = tuple(day for day in record.special_hours if today <= day.date <= last)
    return replace(record, special_hours=kept or None)
