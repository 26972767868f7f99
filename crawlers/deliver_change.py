"""The job that enters a source's own change, which our record has taken over, in our account there."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crawlers.deliver import again, began, converse, ended
from crawlers.deliver_fix import right_in, seen_as
from crawlers.door import Door
from crawlers.plan import Correction
from crawlers.readers import READERS
from listings.canonical import local_date, location_record
from listings.jobs import JobContext
from listings.models.fix import DeliveryAttempt
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.mismatch import Mismatch, MismatchEvent, MismatchState
from listings.source_changes import ENTER_CHANGE, TAKEN, EnterChange
from listings.sources import facts

KIND = "change"


def enter_change(door: Door, context: JobContext, payload: EnterChange) -> None:
    """Send the record's value, which is the source's own, unless the decision was taken back."""
    del context
    with door.database.write() as session:
        correction = _correction(session, door, payload)
        if correction is None:
            return
        row = session.get_one(Mismatch, payload.mismatch_id)
        source, organization_id = facts(row.source), row.organization_id
        attempt = began(session, organization_id, KIND, row.id, door.clock(), since=_taken_at(session, row))
        correction = replace(correction, may_be_there=attempt.after_silence)
    correct = READERS[source.key].plans.correct
    if correct is None:
        return
    delivered = converse(
        door, source, organization_id, lambda adapter, access: correct(adapter, access, correction)
    )
    with door.database.write() as session:
        ended(session, attempt, delivered, door.clock())
        if delivered.again:
            again(session, ENTER_CHANGE, attempt, payload, delivered.wait)


def _taken_at(session: Session, row: Mismatch) -> dt.datetime | None:
    """When a person took the change over."""
    return session.scalar(
        sa.select(sa.func.max(MismatchEvent.at)).where(
            MismatchEvent.mismatch_id == row.id,
            MismatchEvent.state == MismatchState.LOCATION_WRONG,
            MismatchEvent.undone_at.is_(None),
        )
    )


def _is_entered(session: Session, row: Mismatch) -> bool:
    """Whether it is there already, since it was taken over."""
    taken_at = _taken_at(session, row)
    delivered = sa.exists().where(
        DeliveryAttempt.kind == KIND,
        DeliveryAttempt.subject_id == row.id,
        DeliveryAttempt.outcome == "delivered",
        DeliveryAttempt.started_at >= taken_at,
    )
    return taken_at is None or bool(session.scalar(sa.select(delivered)))


def _correction(session: Session, door: Door, payload: EnterChange) -> Correction | None:
    row = session.get(Mismatch, payload.mismatch_id)
    if row is None or row.state not in TAKEN or _is_entered(session, row):
        return None
    listing = session.get_one(Listing, row.listing_id)
    location = session.get_one(Location, row.location_id)
    if listing.api_name is None:
        return None
    days = {local_date(session, location, moment) for moment in (row.last_seen_at, door.clock())}
    return Correction(
        listing.api_name,
        row.field,
        location_record(location),
        seen_as(row.live_hash, row.field, location, facts(row.source), days, door.hashes),
        right_in(row.field, location, facts(row.source), max(days)),
    )
