"""Listings that a search no longer shows, at sources that name no listing and so can't say it is gone.

One answer without it proves nothing: a search leaves things out under load, and ranks as it likes.
So the same question has to have been answered without it for a day, by a run in which it didn't
stand under another form either, and not for many listings at once.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from crawlers.plan import Unshown
from crawlers.source import Outcome
from listings.matching.decision import Decision
from listings.models.crawl import CrawlRun
from listings.models.listing import Listing, Match
from listings.models.snapshot import Snapshot
from listings.observe import mark_missing
from reputation.ingest import too_many_missing

ASKED_FOR = dt.timedelta(days=1)


def believe_unshown(session: Session, run_id: int, step: Unshown, now: dt.datetime) -> int:
    """Mark those missing that may be believed to be; returns how many that are."""
    run = session.get_one(CrawlRun, run_id)
    known = sa.and_(
        Listing.organization_id == run.organization_id,
        Listing.source == run.source,
        Listing.location_id.in_(step.asked),
        Listing.missing_since.is_(None),
        Listing.supplied_by.is_(None),
    )
    stored = session.scalar(sa.select(sa.func.count()).where(known)) or 0
    unseen = session.scalars(
        sa.select(Listing).where(
            known,
            Listing.location_id.in_(step.unshown),
            Listing.last_seen_at < run.started_at,
            _asked_before(now),
            ~_in_doubt(run),
        )
    ).all()
    if too_many_missing(len(unseen), stored):
        return 0
    for listing in unseen:
        mark_missing(session, listing, now)
    return len(unseen)


def _asked_before(now: dt.datetime) -> sa.ColumnElement[bool]:
    """Whether the question that showed it was answered without it a while ago already."""
    showed, since = aliased(Snapshot), aliased(Snapshot)
    return (
        sa.exists()
        .where(showed.id == Listing.snapshot_id)
        .where(
            since.organization_id == Listing.organization_id,
            since.url == showed.url,
            since.outcome == Outcome.OK,
            since.fetched_at > Listing.last_seen_at,
            since.fetched_at <= now - ASKED_FOR,
        )
    )


def _in_doubt(run: CrawlRun) -> sa.ColumnElement[bool]:
    """Whether the run has shown something of which a person is asked whether it is this location's."""
    other = aliased(Listing)
    return (
        sa.exists()
        .where(Match.listing_id == other.id, Match.location_id == Listing.location_id)
        .where(
            other.organization_id == run.organization_id,
            other.source == run.source,
            Match.decision == Decision.REVIEW,
            other.last_seen_at >= run.started_at,
        )
    )
