"""The clock: APScheduler ticks in every worker, and the database decides who acts on a tick.

A task is due once per slot, a slot being a fixed stretch of UTC (`every`, counted from the epoch),
so that a change to or from summer time neither skips nor repeats one. Whoever moves the row of a
task to the present slot has taken it, in the same transaction that enqueues its job; there is no
leader, and workers that start, stop or tick at the same moment do no harm. A worker that was away
takes the present slot and not the ones it slept through.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from listings.clock import now as present
from listings.db import Database
from listings.models.schedule import ScheduleSlot

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Task:
    """Something that is due once per slot. `begin` gets a session and the slot's key, and enqueues."""

    name: str
    every: dt.timedelta
    begin: Callable[[Session, str], None]
    offset: dt.timedelta = dt.timedelta(0)
    """How far into each stretch a slot begins, so that not everything is due at midnight."""


def slot(task: Task, now: dt.datetime) -> dt.datetime:
    """The start of the slot that `now` falls in, aware, in UTC."""
    # Python subtracts the wall clock of a zone, an hour off around a change; UTC has no changes.
    utc = now.astimezone(dt.UTC)
    return utc - (utc - EPOCH - task.offset) % task.every


def slot_key(start: dt.datetime) -> str:
    """How a slot is named in the key of a job, such as 2026-11-21T20:00Z."""
    return start.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%MZ")


def tick(database: Database, tasks: Sequence[Task], now: dt.datetime) -> list[str]:
    """Begin every task whose present slot nobody has taken; their names."""
    with database.read() as session:
        due = [task for task in tasks if _is_due(session.get(ScheduleSlot, task.name), task, now)]
    begun = []
    for task in due:
        with database.write() as session:
            if _take(session, task, now):
                task.begin(session, slot_key(slot(task, now)))
                begun.append(task.name)
    return begun


@contextmanager
def ticking(database: Database, tasks: Sequence[Task], seconds: float = 15) -> Iterator[None]:
    """Tick every so many seconds in a thread of its own for as long as the block lasts."""
    scheduler = BackgroundScheduler(timezone=dt.UTC, executors={"default": ThreadPoolExecutor(1)})
    scheduler.add_job(
        lambda: tick(database, tasks, present()),
        "interval",
        seconds=seconds,
        next_run_time=present(),
        coalesce=True,
        # However late a tick is, it is wanted: by default APScheduler drops one that is a second late.
        misfire_grace_time=None,
    )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=True)


def _is_due(row: ScheduleSlot | None, task: Task, now: dt.datetime) -> bool:
    start = slot(task, now)
    # A slot far ahead was taken by a clock that ran ahead; waiting for it could take years.
    return row is None or row.slot_at < start or row.slot_at > start + task.every


def _take(session: Session, task: Task, now: dt.datetime) -> bool:
    row = session.get(ScheduleSlot, task.name, with_for_update=True)
    if not _is_due(row, task, now):
        return False
    start = slot(task, now)
    if row is not None:
        row.slot_at, row.taken_at = start, now
        return True
    try:
        with session.begin_nested():
            session.execute(sa.insert(ScheduleSlot).values(name=task.name, slot_at=start, taken_at=now))
    except IntegrityError:
        return False
    return True
