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
AT_ONCE = 500
"""Ids in one statement."""


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

    A complaint is no review and is left out. `seen_before` holds the rows that earlier pages of the
    same crawl showed: only a row that is not among them can be the same review under a new id.
    Raises NotAllowed when the source's reviews may not be kept.
    """
    if not facts.policy.keep_values:
        raise NotAllowed(f"{facts.label} lets no review be stored")
    page = {
        record.source_review_id: record
        for record in records
        if record.source_review_id and not record.is_complaint
    }
    known = _known(session, listing, facts, page)
    found = {key: review for key, (review, _) in known.items()}
    replies = {review.id: reply for review, reply in known.values() if reply is not None}
    rekeyed = _rekeyed(session, listing, page, found, seen_before=seen_before, hashes=hashes)
    if rekeyed:
        found |= rekeyed
        replies |= _replies(session, list(rekeyed.values()))
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
        _belongs(review, listing, facts, now)
    shown = found | added
    for key, review in shown.items():
        settle_answer(session, review, replies.get(review.id), page[key].reply, now)
    session.flush()
    return Ingested(len(added), edited, revived, frozenset(review.id for review in shown.values()))


def _known(
    session: Session, listing: Listing, facts: SourceFacts, page: Mapping[str, ReviewRecord]
) -> dict[str, tuple[Review, Reply | None]]:
    """The stored reviews of these ids with their replies."""
    rows = session.execute(
        sa.select(Review, Reply)
        .outerjoin(Reply, Reply.review_id == Review.id)
        .where(
            Review.organization_id == listing.organization_id,
            Review.source == facts.key,
            Review.source_review_id.in_(list(page)),
        )
    )
    return {review.source_review_id: (review, reply) for review, reply in rows}


def _rekeyed(
    session: Session,
    listing: Listing,
    page: Mapping[str, ReviewRecord],
    found: Mapping[str, Review],
    *,
    seen_before: frozenset[int],
    hashes: ValueHash,
) -> dict[str, Review]:
    """The stored reviews that the page shows under an id of which we know nothing."""
    identities = {key: _identity(hashes, record) for key, record in page.items() if key not in found}
    twins = _twins(session, listing, [identity for identity in identities.values() if identity])
    taken = set(seen_before) | {review.id for review in found.values()}
    rekeyed = {}
    for key, identity in identities.items():
        free = [review for review in twins.get(identity or "", ()) if review.id not in taken]
        if free:
            rekeyed[key] = free[0]
            taken.add(free[0].id)
    return rekeyed


def _twins(session: Session, listing: Listing, identities: Sequence[str]) -> dict[str, list[Review]]:
    twins: dict[str, list[Review]] = {}
    if identities:
        rows = session.scalars(
            sa.select(Review)
            .where(
                Review.organization_id == listing.organization_id,
                Review.identity_hash.in_(identities),
                Review.listing_id == listing.id,
            )
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
    review = Review(
        organization_id=listing.organization_id,
        listing_id=listing.id,
        location_id=listing.location_id,
        source=facts.key,
        source_review_id=record.source_review_id or "",
        first_seen_at=now,
        missed_runs=0,
        expires_at=_expiry(facts, now),
        identity_hash=_identity(hashes, record) or "",
        content_hash=_content(hashes, record),
    )
    _copy(review, record)
    return review


def _expiry(facts: SourceFacts, now: dt.datetime) -> dt.datetime | None:
    """When words that were read now have to be gone."""
    return now + facts.policy.keep_for if facts.policy.keep_for else None


def _edit(
    session: Session, review: Review, record: ReviewRecord, hashes: ValueHash, now: dt.datetime
) -> bool:
    """Bring a stored review up to date; whether its writer changed it, which keeps the former version."""
    digest = _content(hashes, record)
    edited = digest != review.content_hash
    if edited:
        former = ReviewVersion(review_id=review.id, rating=review.rating, text=review.text, replaced_at=now)
        detail = {"rating_before": review.rating, "rating_after": record.rating}
        session.add_all([former, _event(review, "edited", now, detail)])
        review.content_hash = digest
    _copy(review, record)
    review.identity_hash = _identity(hashes, record) or ""
    return edited


def _belongs(review: Review, listing: Listing, facts: SourceFacts, now: dt.datetime) -> None:
    """A review goes where its listing goes; seen at the source, it is nobody's word but the source's."""
    review.listing_id = listing.id
    review.location_id = listing.location_id
    review.expires_at = _expiry(facts, now)
    review.supplied_by = None


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


def _words(record: ReviewRecord) -> str | None:
    # A translation may read otherwise tomorrow without anybody having written a word.
    return record.original_text or record.text


def _content(hashes: ValueHash, record: ReviewRecord) -> str:
    return hashes.of([record.rating, _words(record)])


def _identity(hashes: ValueHash, record: ReviewRecord) -> str | None:
    """What makes two reviews one although the id differs; None where too many would look alike.

    Without words a name and the very second of writing tell as much.
    """
    if record.created_at is None:
        return None
    if not _words(record) and not (record.author and isinstance(record.created_at, dt.datetime)):
        return None
    return hashes.of([record.author, _words(record), iso(record.created_at)])


def _event(review: Review, kind: str, now: dt.datetime, detail: dict[str, Any] | None = None) -> ReviewEvent:
    return ReviewEvent(review_id=review.id, at=now, kind=kind, person_id=None, detail=detail)


def follow_listing(session: Session, listing: Listing) -> None:
    """The listing belongs to another location now, or to none: its reviews go with it."""
    session.execute(
        sa.update(Review).where(Review.listing_id == listing.id).values(location_id=listing.location_id)
    )


def missing_after(
    session: Session, listing: Listing, seen: frozenset[int], *, began: dt.datetime
) -> list[int]:
    """The ids of a listing's living reviews that a complete crawl of it did not show.

    `began` is the start of that crawl: what another one has found since can't be missing from it.
    """
    living = session.scalars(
        sa.select(Review.id).where(
            Review.listing_id == listing.id,
            Review.vanished_at.is_(None),
            Review.first_seen_at < began,
        )
    )
    return [review_id for review_id in living if review_id not in seen]


def too_many_missing(missing: int, stored: int) -> bool:
    """Whether a drop is too large to believe without a person: more than five and more than 20 %."""
    return missing > max(5, stored * 0.2)


def count_missing(session: Session, review_ids: Sequence[int], now: dt.datetime) -> int:
    """One more complete crawl did not show these; returns how many got their tombstone by it."""
    vanished = 0
    for first in range(0, len(review_ids), AT_ONCE):
        these = Review.id.in_(review_ids[first : first + AT_ONCE])
        session.execute(sa.update(Review).where(these).values(missed_runs=Review.missed_runs + 1))
        due = sa.select(Review).where(
            these, Review.missed_runs >= MISSED_RUNS_TO_VANISH, Review.vanished_at.is_(None)
        )
        for review in session.scalars(due.execution_options(populate_existing=True)):
            review.vanished_at = now
            session.add(_event(review, "vanished", now))
            vanished += 1
        session.flush()
    return vanished
