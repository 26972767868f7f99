"""Keeping no more than the policies allow: declared here, carried out by a worker."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.jobs import Job, Queue, enqueue
from listings.models.listing import Listing, Observation
from listings.models.mismatch import Mismatch
from listings.sources import SOURCES, SourceFacts


@dataclass(frozen=True, slots=True)
class Tidy:
    """One round; the slot keeps two clocks from asking twice."""

    slot: str


TIDY = Job("tidy", Queue("tidy", concurrency=1), Tidy)


def ask(session: Session, slot: str) -> None:
    """Ask for the round of this slot."""
    enqueue(session, TIDY, slot, Tidy(slot))


def expire_values(
    session: Session,
    now: dt.datetime,
    *,
    limit: int = 1000,
    sources: Collection[SourceFacts] = tuple(SOURCES.values()),
) -> int:
    """Take away kept values whose time at their source is over; call again while it returns `limit`."""
    listings = session.scalars(
        sa.select(Listing).where(Listing.record_expires_at <= now, Listing.record.is_not(None)).limit(limit)
    ).all()
    for listing in listings:
        # An address of a page holds the name; the id alone may stay.
        listing.record = listing.rating = listing.review_count = listing.url = None
    rows = session.scalars(
        sa.select(Mismatch)
        .where(Mismatch.value_expires_at <= now, Mismatch.live_value.is_not(None))
        .limit(limit)
    ).all()
    for row in rows:
        row.live_value = None
    observed = [_expire_observations(session, source, now, limit) for source in sources]
    session.flush()
    return max(len(listings), len(rows), *observed)


def _expire_observations(session: Session, source: SourceFacts, now: dt.datetime, limit: int) -> int:
    """A listing that is read again and again keeps its newest values only; each former one has its own end."""
    keep_for = source.policy.keep_for
    if not source.policy.keep_values or keep_for is None:
        return 0
    observations = session.scalars(
        sa.select(Observation)
        .join(Listing, Listing.id == Observation.listing_id)
        .where(
            Listing.source == source.key,
            Observation.observed_at <= now - keep_for,
            Observation.record.is_not(None),
        )
        .limit(limit)
    ).all()
    for observation in observations:
        observation.record = None
    return len(observations)
