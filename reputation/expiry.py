"""Customers' words that a source lets us keep for a while only, taken away when that while is over."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from reputation.models.review import Review, ReviewEvent, ReviewVersion


def expire_reviews(session: Session, now: dt.datetime, *, limit: int = 1000) -> int:
    """Take away expired words and names; call again while it returns `limit`.

    What stays is that there is a review, its times and its keyed hashes, so that the next crawl knows it.
    """
    kept = (Review.text, Review.original_text, Review.author, Review.rating, Review.url)
    due = (
        sa.select(Review)
        .where(Review.expires_at <= now, sa.or_(*(column.is_not(None) for column in kept)))
        .limit(limit)
    )
    reviews = session.scalars(due).all()
    for review in reviews:
        review.text = review.original_text = review.author = review.rating = review.url = None
    ids = [review.id for review in reviews]
    session.execute(sa.delete(ReviewVersion).where(ReviewVersion.review_id.in_(ids)))
    # What an edit changed is told in stars; that there was one may stay.
    session.execute(
        sa.update(ReviewEvent)
        .where(ReviewEvent.review_id.in_(ids), ReviewEvent.kind == "edited")
        .values(detail=None)
    )
    session.flush()
    return len(reviews)
