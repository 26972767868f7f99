"""The steps of a mismatch from one state to the next, each written into its history."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.models.fix import DeliveryAttempt, Fix, FixState
from listings.models.mismatch import Mismatch, MismatchEvent, MismatchState


def move(
    session: Session,
    row: Mismatch,
    state: MismatchState,
    *,
    person_id: int | None,
    now: dt.datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    """Bring a row into a state; `person_id` None means that the source or the system did it."""
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


def call_back(session: Session, row: Mismatch, now: dt.datetime) -> bool:
    """Take back a correction that waits to be sent, so that the row is open again.

    False when it is being sent at this moment, or was when its worker died: it may have left.
    """
    if row.state is not MismatchState.FIX_SENT:
        return True
    waiting = session.scalars(
        sa.select(Fix).where(Fix.mismatch_id == row.id, Fix.state == FixState.QUEUED)
    ).all()
    if any(is_being_sent(session, fix) for fix in waiting):
        return False
    for fix in waiting:
        fix.state, fix.finished_at = FixState.TAKEN_BACK, now
    row.expected_by = None
    move(session, row, MismatchState.OPEN, person_id=None, now=now, detail={"taken_back": True})
    return True


def is_being_sent(session: Session, fix: Fix) -> bool:
    """Whether an attempt to send it has begun and not ended; a worker that died leaves that open."""
    newest = session.scalar(
        sa.select(DeliveryAttempt)
        .where(DeliveryAttempt.kind == "fix", DeliveryAttempt.subject_id == fix.id)
        .order_by(DeliveryAttempt.id.desc())
        .limit(1)
    )
    return newest is not None and newest.finished_at is None
