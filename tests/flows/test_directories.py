"""BBB and Yahoo: pages that owners named or a search found, held against the ledger; walls that change nothing."""

from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa

from listings.flag import UNFINISHED
from listings.models.crawl import SourceState
from listings.models.given_url import GivenUrl
from listings.models.listing import Decision, Listing, Match
from listings.models.mismatch import Mismatch
from listings.models.snapshot import Snapshot
from reputation.models.review import Review
from tests.flows.conftest import Loop

pytestmark = pytest.mark.db

DIRECTORIES = ("bbb", "yahoo")
FIGURES = (
    "grade",
    "accredited",
    "accredited_since",
    "complaints",
    "complaints_closed_twelve_months",
    "stars",
)


def flagged(loop: Loop, codes: dict[int, str], source: str) -> Counter[tuple[str, str]]:
    with loop.database.read() as session:
        rows = session.scalars(
            sa.select(Mismatch).where(Mismatch.source == source, Mismatch.state.in_(UNFINISHED))
        )
        return Counter((codes[row.location_id], row.field) for row in rows)


def planted(loop: Loop, source: str) -> Counter[tuple[str, str]]:
    rows = loop.truth()["mismatches"]
    return Counter(
        (row["code"], row["field"]) for row in rows if row["source"] == source and row["state"] != "fixed"
    )


def listings(loop: Loop, source: str) -> dict[str, Listing]:
    with loop.database.read() as session:
        return {
            row.source_id: row for row in session.scalars(sa.select(Listing).where(Listing.source == source))
        }


def health(loop: Loop, source: str) -> str | None:
    with loop.database.read() as session:
        return session.get_one(SourceState, (loop.organization_id, source)).ill_outcome


@pytest.mark.parametrize("source", DIRECTORIES)
def test_every_planted_mismatch_is_flagged_and_nothing_else(
    loop: Loop, codes: dict[int, str], source: str
) -> None:
    for _ in range(3):
        assert loop.crawl(source).complete
        assert flagged(loop, codes, source) == planted(loop, source) != Counter()
        loop.server.sandbox.advance(1)


def test_the_three_figures_of_a_profile_are_kept_apart(loop: Loop) -> None:
    loop.crawl("bbb")
    truth = {row["source_id"]: row for row in loop.truth()["figures"]}
    found = listings(loop, "bbb")
    assert len(found) > 15
    for source_id, listing in found.items():
        said: dict[str, Any] = (listing.record or {})["extra"]
        assert {name: said.get(name) for name in FIGURES} == {
            name: truth[source_id][name] for name in FIGURES
        }
        assert (listing.rating, listing.review_count) == (
            truth[source_id]["stars"],
            truth[source_id]["reviews"],
        )


def test_a_profile_of_the_whole_company_is_kept_and_taken_for_no_location(
    loop: Loop, codes: dict[int, str]
) -> None:
    loop.crawl("bbb")
    (company,) = (row["source_id"] for row in loop.truth()["listings"] if row["role"] == "company")
    listing = listings(loop, "bbb")[company]
    assert listing.location_id is None
    with loop.database.read() as session:
        match = session.get_one(Match, listing.id)
        assert match.decision is Decision.NO_MATCH
        assert "whole company" in (match.reasons or [])[0]["says"]
        assert (
            session.scalar(
                sa.select(sa.func.count()).where(GivenUrl.url == listing.url, GivenUrl.source == "bbb")
            )
            == 3
        )


def test_profiles_that_nobody_named_are_found_by_the_search_only_where_that_is_wanted(
    loop: Loop, codes: dict[int, str]
) -> None:
    own = {row["code"] for row in loop.truth()["listings"] if row["source"] == "bbb" and row["role"] == "own"}
    loop.crawl("bbb")
    linked = {codes[one.location_id] for one in listings(loop, "bbb").values() if one.location_id}
    assert linked == own
    with loop.database.read() as session:
        named = {
            codes[one]
            for one in session.scalars(sa.select(GivenUrl.location_id).where(GivenUrl.source == "bbb"))
        }
    assert own - named


def test_reviews_of_profiles_are_stored_once_and_complaints_are_none(loop: Loop) -> None:
    for _ in range(2):
        loop.crawl("bbb")
    linked = {key for key, one in listings(loop, "bbb").items() if one.location_id is not None}
    truth = {
        row["source_review_id"]: (row["rating"], row["text"])
        for row in loop.truth()["customer_reviews"]
        if row["listing"] in linked
    }
    with loop.database.read() as session:
        stored = session.scalars(sa.select(Review).where(Review.source == "bbb")).all()
    assert {row.source_review_id: (row.rating, row.text) for row in stored} == truth
    assert len(stored) == len(truth) > 20


@pytest.mark.parametrize("kind", ["challenge", "challenge_200", "refused"])
def test_a_wall_at_bbb_is_blocked_and_changes_nothing(loop: Loop, kind: str) -> None:
    loop.crawl("bbb")
    before = listings(loop, "bbb")
    loop.fault("bbb", kind)
    summary = loop.crawl("bbb")
    assert (summary.complete, dict(summary.outcomes), health(loop, "bbb")) == (
        False,
        {"blocked": 1},
        "blocked",
    )
    after = listings(loop, "bbb")
    assert {key: (one.record, one.last_seen_at, one.missing_since) for key, one in after.items()} == {
        key: (one.record, one.last_seen_at, one.missing_since) for key, one in before.items()
    }


@pytest.mark.parametrize("kind", ["consent", "consent_redirect"])
def test_a_consent_wall_at_yahoo_is_named_and_changes_nothing(
    loop: Loop, codes: dict[int, str], kind: str
) -> None:
    loop.crawl("yahoo")
    before, rows = listings(loop, "yahoo"), flagged(loop, codes, "yahoo")
    loop.fault("yahoo", kind)
    summary = loop.crawl("yahoo")
    assert (summary.complete, dict(summary.outcomes)) == (False, {"consent_wall": 1})
    assert health(loop, "yahoo") == "consent_wall"
    assert flagged(loop, codes, "yahoo") == rows
    assert all(one.missing_since is None for one in listings(loop, "yahoo").values())
    assert listings(loop, "yahoo").keys() == before.keys()


def test_the_stars_on_yahoos_pages_are_counted_nowhere(loop: Loop) -> None:
    loop.crawl("yahoo")
    found = listings(loop, "yahoo").values()
    assert found
    assert all(one.rating is None and one.review_count is None for one in found)
    assert not any({"rating", "review_count"} & set(one.record or {}) for one in found)


def test_a_named_page_that_is_gone_is_told_by_its_answer_and_marks_its_listing_missing(
    loop: Loop, codes: dict[int, str]
) -> None:
    loop.crawl("bbb")
    with loop.database.read() as session:
        gone = session.execute(
            sa.select(GivenUrl.url, Snapshot.outcome)
            .join(Snapshot, Snapshot.url == GivenUrl.url)
            .where(Snapshot.outcome == "not_found")
        ).all()
    assert len(gone) == 1
    loop.crawl("yahoo")
    (first, *_) = listings(loop, "yahoo").values()
    loop.fault("yahoo", "404", path=f"info-{first.source_id}-")
    loop.crawl("yahoo")
    missing = [one.source_id for one in listings(loop, "yahoo").values() if one.missing_since is not None]
    assert missing == [first.source_id]


def test_a_page_that_is_named_for_two_locations_speaks_for_the_one_it_matches(
    loop: Loop, codes: dict[int, str]
) -> None:
    with loop.database.write() as session:
        given = sa.select(GivenUrl).where(GivenUrl.source == "yahoo").order_by(GivenUrl.id)
        first, second, *_ = session.scalars(given).all()
        second.url, owner = first.url, first.location_id
        shared = first.url
    loop.crawl("yahoo")
    (listing,) = (one for one in listings(loop, "yahoo").values() if one.url == shared)
    assert listing.location_id == owner
    loop.fault("yahoo", "404", path=f"info-{listing.source_id}-")
    loop.crawl("yahoo")
    assert listings(loop, "yahoo")[listing.source_id].missing_since is not None


def test_another_page_named_instead_takes_the_location_over(loop: Loop, codes: dict[int, str]) -> None:
    loop.crawl("bbb")
    before = listings(loop, "bbb")
    first, second = [one for one in before.values() if one.location_id is not None][:2]
    with loop.database.write() as session:
        session.execute(sa.delete(GivenUrl).where(GivenUrl.location_id == second.location_id))
        session.execute(
            sa.update(GivenUrl).where(GivenUrl.location_id == first.location_id).values(url=second.url)
        )
    loop.crawl("bbb")
    after = listings(loop, "bbb")
    assert after[second.source_id].location_id == first.location_id
    assert after[first.source_id].location_id is None


def test_a_page_that_sends_on_to_another_listing_changes_nothing(loop: Loop, codes: dict[int, str]) -> None:
    loop.crawl("yahoo")
    before, wrong = listings(loop, "yahoo"), flagged(loop, codes, "yahoo")
    loop.fault("yahoo", "moved")
    summary = loop.crawl("yahoo")
    assert summary.complete
    # One of the named pages is gone from the start.
    assert set(summary.outcomes) == {"moved", "not_found"}
    assert listings(loop, "yahoo").keys() == before.keys()
    assert flagged(loop, codes, "yahoo") == wrong
    with loop.database.read() as session:
        details = session.scalars(sa.select(Snapshot.detail).where(Snapshot.outcome == "moved"))
        assert all("/info-1-another-place" in (detail or "") for detail in details)
