"""Heartbeats of workers, and the rescue of what a dead one left running.

Every worker writes a row each few seconds. A survivor that has seen a row stand still for long
enough puts that worker's jobs back into their queues. It measures the time by its own steady clock,
so that clocks which differ between machines declare nobody dead.
"""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings import job_rows
from listings.models.worker import WorkerHeartbeat

FORGET_AFTER = dt.timedelta(days=7)


class Watch:
    """Remembers when each beat was first seen."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._seen: dict[str, tuple[dt.datetime, float]] = {}

    def quiet(self, beats: Mapping[str, dt.datetime], steady: float) -> set[str]:
        """Who has stood still for longer than the patience; `steady` is this machine's clock in seconds."""
        for name, beat in beats.items():
            if name not in self._seen or self._seen[name][0] != beat:
                self._seen[name] = (beat, steady)
        return {name for name in beats if steady - self._seen[name][1] > self._patience}


def start(session: Session, executor_id: str, now: dt.datetime) -> None:
    """Say that a worker begins; to be committed before it takes any job."""
    row = session.get(WorkerHeartbeat, executor_id, with_for_update=True)
    if row is None:
        session.add(WorkerHeartbeat(executor_id=executor_id, started_at=now, beat_at=now))
    else:
        row.started_at, row.beat_at, row.stopped_at = now, now, None
    session.flush()


def beat(session: Session, executor_id: str, now: dt.datetime, *, worked: bool) -> None:
    """Say that a worker lives, and whether it has worked since the last beat."""
    row = session.get_one(WorkerHeartbeat, executor_id, with_for_update=True)
    row.beat_at, row.stopped_at = now, None
    if worked:
        row.last_job_at = now
    session.flush()


def stop(session: Session, executor_id: str, now: dt.datetime) -> None:
    """Say that a worker has ended; what it left running may be taken at once."""
    session.get_one(WorkerHeartbeat, executor_id, with_for_update=True).stopped_at = now
    session.flush()


def rescue(session: Session, executor_id: str, watch: Watch, now: dt.datetime, steady: float) -> int:
    """Put the jobs of stopped and quiet workers back into their queues; how many there were."""
    # A row that is locked belongs to a worker that beats right now; waiting for it could deadlock.
    others = session.scalars(
        sa.select(WorkerHeartbeat)
        .where(WorkerHeartbeat.executor_id != executor_id)
        .with_for_update(skip_locked=True)
    ).all()
    quiet = watch.quiet({row.executor_id: row.beat_at for row in others if not row.stopped_at}, steady)
    for row in others:
        if row.executor_id in quiet:
            row.stopped_at = now
    gone = [row for row in others if row.stopped_at]
    rescued = job_rows.take_over(session, [row.executor_id for row in gone])
    for row in gone:
        if row.stopped_at and row.stopped_at < now - FORGET_AFTER:
            session.delete(row)
    session.flush()
    return rescued
