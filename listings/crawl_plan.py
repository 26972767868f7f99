"""Which crawls are due: asked for by the schedule or a person, carried out by the crawling door."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.jobs import Job, Queue, enqueue
from listings.models.crawl import Credential, SourceState
from listings.models.location import Location
from listings.models.organization import Organization
from listings.sources import SOURCES, SourceFacts

BATCH = 100
"""Locations in one job, for sources that are asked location by location."""


@dataclass(frozen=True, slots=True)
class CrawlSource:
    """One crawl; without location ids everything the credential reaches."""

    organization_id: int
    source: str
    slot: str
    location_ids: list[int] | None
    narrowed: bool = False


CRAWL = Job("crawl", Queue("crawl", concurrency=2), CrawlSource)


def begin_crawls(session: Session, source: SourceFacts, slot: str) -> int:
    """Ask for a crawl of one source for every organization that has connected it and not paused it."""
    asked = 0
    for organization_id in session.scalars(sa.select(Organization.id)).all():
        state = session.get(SourceState, (organization_id, source.key))
        paused = state is not None and state.paused_at is not None
        if not paused and source in connected(session, organization_id):
            asked += ask(session, organization_id, source, slot)
    return asked


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
) -> int:
    """Enqueue the jobs of one crawl; returns how many there are."""
    crawls = crawls_of(session, organization_id, source, slot, location_ids)
    for payload in crawls:
        enqueue(session, CRAWL, f"{organization_id}:{source.key}:{payload.slot}", payload)
    return len(crawls)


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
    batches: list[list[int] | None] = [None]
    if location_ids is not None or not source.whole_account:
        ids = location_ids
        if ids is None:
            query = sa.select(Location.id).where(Location.organization_id == organization_id)
            ids = session.scalars(query.order_by(Location.id)).all()
        batches = [list(ids[first : first + BATCH]) for first in range(0, len(ids), BATCH)]
    return [
        CrawlSource(organization_id, source.key, f"{slot}#{number}", batch, location_ids is not None)
        for number, batch in enumerate(batches)
    ]
