"""A drop of reviews too large to believe: a person says whether the source really shows them no more.

A crawl that misses more than five and more than a fifth of a source's reviews changes nothing and
leaves its finding in SourceState.held_back, with the run that found it.
"""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.models.crawl import CrawlRun, RunState, SourceState
from reputation.ingest import MISSED_RUNS_TO_VANISH
from reputation.models.review import Review, ReviewEvent


def still_missing(session: Session, state: SourceState) -> list[int]:
    """The ids of living reviews that the held-back run missed and no complete run has shown since."""
    if state.held_back is None:
        return []
    run = session.get(CrawlRun, state.held_back["run_id"])
    if run is None:
        return []
    missing = _missing(run)
    for later in _complete_since(session, run):
        read = (later.checkpoint or {}).get("stored", {})
        newer = _missing(later)
        missing = {
            listing: [one for one in ids if listing not in read or one in newer.get(listing, ())]
            for listing, ids in missing.items()
        }
    ids = [one for each in missing.values() for one in each]
    living = sa.select(Review.id).where(
        Review.id.in_(ids),
        Review.organization_id == state.organization_id,
        Review.vanished_at.is_(None),
    )
    return list(session.scalars(living.order_by(Review.id)))


def believe(session: Session, state: SourceState, *, person_id: int, now: dt.datetime) -> int:
    """The reviews are gone: each gets its tombstone now; returns how many did."""
    ids = still_missing(session, state)
    for review in session.scalars(sa.select(Review).where(Review.id.in_(ids))):
        review.vanished_at = now
        review.missed_runs = max(review.missed_runs, MISSED_RUNS_TO_VANISH)
        session.add(ReviewEvent(review_id=review.id, at=now, kind="vanished", person_id=person_id))
    state.held_back = None
    session.flush()
    return len(ids)


def keep(session: Session, state: SourceState) -> None:
    """The source is wrong: everything stays, and the next drop of this size asks again."""
    state.held_back = None
    session.flush()


def _missing(run: CrawlRun) -> dict[str, list[int]]:
    return dict((run.checkpoint or {}).get("missing", {}))


def _complete_since(session: Session, run: CrawlRun) -> Sequence[CrawlRun]:
    return session.scalars(
        sa.select(CrawlRun)
        .where(
            CrawlRun.organization_id == run.organization_id,
            CrawlRun.source == run.source,
            CrawlRun.state == RunState.COMPLETE,
            CrawlRun.id > run.id,
        )
        .order_by(CrawlRun.id)
    ).all()
