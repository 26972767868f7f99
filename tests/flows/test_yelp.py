"""Yelp as it is: looked for, merged, refused, counted by the day, and forgotten after one."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from crawlers.deliver import converse
from crawlers.plan import Delivered
from crawlers.plans import yelp as plans
from crawlers.sandbox import yelp, yelp_json
from crawlers.sandbox.ids import business_id, business_number
from crawlers.sandbox.planting import Role, listings
from listings.given_urls import put
from listings.models.crawl import Credential, SourceState
from listings.models.listing import Listing, Observation
from listings.models.location import Location
from listings.models.mismatch import Mismatch
from listings.models.snapshot import Body, Snapshot
from listings.snapshots import body_of, expire_bodies
from listings.sources import SOURCES
from listings.tidy import expire_values
from reputation.expiry import expire_reviews
from reputation.models.review import Review
from tests.flows.conftest import NOW, Loop

pytestmark = pytest.mark.db

DAY_AND_A_SECOND = 1 + 1 / 86_400


def known(loop: Loop) -> dict[str, Listing]:
    with loop.database.read() as session:
        rows = session.scalars(sa.select(Listing).where(Listing.source == "yelp")).all()
    return {row.source_id: row for row in rows}


def health(loop: Loop) -> SourceState:
    with loop.database.read() as session:
        return session.get_one(SourceState, (loop.organization_id, "yelp"))


def own(loop: Loop) -> Iterator[str]:
    """The ids of the listings that belong to the chain's locations."""
    for entry in listings(loop.server.sandbox.world, "yelp"):
        if entry.role is Role.OWN:
            yield business_id(entry.number)


def test_every_location_that_yelp_lists_is_found(loop: Loop) -> None:
    loop.crawl("yelp")
    linked = {source_id for source_id, listing in known(loop).items() if listing.location_id is not None}
    assert linked == set(own(loop))


def test_excerpts_are_kept_as_yelp_cuts_them_and_count_for_nothing(loop: Loop) -> None:
    loop.crawl("yelp")
    sandbox = loop.server.sandbox
    shown = {
        row["source_review_id"]: row["text"]
        for entry in listings(sandbox.world, "yelp")
        if business_id(entry.number) in known(loop)
        for row in yelp.rows(sandbox, entry)
    }
    with loop.database.read() as session:
        stored = {row.source_review_id: row.text for row in session.scalars(sa.select(Review))}
    assert stored
    assert stored.items() <= shown.items()
    assert len(stored) == sum(
        min(3, row.review_count or 0) for row in known(loop).values() if row.location_id
    )
    assert max(row.review_count or 0 for row in known(loop).values()) > 3


def test_a_merged_listing_goes_on_under_its_new_id(loop: Loop) -> None:
    loop.crawl("yelp")
    before = {row.id: (row.location_id, row.first_seen_at) for row in known(loop).values() if row.location_id}
    with loop.database.read() as session:
        open_before = set(session.scalars(sa.select(Mismatch.id)))
    loop.fault("yelp", "migrated")
    for _ in range(2):
        assert loop.crawl("yelp").complete
    after = {row.id: (row.location_id, row.first_seen_at) for row in known(loop).values() if row.location_id}
    assert after == before
    assert {business_number(source_id) % 4 for source_id, row in known(loop).items() if row.location_id} == {
        3
    }
    with loop.database.read() as session:
        assert set(session.scalars(sa.select(Mismatch.id))) == open_before


def test_a_listing_that_yelp_knows_no_more_is_gone_and_found_again(loop: Loop) -> None:
    loop.crawl("yelp")
    one = next(own(loop))
    loop.fault("yelp", "404", path=f"/v3/businesses/{one}")
    loop.crawl("yelp")
    assert known(loop)[one].missing_since is not None
    loop.well()
    loop.crawl("yelp")
    assert known(loop)[one].missing_since is None


def test_the_page_that_its_owner_named_is_a_locations_listing(loop: Loop) -> None:
    world = loop.server.sandbox.world
    sibling = next(entry for entry in listings(world, "yelp") if entry.role is Role.SIBLING)
    alias = yelp_json.alias(loop.server.sandbox, sibling)
    with loop.database.write() as session:
        location = session.scalars(sa.select(Location).order_by(Location.id)).first()
        assert location is not None
        put(session, location, {"yelp": f"https://www.yelp.com/biz/{alias}"}, NOW, person_id=None)
    for _ in range(2):
        loop.crawl("yelp")
        assert known(loop)[business_id(sibling.number)].location_id == location.id


def test_a_business_that_no_api_shows_is_still_listed(loop: Loop) -> None:
    loop.crawl("yelp")
    one = next(own(loop))
    loop.fault("yelp", "unavailable", path=f"/v3/businesses/{one}")
    assert loop.crawl("yelp").complete
    assert known(loop)[one].missing_since is None
    assert known(loop)[one].location_id is not None
    assert health(loop).ill_since is None


@pytest.mark.parametrize(
    ("kind", "outcome", "words"),
    [
        ("day", "quota", "ACCESS_LIMIT_REACHED"),
        ("429", "quota", "TOO_MANY_REQUESTS_PER_SECOND"),
        ("401", "blocked", "TOKEN_INVALID"),
    ],
)
def test_a_refused_key_ends_the_crawl_and_says_why(loop: Loop, kind: str, outcome: str, words: str) -> None:
    loop.crawl("yelp")
    before = {source_id: row.record_hash for source_id, row in known(loop).items()}
    loop.fault("yelp", kind)
    summary = loop.crawl("yelp")
    assert not summary.complete
    assert words in (summary.detail or "")
    assert health(loop).ill_outcome == outcome
    assert {source_id: row.record_hash for source_id, row in known(loop).items()} == before


def test_the_days_limit_is_asked_for_once(loop: Loop) -> None:
    loop.fault("yelp", "day")
    assert loop.crawl("yelp").outcomes == {"quota": 1}


def test_a_plan_without_excerpts_still_shows_listings(loop: Loop) -> None:
    loop.fault("yelp", "403", path="/reviews")
    summary = loop.crawl("yelp")
    assert summary.complete
    assert summary.outcomes["blocked"] == 1
    assert len(known(loop)) > 20


def tried(loop: Loop) -> Delivered:
    return converse(loop.door, SOURCES["yelp"], loop.organization_id, plans.attempt)


def test_a_try_tells_what_the_key_may_see_and_how_many_calls_are_left(loop: Loop) -> None:
    assert "may read listings and review excerpts" in (tried(loop).detail or "")
    assert f"of {yelp.DAILY_CALLS} calls are left today" in (tried(loop).detail or "")
    loop.fault("yelp", "403", path="/reviews")
    assert "no review excerpts" in (tried(loop).detail or "")
    loop.fault("yelp", "day")
    assert "the day's calls are used up" in (tried(loop).detail or "")
    loop.well()
    with loop.database.write() as session:
        credential = session.scalars(sa.select(Credential).where(Credential.source == "yelp")).one()
        credential.secret = loop.door.vault.seal({"api_key": "another"})
    assert "the API key was not accepted" in (tried(loop).detail or "")


def everything(loop: Loop) -> str:
    """All rows of all tables but the record's own."""
    with loop.database.engine.connect() as connection:
        tables = set(sa.inspect(connection).get_table_names()) - {"location", "import_change"}
        return "\n".join(
            repr(tuple(row))
            for table in sorted(tables)
            for row in connection.execute(sa.text(f'SELECT * FROM "{table}"'))  # noqa: S608 - our own tables
        )


def content(loop: Loop) -> set[str]:
    """What Yelp wrote and nobody else says: wrong values, names in addresses, words and names of guests."""
    sandbox = loop.server.sandbox
    rows = [row for row in loop.truth()["mismatches"] if row["source"] == "yelp"]
    rows = [row for row in rows if row["shown"] not in row["true"]]
    found = {row["shown"] for row in rows if row["field"] in {"name", "phone", "street", "website"}}
    for entry in listings(sandbox.world, "yelp"):
        found.add(f"/biz/{yelp_json.alias(sandbox, entry)}")
        found |= {one["text"] for one in yelp_json.excerpts(sandbox, entry)}
    return found


def test_after_a_day_nothing_of_yelp_is_left_but_ids_verdicts_hashes_and_times(loop: Loop) -> None:
    loop.crawl("yelp")
    of_yelp = content(loop)
    assert len([word for word in of_yelp if word in everything(loop)]) > 50
    loop.server.sandbox.advance(DAY_AND_A_SECOND)
    now = loop.door.clock()
    with loop.database.read() as session:
        for snapshot in session.scalars(sa.select(Snapshot).where(Snapshot.sha256.is_not(None))):
            assert body_of(session, snapshot, now) is None
        assert {row.value_at(now) for row in session.scalars(sa.select(Mismatch))} == {None}
    for expire in (expire_values, expire_reviews, expire_bodies):
        with loop.database.write() as session:
            expire(session, now)
    stored = everything(loop)
    assert [word for word in of_yelp if word in stored] == []
    with loop.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Body)) == 0
        assert {row.record for row in session.scalars(sa.select(Observation))} == {None}
        assert all(
            row.live_hash and row.verdict and row.field for row in session.scalars(sa.select(Mismatch))
        )


def test_what_was_forgotten_comes_back_with_the_next_crawl_and_is_nothing_new(loop: Loop) -> None:
    loop.crawl("yelp")
    with loop.database.read() as session:
        states = {row.id: row.state for row in session.scalars(sa.select(Mismatch))}
        reviews = set(session.scalars(sa.select(Review.id)))
    loop.server.sandbox.advance(0.9)
    loop.crawl("yelp")
    loop.server.sandbox.advance(0.2)
    now = loop.door.clock()
    for expire in (expire_values, expire_reviews, expire_bodies):
        with loop.database.write() as session:
            expire(session, now)
    with loop.database.read() as session:
        rows = session.scalars(sa.select(Mismatch)).all()
        assert {row.id: row.state for row in rows}.items() >= states.items()
        assert any(row.value_at(now) is not None for row in rows)
        assert all(row.record is not None for row in known(loop).values() if row.location_id)
        assert set(session.scalars(sa.select(Review.id))) >= reviews
