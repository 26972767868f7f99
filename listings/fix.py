"""What a person decides about a mismatch, each decision undoable; and the correction on its way out.

A decision writes rows and, where something must leave the house, enqueues a job in the same
transaction. Whether a correction was taken is told by a later observation only (flag.py).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.flag import UNFINISHED, pair_of
from listings.jobs import Job, Queue, enqueue
from listings.models.fix import Channel, Fix, FixState
from listings.models.location import Location
from listings.models.mismatch import Mismatch, MismatchEvent, MismatchState
from listings.sources import Door, facts

DELIVER = Queue("deliver", concurrency=4)
"""Everything that changes something at a source: fixes and replies."""


@dataclass(frozen=True, slots=True)
class DeliverFix:
    """The fix to carry out."""

    fix_id: int


DELIVER_FIX = Job("deliver_fix", DELIVER, DeliverFix)


class Refused(Exception):
    """The decision can't be taken; the message says why and what to do instead."""


def send_fix(session: Session, row: Mismatch, *, person_id: int, now: dt.datetime) -> Fix:
    """Correct a mismatch: through the source's interface where it has one, else with the kit.

    With the kit a person has done it by hand, so the row waits for the source right away. Raises
    Refused when there is nothing to send or a fix is on its way already.
    """
    source = facts(row.source)
    if row.state not in (MismatchState.OPEN, MismatchState.CAME_BACK):
        raise Refused(f"This mismatch is {row.state.replace('_', ' ')}; only an open one can be fixed.")
    if row.record_value is None:
        raise Refused("The location record has no value for this field. Fill it in first.")
    by_api = source.fix is Door.API and row.field in source.fixable
    fix = Fix(
        organization_id=row.organization_id,
        mismatch_id=row.id,
        channel=Channel.API if by_api else Channel.KIT,
        state=FixState.QUEUED if by_api else FixState.SENT,
        field=row.field,
        value=row.record_value,
        replaces_hash=row.live_hash,
        person_id=person_id,
        created_at=now,
        sent_at=None if by_api else now,
    )
    session.add(fix)
    session.flush()
    row.expected_by = now + source.usual_delay
    move(
        session,
        row,
        MismatchState.FIX_SENT if by_api else MismatchState.WAITING,
        person_id=person_id,
        now=now,
        detail={"fix_id": fix.id},
    )
    if by_api:
        enqueue(session, DELIVER_FIX, str(fix.id), DeliverFix(fix.id))
    return fix


def accept(session: Session, row: Mismatch, *, person_id: int, now: dt.datetime) -> None:
    """This pair of values may stay as it is; another value at the source opens the row again."""
    _decidable(row)
    row.accepted_pair = pair_of(row)
    move(session, row, MismatchState.ACCEPTED, person_id=person_id, now=now)


def dismiss(session: Session, row: Mismatch, *, person_id: int, now: dt.datetime) -> None:
    """No mismatch at all; bound to the pair of values like an acceptance."""
    _decidable(row)
    row.accepted_pair = pair_of(row)
    move(session, row, MismatchState.DISMISSED, person_id=person_id, now=now)


def record_is_wrong(session: Session, row: Mismatch, *, person_id: int, now: dt.datetime) -> None:
    """The source is right: the live value goes into the location record, whose next check closes the row.

    Raises Refused for a field that can't be taken over as it stands.
    """
    _decidable(row)
    if row.live_value is None or row.field not in TAKEN_OVER:
        raise Refused("This value can't be taken over by itself. Change the location record by import.")
    location = session.get_one(Location, row.location_id)
    before = getattr(location, row.field)
    setattr(location, row.field, row.live_value)
    location.updated_at = now
    move(
        session,
        row,
        MismatchState.LOCATION_WRONG,
        person_id=person_id,
        now=now,
        detail={"record_before": before},
    )


TAKEN_OVER = frozenset({"name", "street", "city", "region", "postal_code", "phone", "website", "hours"})


def undo(session: Session, row: Mismatch, *, now: dt.datetime) -> MismatchState:
    """Take back the last decision a person took on this row, as long as nothing has left the house.

    Raises Refused when the last step was not a person's or can't be taken back.
    """
    event = session.scalar(
        sa.select(MismatchEvent)
        .where(MismatchEvent.mismatch_id == row.id, MismatchEvent.undone_at.is_(None))
        .order_by(MismatchEvent.id.desc())
        .limit(1)
    )
    if event is None or event.person_id is None or event.previous_state is None:
        raise Refused("There is nothing of yours to undo here.")
    _take_back_fix(session, event.detail or {}, now)
    if "record_before" in (event.detail or {}):
        location = session.get_one(Location, row.location_id)
        setattr(location, row.field, (event.detail or {})["record_before"])
        location.updated_at = now
    event.undone_at = now
    row.accepted_pair = row.expected_by = None
    row.state, row.state_since = event.previous_state, now
    session.flush()
    return row.state


def _take_back_fix(session: Session, detail: Mapping[str, Any], now: dt.datetime) -> None:
    if "fix_id" not in detail:
        return
    fix = session.get_one(Fix, detail["fix_id"])
    if fix.channel is Channel.API and fix.state is not FixState.QUEUED:
        raise Refused("The fix has already been sent. Change the location record to send another value.")
    fix.state, fix.finished_at = FixState.TAKEN_BACK, now


def move(
    session: Session,
    row: Mismatch,
    state: MismatchState,
    *,
    person_id: int | None,
    now: dt.datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    """Bring a row into a state and write the step into its history."""
    session.add(
        MismatchEvent(
            mismatch_id=row.id,
            at=now,
            state=state,
            previous_state=row.state,
            person_id=person_id,
            detail=detail,
        )
    )
    row.state, row.state_since = state, now
    session.flush()


def _decidable(row: Mismatch) -> None:
    if row.state not in UNFINISHED:
        raise Refused(f"This mismatch is {row.state.replace('_', ' ')} already.")
