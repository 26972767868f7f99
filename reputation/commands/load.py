"""`goodstanding import`: checked as a whole, shown with --dry-run, applied in chunks that can go on."""

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import sqlalchemy as sa

from listings import duplicates
from listings.clock import now
from listings.commands.guarded import Guarded
from listings.commands.ready import Refused, ready_database, settings_from_env
from listings.db import Database
from listings.loading.apply import apply_chunk, chunks, finish, start, touched, undo_chunk
from listings.loading.columns import BadHeader
from listings.loading.plan import BadRows, Change, plan, read_file
from listings.loading.table import BadFile
from listings.models.imports import ImportChange, ImportRun, ImportState
from listings.models.location import Location
from listings.organizations import NoOrganization, the_organization
from listings.recheck import recheck
from listings.secrets import ValueHash
from listings.settings import BadSettings
from reputation.supplied import Kind, Origin, SuppliedRow, add_listings, add_reviews, read_supplied, unknown

LOCATIONS = "locations"
KINDS = (LOCATIONS, *(kind.value for kind in Kind))
SHOWN_ERRORS = 20
SHOWN_TEXT = 60
RECHECKED_AT_ONCE = 10
"""Locations in one transaction: each has a listing at every source, and all of them are compared."""
SUPPLIED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Task:
    """One file for one organization."""

    database: Database
    organization_id: int
    file: Path
    hashes: ValueHash
    dry_run: bool
    quiet: bool

    def tell(self, text: str) -> None:
        """A line for a person, left out where a program reads."""
        if not self.quiet:
            click.echo(text)

    def progress(self, done: int, total: int) -> None:
        """How far it is, for somebody who watches."""
        if sys.stderr.isatty():
            click.echo(f"\r{done:,} of {total:,}", nl=done >= total, err=True)


@click.command("import", cls=Guarded)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--kind",
    type=click.Choice([LOCATIONS, *(kind.value for kind in Kind)]),
    default=LOCATIONS,
    show_default=True,
)
@click.option("--dry-run", is_flag=True, help="Show what would change, row by row, and change nothing.")
@click.option("--organization", help="Whose locations these are, where there are several organizations.")
@click.option("--undo", is_flag=True, help="Undo the newest import of this file of locations instead.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as one JSON object.")
def load(
    *, file: Path, kind: str, dry_run: bool, organization: str | None, undo: bool, as_json: bool
) -> None:
    """Import FILE (CSV or XLSX) of locations, or of listings and reviews that another tool exported.

    An empty cell changes nothing, "-" clears, a missing row deletes nothing.
    """
    if undo and (dry_run or kind != LOCATIONS):
        raise click.UsageError("--undo takes back an import of locations; leave --dry-run and --kind out")
    settings = settings_from_env()
    database = ready_database(settings)
    try:
        with database.read() as session:
            organization_id = the_organization(session, organization).id
        task = Task(database, organization_id, file, ValueHash(settings), dry_run, as_json)
        if undo:
            summary = _undo(task)
        elif kind == LOCATIONS:
            summary = _locations(task)
        else:
            summary = _supplied(task, Kind(kind))
    except BadRows as error:
        raise Refused(_told(file, error)) from error
    except (BadFile, BadHeader, BadSettings, NoOrganization) as error:
        raise Refused(str(error)) from error
    finally:
        database.dispose()
    click.echo(json.dumps(summary) if as_json else _sentence(summary, dry_run=dry_run))


def _told(file: Path, refusal: BadRows) -> str:
    """A line for each of the first bad cells on its way out; returns the last line."""
    for line in refusal.errors[:SHOWN_ERRORS]:
        click.echo(f"{file}, {line}", err=True)
    more = len(refusal.errors) - SHOWN_ERRORS
    return (f"… and {more} more. " if more > 0 else "") + f"{refusal}; nothing was imported."


def _locations(task: Task) -> dict[str, int]:
    rows = read_file(task.file)
    with task.database.read() as session:
        changes = list(plan(session, task.organization_id, rows))
    new = sum(change.before is None for change in changes)
    summary = {"new": new, "changed": len(changes) - new, "unchanged": len(rows) - len(changes)}
    if task.dry_run:
        for change in changes:
            task.tell(_difference(change))
    else:
        _apply(task, changes, len(rows))
    return summary


def _apply(task: Task, changes: Sequence[Change], rows: int) -> None:
    with task.database.write() as session:
        run = start(
            session,
            task.organization_id,
            file_name=task.file.name,
            file_sha256=_digest(task.file),
            rows=rows,
            now=now(),
        )
        run_id = run.id
        # A try that ended early may have changed locations and not yet compared their listings.
        earlier = touched(session, run)
    _recheck(task, earlier)
    done = 0
    for chunk in chunks(changes):
        with task.database.write() as session:
            changed = apply_chunk(session, session.get_one(ImportRun, run_id), chunk, now())
        _recheck(task, changed)
        done += len(chunk)
        task.progress(done, len(changes))
    with task.database.write() as session:
        finish(session.get_one(ImportRun, run_id), now())
        duplicates.ask(session, task.organization_id, None, now())


def _recheck(task: Task, location_ids: Sequence[int]) -> None:
    for first in range(0, len(location_ids), RECHECKED_AT_ONCE):
        with task.database.write() as session:
            recheck(session, location_ids[first : first + RECHECKED_AT_ONCE], hashes=task.hashes, now=now())


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise BadFile(f"{file}: {error.strerror or error}") from error


def _undo(task: Task) -> dict[str, int]:
    newest = (
        sa.select(ImportRun.id)
        .where(
            ImportRun.organization_id == task.organization_id,
            ImportRun.file_sha256 == _digest(task.file),
            ImportRun.state != ImportState.UNDONE,
            sa.exists().where(ImportChange.run_id == ImportRun.id),
        )
        .order_by(ImportRun.id.desc())
        .limit(1)
    )
    with task.database.read() as session:
        run_id = session.scalar(newest)
    if run_id is None:
        raise BadFile(f"{task.file}: this file was never imported, or its import is undone already.")
    summary = {"put_back": 0, "left": 0}
    below = None
    while True:
        with task.database.write() as session:
            step = undo_chunk(session, session.get_one(ImportRun, run_id), now(), below=below)
        if step is None:
            return summary
        _recheck(task, step.location_ids)
        below = step.below
        summary["put_back"] += step.put_back
        summary["left"] += step.left


def _supplied(task: Task, kind: Kind) -> dict[str, int]:
    codes = sa.select(Location.code).where(Location.organization_id == task.organization_id)
    with task.database.read() as session:
        known = frozenset(session.scalars(codes))
    rows = read_supplied(task.file, kind, known)
    add = add_reviews if kind is Kind.REVIEWS else add_listings
    new = 0
    for first in range(0, len(rows), SUPPLIED_AT_ONCE):
        part = rows[first : first + SUPPLIED_AT_ONCE]
        with task.database.read() if task.dry_run else task.database.write() as session:
            fresh = unknown(session, task.organization_id, kind, part, task.hashes)
            if not task.dry_run:
                add(session, Origin(task.organization_id, task.file.name, now()), fresh, task.hashes)
        for row in fresh if task.dry_run else ():
            task.tell(_new_row(row))
        new += len(fresh)
        task.progress(first + len(part), len(rows))
    return {"new": new, "unchanged": len(rows) - new}


def _difference(change: Change) -> str:
    if change.before is None:
        return f"row {change.row}  {change.code}  new: {_short(change.after.get('name'))}"
    parts = (
        f"{field}: {_short(change.before[field])} → {_short(value)}" for field, value in change.after.items()
    )
    return f"row {change.row}  {change.code}  " + "; ".join(parts)


def _new_row(row: SuppliedRow) -> str:
    told = (f"{name}: {_short(cell)}" for name, cell in row.cells.items() if name not in ("code", "source"))
    return f"row {row.row}  {row.cells['code']}  new at {row.cells['source']}: " + "; ".join(told)


def _short(value: object) -> str:
    text = "empty" if value in (None, "") else " ".join(str(value).split())
    return text if len(text) <= SHOWN_TEXT else text[: SHOWN_TEXT - 1] + "…"


def _sentence(summary: dict[str, int], *, dry_run: bool) -> str:
    counted = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in summary.items())
    return f"{'Would import' if dry_run else 'Done'}: {counted}."
