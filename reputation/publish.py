"""What the public may see, under each source's policy.

A number always says what it counts: the total at the source, what is readable, what is stored. An
average comes from the source's own figures, never from a sample; sources are never blended here. A
filter by rating says so and prints the true total (16 CFR 465.7).
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.models.listing import Listing
from listings.source_terms import Display
from listings.sources import SOURCES, SourceFacts
from reputation.models.reply import Reply, ReplyState
from reputation.models.review import Review

PUBLIC_SOURCES = tuple(key for key, source in SOURCES.items() if source.policy.display is Display.FULL)


@dataclass(frozen=True, slots=True)
class SourceTotal:
    """One source's own figures over some locations, and how many of its reviews we hold."""

    source: SourceFacts
    average: float | None
    at_source: int
    stored: int


@dataclass(frozen=True, slots=True)
class PublicReview:
    """One review as it may be shown, with the attribution its source demands."""

    id: int
    source: SourceFacts
    author: str
    rating: float | None
    text: str | None
    written_at: dt.datetime
    url: str | None
    answer: str | None
    location_id: int
    supplied: bool
    """Supplied by the business, not read at the source; has to be said wherever it is shown."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a page or widget shows: up to `limit` reviews, newest first.

    With `min_rating` the selection is disclosed with the true total, it can't be hidden.
    """

    location_ids: tuple[int, ...]
    limit: int = 10
    min_rating: int | None = None
    with_text_only: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """The reviews of a selection with the numbers that have to stand beside them."""

    totals: tuple[SourceTotal, ...]
    reviews: tuple[PublicReview, ...]
    matching: int
    stored: int
    selected: bool
    """Whether a filter left reviews out; then "N of M shown, selected" must be printed."""


def publish(session: Session, organization_id: int, selection: Selection, now: dt.datetime) -> Published:
    """Reviews and figures that may be shown for these locations of this organization."""
    base = _publishable(organization_id, selection.location_ids, now)
    narrowed = base
    if selection.min_rating is not None:
        narrowed = narrowed.where(Review.rating >= selection.min_rating)
    if selection.with_text_only:
        narrowed = narrowed.where(Review.text.is_not(None))
    stored, matching = _count(session, base), _count(session, narrowed)
    page = narrowed.add_columns(Reply).order_by(Review.written_at.desc(), Review.id.desc())
    found = session.execute(page.limit(selection.limit))
    shown = tuple(_public(review, reply) for review, reply in found)
    totals = _totals(session, organization_id, selection.location_ids, now)
    return Published(totals, shown, matching, stored, matching < stored)


def _publishable(organization_id: int, location_ids: Collection[int], now: dt.datetime) -> sa.Select[Review]:
    return (
        sa.select(Review)
        # A listing that was found not to be ours takes its reviews off the page at once.
        .join(Listing, sa.and_(Listing.id == Review.listing_id, Listing.location_id == Review.location_id))
        .outerjoin(Reply, sa.and_(Reply.review_id == Review.id, Reply.state == ReplyState.PUBLISHED))
        .where(
            Review.organization_id == organization_id,
            Review.location_id.in_(list(location_ids)),
            Review.source.in_(PUBLIC_SOURCES),
            Review.vanished_at.is_(None),
            Review.written_at.is_not(None),
            # Attribution fails closed: without an author's name a review isn't shown.
            Review.author.is_not(None),
            sa.or_(Review.expires_at.is_(None), Review.expires_at > now),
        )
    )


def _count(session: Session, query: sa.Select[Review]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0


def _public(review: Review, reply: Reply | None) -> PublicReview:
    assert review.written_at is not None and review.author is not None and review.location_id is not None  # noqa: S101, PT018 - the query asks for them
    return PublicReview(
        id=review.id,
        source=SOURCES[review.source],
        author=review.author,
        rating=review.rating,
        text=review.text,
        written_at=review.written_at,
        url=review.url,
        answer=reply.text if reply else None,
        location_id=review.location_id,
        supplied=review.supplied_by is not None,
    )


def _totals(
    session: Session, organization_id: int, location_ids: Collection[int], now: dt.datetime
) -> tuple[SourceTotal, ...]:
    listings = session.scalars(
        sa.select(Listing).where(
            Listing.organization_id == organization_id,
            Listing.location_id.in_(list(location_ids)),
            Listing.source.in_(PUBLIC_SOURCES),
            Listing.missing_since.is_(None),
            sa.or_(Listing.record_expires_at.is_(None), Listing.record_expires_at > now),
        )
    ).all()
    stored = dict(
        session.execute(
            _publishable(organization_id, location_ids, now)
            .with_only_columns(Review.source, sa.func.count())
            .group_by(Review.source)
        ).all()
    )
    by_source: dict[str, list[Listing]] = {}
    for listing in listings:
        by_source.setdefault(listing.source, []).append(listing)
    return tuple(
        SourceTotal(
            SOURCES[key], weighted_average(by_source[key]), _total(by_source[key]), stored.get(key, 0)
        )
        for key in PUBLIC_SOURCES
        if key in by_source
    )


def _total(listings: Iterable[Listing]) -> int:
    return sum(listing.review_count or 0 for listing in listings)


def weighted_average(listings: Iterable[Listing]) -> float | None:
    """The average of one source's own averages, weighted by its own totals; None without any."""
    rated = [(x.rating, x.review_count) for x in listings if x.rating is not None and x.review_count]
    total = sum(count for _, count in rated)
    return sum(rating * count for rating, count in rated) / total if total else None
