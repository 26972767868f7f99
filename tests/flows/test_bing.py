"""Bing's service names nobody: a location's listing stays one listing all the same, and no key is written down."""

import pytest
import sqlalchemy as sa

from crawlers.deliver import converse
from crawlers.plan import Delivered
from crawlers.plans import bing as plans
from crawlers.sandbox import bing
from crawlers.sandbox.planting import Role, listings
from listings.bulk_file import mark_sent, open_corrections
from listings.models.crawl import Credential, SourceState
from listings.models.listing import Decision, Listing, Match
from listings.models.location import Location
from listings.models.mismatch import Mismatch, MismatchState
from listings.models.snapshot import Snapshot
from listings.sources import SOURCES
from tests.flows.conftest import Loop

pytestmark = pytest.mark.db


def linked(loop: Loop) -> dict[str, str]:
    """Code of the location to the name of its listing."""
    with loop.database.read() as session:
        rows = session.execute(
            sa.select(Location.code, Listing.source_id)
            .join(Listing, Listing.location_id == Location.id)
            .where(Listing.source == "bing")
        )
        return dict(rows.all())


def test_every_location_that_bing_shows_has_one_listing_that_stays_the_same(loop: Loop) -> None:
    loop.crawl("bing")
    world = loop.server.sandbox.world
    own = {world.code(entry.index) for entry in listings(world, "bing") if entry.role is Role.OWN}
    first = linked(loop)
    assert set(first) == own
    loop.server.sandbox.advance(1)
    loop.crawl("bing")
    assert linked(loop) == first


def test_a_second_listing_waits_for_a_person_and_strangers_are_left_out(loop: Loop) -> None:
    for _ in range(2):
        loop.crawl("bing")
    with loop.database.read() as session:
        unlinked = session.scalars(
            sa.select(Match.decision)
            .join(Listing, Listing.id == Match.listing_id)
            .where(Listing.source == "bing", Listing.location_id.is_(None))
        ).all()
    world = loop.server.sandbox.world
    doubles = sum(entry.role is Role.DUPLICATE for entry in listings(world, "bing"))
    assert unlinked.count(Decision.REVIEW) >= doubles
    assert Decision.NO_MATCH not in unlinked


def test_an_address_that_bing_corrects_ends_the_same_mismatch(loop: Loop) -> None:
    loop.crawl("bing")
    with loop.database.read() as session:
        row = session.scalars(
            sa.select(Mismatch)
            .where(Mismatch.source == "bing", Mismatch.field == "street")
            .order_by(Mismatch.id)
        ).first()
        assert row is not None
        code = session.get_one(Location, row.location_id).code
    sandbox = loop.server.sandbox
    entry = next(
        one
        for one in listings(sandbox.world, "bing")
        if one.role is Role.OWN and sandbox.world.code(one.index) == code
    )
    sandbox.fix(entry, {"lines": sandbox.world.facts(entry.index).lines}, at_once=True)
    loop.crawl("bing")
    with loop.database.read() as session:
        assert session.get_one(Mismatch, row.id).state is MismatchState.FIXED


def test_a_bulk_file_is_confirmed_by_a_later_crawl_only(loop: Loop) -> None:
    loop.crawl("bing")
    with loop.database.write() as session:
        rows = open_corrections(session, loop.organization_id, SOURCES["bing"])
        mark_sent(session, rows, person_id=1, now=loop.door.clock())
        ids = {row.id for row in rows}
    loop.crawl("bing")
    assert states(loop, ids) == {MismatchState.WAITING}
    sandbox = loop.server.sandbox
    for entry in listings(sandbox.world, "bing"):
        if entry.role is Role.OWN:
            truth = sandbox.world.facts(entry.index)
            sandbox.fix(entry, {name: getattr(truth, name) for name in truth.__slots__}, at_once=True)
    loop.crawl("bing")
    assert states(loop, ids) == {MismatchState.FIXED}


def states(loop: Loop, ids: set[int]) -> set[MismatchState]:
    with loop.database.read() as session:
        return set(session.scalars(sa.select(Mismatch.state).where(Mismatch.id.in_(ids))))


def test_an_answer_given_under_load_says_nothing_of_what_is_not_in_it(loop: Loop) -> None:
    loop.crawl("bing")
    before = linked(loop)
    loop.fault("bing", "overloaded", path="/LocalSearch")
    loop.crawl("bing")
    assert linked(loop) == before
    with loop.database.read() as session:
        assert session.get_one(SourceState, (loop.organization_id, "bing")).ill_outcome == "unavailable"


def test_the_key_is_written_down_nowhere(loop: Loop) -> None:
    loop.crawl("bing")
    loop.fault("bing", "401")
    loop.crawl("bing")
    with loop.database.engine.connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            for row in connection.execute(sa.text(f'SELECT * FROM "{table}"')):  # noqa: S608 - our own tables
                assert bing.API_KEY not in repr(tuple(row)), table
    with loop.database.read() as session:
        urls = session.scalars(sa.select(Snapshot.url).where(Snapshot.source == "bing")).all()
    assert any("LocalSearch" in url for url in urls)


def tried(loop: Loop) -> Delivered:
    return converse(loop.door, SOURCES["bing"], loop.organization_id, plans.attempt)


def test_a_try_names_the_cause(loop: Loop) -> None:
    assert tried(loop) == Delivered(True, False, "The key may search for places.")
    with loop.database.write() as session:
        credential = session.scalars(sa.select(Credential).where(Credential.source == "bing")).one()
        credential.secret = loop.door.vault.seal({"api_key": "another"})
    assert "check the Bing Maps key" in (tried(loop).detail or "")


def test_pages_are_read_only_where_that_is_wanted(loop: Loop) -> None:
    with loop.database.write() as session:
        credential = session.scalars(sa.select(Credential).where(Credential.source == "bing")).one()
        credential.secret = loop.door.vault.seal({"api_key": bing.API_KEY})
    loop.crawl("bing")
    with loop.database.read() as session:
        urls = session.scalars(sa.select(Snapshot.url).where(Snapshot.source == "bing")).all()
    assert not any("www.bing.com" in url for url in urls)


def missing(loop: Loop) -> set[str]:
    """Codes of the locations that Bing is believed to list no more."""
    with loop.database.read() as session:
        query = (
            sa.select(Location.code)
            .join(Listing, Listing.location_id == Location.id)
            .where(Listing.source == "bing", Listing.missing_since.is_not(None))
        )
        return set(session.scalars(query))


def delist(loop: Loop, count: int) -> set[str]:
    """Bing lists the first `count` of ours no more; their codes."""
    world = loop.server.sandbox.world
    own = [
        one
        for one in listings(world, "bing")
        if one.role is Role.OWN and world.code(one.index) in linked(loop)
    ]
    loop.server.sandbox.delisted |= {("bing", one.number) for one in own[:count]}
    return {world.code(one.index) for one in own[:count]}


def test_a_listing_that_its_search_does_not_show_for_a_day_is_missing_until_it_is_back(loop: Loop) -> None:
    loop.crawl("bing")
    gone = delist(loop, 2)
    for days in (0.5, 0.4):
        loop.server.sandbox.advance(days)
        loop.crawl("bing")
        assert missing(loop) == set()
    loop.server.sandbox.advance(1.1)
    loop.crawl("bing")
    assert missing(loop) == gone
    loop.server.sandbox.delisted.clear()
    loop.server.sandbox.advance(1)
    loop.crawl("bing")
    assert missing(loop) == set()


def test_too_many_at_once_are_not_believed_to_be_gone(loop: Loop) -> None:
    loop.crawl("bing")
    delist(loop, 12)
    for _ in range(3):
        loop.server.sandbox.advance(2)
        loop.crawl("bing")
    assert missing(loop) == set()


@pytest.mark.parametrize("fault", ["overloaded", "no_rows", "500", "html"])
def test_a_service_that_is_ill_makes_nothing_missing(loop: Loop, fault: str) -> None:
    loop.crawl("bing")
    loop.fault("bing", fault, path="/LocalSearch")
    for _ in range(3):
        loop.server.sandbox.advance(2)
        loop.crawl("bing")
    assert missing(loop) == set()


def test_another_question_says_nothing_of_the_listing_that_the_former_showed(loop: Loop) -> None:
    loop.crawl("bing")
    (code,) = delist(loop, 1)
    with loop.database.write() as session:
        session.scalars(sa.select(Location).where(Location.code == code)).one().name = "Quite another name"
    for _ in range(3):
        loop.server.sandbox.advance(2)
        loop.crawl("bing")
    assert missing(loop) == set()
