"""A worker: carries out jobs, ticks the schedule, says that it lives, and looks after the others."""

import datetime as dt
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import OperationalError

from crawlers import heartbeat
from crawlers.schedule import Task, ticking
from listings import job_rows
from listings.clock import now as present
from listings.db import Database
from listings.jobs import APPLICATION_VERSION, Handlers, Running, run_worker

log = structlog.get_logger()

KEEP_FINISHED = dt.timedelta(days=7)
KEEP_FAILED = dt.timedelta(days=90)
"""A failed job waits for a person to look at it and run it again."""
PURGE_EVERY = dt.timedelta(hours=1).total_seconds()
PURGE_AT_ONCE = 500


@dataclass(frozen=True)
class Pace:
    """How often a worker does what, in seconds; tests are quicker."""

    beat: float = 5
    patience: float = 30
    tick: float = 15
    poll: float = 0.25
    grace: int = 8


def work(
    database: Database,
    handlers: Handlers,
    tasks: Sequence[Task],
    executor_id: str,
    stop: threading.Event,
    *,
    version: str = APPLICATION_VERSION,
    pace: Pace = Pace(),
) -> None:
    """Work until `stop` is set; then end the process by os._exit.

    Threads may be left over: a handler in a long step, which goes on at the next start as after a
    crash, and the engine's own that wait for what another worker took over. An ordinary exit would
    wait for them.

    `executor_id` is this worker's name, stable over restarts and used by no other. Raises BadJobs
    when handlers, declared jobs and the jobs in the database don't fit together.
    """
    keeper = _Housekeeper(database, executor_id, version, pace)
    keeper.begin(handlers)
    with (
        run_worker(
            database, handlers, executor_id, version=version, poll=pace.poll, grace=pace.grace
        ) as running,
        ticking(database, tasks, pace.tick),
    ):
        while not stop.wait(pace.beat):
            with _bearing_outages():
                keeper.round(running)
    with _bearing_outages():
        keeper.end()


@contextmanager
def _bearing_outages() -> Iterator[None]:
    """Carry on when the database is away or locked: the next round tries again."""
    try:
        yield
    except OperationalError as error:
        log.warning("housekeeping_postponed", error=type(error.orig).__name__)


class _Housekeeper:
    """What a worker does between jobs, in short transactions."""

    def __init__(self, database: Database, executor_id: str, version: str, pace: Pace) -> None:
        self._database = database
        self._executor_id = executor_id
        self._version = version
        self._watch = heartbeat.Watch(pace.patience)
        self._ended = 0
        self._next_purge = time.monotonic()

    def begin(self, handlers: Handlers) -> None:
        with self._database.write() as session:
            heartbeat.start(session, self._executor_id, present())
            job_rows.adopt(session, self._version, self._executor_id)
            for job in handlers:
                job_rows.requeue(session, job.name, job.queue.name)

    def round(self, running: Running) -> None:
        worked, self._ended = running.busy > 0 or running.ended > self._ended, running.ended
        with self._database.write() as session:
            heartbeat.beat(session, self._executor_id, present(), worked=worked)
            rescued = heartbeat.rescue(session, self._executor_id, self._watch, present(), time.monotonic())
            if rescued:
                job_rows.adopt(session, self._version, self._executor_id)
                log.warning("jobs_of_a_lost_worker_taken_over", count=rescued)
        if time.monotonic() >= self._next_purge:
            self._purge()

    def end(self) -> None:
        with self._database.write() as session:
            heartbeat.stop(session, self._executor_id, present())

    def _purge(self) -> None:
        now = present()
        with self._database.write() as session:
            purged = job_rows.purge(
                session,
                ended_before=now - KEEP_FINISHED,
                failed_before=now - KEEP_FAILED,
                limit=PURGE_AT_ONCE,
            )
        if purged < PURGE_AT_ONCE:
            self._next_purge = time.monotonic() + PURGE_EVERY
