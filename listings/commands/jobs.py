"""`goodstanding jobs`: the jobs that gave up, and another try for them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import click

from listings import job_rows
from listings.commands.guarded import Guarded
from listings.commands.ready import Refused, ready_database, settings_from_env
from listings.db import Database
from listings.job_rows import FailedJob
from listings.jobs import BadJobs, run_again

MANY = 1000


@click.group()
def jobs() -> None:
    """List the jobs that gave up, and run them again."""


@jobs.command(cls=Guarded)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a job.")
def failed(*, as_json: bool) -> None:
    """List the jobs that gave up, newest first: when, which, and why. They are kept for 90 days."""
    with _opened() as database:
        found = _failed(database)
    for one in found:
        click.echo(_line(one, as_json=as_json))
    if not found and not as_json:
        click.echo("No job has failed.")


@jobs.command(cls=Guarded)
@click.argument("ids", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every job that gave up.")
def again(ids: tuple[str, ...], *, every: bool) -> None:
    """Put jobs that gave up back into their queues; a worker runs them from their start."""
    if bool(ids) == every:
        raise Refused("name the jobs to run again (see `goodstanding jobs failed`), or say --all.")
    with _opened() as database:
        found = {one.id: one for one in _failed(database)}
        unknown = [id_ for id_ in ids if id_ not in found]
        if unknown:
            raise Refused(f"{unknown[0]}: no job of that name has failed; see `goodstanding jobs failed`.")
        try:
            with database.write() as session:
                for id_ in ids or found:
                    run_again(session, id_, found[id_].queue)
        except BadJobs as error:
            raise Refused(str(error)) from error
    click.echo(f"{len(ids or found)} put back; a worker runs them.")


@contextmanager
def _opened() -> Iterator[Database]:
    database = ready_database(settings_from_env())
    try:
        yield database
    finally:
        database.dispose()


def _failed(database: Database) -> list[FailedJob]:
    with database.read() as session:
        return job_rows.failed(session, limit=MANY)


def _line(one: FailedJob, *, as_json: bool) -> str:
    at = one.failed_at.isoformat(timespec="seconds")
    if as_json:
        return json.dumps({"id": one.id, "kind": one.name, "failed_at": at, "reason": one.reason})
    return f"{at}  {one.id}  {' '.join(one.reason.split())}"
