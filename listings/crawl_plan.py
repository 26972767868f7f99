"""Which crawls are due: asked for by the schedule or a person, carried out by the crawling door.

Sources that are asked location by location are planned in chunks by a job of their own, so that
100,000 locations hold the write lock no longer than a few. Each source has its own queue: one that
is slow or down keeps no other waiting.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings import job_rows
from listings.crawl_marks import mark, standings
from listings.freshness import Due, Urgency, batches, due
from listings.jobs import Job, Queue, enqueue, job_id
from listings.models.crawl import Credential, SourceState
from listings.models.location import Location
from listings.models.organization import Organization
from listings.records import OpenStatus
from listings.sources import SOURCES, SourceFacts

BATCH = 100
"""Locations in one job, for sources that are asked location by location."""
CHUNK = 1000
"""Locations that are planned in one transaction."""


@dataclass(frozen=True, slots=True)
class CrawlSource:
    """One crawl; without location ids everything the credential reaches."""

    organization_id: int
    source: str
    slot: str
    location_ids: list[int] | None
    narrowed: bool = False


@dataclass(frozen=True, slots=True)
class PlanCrawls:
    """Find what is due at one source and ask for it; `every_seconds` is the source's rhythm.

    `everything`: whether it is due or not, because a person asked. `urgent`: only what can't wait
    for the next crawl of the whole account.
    """

    organization_id: int
    source: str
    slot: str
    every_seconds: int
    everything: bool = False
    urgent: bool = False


CRAWLS = {key: Job(f"crawl_{key}", Queue(f"crawl_{key}", concurrency=2), CrawlSource) for key in SOURCES}
PLAN_CRAWLS = Job("plan_crawls", Queue("plan", concurrency=1), PlanCrawls)


def begin_crawls(session: Session, source: SourceFacts, slot: str, every: dt.timedelta | None = None) -> int:
    """Ask for what is due at one source, for every organization that has connected it and not paused it."""
    every = every or source.crawl_every
    asked = 0
    for organization_id in reading(session, source):
        if source.whole_account:
            asked += ask(session, organization_id, source, slot)
        else:
            _plan(session, PlanCrawls(organization_id, source.key, slot, int(every.total_seconds())))
            asked += 1
    return asked


def begin_rechecks(
    session: Session, source: SourceFacts, slot: str, every: dt.timedelta | None = None
) -> int:
    """Between two crawls of a whole account: ask for the locations that can't wait for the next."""
    seconds = int((every or source.crawl_every).total_seconds())
    found = reading(session, source)
    for organization_id in found:
        _plan(session, PlanCrawls(organization_id, source.key, slot, seconds, urgent=True))
    return len(found)


def reading(session: Session, source: SourceFacts) -> list[int]:
    """The organizations that have connected a source and not paused it."""
    paused = sa.select(SourceState.organization_id).where(
        SourceState.source == source.key, SourceState.paused_at.is_not(None)
    )
    query = sa.select(Organization.id).where(Organization.id.not_in(paused)).order_by(Organization.id)
    if source.needs_credential:
        holding = sa.select(Credential.organization_id).where(Credential.source == source.key)
        query = query.where(Organization.id.in_(holding))
    return list(session.scalars(query))


def connected(session: Session, organization_id: int) -> list[SourceFacts]:
    """The sources this organization can crawl: those with a credential, or that need none."""
    held = set(
        session.scalars(sa.select(Credential.source).where(Credential.organization_id == organization_id))
    )
    return [source for source in SOURCES.values() if not source.needs_credential or source.key in held]


def ask(
    session: Session,
    organization_id: int,
    source: SourceFacts,
    slot: str,
    location_ids: Sequence[int] | None = None,
    *,
    delay: dt.timedelta | None = None,
) -> int:
    """Ask for one crawl, of everything or of these locations; returns how many jobs that is.

    `delay` puts off one that is narrowed to locations.
    """
    if location_ids is None and not source.whole_account:
        seconds = int(source.crawl_every.total_seconds())
        _plan(session, PlanCrawls(organization_id, source.key, slot, seconds, everything=True))
        return 1
    crawls = crawls_of(session, organization_id, source, slot, location_ids)
    for payload in crawls:
        enqueue(session, CRAWLS[source.key], f"{organization_id}:{payload.slot}", payload, delay=delay)
    return len(crawls)


def ask_again(session: Session, asked: CrawlSource, number: int, delay: dt.timedelta) -> None:
    """Go on with a crawl that rests, after `delay`; `number` tells how often it has rested."""
    key = f"{asked.organization_id}:{asked.slot}:rested{number}"
    enqueue(session, CRAWLS[asked.source], key, asked, delay=delay)


def crawls_of(
    session: Session,
    organization_id: int,
    source: SourceFacts,
    slot: str,
    location_ids: Sequence[int] | None = None,
) -> list[CrawlSource]:
    """One crawl of a source in pieces of BATCH locations, whole where the account is read at once.

    With `location_ids` it is narrowed to these.
    """
    pieces: list[list[int] | None] = [None]
    if location_ids is not None or not source.whole_account:
        ids = location_ids
        if ids is None:
            query = sa.select(Location.id).where(Location.organization_id == organization_id)
            ids = session.scalars(query.order_by(Location.id)).all()
        pieces = [list(ids[first : first + BATCH]) for first in range(0, len(ids), BATCH)]
    return [
        CrawlSource(organization_id, source.key, f"{slot}#{number}", piece, location_ids is not None)
        for number, piece in enumerate(pieces)
    ]


@dataclass(frozen=True, slots=True)
class Chunk:
    """What is due of one stretch of locations; `last` is its last id, None after the end."""

    found: list[Due]
    last: int | None


def plan_chunk(session: Session, asked: PlanCrawls, after: int, now: dt.datetime) -> Chunk:
    """Look at the next CHUNK locations after an id; nothing is written."""
    ids = session.scalars(
        sa.select(Location.id)
        .where(
            Location.organization_id == asked.organization_id,
            Location.status != OpenStatus.CLOSED,
            Location.id > after,
        )
        .order_by(Location.id)
        .limit(CHUNK)
    ).all()
    last = ids[-1] if len(ids) == CHUNK else None
    if asked.everything:
        return Chunk([Due(id_, Urgency.ASKED_FOR) for id_ in ids], last)
    known = standings(session, asked.organization_id, asked.source, ids)
    found = due(known, dt.timedelta(seconds=asked.every_seconds), now)
    if asked.urgent:
        found = [one for one in found if one.urgency in (Urgency.CRITICAL, Urgency.WAITING)]
    return Chunk(found, last)


def backlog(session: Session, asked: PlanCrawls) -> int | None:
    """The urgency of the most pressing crawl of this source that still waits; None when none does.

    Nothing is planned on top of what is as pressing: a source that is slow or over quota would
    only be asked for the same locations again.
    """
    prefix = job_id(CRAWLS[asked.source], f"{asked.organization_id}:")
    return job_rows.most_urgent(session, CRAWLS[asked.source].name, prefix)


def ask_for(
    session: Session, asked: PlanCrawls, found: Sequence[Due], now: dt.datetime, *, behind: int | None = None
) -> int:
    """Enqueue what is due, the most pressing first, and note that it is planned; returns how many jobs.

    `behind`: only what is more pressing than this.
    """
    if behind is not None and not asked.everything:
        found = [one for one in found if one.urgency < behind]
    jobs = 0
    for urgency, ids in batches(found, BATCH):
        # What a person asked for is no narrowed look: it covers everything.
        payload = CrawlSource(
            asked.organization_id, asked.source, f"{asked.slot}#{ids[0]}", ids, asked.urgent
        )
        key = f"{asked.organization_id}:{payload.slot}"
        enqueue(session, CRAWLS[asked.source], key, payload, priority=int(urgency))
        jobs += 1
    mark(session, asked.organization_id, asked.source, [one.location_id for one in found], now)
    return jobs


def _plan(session: Session, payload: PlanCrawls) -> None:
    key = ":".join(str(part) for part in asdict(replace(payload, every_seconds=0)).values())
    enqueue(session, PLAN_CRAWLS, key, payload)
