"""A checked file applied in chunks, so that no chunk holds the write lock long and none is done twice.

The run keeps its checkpoint in the same transaction as the rows: after a crash the same file goes
on where it stopped. Every change keeps what was there before, so a run can be undone.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.loading.plan import Change
from listings.models.imports import ImportChange, ImportRun, ImportState
from listings.models.listing import Listing, Match
from listings.models.location import Location
from listings.models.person import PersonLocation

CHUNK = 1000


def start(
    session: Session, organization_id: int, *, file_name: str, file_sha256: str, rows: int, now: dt.datetime
) -> ImportRun:
    """The run for this file: the unfinished one of the same bytes, else a new one."""
    run = session.scalar(
        sa.select(ImportRun).where(
            ImportRun.organization_id == organization_id,
            ImportRun.file_sha256 == file_sha256,
            ImportRun.state == ImportState.APPLYING,
        )
    )
    if run is None:
        run = ImportRun(
            organization_id=organization_id,
            file_name=file_name,
            file_sha256=file_sha256,
            state=ImportState.APPLYING,
            rows_total=rows,
            rows_done=0,
            started_at=now,
        )
        session.add(run)
        session.flush()
    return run


def chunks(changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
    """The changes in pieces of one transaction each."""
    return (changes[start : start + CHUNK] for start in range(0, len(changes), CHUNK))


def apply_chunk(session: Session, run: ImportRun, chunk: Sequence[Change], now: dt.datetime) -> list[int]:
    """Apply one chunk and move the run's checkpoint with it; returns the ids of its locations.

    The changes are those of a fresh plan, so what an earlier try has applied is not among them.
    """
    known = {
        location.code: location
        for location in session.scalars(
            sa.select(Location).where(
                Location.organization_id == run.organization_id,
                Location.code.in_([change.code for change in chunk]),
            )
        )
    }
    done: list[tuple[Change, Location]] = []
    for change in chunk:
        location = known.get(change.code)
        if location is None:
            location = Location(organization_id=run.organization_id, code=change.code, created_at=now)
            session.add(location)
        for field, value in change.after.items():
            setattr(location, field, value)
        location.updated_at = now
        done.append((change, location))
    session.flush()
    session.add_all(
        ImportChange(
            run_id=run.id,
            row_number=change.row,
            location_id=location.id,
            before=dict(change.before) if change.before is not None else None,
            after=dict(change.after),
        )
        for change, location in done
    )
    run.rows_done += len(chunk)
    session.flush()
    return [location.id for _, location in done]


def finish(run: ImportRun, now: dt.datetime) -> None:
    """Every chunk is in."""
    run.state = ImportState.APPLIED
    run.finished_at = now


def undo_run(session: Session, run: ImportRun, now: dt.datetime) -> tuple[int, int]:
    """Put back what a run changed; returns (values put back, values left because changed since).

    A location that the run created goes when nothing belongs to it, else it stays and counts as left.
    """
    put_back = left = 0
    changes = session.scalars(
        sa.select(ImportChange).where(ImportChange.run_id == run.id).order_by(ImportChange.id.desc())
    )
    for change in changes.all():
        location = session.get(Location, change.location_id)
        if location is None:
            continue
        if change.before is None:
            gone = _remove(session, location)
            put_back, left = put_back + gone, left + (not gone)
            continue
        for field, value in (change.after or {}).items():
            same = getattr(location, field) == value
            if same:
                setattr(location, field, change.before.get(field))
                location.updated_at = now
            put_back, left = put_back + same, left + (not same)
    run.state = ImportState.UNDONE
    run.finished_at = now
    session.flush()
    return put_back, left


def _remove(session: Session, location: Location) -> bool:
    owns = sa.exists().where(Listing.location_id == location.id)
    bound = sa.exists().where(PersonLocation.location_id == location.id)
    compared = sa.exists().where(Match.location_id == location.id)
    if session.scalar(sa.select(sa.or_(owns, bound, compared))):
        return False
    session.delete(location)
    return True
