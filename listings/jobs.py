"""Durable jobs: declared where they are asked for, carried out at a door, kept in our own database.

A lower floor declares `DELIVER_FIX = Job("deliver_fix", OUTBOX, DeliverFix)` and calls `enqueue`
inside its transaction: rolled back, there is no job; committed, some worker runs it. A key starts
its job once, for as long as the finished job is kept (7 days), so a key names its slot.

The engine is DBOS Transact; this is the only module that imports it. A job that a crash cut short
is taken up again: steps that had ended are not run a second time, the one in between is. A step is
therefore at least once, and an effect outside is guarded by a row or key of its own. Payloads and
step results hold ids only, because they outlive whatever they name.
"""

import dataclasses
import datetime as dt
import functools
import logging
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
import structlog
from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, error
from sqlalchemy.orm import Session

from listings.db import Database
from listings.job_rows import put_back, unfinished_names

log = structlog.get_logger()

# The engine adds a handler of its own to its logger unless there is one; ours decides what is shown.
logging.getLogger("dbos").addHandler(logging.NullHandler())

APPLICATION_VERSION = "jobs-1"
"""Raised only when the order of a job's steps changes."""
APPLICATION = "goodstanding"
RECOVERIES = 300
"""Crashes that one job may live through. One that kills its worker each time must end some day."""

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


class _Stopped(BaseException):
    """Ends a handler between two steps. Not an Exception: the job has not failed, it waits."""


class JobContext:
    """What a handler is given besides its payload."""

    def __init__(self, job_id: str, stopping: threading.Event) -> None:
        self.job_id = job_id
        self._stopping = stopping

    def step(self, name: str, function: Callable[[], R]) -> R:
        """Run `function`, or give back what it gave before the job was cut short.

        The result must be JSON of ids. Steps are known by their order, so a handler must call
        them in the same order each time. When the worker is asked to stop, no further step begins:
        the job ends here and goes on at the next start.
        """
        if self._stopping.is_set():
            raise _Stopped
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


def run_again(session: Session, id_: str, queue: str) -> None:
    """Put a job that failed back into its queue, to run from its start under the same id.

    Raises BadJobs when there is no such job or it hasn't given up.
    """
    if not put_back(session, id_, queue):
        raise BadJobs(f"{id_} can't be run again: no job of that id has given up")


class Running:
    """The jobs that this process carries out."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.ended = 0
        """How many handlers have come to an end, well or not."""
        self._ids: set[str] = set()

    @property
    def busy(self) -> int:
        """How many handlers run at this moment."""
        return len(self._ids)

    def carry_out(self, job: Job[P], handler: Handler[P], payload: dict[str, Any]) -> None:
        """Run one handler; what it raises becomes the reason of the failed job."""
        id_ = DBOS.workflow_id
        assert id_ is not None  # noqa: S101 - the engine calls this inside a workflow
        self._ids.add(id_)
        try:
            handler(JobContext(id_, self.stopping), job.payload(**payload))
        finally:
            self._ids.discard(id_)
            self.ended += 1
            problem = sys.exc_info()[1]
            if isinstance(problem, Exception):
                log.error("job_failed", job=id_, exc_info=problem)


@contextmanager
def run_worker(
    database: Database,
    handlers: Handlers,
    executor_id: str,
    *,
    version: str = APPLICATION_VERSION,
    poll: float = 0.25,
    grace: int = 8,
) -> Iterator[Running]:
    """Carry out jobs in threads of this process for as long as the block lasts; one at a time per process.

    `executor_id` names this worker and stays the same over restarts: what it left running is taken up
    first. `poll` is how often, in seconds, a queue is looked at. At the end running handlers are given
    `grace` seconds to come to their next step; what isn't done then goes on at the next start.

    Raises BadJobs when a declared job has no handler, when a handler is for no declared job, when the
    database holds jobs of a kind nobody knows, and when the engine's tables are missing.
    """
    check_tables(database)
    _refuse_misfits(database, handlers)
    running = Running()
    for queue in {job.queue for job in handlers}:
        _client(database.engine).register_queue(
            queue.name, worker_concurrency=queue.concurrency, polling_interval_sec=poll
        )
    DBOS(
        config={
            "name": APPLICATION,
            "system_database_url": database.url,
            "application_version": version,
            "executor_id": executor_id,
            "serializer": DBOSPortableJSONSerializer(),
            "run_migrations": False,
            "log_level": "WARNING",
        }
    )
    for job, handler in handlers.items():
        DBOS.workflow(name=job.name, max_recovery_attempts=RECOVERIES)(_workflow(running, job, handler))
    try:
        DBOS.launch()
        # A version that was started before and comes back is otherwise never the latest again, and
        # only the latest is given jobs that nobody has begun.
        DBOS.set_latest_application_version(version)
        yield running
    finally:
        running.stopping.set()
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=grace)


def _refuse_misfits(database: Database, handlers: Handlers) -> None:
    handled_names = {job.name for job in handlers}
    for name in DECLARED.keys() - handled_names:
        raise BadJobs(f"the job {name!r} is declared, but no handler carries it out")
    for name in handled_names - DECLARED.keys():
        raise BadJobs(f"there is a handler for {name!r}, but no such job is declared")
    with database.read() as session:
        unknown = unfinished_names(session) - handled_names
    for name in unknown:
        raise BadJobs(
            f"the database holds unfinished jobs of a kind this version doesn't know: {name!r}; "
            "start the version that wrote them"
        )


def _workflow(running: Running, job: Job[P], handler: Handler[P]) -> Callable[[dict[str, Any]], None]:
    def run(payload: dict[str, Any]) -> None:
        running.carry_out(job, handler, payload)

    return run


@functools.lru_cache(maxsize=8)
def _client(engine: sa.Engine) -> DBOSClient:
    return DBOSClient(
        system_database_engine=engine,
        serializer=DBOSPortableJSONSerializer(),
        application_name=APPLICATION,
        lazy=True,
    )
