import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from crawlers.schedule import Task, slot, slot_key, tick
from listings import job_rows, jobs
from listings.db import Database
from listings.jobs import Job, Queue, enqueue

HOUR = dt.timedelta(hours=1)
NOON = dt.datetime(2026, 3, 5, 12, 10, tzinfo=dt.UTC)


class Recorder:
    """A task that remembers its slots."""

    def __init__(self, every: dt.timedelta = HOUR) -> None:
        self.slots: list[str] = []
        self.task = Task("record", every, lambda _, key: self.slots.append(key))


@pytest.mark.db
def test_a_slot_is_begun_once_by_all_workers_together(database: Database) -> None:
    recorder = Recorder()
    for minutes in (0, 1, 20, 49):
        for _ in range(2):
            tick(database, [recorder.task], NOON + dt.timedelta(minutes=minutes))
    assert recorder.slots == ["2026-03-05T12:00Z"]


@pytest.mark.db
def test_a_worker_that_was_away_catches_up_once(database: Database) -> None:
    recorder = Recorder()
    for hours in (0, 26, 26):
        tick(database, [recorder.task], NOON + hours * HOUR)
    assert recorder.slots == ["2026-03-05T12:00Z", "2026-03-06T14:00Z"]


@pytest.mark.db
def test_a_clock_that_steps_back_a_little_repeats_nothing(database: Database) -> None:
    recorder = Recorder()
    for hours in (0, -1, 0):
        tick(database, [recorder.task], NOON + hours * HOUR)
    assert recorder.slots == ["2026-03-05T12:00Z"]


@pytest.mark.db
def test_a_clock_that_was_years_ahead_stops_nothing_for_years(database: Database) -> None:
    recorder = Recorder()
    for now in (NOON + dt.timedelta(days=3650), NOON, NOON + HOUR):
        tick(database, [recorder.task], now)
    assert recorder.slots[1:] == ["2026-03-05T12:00Z", "2026-03-05T13:00Z"]


@pytest.mark.db
def test_a_slot_stays_due_when_beginning_it_fails(database: Database) -> None:
    def fail(_: Session, key: str) -> None:
        raise ZeroDivisionError(key)

    with pytest.raises(ZeroDivisionError):
        tick(database, [Task("record", HOUR, fail)], NOON)
    recorder = Recorder()
    tick(database, [recorder.task], NOON)
    assert recorder.slots == ["2026-03-05T12:00Z"]


@dataclass(frozen=True)
class Nothing:
    """A job about nothing."""


@pytest.mark.db
def test_a_begun_task_has_exactly_one_job_per_slot(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "DECLARED", {})
    job = Job("nothing", Queue("nothing", 1), Nothing)
    task = Task("nothing", HOUR, lambda session, key: void(enqueue(session, job, key, Nothing())))
    for minutes in range(0, 180, 7):
        tick(database, [task], NOON + dt.timedelta(minutes=minutes))
    with database.read() as session:
        states = [job_rows.state(session, f"nothing:2026-03-05T{hour}:00Z") for hour in (12, 13, 14, 15, 16)]
    assert states == ["ENQUEUED", "ENQUEUED", "ENQUEUED", "ENQUEUED", None]


def void(_: object) -> None:
    """Throw a result away."""


moments = st.integers(-(10**6), 10**7).map(lambda minutes: NOON + dt.timedelta(minutes=minutes, seconds=7))
stretches = st.sampled_from([dt.timedelta(minutes=15), HOUR, 6 * HOUR, 24 * HOUR, 7 * 24 * HOUR])


@given(now=moments, every=stretches, minutes=st.integers(0, 10_000))
def test_a_moment_lies_in_exactly_one_slot(now: dt.datetime, every: dt.timedelta, minutes: int) -> None:
    task = Task("any", every, lambda *_: None, offset=dt.timedelta(minutes=minutes))
    start = slot(task, now)
    assert start <= now < start + every
    assert slot(task, start) == start
    assert slot(task, start + every) == start + every


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
def test_summer_time_neither_skips_nor_repeats_a_slot(zone: str) -> None:
    task = Task("daily", dt.timedelta(days=1), lambda *_: None, offset=dt.timedelta(hours=1, minutes=30))
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    local = [(start + hours * HOUR).astimezone(ZoneInfo(zone)) for hours in range(365 * 24)]
    keys = [slot_key(slot(task, now)) for now in local]
    assert len(set(keys)) == 366
    assert keys == sorted(keys)
