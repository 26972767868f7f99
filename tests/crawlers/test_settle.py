"""The end of a run: what is believed to be gone, and what waits for a person."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from crawlers.settle import Missing, finish_run
from listings.db import Database
from listings.models.crawl import CrawlRun, RunState, SourceState
from listings.models.listing import Listing
from reputation.models.review import Review
from tests.domain import DAY, NOW, organization, seen, shows
from tests.reputation.rows import linked_listing, review

pytestmark = pytest.mark.db


def run_of(session: Session, organization_id: int, at: dt.datetime) -> CrawlRun:
    run = CrawlRun(
        organization_id=organization_id, source="google", slot=at.isoformat(), state=RunState.RUNNING,
        started_at=at, outcomes={}, pages=0, listings=0, reviews=0,
    )  # fmt: skip
    session.add(run)
    session.flush()
    return run


def test_one_listing_that_loses_nearly_all_is_doubted_though_its_source_loses_little(
    database: Database,
) -> None:
    with database.write() as session:
        listing = linked_listing(session)
        gone = [review(session, listing, str(n)).id for n in range(8)]
        few = [review(session, listing, f"few{n}").id for n in range(2)]
        found = Missing({1: gone, 2: few}, {1: 9, 2: 500})
        for day in (1, 2):
            run = run_of(session, listing.organization_id, NOW + day * DAY)
            finish_run(session, run, {}, found, complete=True, listings_complete=False, now=NOW + day * DAY)
        held = session.get_one(SourceState, (listing.organization_id, "google")).held_back
        session.expire_all()
        vanished = session.scalars(sa.select(Review.id).where(Review.vanished_at.is_not(None))).all()
    assert held is not None
    assert (held["missing"], held["stored"]) == (8, 9)
    assert set(vanished) == set(few)


def test_a_crawl_that_was_cut_short_makes_nothing_vanish(database: Database) -> None:
    with database.write() as session:
        listing = linked_listing(session)
        found = Missing({1: [review(session, listing, "1").id]}, {1: 9})
        for day in (1, 2, 3):
            run = run_of(session, listing.organization_id, NOW + day * DAY)
            finish_run(session, run, {}, found, complete=False, listings_complete=True, now=NOW + day * DAY)
            assert run.state is RunState.INCOMPLETE
        session.expire_all()
        assert session.scalars(sa.select(Review.missed_runs)).all() == [0]
        assert listing.missing_since is None


def test_a_listing_that_its_account_no_longer_shows_is_missing_for_its_organization_only(
    database: Database,
) -> None:
    with database.write() as session:
        ours, theirs = organization(session), organization(session, "Oak Books")
        for owner in (ours, theirs):
            seen(session, owner, shows("locations/1"))
        seen(session, ours, shows("locations/2"), now=NOW + DAY)
        run = run_of(session, ours, NOW + DAY)
        finish_run(session, run, {}, Missing({}, {}), complete=True, listings_complete=True, now=NOW + DAY)
        session.expire_all()
        missing = session.scalars(sa.select(Listing).where(Listing.missing_since.is_not(None))).all()
    assert [(one.organization_id, one.source_id) for one in missing] == [(ours, "locations/1")]
