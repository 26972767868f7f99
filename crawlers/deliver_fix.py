"""The job that sends a correction through a source's interface."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from crawlers.deliver import Attempt, again, began, converse, ended
from crawlers.door import Door
from crawlers.plan import Correction, Delivered
from crawlers.readers import READERS
from listings.canonical import local_date, location_record, tracking_numbers
from listings.compare import compare_listing, shown_value
from listings.fix import DELIVER_FIX, DeliverFix
from listings.flag import sides
from listings.jobs import JobContext
from listings.models.fix import Fix, FixState
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.mismatch import Mismatch, MismatchState
from listings.records import ListingRecord
from listings.secrets import ValueHash
from listings.severity import severity
from listings.sources import SourceFacts, facts
from listings.steps import move

NO_NAME = "The source's name for this listing isn't known."


@dataclass(frozen=True, slots=True)
class _Errand:
    organization_id: int
    source: SourceFacts
    attempt: Attempt
    correction: Correction | None
    """None when the source has no name for the listing by which it could be corrected."""


def deliver_fix(door: Door, context: JobContext, payload: DeliverFix) -> None:
    """Send the record's value unless the fix was taken back; the source's change in between is a conflict."""
    del context
    with door.database.write() as session:
        errand = _errand(session, payload, door.hashes, door.clock())
    if errand is None:
        return
    correct, correction = READERS[errand.source.key].plans.correct, errand.correction
    if correct is None or correction is None:
        delivered = Delivered(done=False, again=False, detail=NO_NAME)
    else:
        delivered = converse(
            door,
            errand.source,
            errand.organization_id,
            lambda adapter, access: correct(adapter, access, correction),
        )
    with door.database.write() as session:
        ended(session, errand.attempt, delivered, door.clock())
        fix = session.get_one(Fix, payload.fix_id, with_for_update=True)
        waits = fix.state is FixState.QUEUED and delivered.again
        if waits and again(session, DELIVER_FIX, errand.attempt, payload, delivered.wait):
            fix.detail = delivered.detail
        elif fix.state is FixState.QUEUED:
            _settle(session, fix, delivered, errand.source, door.clock())


def _errand(session: Session, payload: DeliverFix, hashes: ValueHash, now: dt.datetime) -> _Errand | None:
    """What has to be done, written down as an attempt; None when nothing has to be any more."""
    fix = session.get(Fix, payload.fix_id, with_for_update=True)
    if fix is None or fix.state is not FixState.QUEUED:
        return None
    row = session.get_one(Mismatch, fix.mismatch_id)
    listing = session.get_one(Listing, row.listing_id)
    location = session.get_one(Location, row.location_id)
    source = facts(row.source)
    days = {local_date(session, location, moment) for moment in (row.last_seen_at, fix.created_at, now)}
    correction = listing.api_name and Correction(
        listing.api_name,
        fix.field,
        location_record(location),
        seen_as(fix.replaces_hash, fix.field, location, source, days, hashes),
        right_in(fix.field, location, source, local_date(session, location, now)),
    )
    attempt = began(session, fix.organization_id, "fix", fix.id, now)
    if correction:
        correction = replace(correction, may_be_there=attempt.after_silence)
    return _Errand(fix.organization_id, source, attempt, correction or None)


def seen_as(  # noqa: PLR0917 - what was seen, of what, when
    replaced: str,
    field: str,
    location: Location,
    source: SourceFacts,
    days: set[dt.date],
    hashes: ValueHash,
) -> Callable[[ListingRecord], bool]:
    """Whether a listing shows the value of this hash, as it was read on one of these days.

    Special hours read otherwise each day, because those that are past are left out.
    """

    def is_what_was_seen(shown: ListingRecord) -> bool:
        forms = (sides(location, shown, source, day)[1] for day in days)
        return any(hashes.of(shown_value(form, field)) == replaced for form in forms)

    return is_what_was_seen


def right_in(
    field: str, location: Location, source: SourceFacts, today: dt.date
) -> Callable[[ListingRecord], bool]:
    """Whether a listing shows the location's value of this field, as comparison judges it."""

    def is_right(shown: ListingRecord) -> bool:
        ours, live = sides(location, shown, source, today)
        told = [one for one in compare_listing(ours, live, tracking_numbers(location)) if one.field == field]
        return bool(told) and all(severity(one, today) is None for one in told)

    return is_right


def _settle(session: Session, fix: Fix, delivered: Delivered, source: SourceFacts, now: dt.datetime) -> None:
    fix.detail = delivered.detail
    row = session.get_one(Mismatch, fix.mismatch_id, with_for_update=True)
    if delivered.done:
        fix.state, fix.sent_at = FixState.SENT, now
        expected_by, state = now + source.usual_delay, MismatchState.WAITING
    else:
        fix.state = FixState.CONFLICT if delivered.conflict else FixState.REFUSED
        fix.finished_at = now
        expected_by, state = None, MismatchState.OPEN
    if row.state is MismatchState.FIX_SENT:
        row.expected_by = expected_by
        move(session, row, state, person_id=None, now=now, detail={"detail": delivered.detail})
