"""`goodstanding import`: checked as a whole, shown with --dry-run, applied in chunks that can go on."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import click
import sqlalchemy as sa

from listings.clock import now
from listings.commands.ready import Refused, ready_database, settings_from_env
from listings.db import Database
from listings.loading.apply import apply_chunk, chunks, finish, start, undo_run
from listings.loading.columns import BadHeader
from listings.loading.plan import BadRows, Change, plan, read_file
from listings.loading.table import BadFile
from listings.models.imports import ImportRun, ImportState
from listings.models.location import Location
from listings.organizations import NoOrganization, the_organization
from listings.recheck import recheck
from listings.secrets import ValueHash
from listings.settings import BadSettings
from reputation.supplied import LISTING_COLUMNS, REVIEW_COLUMNS, add_listings, add_reviews, read_supplied

SHOWN_ERRORS = 20
RECHECKED_AT_ONCE = 100


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice(["locations", "listings", "reviews"]), default="locations")
@click.option("--dry-run", is_flag=True, help="Show what would change, row by row, and change nothing.")
@click.option("--organization", help="Whose locations these are, where there are several organizations.")
@click.option("--undo", is_flag=True, help="Undo the newest import of this file instead.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as one JSON object.")
def load(
    *, file: Path, kind: str, dry_run: bool, organization: str | None, undo: bool, as_json: bool
) -> None:
    """Import FILE (CSV or XLSX) of locations, or of listings and reviews that another tool exported.

    An empty cell changes nothing, "-" clears, a missing row deletes nothing.
    """
    try:
        settings = settings_from_env()
        hashes = ValueHash(settings)
        database = ready_database(settings)
        with database.read() as session:
            organization_id = the_organization(session, organization).id
        if undo:
            summary = _undo(database, organization_id, file)
        elif kind == "locations":
            summary = _locations(
                database, organization_id, file, hashes=hashes, dry_run=dry_run, quiet=as_json
            )
        else:
            summary = _supplied(database, organization_id, file, kind=kind, hashes=hashes, dry_run=dry_run)
    except BadRows as error:
        for line in error.errors[:SHOWN_ERRORS]:
            click.echo(f"{file}, {line}", err=True)
        more = len(error.errors) - SHOWN_ERRORS
        raise Refused(
            (f"… and {more} more. " if more > 0 else "") + f"{error}; nothing was imported."
        ) from error
    except (BadFile, BadHeader, BadSettings, NoOrganization) as error:
        raise Refused(str(error)) from error
    click.echo(json.dumps(summary) if as_json else _sentence(summary, dry_run))


def _locations(
    database: Database, organization_id: int, file: Path, *, hashes: ValueHash, dry_run: bool, quiet: bool
) -> dict[str, int]:
    rows = read_file(file)
    with database.read() as session:
        changes = list(plan(session, organization_id, rows))
    new = sum(change.before is None for change in changes)
    summary = {"new": new, "changed": len(changes) - new, "unchanged": len(rows) - len(changes)}
    if dry_run:
        for change in changes if not quiet else ():
            click.echo(_difference(change))
        return summary
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    with database.write() as session:
        run_id = start(
            session, organization_id, file_name=file.name, file_sha256=digest, rows=len(rows), now=now()
        ).id
    for chunk in chunks(changes):
        with database.write() as session:
            touched = apply_chunk(session, session.get_one(ImportRun, run_id), chunk, now())
        _recheck(database, touched, hashes)
    with database.write() as session:
        finish(session.get_one(ImportRun, run_id), now())
    return summary


def _recheck(database: Database, location_ids: Sequence[int], hashes: ValueHash) -> None:
    for first in range(0, len(location_ids), RECHECKED_AT_ONCE):
        with database.write() as session:
            recheck(session, location_ids[first : first + RECHECKED_AT_ONCE], hashes=hashes, now=now())


def _undo(database: Database, organization_id: int, file: Path) -> dict[str, int]:
    if not file.exists():
        raise BadFile(f"{file}: no such file; name the file whose import is to be undone.")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    with database.write() as session:
        run = session.scalar(
            sa.select(ImportRun)
            .where(
                ImportRun.organization_id == organization_id,
                ImportRun.file_sha256 == digest,
                ImportRun.state != ImportState.UNDONE,
            )
            .order_by(ImportRun.id.desc())
            .limit(1)
        )
        if run is None:
            raise BadFile(f"{file}: this file was never imported, or its import is undone already.")
        put_back, left = undo_run(session, run, now())
    return {"put_back": put_back, "left": left}


def _supplied(
    database: Database, organization_id: int, file: Path, *, kind: str, hashes: ValueHash, dry_run: bool
) -> dict[str, int]:
    with database.read() as session:
        codes = frozenset(
            session.scalars(sa.select(Location.code).where(Location.organization_id == organization_id))
        )
    rows = read_supplied(file, REVIEW_COLUMNS if kind == "reviews" else LISTING_COLUMNS, codes)
    if dry_run:
        return {"rows": len(rows)}
    with database.write() as session:
        if kind == "reviews":
            new = add_reviews(session, organization_id, rows, file_name=file.name, hashes=hashes, now=now())
        else:
            new = add_listings(session, organization_id, rows, file_name=file.name, now=now())
    return {"new": new, "unchanged": len(rows) - new}


def _difference(change: Change) -> str:
    if change.before is None:
        return f"row {change.row}  {change.code}  new: {change.after.get('name')}"
    parts = (f"{field}: {change.before[field]!s} → {value!s}" for field, value in change.after.items())
    return f"row {change.row}  {change.code}  " + "; ".join(parts)


def _sentence(summary: dict[str, int], dry_run: bool) -> str:
    counted = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in summary.items())
    return f"{'Would import' if dry_run else 'Done'}: {counted}."
