"""Reviews of one answer, written down exactly once each: new, edited, re-keyed, revived, vanished.

A review seen unchanged writes nothing, so that a crawl of what we already know costs no rows.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.models.listing import Listing
from listings.secrets import ValueHash
from listings.sources import SourceFacts
from reputation.answers import settle_answer
from reputation.models.reply import Reply
from reputation.models.review import Review, ReviewEvent, ReviewVersion
from reputation.records import ReviewRecord, iso

MISSED_RUNS_TO_VANISH = 2


class NotAllowed(Exception):
    """The source's policy forbids to keep its reviews; nothing was written."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What one page of reviews did; `seen` holds the ids of our rows that the page shows."""

    new: int = 0
    edited: int = 0
    revived: int = 0
    seen: frozenset[int] = frozenset()


def ingest(
    session: Session,
    listing: Listing,
    facts: SourceFacts,
    records: Iterable[ReviewRecord],
    *,
    seen_before: frozenset[int],
    hashes: ValueHash,
    now: dt.datetime,
) -> Ingested:
    """Write down one page of a listing's reviews.

    `seen_before` holds the rows that earlier pages of the same crawl showed: only a row that is
    not among them can be the same review under a new id. Raises NotAllowed when the source's
    reviews may not be kept.
    """
    if not facts.policy.keep_values:
        raise NotAllowed(f"{facts.label} lets no review be stored")
    page = {record.source_review_id: record for record in records if record.source_review_id}
    found = _find(session, listing, facts, page, seen_before=seen_before, hashes=hashes)
    added = {key: _new(listing, facts, page[key], hashes, now) for key in page if key not in found}
    session.add_all(added.values())
    session.flush()
    session.add_all(_event(review, "new", now) for review in added.values())
    edited = revived = 0
    for key, review in found.items():
        if review.source_review_id != key:
            session.add(_event(review, "rekeyed", now, {"from": review.source_review_id}))
            review.source_review_id = key
        edited += _edit(session, review, page[key], hashes, now)
        revived += _revive(session, review, now)
        if review.location_id != listing.location_id:
            review.location_id = listing.location_id
    shown = found | added
    replies = _replies(session, list(found.values()))
    for key, review in shown.items():
        settle_answer(session, review, replies.get(review.id), page[key].reply, now)
    session.flush()
    return Ingested(len(added), edited, revived, frozenset(review.id for review in shown.values()))


def _find(
    session: Session,
    listing: Listing,
    facts: SourceFacts,
    page: Mapping[str, ReviewRecord],
    *,
    seen_before: frozenset[int],
    hashes: ValueHash,
) -> dict[str, Review]:
    """The stored review behind each id of the page, those included whose id the source changed."""
    found = _known(session, listing, facts, page)
    identities = {key: _identity(hashes, record) for key, record in page.items() if key not in found}
    twins = _twins(session, listing, [identity for identity in identities.values() if identity])
    taken = seen_before | {review.id for review in found.values()}
    for key, identity in identities.items():
        free = [review for review in twins.get(identity or "", ()) if review.id not in taken]
        if free:
            found[key] = free[0]
            taken |= {free[0].id}
    return found


def _known(
    session: Session, listing: Listing, facts: SourceFacts, page: Mapping[str, ReviewRecord]
) -> dict[str, Review]:
    rows = session.scalars(
        sa.select(Review).where(
            Review.organization_id == listing.organization_id,
            Review.source == facts.key,
            Review.source_review_id.in_(list(page)),
        )
    )
    return {review.source_review_id: review for review in rows}


def _twins(session: Session, listing: Listing, identities: Sequence[str]) -> dict[str, list[Review]]:
    twins: dict[str, list[Review]] = {}
    if identities:
        rows = session.scalars(
            sa.select(Review)
            .where(Review.listing_id == listing.id, Review.identity_hash.in_(identities))
            .order_by(Review.id)
        )
        for review in rows:
            twins.setdefault(review.identity_hash, []).append(review)
    return twins


def _replies(session: Session, reviews: Sequence[Review]) -> dict[int, Reply]:
    rows = session.scalars(sa.select(Reply).where(Reply.review_id.in_([review.id for review in reviews])))
    return {reply.review_id: reply for reply in rows}


def _new(
    listing: Listing, facts: SourceFacts, record: ReviewRecord, hashes: ValueHash, now: dt.datetime
) -> Review:
    keep_for = facts.policy.keep_for
    review = Review(
        organization_id=listing.organization_id,
        listing_id=listing.id,
        location_id=listing.location_id,
        source=facts.key,
        source_review_id=record.source_review_id or "",
        first_seen_at=now,
        missed_runs=0,
        expires_at=now + keep_for if keep_for else None,
        identity_hash=_identity(hashes, record) or "",
        content_hash=_content(hashes, record),
    )
    _copy(review, record)
    return review


def _edit(
    session: Session, review: Review, record: ReviewRecord, hashes: ValueHash, now: dt.datetime
) -> bool:
    digest = _content(hashes, record)
    if digest == review.content_hash:
        return False
    session.add(ReviewVersion(review_id=review.id, rating=review.rating, text=review.text, replaced_at=now))
    detail = {"rating_before": review.rating, "rating_after": record.rating}
    _copy(review, record)
    review.content_hash = digest
    review.identity_hash = _identity(hashes, record) or ""
    session.add(_event(review, "edited", now, detail))
    return True


def _revive(session: Session, review: Review, now: dt.datetime) -> bool:
    if review.missed_runs:
        review.missed_runs = 0
    if review.vanished_at is None:
        return False
    review.vanished_at = None
    session.add(_event(review, "revived", now))
    return True


def _copy(review: Review, record: ReviewRecord) -> None:
    review.rating = record.rating
    review.text = record.text
    review.original_text = record.original_text
    review.language = record.language
    review.author = record.author
    review.url = record.url
    review.api_name = record.extra.get("name")
    review.written_at = _moment(record.created_at)
    review.edited_at = _moment(record.updated_at)


def _moment(when: dt.datetime | dt.date | None) -> dt.datetime | None:
    if when is None or isinstance(when, dt.datetime):
        return when
    return dt.datetime.combine(when, dt.time(), dt.UTC)


def _content(hashes: ValueHash, record: ReviewRecord) -> str:
    return hashes.of([record.rating, record.text, record.original_text, record.author])


def _identity(hashes: ValueHash, record: ReviewRecord) -> str | None:
    # Without words and a time too many different reviews look alike to be called one.
    if not record.text or record.created_at is None:
        return None
    return hashes.of([record.author, record.text, iso(record.created_at)])


def _event(review: Review, kind: str, now: dt.datetime, detail: dict[str, Any] | None = None) -> ReviewEvent:
    return ReviewEvent(review_id=review.id, at=now, kind=kind, person_id=None, detail=detail)


def missing_after(session: Session, listing: Listing, seen: frozenset[int]) -> list[int]:
    """The ids of a listing's living reviews that a complete crawl of it did not show."""
    living = session.scalars(
        sa.select(Review.id).where(Review.listing_id == listing.id, Review.vanished_at.is_(None))
    )
    return [review_id for review_id in living if review_id not in seen]


def too_many_missing(missing: int, stored: int) -> bool:
    """Whether a drop is too large to believe without a person: more than five and more than 20 %."""
    return missing > max(5, stored * 0.2)


def count_missing(session: Session, review_ids: Sequence[int], now: dt.datetime) -> int:
    """One more complete crawl did not show these; returns how many got their tombstone by it."""
    vanished = 0
    for review in session.scalars(sa.select(Review).where(Review.id.in_(review_ids))):
        review.missed_runs += 1
        if review.missed_runs >= MISSED_RUNS_TO_VANISH and review.vanished_at is None:
            review.vanished_at = now
            session.add(_event(review, "vanished", now))
            vanished += 1
    session.flush()
    return vanished
