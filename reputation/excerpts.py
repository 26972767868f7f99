"""Excerpts that a source lets us show for a while: a card of their own, linked, never part of a number.

Yelp's display rules ask for its name, its stars and a link beside each; what lacks one isn't shown.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.models.listing import Listing
from listings.retention import readable_listings
from listings.source_terms import Display
from listings.sources import SOURCES, SourceFacts
from reputation.models.review import Review

EXCERPT_SOURCES = tuple(key for key, source in SOURCES.items() if source.policy.display is Display.EXCERPTS)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One review as its source cut it."""

    author: str
    rating: float
    text: str
    written_at: dt.datetime
    url: str


@dataclass(frozen=True, slots=True)
class Excerpts:
    """What one source shows of one location: its own figures, its page, the newest excerpts."""

    source: SourceFacts
    rating: float | None
    review_count: int | None
    url: str
    newest: tuple[Excerpt, ...]


def excerpts_of(
    session: Session, organization_id: int, location_id: int, now: dt.datetime
) -> tuple[Excerpts, ...]:
    """The excerpts of a location's listings, each source for itself; nothing whose time is over."""
    listings = session.scalars(
        sa.select(Listing)
        .where(
            Listing.organization_id == organization_id,
            Listing.location_id == location_id,
            Listing.source.in_(EXCERPT_SOURCES),
            Listing.missing_since.is_(None),
            Listing.supplied_by.is_(None),
            Listing.url.is_not(None),
            readable_listings(now),
        )
        .order_by(Listing.id)
    )
    return tuple(_of_listing(session, listing, now) for listing in listings)


def _of_listing(session: Session, listing: Listing, now: dt.datetime) -> Excerpts:
    source = SOURCES[listing.source]
    reviews = session.scalars(
        sa.select(Review)
        .where(
            Review.listing_id == listing.id,
            Review.vanished_at.is_(None),
            Review.supplied_by.is_(None),
            Review.expires_at > now,
        )
        .order_by(Review.written_at.desc(), Review.id.desc())
        .limit(source.policy.excerpts)
    )
    newest = tuple(
        Excerpt(one.author, one.rating, one.text, one.written_at, one.url)
        for one in reviews
        if one.author and one.rating and one.text and one.written_at and one.url
    )
    return Excerpts(source, listing.rating, listing.review_count, listing.url or "", newest)
