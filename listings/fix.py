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

from listings.db import hold
from listings.flag import UNFINISHED, pair_of
from listings.jobs import Job, enqueue
from listings.models.fix import Channel, Fix, FixState
from listings.models.location import Location
from listings.models.mismatch import Mismatch, MismatchEvent, MismatchState
from listings.queues import DELIVER
from listings.source_changes import tell_taken
from listings.source_terms import Door
from listings.sources import facts
from listings.steps import call_back, is_being_sent, move


@dataclass(frozen=True, slots=True)
class DeliverFix:
    """The fix to carry out."""

    fix_id: int


DELIVER_FIX = Job("deliver_fix", DELIVER, DeliverFix)


class Refused(Exception):
    """The decision can't be taken; the message says why and what to do instead."""


def send_fix(
    session: Session, row: Mismatch, *, person_id: int, now: dt.datetime, channel: Channel = Channel.KIT
) -> Fix:
    """Correct a mismatch: through the source's interface where it has one, else with the kit.

    With the kit, or the `channel` given instead, a person has done it by hand, so the row waits for
    the source right away. Raises Refused when there is nothing to send or a fix is on its way already.
    """
    source = facts(row.source)
    hold(session, row)
    if row.state not in (MismatchState.OPEN, MismatchState.CAME_BACK):
        raise Refused(f"This mismatch is {row.state.replace('_', ' ')}; only an open one can be fixed.")
    if row.record_value is None:
        raise Refused("The location record has no value for this field. Fill it in first.")
    by_api = source.fix is Door.API and row.field in source.fixable
    fix = Fix(
        organization_id=row.organization_id,
        mismatch_id=row.id,
        channel=Channel.API if by_api else channel,
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
    _decidable(session, row, now)
    row.accepted_pair = pair_of(row)
    move(session, row, MismatchState.ACCEPTED, person_id=person_id, now=now)


def dismiss(session: Session, row: Mismatch, *, person_id: int, now: dt.datetime) -> None:
    """No mismatch at all; bound to the pair of values like an acceptance."""
    _decidable(session, row, now)
    row.accepted_pair = pair_of(row)
    move(session, row, MismatchState.DISMISSED, person_id=person_id, now=now)


def record_is_wrong(session: Session, row: Mismatch, *, person_id: int, now: dt.datetime) -> None:
    """The source is right: the live value goes into the location record, whose next check closes the row.

    Raises Refused for a field that can't be taken over as it stands.
    """
    _decidable(session, row, now)
    value = row.value_at(now)
    if value is None or row.field not in TAKEN_OVER:
        raise Refused("This value can't be taken over by itself. Change the location record by import.")
    location = session.get_one(Location, row.location_id, with_for_update=True)
    detail = {"record_before": getattr(location, row.field), "record_after": value}
    setattr(location, row.field, value)
    location.updated_at = now
    move(session, row, MismatchState.LOCATION_WRONG, person_id=person_id, now=now, detail=detail)
    tell_taken(session, row, now)


TAKEN_OVER = frozenset({"name", "street", "city", "region", "postal_code", "phone", "website", "hours"})


def undo(session: Session, row: Mismatch, *, now: dt.datetime) -> MismatchState:
    """Take back the last decision a person took on this row, as long as nothing has left the house.

    Raises Refused when the last step was not a person's or can't be taken back.
    """
    hold(session, row)
    event = session.scalar(
        sa.select(MismatchEvent)
        .where(MismatchEvent.mismatch_id == row.id, MismatchEvent.undone_at.is_(None))
        .order_by(MismatchEvent.id.desc())
        .limit(1)
    )
    if event is None or event.person_id is None or event.previous_state is None:
        raise Refused("There is nothing of yours to undo here.")
    detail = event.detail or {}
    _take_back_fix(session, detail, now)
    _put_record_back(session, row, detail, now)
    event.undone_at = now
    row.accepted_pair = None
    row.state, row.state_since = event.previous_state, now
    row.expected_by = _expected(session, row)
    session.flush()
    return row.state


def _take_back_fix(session: Session, detail: Mapping[str, Any], now: dt.datetime) -> None:
    if "fix_id" not in detail:
        return
    fix = session.get_one(Fix, detail["fix_id"], with_for_update=True)
    if fix.channel is Channel.API and (fix.state is not FixState.QUEUED or is_being_sent(session, fix)):
        raise Refused("The fix has already been sent. Change the location record to send another value.")
    fix.state, fix.finished_at = FixState.TAKEN_BACK, now


def _put_record_back(session: Session, row: Mismatch, detail: Mapping[str, Any], now: dt.datetime) -> None:
    if "record_before" not in detail:
        return
    location = session.get_one(Location, row.location_id, with_for_update=True)
    if getattr(location, row.field) != detail["record_after"]:
        raise Refused("The location record has been changed since, so its value stays.")
    setattr(location, row.field, detail["record_before"])
    location.updated_at = now


def _expected(session: Session, row: Mismatch) -> dt.datetime | None:
    """Until when a waiting row's source may take its time."""
    if row.state is not MismatchState.WAITING:
        return None
    sent_at = session.scalar(
        sa.select(sa.func.max(Fix.sent_at)).where(Fix.mismatch_id == row.id, Fix.state == FixState.SENT)
    )
    return sent_at + facts(row.source).usual_delay if sent_at is not None else None


def _decidable(session: Session, row: Mismatch, now: dt.datetime) -> None:
    hold(session, row)
    if row.state not in UNFINISHED:
        raise Refused(f"This mismatch is {row.state.replace('_', ' ')} already.")
    if not call_back(session, row, now):
        raise Refused("The fix is being sent at this moment. Wait until the source shows it.")
