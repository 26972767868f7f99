"""Fixes and replies on their way out: written down before, read back after trouble, never sent twice.

An attempt row is committed before the request leaves. When an earlier attempt ended without a word
(a crash, a timeout after the source may have acted), the source is read first: what it shows already
is not sent again, and a value that changed in the meantime is a conflict, not overwritten. A source
that may not be asked now (held or over quota) uses up no try: the delivery waits for it.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crawlers.access import NoAccess, access_to, needs_reconnect
from crawlers.door import Door
from crawlers.meter import Held, metered
from crawlers.outcomes import Failure
from crawlers.plan import PASSING, ConsentGone, Delivered, Fetch, Sending, Step, Stopped
from crawlers.readers import READERS
from crawlers.source import Answer, Outcome, Reading
from listings.jobs import Job, enqueue
from listings.models.fix import DeliveryAttempt
from listings.settings import BadSettings
from listings.sources import SourceFacts

TRIES = 6
FIRST_PAUSE = dt.timedelta(minutes=1)
LONGEST_WAIT = dt.timedelta(days=7)
"""For a source that may not be asked; after that each wait counts as a try."""
WAITED = "waited"
"""Outcome of an attempt that its source turned away before it was asked."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that has been written down: its row, its number, whether one before ended in silence.

    `waits` tells whether it may still wait for a source that may not be asked now.
    """

    id: int
    number: int
    waits: bool
    after_silence: bool


def began(
    session: Session,
    organization_id: int,
    kind: str,
    subject_id: int,
    now: dt.datetime,
    *,
    since: dt.datetime | None = None,
) -> Attempt:
    """Write down that an attempt begins. Only those after `since` count: the wish is no older."""
    earlier = session.scalars(
        sa.select(DeliveryAttempt).where(
            DeliveryAttempt.kind == kind, DeliveryAttempt.subject_id == subject_id
        )
    ).all()
    attempt = DeliveryAttempt(
        organization_id=organization_id, kind=kind, subject_id=subject_id, started_at=now
    )
    session.add(attempt)
    session.flush()
    ours = [one for one in earlier if since is None or one.started_at >= since]
    waits = all(one.started_at > now - LONGEST_WAIT for one in ours)
    tries = sum(one.outcome != WAITED or not waits for one in ours)
    # One that waited may have been turned away in the middle, after a change had left.
    in_silence = any(one.outcome in (None, "unknown", WAITED) for one in earlier)
    return Attempt(attempt.id, tries + 1, waits, in_silence)


def ended(session: Session, attempt: Attempt, delivered: Delivered, now: dt.datetime) -> None:
    """Write down how an attempt ended."""
    row = session.get_one(DeliveryAttempt, attempt.id)
    row.finished_at = now
    row.outcome = _outcome(attempt, delivered)
    row.detail = {"detail": delivered.detail} if delivered.detail else None


def _outcome(attempt: Attempt, delivered: Delivered) -> str:
    if delivered.done:
        return "delivered"
    if not delivered.again:
        return "refused"
    return WAITED if delivered.wait is not None and attempt.waits else "unknown"


def again(
    session: Session, job: Job[Any], attempt: Attempt, payload: Any, wait: dt.timedelta | None = None
) -> bool:
    """Ask for another try after a pause that doubles; False when there were enough.

    With `wait` the source may not be asked before, and the attempt was no try.
    """
    if wait is not None and attempt.waits:
        pause = wait
    elif attempt.number >= TRIES:
        return False
    else:
        pause = FIRST_PAUSE * 2 ** (attempt.number - 1)
    enqueue(session, job, f"after-attempt:{attempt.id}", payload, delay=pause)
    return True


def converse(
    door: Door,
    source: SourceFacts,
    organization_id: int,
    sending: Callable[[Any, Mapping[str, Any]], Sending],
) -> Delivered:
    """Carry out a sending conversation with the organization's own access.

    Where several are stored the next one is tried when one is turned away.
    """
    try:
        access = access_to(door, organization_id, source)
    except (NoAccess, BadSettings) as error:
        return Delivered(done=False, again=False, detail=str(error))
    delivered = Delivered(done=False, again=False, detail="No access is stored.")
    for one in access.get("every", (access,)):
        delivered = talk(door, source, organization_id, sending, one)
        if delivered.done or delivered.again or delivered.conflict:
            break
    return delivered


def talk(
    door: Door,
    source: SourceFacts,
    organization_id: int,
    sending: Callable[[Any, Mapping[str, Any]], Sending],
    access: Mapping[str, Any],
) -> Delivered:
    """Carry out a sending conversation with this one access."""
    door = metered(door, organization_id, source, access)
    adapter = READERS[source.key].adapter
    plan = sending(adapter, access)
    reading: Reading | None = None
    while True:
        try:
            step = next(plan) if reading is None else plan.send(reading)
            reading = _fetched(door, adapter.read, step)
        except StopIteration as stop:
            delivered: Delivered = stop.value
            return delivered
        except ConsentGone as gone:
            with door.database.write() as session:
                needs_reconnect(
                    session, organization_id, source, gone.credential_id, gone.detail, door.clock()
                )
            return Delivered(done=False, again=False, detail=gone.detail)
        except Stopped as stopped:
            wait = stopped.until - door.real.now() if isinstance(stopped, Held) else None
            return Delivered(done=False, again=stopped.outcome in PASSING, detail=stopped.detail, wait=wait)


def _fetched(door: Door, read: Callable[[Answer], Reading], step: Step) -> Reading:
    if not isinstance(step, Fetch):
        raise TypeError("a delivery only fetches")
    result = door.fetch(step.request)
    if isinstance(result, Answer):
        return read(result)
    return _why(read, result)


def _why(read: Callable[[Answer], Reading], failure: Failure) -> Reading:
    """A failure as a reading; the source's own words where it gave any."""
    if failure.answer is not None:
        reading = read(failure.answer)
        if reading.outcome is not Outcome.OK:
            return reading
    return Reading(failure.outcome, detail=failure.detail, extra={"arrived": failure.may_have_arrived})
