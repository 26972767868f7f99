"""What the job engine's tables say: what waits, what failed, what a dead worker left behind.

The engine runs jobs; here is the housekeeping it leaves to its paid service or to us. Every function
takes a session of ours, for both kinds of database, and commits nothing. Each change is one
guarded UPDATE, so that two workers that do the same at the same time do it once.
"""

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

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
SCHEMA = "dbos"

WAITING = ("ENQUEUED", "DELAYED")
RUNNING = "PENDING"
FAILED = ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
ENDED = ("SUCCESS", "CANCELLED")

_tables = sa.MetaData(schema=SCHEMA)
_status = sa.Table(
    "workflow_status",
    _tables,
    sa.Column("workflow_uuid", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("status", sa.Text),
    sa.Column("queue_name", sa.Text),
    sa.Column("executor_id", sa.Text),
    sa.Column("owner_xid", sa.Text),
    sa.Column("application_version", sa.Text),
    sa.Column("priority", sa.Integer),
    sa.Column("started_at_epoch_ms", sa.BigInteger),
    sa.Column("completed_at", sa.BigInteger),
)
_input, _output, _steps = (
    sa.Table(name, _tables, sa.Column("workflow_uuid", sa.Text), sa.Column("error", sa.Text))
    for name in ("workflow_input", "workflow_output", "operation_outputs")
)


@dataclass(frozen=True)
class FailedJob:
    """A job that gave up; it waits for a person to run it again. `reason` is the error in words."""

    id: str
    name: str
    queue: str
    failed_at: dt.datetime | None
    reason: str


def state(session: Session, job_id: str) -> str | None:
    """The engine's word for where a job stands (ENQUEUED, DELAYED, PENDING, SUCCESS, ERROR, …)."""
    found: str | None = _execute(
        session, sa.select(_status.c.status).where(_status.c.workflow_uuid == job_id)
    ).scalar()
    return found


def unfinished_names(session: Session) -> set[str]:
    """The kinds of job that wait or run."""
    unfinished = _status.c.status.in_((*WAITING, RUNNING))
    return set(_execute(session, sa.select(_status.c.name).where(unfinished).distinct()).scalars())


def most_urgent(session: Session, name: str, id_prefix: str) -> int | None:
    """The lowest priority number among unfinished jobs of a kind whose ids begin so; 0 counts as none.

    Lower numbers go first, and 0 is what a person asked for.
    """
    unfinished = _status.c.status.in_((*WAITING, RUNNING))
    begins = sa.func.substr(_status.c.workflow_uuid, 1, len(id_prefix)) == id_prefix
    query = sa.select(sa.func.min(_status.c.priority)).where(
        unfinished, _status.c.name == name, begins, _status.c.priority > 0
    )
    found: int | None = _execute(session, query).scalar()
    return found


def failed(session: Session, limit: int = 100) -> list[FailedJob]:
    """Jobs that gave up, newest first."""
    rows = _execute(
        session,
        sa.select(
            _status.c.workflow_uuid,
            _status.c.name,
            _status.c.queue_name,
            _status.c.completed_at,
            _output.c.error,
        )
        .outerjoin_from(_status, _output, _status.c.workflow_uuid == _output.c.workflow_uuid)
        .where(_status.c.status.in_(FAILED))
        .order_by(_status.c.completed_at.desc())
        .limit(limit),
    )
    return [FailedJob(id_, name, queue, _moment(at), _reason(error)) for id_, name, queue, at, error in rows]


def take_over(session: Session, executor_ids: Collection[str]) -> int:
    """Put the running jobs of dead workers back into their queues; how many there were.

    A worker that was only slow loses them as well: the engine refuses what it records from then on.
    """
    done: sa.CursorResult[Any] = _execute(
        session,
        _status.update()
        .where(_status.c.status == RUNNING, _status.c.executor_id.in_(executor_ids))
        .values(status="ENQUEUED", owner_xid=None, started_at_epoch_ms=None),
    )
    return done.rowcount


def adopt(session: Session, version: str, executor_id: str) -> int:
    """Take up what another version left unfinished; how many jobs that were.

    Jobs in a queue run nowhere, and those that ran here ended with the process before this one. The
    order of their steps may be another now, so they begin anew: steps are at least once by contract.
    """
    here = sa.and_(_status.c.status == RUNNING, _status.c.executor_id == executor_id)
    adopted = _execute(
        session,
        _status.update()
        .where(_status.c.application_version != version, here | _status.c.status.in_(WAITING))
        .values(
            status=sa.case((_status.c.status == "DELAYED", "DELAYED"), else_="ENQUEUED"),
            owner_xid=None,
            started_at_epoch_ms=None,
            application_version=None,
        )
        .returning(_status.c.workflow_uuid),
    )
    ids = list(adopted.scalars())
    _execute(session, _steps.delete().where(_steps.c.workflow_uuid.in_(ids)))
    return len(ids)


def requeue(session: Session, name: str, queue: str) -> None:
    """Move waiting jobs of a kind to the queue it is declared with today."""
    elsewhere = sa.and_(_status.c.name == name, _status.c.queue_name != queue)
    _execute(
        session, _status.update().where(elsewhere, _status.c.status.in_(WAITING)).values(queue_name=queue)
    )


def purge(session: Session, *, ended_before: dt.datetime, failed_before: dt.datetime, limit: int) -> int:
    """Forget up to `limit` jobs that ended or failed before those moments; how many it were."""
    rows = _execute(
        session,
        sa.select(_status.c.workflow_uuid)
        .where(
            sa.and_(_status.c.status.in_(ENDED), _status.c.completed_at < _epoch_ms(ended_before))
            | sa.and_(_status.c.status.in_(FAILED), _status.c.completed_at < _epoch_ms(failed_before))
        )
        .limit(limit),
    )
    ids = list(rows.scalars())
    for table in (_input, _output, _steps, _status):
        _execute(session, table.delete().where(table.c.workflow_uuid.in_(ids)))
    return len(ids)


def _execute(session: Session, statement: sa.Executable) -> Any:
    sqlite = session.get_bind().dialect.name == "sqlite"
    schema = None if sqlite else SCHEMA
    return session.connection().execute(
        statement, execution_options={"schema_translate_map": {SCHEMA: schema}}
    )


def _reason(error: str | None) -> str:
    if error is None:
        return "the worker died each time it ran this job"
    told = json.loads(error)
    return f"{told.get('name')}: {told.get('message')}"


def _moment(epoch_ms: int | None) -> dt.datetime | None:
    return None if epoch_ms is None else dt.datetime.fromtimestamp(epoch_ms / 1000, dt.UTC)


def _epoch_ms(moment: dt.datetime) -> int:
    return int(moment.timestamp() * 1000)
