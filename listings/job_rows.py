"""What the job engine's tables say: what waits, what failed, what a dead worker left behind.

The engine runs jobs; here is the housekeeping it leaves to its paid service or to us. Every function
takes a session of ours, for both kinds of database, and commits nothing. Each change is one
guarded UPDATE, so that two workers that do the same at the same time do it once.
"""

import datetime as dt
import json
from collections.abc import Collection, Mapping
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
    sa.Column("updated_at", sa.BigInteger),
    sa.Column("recovery_attempts", sa.BigInteger),
    sa.Column("workflow_deadline_epoch_ms", sa.BigInteger),
    sa.Column("deduplication_id", sa.Text),
    sa.Column("output", sa.Text),
    sa.Column("error", sa.Text),
)
_input, _output, _steps = (
    sa.Table(name, _tables, sa.Column("workflow_uuid", sa.Text), sa.Column(held, sa.Text))
    for name, held in (
        ("workflow_input", "inputs"),
        ("workflow_output", "error"),
        ("operation_outputs", "error"),
    )
)

# A job whose worker died each time has no moment of its end.
_FAILED_AT = sa.func.coalesce(_status.c.completed_at, _status.c.updated_at)


@dataclass(frozen=True)
class FailedJob:
    """A job that gave up; it waits for a person to run it again.

    `error` is the kind of error, None where the worker died each time; `reason` the error in words,
    which may repeat what the job worked on. `payload` is what it was given, `runs` how often it began.
    """

    id: str
    name: str
    queue: str
    failed_at: dt.datetime
    reason: str
    error: str | None
    payload: Mapping[str, Any]
    runs: int


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


def counts(session: Session, name: str | None = None) -> dict[str, int]:
    """How many jobs there are, of one kind or all, by the engine's word for where they stand."""
    query = sa.select(_status.c.status, sa.func.count()).group_by(_status.c.status)
    if name is not None:
        query = query.where(_status.c.name == name)
    return dict(_execute(session, query).all())


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
            _FAILED_AT.label("failed_at"),
            _status.c.recovery_attempts,
            _output.c.error,
            _input.c.inputs,
        )
        .outerjoin_from(_status, _output, _status.c.workflow_uuid == _output.c.workflow_uuid)
        .outerjoin(_input, _status.c.workflow_uuid == _input.c.workflow_uuid)
        .where(_status.c.status.in_(FAILED))
        .order_by(_FAILED_AT.desc(), _status.c.workflow_uuid)
        .limit(limit),
    )
    return [_failed_job(row) for row in rows]


def put_back(session: Session, job_id: str, queue: str) -> bool:
    """Put a job that gave up back into its queue, to run from its start; False when it hasn't given up."""
    done: sa.CursorResult[Any] = _execute(
        session,
        _gave_up(job_id).values(
            status="ENQUEUED", queue_name=queue, owner_xid=None, recovery_attempts=0, completed_at=None,
            started_at_epoch_ms=None, workflow_deadline_epoch_ms=None, deduplication_id=None,
            output=None, error=None, application_version=None,
        ),
    )  # fmt: skip
    if done.rowcount:
        for table in (_output, _steps):
            _execute(session, table.delete().where(table.c.workflow_uuid == job_id))
    return bool(done.rowcount)


def let_rest(session: Session, job_id: str, now: dt.datetime) -> bool:
    """Nobody runs this job again, and it's forgotten with those that ended; False when it hasn't given up."""
    done: sa.CursorResult[Any] = _execute(
        session, _gave_up(job_id).values(status="CANCELLED", completed_at=_epoch_ms(now))
    )
    return bool(done.rowcount)


def _gave_up(job_id: str) -> sa.Update:
    return _status.update().where(_status.c.workflow_uuid == job_id, _status.c.status.in_(FAILED))


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
            | sa.and_(_status.c.status.in_(FAILED), _epoch_ms(failed_before) > _FAILED_AT)
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


def _failed_job(row: Any) -> FailedJob:
    told = json.loads(row.error) if row.error else None
    reason = "the worker died each time it ran this job"
    if told is not None:
        reason = f"{told.get('name')}: {told.get('message')}"
    given = json.loads(row.inputs)["positionalArgs"] if row.inputs else []
    return FailedJob(
        id=row.workflow_uuid,
        name=row.name,
        queue=row.queue_name,
        failed_at=dt.datetime.fromtimestamp(row.failed_at / 1000, dt.UTC),
        reason=reason,
        error=told.get("name") if told is not None else None,
        payload=given[0] if given else {},
        runs=max(1, row.recovery_attempts or 0),
    )


def _epoch_ms(moment: dt.datetime) -> int:
    return int(moment.timestamp() * 1000)
