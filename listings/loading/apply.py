"""A checked file applied in chunks, so that no chunk holds the write lock long and none is done twice.

The run keeps its checkpoint in the same transaction as the rows: after a crash the same file goes
on where it stopped. Every change keeps what was there before, so a run can be undone.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.given_urls import given_urls
from listings.loading.plan import Change
from listings.loading.values import set_own, set_pages, value_of
from listings.models.duplicate import Duplicate, DuplicateEvent
from listings.models.given_url import GivenUrl
from listings.models.imports import ImportChange, ImportRun, ImportState
from listings.models.location import Location

CHUNK = 250
"""Rows; SQLite has one write lock, and a thousand would hold it longer than others should wait."""


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
    known = _by_code(session, run, [change.code for change in chunk])
    pages = given_urls(session, [location.id for location in known.values()])
    done: list[tuple[Change, Location, dict[str, Any] | None]] = []
    for change in chunk:
        location = known.get(change.code)
        before = None
        if location is None:
            location = Location(organization_id=run.organization_id, code=change.code, created_at=now)
            session.add(location)
        else:
            # Held against what stands there now: somebody may have changed it since the plan.
            shown = pages.get(location.id, {})
            before = {field: value_of(location, shown, field) for field in change.after}
            if before == change.after:
                continue
        set_own(location, change.after)
        location.updated_at = now
        done.append((change, location, before))
    session.flush()
    for change, location, _ in done:
        set_pages(session, location, change.after, now)
    session.add_all(
        ImportChange(
            run_id=run.id,
            row_number=change.row,
            location_id=location.id,
            before=before,
            after=dict(change.after),
        )
        for change, location, before in done
    )
    run.rows_done += len(chunk)
    session.flush()
    return [location.id for _, location, _ in done]


def _by_code(session: Session, run: ImportRun, codes: Sequence[str]) -> dict[str, Location]:
    mine = sa.select(Location).where(
        Location.organization_id == run.organization_id, Location.code.in_(codes)
    )
    return {location.code: location for location in session.scalars(mine)}


def touched(session: Session, run: ImportRun) -> list[int]:
    """The ids of the locations that the run has changed so far."""
    return list(session.scalars(sa.select(ImportChange.location_id).where(ImportChange.run_id == run.id)))


def finish(run: ImportRun, now: dt.datetime) -> None:
    """Every chunk is in."""
    run.state = ImportState.APPLIED
    run.finished_at = now


@dataclass(frozen=True, slots=True)
class Undone:
    """What one step of an undo did: values put back, values left because they were changed since."""

    put_back: int
    left: int
    location_ids: tuple[int, ...]
    """The locations that have other values now."""
    below: int
    """Where the next step goes on."""


def undo_chunk(session: Session, run: ImportRun, now: dt.datetime, *, below: int | None) -> Undone | None:
    """Put back one chunk of what a run changed, the newest first; None when nothing is left to do.

    A location that the run created goes when nothing belongs to it, else it stays and counts as left.
    """
    query = sa.select(ImportChange).where(ImportChange.run_id == run.id)
    if below is not None:
        query = query.where(ImportChange.id < below)
    changes = session.scalars(query.order_by(ImportChange.id.desc()).limit(CHUNK)).all()
    if not changes:
        run.state = ImportState.UNDONE
        run.finished_at = now
        return None
    ids = [change.location_id for change in changes]
    there = {one.id: one for one in session.scalars(sa.select(Location).where(Location.id.in_(ids)))}
    pages = given_urls(session, ids)
    needed = _needed(session, ids)
    put_back = left = 0
    altered: list[int] = []
    for change in changes:
        location = there.get(change.location_id)
        if location is None:
            continue
        shown, after = pages.get(location.id, {}), change.after or {}
        if change.before is None:
            gone = location.id not in needed and _only(shown, after)
            if gone:
                _delete(session, location)
            put_back, left = put_back + gone, left + (not gone)
            continue
        same = [field for field, value in after.items() if value_of(location, shown, field) == value]
        back = {field: change.before.get(field) for field in same}
        if back:
            set_own(location, back)
            set_pages(session, location, back, now)
            location.updated_at = now
        put_back, left = put_back + len(same), left + len(after) - len(same)
        altered.append(location.id)
    session.flush()
    return Undone(put_back, left, tuple(altered), changes[-1].id)


def _only(pages: Mapping[str, str], after: Mapping[str, Any]) -> bool:
    """Whether the pages named for a location are those that the import named, or fewer."""
    return all(after.get(f"{source}_url") == url for source, url in pages.items())


def _delete(session: Session, location: Location) -> None:
    session.execute(sa.delete(GivenUrl).where(GivenUrl.location_id == location.id))
    pairs = sa.or_(Duplicate.location_id == location.id, Duplicate.other_location_id == location.id)
    found = sa.select(Duplicate.id).where(pairs)
    session.execute(sa.delete(DuplicateEvent).where(DuplicateEvent.duplicate_id.in_(found)))
    session.execute(sa.delete(Duplicate).where(pairs))
    session.delete(location)


def _needed(session: Session, ids: Sequence[int]) -> set[int]:
    """Those of the locations that a row of another table refers to.

    Their pages go with them, and what was found about them by itself: the records they look like.
    """
    tables = Location.metadata.tables
    location = tables[Location.__tablename__]
    going = (tables[GivenUrl.__tablename__], tables[Duplicate.__tablename__])
    keys = (key for table in tables.values() if table not in going for key in table.foreign_keys)
    owners = [key.parent for key in keys if key.column.table is location]
    return {id_ for owner in owners for id_ in session.scalars(sa.select(owner).where(owner.in_(ids)))}
