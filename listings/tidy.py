"""Keeping no more than the policies allow: declared here, carried out by a worker."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.jobs import Job, Queue, enqueue
from listings.models.listing import Listing, Observation
from listings.models.mismatch import Mismatch


@dataclass(frozen=True, slots=True)
class Tidy:
    """One round; the slot keeps two clocks from asking twice."""

    slot: str


TIDY = Job("tidy", Queue("tidy", concurrency=1), Tidy)


def ask(session: Session, slot: str) -> None:
    """Ask for the round of this slot."""
    enqueue(session, TIDY, slot, Tidy(slot))


def expire_values(session: Session, now: dt.datetime, *, limit: int = 1000) -> int:
    """Take away kept values whose time at their source is over; call again while it returns `limit`."""
    listings = session.scalars(
        sa.select(Listing).where(Listing.record_expires_at <= now, Listing.record.is_not(None)).limit(limit)
    ).all()
    for listing in listings:
        listing.record = listing.rating = listing.review_count = None
        session.execute(
            sa.update(Observation).where(Observation.listing_id == listing.id).values(record=None)
        )
    rows = session.scalars(
        sa.select(Mismatch)
        .where(Mismatch.value_expires_at <= now, Mismatch.live_value.is_not(None))
        .limit(limit)
    ).all()
    for row in rows:
        row.live_value = None
    session.flush()
    return max(len(listings), len(rows))
