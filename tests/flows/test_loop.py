"""Crawl, link, flag and ingest, held against the ledger of the sandbox."""

from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa

from listings.flag import UNFINISHED
from listings.models.listing import Decision, Listing, Match, Observation
from listings.models.mismatch import Mismatch
from listings.models.snapshot import Body, Snapshot
from reputation.models.review import Review, ReviewEvent, ReviewVersion
from tests.flows.conftest import Loop

pytestmark = pytest.mark.db

UNNAMED = ("location:", "shown:")
"""Listings of a source that names none of them; tests/flows/test_bing.py holds those."""


def flagged(loop: Loop, codes: dict[int, str]) -> Counter[tuple[str, str, str]]:
    with loop.database.read() as session:
        rows = session.scalars(sa.select(Mismatch).where(Mismatch.state.in_(UNFINISHED)))
        return Counter((codes[row.location_id], row.source, row.field) for row in rows)


def planted(loop: Loop) -> Counter[tuple[str, str, str]]:
    rows = loop.truth()["mismatches"]
    return Counter((row["code"], row["source"], row["field"]) for row in rows if row["state"] != "fixed")


def reviews(loop: Loop) -> dict[str, tuple[Any, ...]]:
    with loop.database.read() as session:
        rows = session.scalars(sa.select(Review).where(Review.vanished_at.is_(None))).all()
    assert len({row.source_review_id for row in rows}) == len(rows)
    return {row.source_review_id: (row.rating, row.text) for row in rows}


def true_reviews(loop: Loop) -> dict[str, tuple[Any, ...]]:
    return {row["source_review_id"]: (row["rating"], row["text"]) for row in loop.truth()["reviews"]}


def test_every_planted_mismatch_is_flagged_and_nothing_else(loop: Loop, codes: dict[int, str]) -> None:
    for _ in range(3):
        for summary in loop.crawl_all():
            assert summary.complete, summary
        assert flagged(loop, codes) == planted(loop)
        loop.server.sandbox.advance(1)


def test_every_review_is_stored_once_while_reviews_are_edited_and_removed(loop: Loop) -> None:
    for _ in range(3):
        loop.crawl("google")
        loop.server.sandbox.advance(1)
    loop.crawl("google")
    loop.crawl("google")
    assert reviews(loop) == true_reviews(loop)
    with loop.database.read() as session:
        edited = session.scalar(sa.select(sa.func.count(ReviewVersion.id)))
        told = session.scalar(sa.select(sa.func.count(ReviewEvent.id)).where(ReviewEvent.kind == "edited"))
    assert edited == told
    assert edited


def test_a_removed_review_gets_its_tombstone_after_the_second_complete_crawl(loop: Loop) -> None:
    loop.crawl("google")
    before = set(reviews(loop))
    while not (removed := before - set(true_reviews(loop))):
        loop.server.sandbox.advance(1)
    loop.crawl("google")
    assert removed <= set(reviews(loop))
    loop.crawl("google")
    assert not removed & set(reviews(loop))


def test_a_crawl_of_what_is_known_writes_no_observation_and_no_review(loop: Loop) -> None:
    def counts() -> list[int | None]:
        with loop.database.read() as session:
            tables = (Observation, Review, ReviewEvent, ReviewVersion, Body)
            return [session.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables]

    loop.crawl_all()
    before = counts()
    loop.crawl_all()
    assert counts() == before


def test_duplicates_siblings_and_replaced_businesses_are_not_linked(
    loop: Loop, codes: dict[int, str]
) -> None:
    loop.crawl_all()
    roles = {row["source_id"]: row for row in loop.truth()["listings"]}
    with loop.database.read() as session:
        rows = session.execute(
            sa.select(Listing, Match).outerjoin(Match, Match.listing_id == Listing.id)
        ).all()
    for listing, match in rows:
        if listing.source_id.startswith(UNNAMED):
            continue
        row = roles[listing.source_id.removeprefix("locations/")]
        if row["role"] == "own":
            assert codes[listing.location_id or 0] == row["code"]
        else:
            assert listing.location_id is None
        if row["role"] == "duplicate":
            assert match.decision is Decision.REVIEW


def test_nothing_of_a_place_is_written_to_disk_but_its_id(loop: Loop) -> None:
    loop.crawl("google_places")
    shown = {row["planted"] for row in loop.truth()["mismatches"] if row["source"] == "google_places"}
    assert shown
    with loop.database.read() as session:
        listings = session.scalars(sa.select(Listing)).all()
        rows = session.scalars(sa.select(Mismatch)).all()
        bodies = session.scalar(sa.select(sa.func.count()).select_from(Body))
        observations = session.scalars(sa.select(Observation)).all()
    assert listings
    assert all(one.record is None and one.url is None and one.rating is None for one in listings)
    assert all(row.live_value is None for row in rows)
    assert all(one.record is None for one in observations)
    assert bodies == 0


def test_another_organization_sees_none_of_it(loop: Loop, codes: dict[int, str]) -> None:
    loop.crawl_all()
    with loop.database.read() as session:
        for model in (Listing, Mismatch, Review, Snapshot):
            owners = set(session.scalars(sa.select(model.organization_id)))
            assert owners == {loop.organization_id}


def test_a_listing_reached_through_two_accounts_is_looked_at_once_a_crawl(loop: Loop) -> None:
    for _ in range(2):
        loop.crawl("google")
    with loop.database.read() as session:
        assert set(session.scalars(sa.select(Mismatch.seen_count))) == {2}
