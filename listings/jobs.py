"""Durable jobs: declared where they are asked for, carried out at a door, kept in our own database.

A lower floor declares `DELIVER_FIX = Job("deliver_fix", OUTBOX, DeliverFix)` and calls `enqueue`
inside its transaction: rolled back, there is no job; committed, some worker runs it. A key starts
its job once, for as long as the finished job is kept (KEEP_FINISHED), so a key names its slot.

The engine is DBOS Transact; this is the only module that imports it. A job that a crash cut short
is taken up again: steps that had ended are not run a second time, the one in between is. A step is
therefore at least once, and an effect outside is guarded by a row or key of its own. Payloads and
step results hold ids only, because they outlive whatever they name.
"""

import dataclasses
import datetime as dt
import functools
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, error
from sqlalchemy.orm import Session

from listings.db import Database

APPLICATION_VERSION = "jobs-1"
"""Raised only when the order of a job's steps changes."""
KEEP_FINISHED = dt.timedelta(days=7)
APPLICATION = "goodstanding"
ENGINE_TABLES = frozenset(
    {
        "application_versions",
        "dbos_migrations",
        "notifications",
        "operation_outputs",
        "queues",
        "streams",
        "workflow_events",
        "workflow_events_history",
        "workflow_input",
        "workflow_output",
        "workflow_schedules",
        "workflow_status",
    }
)
"""DBOS's tables. On SQLite they stand without prefix beside ours, on PostgreSQL in a schema of their own."""

P = TypeVar("P")
R = TypeVar("R")


class BadJobs(Exception):
    """Declared jobs, handlers and the jobs in the database don't fit together; the message names which."""


@dataclass(frozen=True)
class Queue:
    """Where jobs wait. `concurrency` is how many of them one worker runs at the same time."""

    name: str
    concurrency: int


@dataclass(frozen=True)
class Job(Generic[P]):
    """A kind of job: its name in the database, its queue, and the frozen dataclass of ids it is given."""

    name: str
    queue: Queue
    payload: type[P]

    def __post_init__(self) -> None:
        known = DECLARED.setdefault(self.name, self)
        if known != self:
            raise BadJobs(f"two jobs are named {self.name!r}")


DECLARED: dict[str, Job[Any]] = {}
"""Every declared job by name; a worker refuses to start unless each has a handler."""


class JobContext:
    """What a handler is given besides its payload."""

    def __init__(self, job_id: str, stopping: threading.Event) -> None:
        self.job_id = job_id
        self._stopping = stopping

    def step(self, name: str, function: Callable[[], R]) -> R:
        """Run `function`, or give back what it gave before the job was cut short.

        The result must be JSON of ids. Steps are known by their order, so a handler must call
        them in the same order each time.
        """
        return DBOS.run_step({"name": name}, function)


Handler = Callable[[JobContext, P], None]
Handlers = Mapping[Job[Any], Handler[Any]]


def handled(job: Job[P], handler: Handler[P]) -> tuple[Job[Any], Handler[Any]]:
    """One entry of a door's handlers; mypy refuses a handler that takes another payload."""
    return job, handler


def enqueue(
    session: Session,
    job: Job[P],
    key: str,
    payload: P,
    *,
    delay: dt.timedelta | None = None,
    priority: int = 0,
) -> str:
    """Put a job into the outbox of `session`'s transaction and give back its id.

    The same job and key again changes nothing. `delay` counts from now; lower `priority` goes first.
    """
    options: EnqueueOptions = {
        "workflow_name": job.name,
        "queue_name": job.queue.name,
        "workflow_id": job_id(job, key),
    }
    if priority:
        options["priority"] = priority
    if delay is not None:
        options["delay_seconds"] = max(delay.total_seconds(), 0.0)
    bind = session.get_bind()
    assert isinstance(bind, sa.Engine)  # noqa: S101 - our sessions are made from engines
    _client(bind).enqueue_in_transaction(session, options, dataclasses.asdict(payload))  # type: ignore[call-overload]
    return job_id(job, key)


def create_tables(database: Database) -> None:
    """Create the engine's tables or bring them up to date."""
    DBOS.migrate(database.url)


def check_tables(database: Database) -> None:
    """Raise BadJobs unless the engine's tables are there and as this version of the engine wants them."""
    try:
        _client(database.engine)._sys_db.verify_migrations()  # noqa: SLF001 - no public call verifies only
    except error.DBOSInitializationError as problem:
        raise BadJobs("the job tables are missing or old; run `goodstanding init`") from problem


def job_id(job: Job[Any], key: str) -> str:
    """The id under which a job is kept."""
    return f"{job.name}:{key}"


@functools.lru_cache(maxsize=8)
def _client(engine: sa.Engine) -> DBOSClient:
    return DBOSClient(
        system_database_engine=engine,
        serializer=DBOSPortableJSONSerializer(),
        application_name=APPLICATION,
        lazy=True,
    )
