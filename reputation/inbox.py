"""The inbox: reviews as a queue of things somebody answers, filtered, counted, paged by key."""

import dataclasses
import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from reputation.models.reply import Reply, ReplyState
from reputation.models.review import Review, ReviewEvent, ReviewNote, ReviewStatus

ANSWERED = (ReplyState.QUEUED, ReplyState.SENT, ReplyState.PUBLISHED, ReplyState.MARKED)
PAGE = 50


class Tab(StrEnum):
    """The states the inbox is cut into."""

    UNANSWERED = "unanswered"
    ANSWERED = "answered"
    CLOSED = "closed"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list is narrowed to; None and empty narrow nothing.

    `location_ids` None means every location of the organization; it is how a manager's inbox is
    cut to the places bound to them. `before` is the (written_at, id) of the last row shown; reviews
    whose time isn't known come last.
    """

    organization_id: int
    location_ids: Collection[int] | None = None
    tab: Tab = Tab.UNANSWERED
    source: str | None = None
    ratings: tuple[int, ...] = ()
    location_id: int | None = None
    with_text: bool | None = None
    search: str = ""
    before: tuple[dt.datetime | None, int] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One review with its reply, if there is one."""

    review: Review
    reply: Reply | None


def rows(session: Session, wanted: Filter, now: dt.datetime, *, limit: int = PAGE) -> list[Row]:
    """A page of reviews, newest first."""
    query = _narrowed(wanted, now).add_columns(Reply)
    if wanted.before is not None:
        query = query.where(_further_down(*wanted.before))
    query = query.order_by(Review.written_at.desc().nulls_last(), Review.id.desc()).limit(limit)
    return [Row(review, reply) for review, reply in session.execute(query)]


def _further_down(written_at: dt.datetime | None, review_id: int) -> sa.ColumnElement[bool]:
    same_time = sa.and_(Review.written_at.is_not_distinct_from(written_at), Review.id < review_id)
    if written_at is None:
        return same_time
    return sa.or_(Review.written_at < written_at, same_time, Review.written_at.is_(None))


def one(session: Session, wanted: Filter, review_id: int, now: dt.datetime) -> Row | None:
    """One review of the organization and the person's locations; None when it is not theirs."""
    query = _visible(wanted, now).add_columns(Reply).where(Review.id == review_id)
    found = session.execute(query).one_or_none()
    return Row(*found) if found else None


def select(wanted: Filter, now: dt.datetime) -> sa.Select[Review]:
    """The reviews of a filter without order and page, outer-joined to their replies, to count on."""
    return _narrowed(wanted, now)


def counts(session: Session, wanted: Filter, now: dt.datetime) -> dict[Tab, int]:
    """How many reviews each tab holds, the other filters applied."""
    found = {}
    for tab in Tab:
        narrowed = _narrowed(dataclasses.replace(wanted, tab=tab, before=None), now)
        found[tab] = session.scalar(sa.select(sa.func.count()).select_from(narrowed.subquery())) or 0
    return found


def unanswered() -> tuple[sa.ColumnElement[bool], ...]:
    """What makes a review wait for an answer, for a query that outer-joins Reply to Review."""
    return (
        Review.status == ReviewStatus.OPEN,
        Review.vanished_at.is_(None),
        sa.or_(Reply.id.is_(None), Reply.state.not_in(ANSWERED)),
    )


def _visible(wanted: Filter, now: dt.datetime) -> sa.Select[Review]:
    query = (
        sa.select(Review)
        .outerjoin(Reply, Reply.review_id == Review.id)
        .where(
            Review.organization_id == wanted.organization_id,
            # What a source lets us keep for a while is unreadable from its last second on, purged or not.
            sa.or_(Review.expires_at.is_(None), Review.expires_at > now),
        )
    )
    if wanted.location_ids is not None:
        query = query.where(Review.location_id.in_(list(wanted.location_ids)))
    return query


def _narrowed(wanted: Filter, now: dt.datetime) -> sa.Select[Review]:
    query = _visible(wanted, now)
    answered = Reply.state.in_(ANSWERED)
    match wanted.tab:
        case Tab.UNANSWERED:
            query = query.where(*unanswered())
        case Tab.ANSWERED:
            query = query.where(Review.status == ReviewStatus.OPEN, answered)
        case Tab.CLOSED:
            query = query.where(Review.status == ReviewStatus.CLOSED)
        case Tab.ALL:
            pass
    if wanted.source:
        query = query.where(Review.source == wanted.source)
    if wanted.ratings:
        query = query.where(Review.rating.in_(wanted.ratings))
    if wanted.location_id is not None:
        query = query.where(Review.location_id == wanted.location_id)
    if wanted.with_text is not None:
        query = query.where(Review.text.is_not(None) if wanted.with_text else Review.text.is_(None))
    if wanted.search:
        query = query.where(
            sa.or_(
                Review.text.icontains(wanted.search, autoescape=True),
                Review.author.icontains(wanted.search, autoescape=True),
            )
        )
    return query


def set_status(
    session: Session, review: Review, status: ReviewStatus, *, person_id: int, now: dt.datetime
) -> None:
    """Close a review, or open it again."""
    if review.status is status:
        return
    review.status = status
    kind = "closed" if status is ReviewStatus.CLOSED else "reopened"
    session.add(ReviewEvent(review_id=review.id, at=now, kind=kind, person_id=person_id))
    session.flush()


def add_note(session: Session, review: Review, text: str, *, person_id: int, now: dt.datetime) -> ReviewNote:
    """A private note. Raises ValueError for an empty one."""
    text = text.strip()
    if not text:
        raise ValueError("The note is empty.")
    note = ReviewNote(review_id=review.id, person_id=person_id, text=text, at=now)
    session.add(note)
    session.flush()
    return note
