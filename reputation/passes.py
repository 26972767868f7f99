"""How far the reviews of a listing are known, so that a crawl reads what is new and no more.

A source that lists the newest change first needs to be read down to what is stored already. What
was deleted is never announced: it shows in the source's own count, and in a regular reading of all.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.models.listing import Listing
from reputation.models.reply import Reply, ReplyState
from reputation.models.review import Review
from reputation.models.review_pass import ReviewPass

FULL_EVERY = dt.timedelta(hours=20)
"""How old a reading of all may become; below a day, so that a crawl every six hours makes one daily."""
AWAITED_AT_ONCE = 20
"""Replies of one listing that are looked at one by one; a regular reading of all finds the others."""


@dataclass(frozen=True, slots=True)
class KnownReviews:
    """What is stored of a listing's reviews.

    `until` is the newest change that is stored. `due` tells that all have to be read: they never
    were, or long ago. `stored` counts the living ones, `unseen` those that the source counts and never
    shows. `awaited` are the source's names of reviews whose reply it has not published when last seen.
    """

    until: dt.datetime | None = None
    due: bool = True
    stored: int = 0
    unseen: int = 0
    awaited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passed:
    """One reading of a listing's reviews that came to its end; `complete` when it was of all of them."""

    until: dt.datetime | None
    complete: bool
    unseen: int = 0


def known_reviews(session: Session, listing: Listing, now: dt.datetime) -> KnownReviews:
    """What is stored of a listing's reviews."""
    passed = session.get(ReviewPass, listing.id)
    awaited = session.scalars(
        sa.select(Review.api_name)
        .join(Reply, Reply.review_id == Review.id)
        .where(
            Review.listing_id == listing.id,
            Review.vanished_at.is_(None),
            Review.api_name.is_not(None),
            Reply.state == ReplyState.SENT,
        )
        .order_by(Reply.sent_at.desc())
        .limit(AWAITED_AT_ONCE)
    )
    complete_at = passed.complete_at if passed else None
    return KnownReviews(
        until=passed.until if passed else None,
        due=complete_at is None or complete_at <= now - FULL_EVERY,
        stored=living(session, listing),
        unseen=passed.unseen if passed else 0,
        awaited=tuple(name for name in awaited if name),
    )


def living(session: Session, listing: Listing) -> int:
    """How many reviews of a listing are stored and not known to be gone."""
    query = sa.select(sa.func.count(Review.id)).where(
        Review.listing_id == listing.id, Review.vanished_at.is_(None)
    )
    return session.scalar(query) or 0


def adds_up(session: Session, listing: Listing, total: int | None) -> bool:
    """Whether the source counts as many as are stored, allowing for those it counts and never shows."""
    passed = session.get(ReviewPass, listing.id)
    return total is None or living(session, listing) == total - (passed.unseen if passed else 0)


def keep_passes(session: Session, passes: Mapping[int, Passed], now: dt.datetime) -> None:
    """Write down how far the listings of these ids have been read."""
    known = {
        row.listing_id: row
        for row in session.scalars(sa.select(ReviewPass).where(ReviewPass.listing_id.in_(list(passes))))
    }
    for listing_id, passed in passes.items():
        row = known.get(listing_id)
        if row is None:
            row = ReviewPass(listing_id=listing_id, unseen=0)
            session.add(row)
        row.until = passed.until or row.until
        if passed.complete:
            row.complete_at, row.unseen = now, passed.unseen
    session.flush()
