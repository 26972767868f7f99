"""Which fields of a listing are held against its location, and how many there are over many places."""

import datetime as dt
import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.access import Actor, scoped
from listings.models.listing import Listing
from listings.models.location import Location
from listings.sources import SOURCES, facts

MEMBERS: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "street": ("street",),
    "city": ("city",),
    "region": ("region",),
    "postal_code": ("postal_code",),
    "phone": ("phone",),
    "website": ("website",),
    "hours": ("hours",),
    "special_hours": ("special_hours",),
    "category": ("categories",),
    "status": ("status",),
    "coordinates": ("latitude", "longitude"),
}
"""Each compared field with the members of a record that hold it."""

_COMPLETE = [key for key, source in SOURCES.items() if source.complete]


def compared_fields(location: Location, listing: Listing, now: dt.datetime) -> frozenset[str]:
    """The fields that the record has and the listing's answer can show.

    A source that isn't complete is held only to what it says. Where no record is kept every field
    of the location counts.
    """
    record = kept_record(listing, now)
    return frozenset(
        field
        for field, members in MEMBERS.items()
        if _on_location(location, field) and (record is None or _on_listing(listing.source, record, members))
    )


def kept_record(listing: Listing, now: dt.datetime) -> dict[str, Any] | None:
    """The listing's record, as long as its source's policy allows to read it."""
    expired = listing.record_expires_at is not None and listing.record_expires_at <= now
    return None if expired else listing.record


def _on_location(location: Location, field: str) -> bool:
    if field == "coordinates":
        return location.latitude is not None and location.longitude is not None
    return getattr(location, field) not in (None, "")


def _on_listing(source: str, record: dict[str, Any], members: tuple[str, ...]) -> bool:
    shown = set(record.get("shown", ())).issuperset(members)
    return shown and (facts(source).complete or all(record.get(member) is not None for member in members))


def count_compared(session: Session, actor: Actor) -> int:
    """How many fields of all listings in the actor's sight are held against a record, in one statement.

    The same rule as `compared_fields`, added up by the database: an organization may have 300,000
    listings.
    """
    shown = Listing.record["shown"].as_string()
    sums = [
        sa.func.sum(sa.case((sa.and_(_column_has(field), _record_has(members)), 1), else_=0))
        for field, members in MEMBERS.items()
    ]
    query = (
        scoped(actor, Listing)
        .join(Location, Location.id == Listing.location_id)
        .where(Listing.missing_since.is_(None))
        .with_only_columns(shown, *sums)
        .group_by(shown)
    )
    total = 0
    for told, *counts in session.execute(query):
        can_show = set(json.loads(told)) if told is not None else None
        for members, found in zip(MEMBERS.values(), counts, strict=True):
            if can_show is None or can_show.issuperset(members):
                total += found or 0
    return total


def _column_has(field: str) -> sa.ColumnElement[bool]:
    if field == "coordinates":
        return sa.and_(Location.latitude.is_not(None), Location.longitude.is_not(None))
    column = getattr(Location, field)
    return column.is_not(None) if field == "status" else sa.and_(column.is_not(None), column != "")


def _record_has(members: tuple[str, ...]) -> sa.ColumnElement[bool]:
    values = (Listing.record[member].as_string().is_not(None) for member in members)
    return sa.or_(Listing.record.is_(None), Listing.source.in_(_COMPLETE), sa.and_(*values))
