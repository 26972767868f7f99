"""Stored answers read again with today's readers: what would be said otherwise, without a single fetch.

Read are the newest answer of every listing, and answers that could not be read when they came.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crawlers.door import Door
from crawlers.plan import Fetch
from crawlers.readers import READERS
from crawlers.record import Recorder
from crawlers.source import Answer, Outcome, Reading, Request
from listings.link import load_locations
from listings.models.crawl import CrawlRun, RunState
from listings.models.listing import Listing
from listings.models.snapshot import Snapshot
from listings.observe import Named, named
from listings.records import LISTING_FIELDS
from listings.snapshots import body_of
from listings.sources import SourceFacts, facts

ANSWERS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Difference:
    """One listing that today's reader sees otherwise: field to (value so far, value now)."""

    listing_id: int | None
    source_id: str
    fields: dict[str, tuple[Any, Any]]


@dataclass(slots=True)
class Replayed:
    """One source's replay: answers read, what would change, and what policy has taken away."""

    read: int = 0
    unreadable: int = 0
    removed: int = 0
    differences: list[Difference] = field(default_factory=list)


def replay(door: Door, organization_id: int, source: SourceFacts) -> Replayed:
    """Read a source's stored answers again and tell what would change; nothing is changed."""
    found = Replayed()
    with door.database.read() as session:
        found.removed = _removed(session, organization_id, source)
        for snapshot, _, reading in _readings(session, door, organization_id, source):
            found.read += 1
            if reading.outcome is not Outcome.OK:
                found.unreadable += 1
                continue
            found.differences += _differences(session, snapshot, reading)
    return found


def apply(door: Door, organization_id: int, source: SourceFacts) -> int:
    """Write down what today's readers say of the stored answers; returns how many listings changed."""
    reader = READERS[source.key]
    with door.database.read() as session:
        locations = load_locations(session, organization_id)
    with door.database.write() as session:
        run = CrawlRun(
            organization_id=organization_id,
            source=source.key,
            slot=f"replay:{door.clock().isoformat()}",
            state=RunState.RUNNING,
            started_at=door.clock(),
        )
        session.add(run)
        session.flush()
        run_id = run.id
    recorder = Recorder(door, source, organization_id, run_id, locations, reader.adapter.reader_version)
    with door.database.read() as session:
        for snapshot, answer, reading in _readings(session, door, organization_id, source):
            said = [one for one, _ in _newest(session, snapshot, reading)]
            if reading.outcome is not Outcome.OK or not said:
                continue
            step = Fetch(answer.asked or Request(snapshot.url))
            # What an old answer says was seen when it came, not now.
            recorder.at_another_time(replace(door, clock=partial(_moment, snapshot)))
            recorder.reuse(step.request.url, snapshot.id)
            recorder.record(step, answer, replace(reading, listings=tuple(one.record for one in said)))
    with door.database.write() as session:
        run = session.get_one(CrawlRun, run_id)
        run.state, run.finished_at = RunState.COMPLETE, door.clock()
    return recorder.counts["changed"]


def _readings(
    session: Session, door: Door, organization_id: int, source: SourceFacts
) -> Iterator[tuple[Snapshot, Answer, Reading]]:
    newest = sa.select(Listing.snapshot_id).where(
        Listing.organization_id == organization_id, Listing.source == source.key
    )
    query = (
        sa.select(Snapshot)
        .where(
            Snapshot.organization_id == organization_id,
            Snapshot.source == source.key,
            Snapshot.sha256.is_not(None),
            sa.or_(Snapshot.id.in_(newest), Snapshot.outcome == Outcome.UNREADABLE),
        )
        .order_by(Snapshot.id)
        .execution_options(yield_per=ANSWERS_AT_ONCE)
    )
    adapter = READERS[source.key].adapter
    for snapshot in session.scalars(query):
        body = body_of(session, snapshot, door.clock())
        if body is None:
            continue
        asked = Request(snapshot.url)
        answer = Answer(
            snapshot.final_url or snapshot.url, snapshot.status, {}, body, snapshot.fetched_at, asked
        )
        yield snapshot, answer, adapter.read(answer)


def _moment(snapshot: Snapshot) -> dt.datetime:
    return snapshot.fetched_at


def _removed(session: Session, organization_id: int, source: SourceFacts) -> int:
    return (
        session.scalar(
            sa.select(sa.func.count(Snapshot.id)).where(
                Snapshot.organization_id == organization_id,
                Snapshot.source == source.key,
                Snapshot.outcome == Outcome.OK,
                Snapshot.sha256.is_(None),
            )
        )
        or 0
    )


def _newest(session: Session, snapshot: Snapshot, reading: Reading) -> Iterator[tuple[Named, Listing | None]]:
    """The records of an answer with their stored listings; those of which a later answer spoke are left out."""
    for one in named(reading.listings, snapshot.url, facts(snapshot.source)):
        listing = session.scalar(
            sa.select(Listing).where(
                Listing.organization_id == snapshot.organization_id,
                Listing.source == snapshot.source,
                Listing.source_id == one.source_id,
            )
        )
        if listing is None or listing.snapshot_id is None or listing.snapshot_id <= snapshot.id:
            yield one, listing


def _differences(session: Session, snapshot: Snapshot, reading: Reading) -> Iterator[Difference]:
    for one, listing in _newest(session, snapshot, reading):
        before = (listing.record if listing is not None else None) or {}
        after = one.record.as_json()
        fields = {
            name: (before.get(name), after.get(name))
            for name in LISTING_FIELDS
            if before.get(name) != after.get(name)
        }
        if fields:
            yield Difference(listing.id if listing is not None else None, one.source_id, fields)
