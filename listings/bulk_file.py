"""Corrections as one file that a person uploads at the source: written, marked as sent, taken back.

The columns are the fields of a business at Bing Places by the names of its partner interface. A
source that takes such files replaces the whole entry, so every row is the whole record. Whether it
was taken is told by a later observation only (flag.py).
"""

import csv
import datetime as dt
import io
from collections.abc import Sequence

import phonenumbers
import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.fix import Refused, send_fix, undo
from listings.flag import mismatches_of
from listings.models.fix import Channel, Fix, FixState
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.mismatch import Mismatch, MismatchState
from listings.normalize.hours import BadHours, parse_osm
from listings.records import DAYS, OpenStatus, Period
from listings.sources import SourceFacts

COLUMNS = (
    "StoreId", "BusinessName", "AddressLine1", "AddressLine2", "City", "StateOrProvince", "ZipCode", "Country",
    "PhoneNumber", "Website", "Latitude", "Longitude", "Category", "Status",
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
_STATUS = {
    OpenStatus.OPEN: "Open",
    OpenStatus.TEMPORARILY_CLOSED: "Temporarily closed",
    OpenStatus.CLOSED: "Closed",
}
FIXABLE = (MismatchState.OPEN, MismatchState.CAME_BACK)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def open_corrections(session: Session, organization_id: int, source: SourceFacts) -> list[Mismatch]:
    """The open mismatches at a source for which the record has a value, in the order of the locations' codes."""
    query = (
        sa.select(Mismatch)
        .join(Location, Location.id == Mismatch.location_id)
        .where(
            Mismatch.organization_id == organization_id,
            Mismatch.source == source.key,
            Mismatch.state.in_(FIXABLE),
            Mismatch.record_value.is_not(None),
        )
        .order_by(Location.code, Mismatch.id)
    )
    return list(session.scalars(query))


def file_of(session: Session, corrections: Sequence[Mismatch]) -> str:
    """The file with the whole record of every location that has a correction, as CSV with a header row."""
    ids = list(dict.fromkeys(row.location_id for row in corrections))
    locations = session.scalars(sa.select(Location).where(Location.id.in_(ids)).order_by(Location.code))
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    rows.writerows([_safe(value) for value in _row(location)] for location in locations)
    return text.getvalue()


def mark_sent(
    session: Session, corrections: Sequence[Mismatch], *, person_id: int, now: dt.datetime
) -> list[Fix]:
    """Note that these corrections left in a file at this moment; each waits for the source from now on."""
    return [send_fix(session, row, person_id=person_id, now=now, channel=Channel.FILE) for row in corrections]


def take_back(session: Session, organization_id: int, source: SourceFacts, now: dt.datetime) -> int:
    """Take back the newest file of a source that was not uploaded after all; returns how many rows open again.

    What the source has shown since stays; so does what somebody has decided on since.
    """
    sent = (
        sa.select(Fix)
        .join(Mismatch, Mismatch.id == Fix.mismatch_id)
        .where(
            Fix.organization_id == organization_id,
            Mismatch.source == source.key,
            Fix.channel == Channel.FILE,
            Fix.state == FixState.SENT,
        )
    )
    newest = session.scalar(sent.with_only_columns(sa.func.max(Fix.sent_at)))
    reopened = 0
    for fix in session.scalars(sent.where(Fix.sent_at == newest)).all():
        listing = session.get_one(Listing, session.get_one(Mismatch, fix.mismatch_id).listing_id)
        row = next(one for one in mismatches_of(session, listing).values() if one.id == fix.mismatch_id)
        try:
            undo(session, row, now=now)
        except Refused:
            continue
        reopened += 1
    return reopened


def _row(location: Location) -> list[str]:
    first, _, rest = (location.street or "").partition(",")
    return [
        location.code, location.name, first.strip(), rest.strip(), location.city or "", location.region or "",
        location.postal_code or "", location.country or "", _phone(location), location.website or "",
        _number(location.latitude), _number(location.longitude), location.category or "",
        _STATUS.get(location.status, ""), *_week(location.hours),
    ]  # fmt: skip


def _phone(location: Location) -> str:
    """The number as people of its country dial it, which no spreadsheet takes for a formula."""
    try:
        number = phonenumbers.parse(location.phone or "", location.country or "US")
    except phonenumbers.NumberParseException:
        return location.phone or ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value}"


def _week(hours: str | None) -> list[str]:
    """A cell a day: "07:00-14:00;16:00-20:00", "Closed", or "" where the record tells no hours."""
    try:
        week = parse_osm(hours)[0] if hours else {}
    except BadHours:
        week = {}
    return [_day(week.get(day)) for day in DAYS]


def _day(periods: tuple[Period, ...] | None) -> str:
    if periods is None:
        return ""
    return ";".join("-".join(period) for period in periods) or "Closed"


def _safe(text: str) -> str:
    """A cell that no spreadsheet runs; numbers stay numbers."""
    try:
        float(text)
    except ValueError:
        return f"'{text}" if text.startswith(_FORMULA) else text
    return text
