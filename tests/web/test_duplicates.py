"""Duplicates as a person meets them: side by side, decided, followed, taken back."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from listings.db import Database
from listings.models.duplicate import Duplicate, DuplicateState
from listings.models.listing import Decision, Listing, Match
from listings.models.location import Location
from listings.models.organization import AuditEntry
from listings.models.person import PersonLocation
from tests.web.chain import Chain, make_chain
from tests.web.doubts import add_doubt, add_record_pair, add_twice
from tests.web.moment import Moment
from tests.web.part import Part, page
from tests.web.statements import counted
from tests.web.visitor import Visitor
from tests.web.world import World

Somebody = Callable[[str], Visitor]


@pytest.fixture
def chain(database: Database, world: World, moment: Moment) -> Chain:
    with database.write() as db:
        db.execute(sa.delete(Duplicate))
        return make_chain(db, world.organizations["own"], moment.now)


@pytest.fixture
def twice(database: Database, moment: Moment, chain: Chain) -> Duplicate:
    with database.write() as db:
        return add_twice(db, chain, chain.locations[0], moment.now)


@pytest.fixture
def records(database: Database, moment: Moment, chain: Chain) -> Duplicate:
    with database.write() as db:
        return add_record_pair(db, chain, moment.now)


@pytest.fixture
def marketer(somebody: Somebody, chain: Chain) -> Visitor:
    return somebody("marketer")


def state_of(database: Database, row: Duplicate) -> DuplicateState:
    with database.read() as db:
        return db.get_one(Duplicate, row.id).state


def undo(visitor: Visitor, shown: Part) -> None:
    """Press what the toast of a page offers."""
    assert visitor.post(shown.first("[data-toast] form")["action"]).status_code == 303


@pytest.mark.db
def test_both_listings_stand_side_by_side_with_what_differs_and_how_to_report_it(
    marketer: Visitor, twice: Duplicate
) -> None:
    shown = page(marketer, "/duplicates")
    card = shown.first(".twin")
    assert "A001 Harborview, 001 Quay Street stands twice on Google" in card.text()
    assert card.first(".differs").text() == "0133"
    assert "Duplicate of another place" in card.text()
    assert card.has('a[href^="https://support.google.com/business/"]')
    assert "Same address" in card.text()
    assert shown.first(".side a[title=Duplicates] .count").text() == "1"


def test_reported_waits_with_its_date_and_is_taken_back(
    marketer: Visitor, database: Database, twice: Duplicate, moment: Moment
) -> None:
    done = marketer.post(f"/duplicates/{twice.id}/reported")
    assert done.location == "/duplicates"
    assert state_of(database, twice) is DuplicateState.REPORTED
    shown = page(marketer, "/duplicates?tab=reported")
    assert "It is usually gone by Dec" in shown.text()
    with database.read() as db:
        assert "duplicate.reported" in set(db.scalars(sa.select(AuditEntry.act)))
    undo(marketer, shown)
    assert state_of(database, twice) is DuplicateState.OPEN


def test_a_report_without_effect_stands_on_home_when_its_time_is_over(
    somebody: Somebody, marketer: Visitor, twice: Duplicate, moment: Moment
) -> None:
    marketer.post(f"/duplicates/{twice.id}/reported")
    assert "still stands at the source" not in somebody("marketer").get("/").text
    moment.now += dt.timedelta(days=15)
    visitor = somebody("marketer")
    assert "1 duplicate still stands at the source" in visitor.get("/").text
    assert "Report it again" in page(visitor, "/duplicates?tab=reported").text()


def test_not_a_duplicate_lets_the_second_listing_go_and_comes_back_by_undo(
    marketer: Visitor, database: Database, twice: Duplicate
) -> None:
    done = marketer.post(f"/duplicates/{twice.id}/not-duplicate")
    shown = page(marketer, done.location)
    assert "never found again" in shown.first("[data-toast]").text()
    with database.read() as db:
        assert db.get_one(Match, twice.other_listing_id).decision is Decision.NO_MATCH
    assert "Nothing is listed twice" in page(marketer, "/duplicates").text()
    undo(marketer, shown)
    assert state_of(database, twice) is DuplicateState.OPEN


def test_the_second_one_can_be_the_one_to_follow(
    marketer: Visitor, database: Database, chain: Chain, twice: Duplicate
) -> None:
    done = marketer.post(f"/duplicates/{twice.id}/keep-other")
    with database.read() as db:
        assert db.get_one(Listing, twice.other_listing_id).location_id == chain.locations[0].id
        assert db.get_one(Listing, twice.listing_id).location_id is None
    undo(marketer, page(marketer, done.location))
    with database.read() as db:
        assert db.get_one(Listing, twice.listing_id).location_id == chain.locations[0].id


def test_of_two_records_one_stays_and_the_other_is_marked_everywhere_and_not_published(
    marketer: Visitor, database: Database, chain: Chain, records: Duplicate
) -> None:
    first, second = chain.locations[:2]
    assert "Same place, keep A001" in page(marketer, "/duplicates?tab=records").text()
    done = marketer.post(f"/duplicates/{records.id}/keep/{first.id}")
    merged = page(marketer, done.location)
    assert state_of(database, records) is DuplicateState.MERGED
    with database.read() as db:
        assert db.get_one(Location, second.id).duplicate_of == first.id
    assert "Duplicate" in page(marketer, "/locations?q=A002").first("main tbody").text()
    assert "A001" in page(marketer, f"/locations/{second.id}").first(".banner").text()
    assert marketer.get("/p/site-own/A002").location.endswith("/p/site-own/A001")
    assert "002 Quay Street" not in marketer.get("/p/site-own").text
    undo(marketer, merged)
    with database.read() as db:
        assert db.get_one(Location, second.id).duplicate_of is None
    assert marketer.get("/p/site-own/A002").status_code == 200


def test_only_who_edits_locations_merges_records_and_takes_it_back(
    somebody: Somebody, database: Database, world: World, chain: Chain, records: Duplicate
) -> None:
    with database.write() as db:
        db.add_all(
            PersonLocation(person_id=world.people["manager_of_a"], location_id=one.id)
            for one in chain.locations[:2]
        )
    manager = somebody("manager_of_a")
    shown = page(manager, "/duplicates?tab=records")
    assert "Not a duplicate" in shown.text()
    assert "Same place" not in shown.first(".acts .act").text()
    assert manager.post(f"/duplicates/{records.id}/keep/{chain.locations[0].id}").status_code == 403
    somebody("marketer").post(f"/duplicates/{records.id}/keep/{chain.locations[0].id}")
    assert manager.post(f"/duplicates/{records.id}/undo").status_code == 403
    assert not page(manager, "/duplicates?tab=merged").has(".twin form")


def test_a_manager_of_one_of_two_records_doesnt_learn_of_the_pair(
    somebody: Somebody, database: Database, world: World, chain: Chain, records: Duplicate
) -> None:
    with database.write() as db:
        mine = PersonLocation(person_id=world.people["manager_of_a"], location_id=chain.locations[0].id)
        db.add(mine)
    manager = somebody("manager_of_a")
    assert "Harborview" not in page(manager, "/duplicates?tab=records").text()
    assert manager.post(f"/duplicates/{records.id}/not-duplicate").status_code == 404


def test_what_was_decided_meanwhile_is_refused_and_changes_nothing(
    marketer: Visitor, database: Database, twice: Duplicate, records: Duplicate, chain: Chain
) -> None:
    marketer.post(f"/duplicates/{twice.id}/not-duplicate")
    assert marketer.post(f"/duplicates/{twice.id}/reported").status_code == 409
    assert marketer.post(f"/duplicates/{records.id}/reported").status_code == 409
    assert marketer.post(f"/duplicates/{records.id}/keep/{chain.locations[2].id}").status_code == 409
    assert marketer.post(f"/duplicates/{records.id}/undo").status_code == 409
    assert state_of(database, records) is DuplicateState.OPEN


def test_home_says_what_stands_twice_and_leads_there(
    marketer: Visitor, twice: Duplicate, records: Duplicate
) -> None:
    shown = page(marketer, "/")
    assert "1 place is listed twice" in shown.text()
    assert "1 pair of your records looks like one place" in shown.text()
    assert shown.has('a[href="/duplicates?tab=records"]')


def test_an_empty_tab_leads_to_where_something_waits(
    marketer: Visitor, database: Database, moment: Moment, chain: Chain
) -> None:
    assert "Nothing is listed twice" in page(marketer, "/duplicates").text()
    with database.write() as db:
        add_doubt(db, chain, {0: 0.5}, moment.now)
    assert page(marketer, "/duplicates").first(".empty a.filled")["href"] == "/matches"


def test_an_outsider_finds_nothing(somebody: Somebody, twice: Duplicate) -> None:
    outsider = somebody("foreign_admin")
    assert "Harborview" not in outsider.get("/duplicates").text
    assert outsider.post(f"/duplicates/{twice.id}/reported").status_code == 404


def test_a_page_asks_as_often_for_ten_pairs_as_for_two_hundred(
    somebody: Somebody, database: Database, world: World, moment: Moment
) -> None:
    with database.write() as db:
        db.execute(sa.delete(Duplicate))
        chain = make_chain(db, world.organizations["own"], moment.now, places=200)
        for location in chain.locations[:10]:
            add_twice(db, chain, location, moment.now)
    visitor = somebody("marketer")

    def asked() -> int:
        with counted(database) as seen:
            page(visitor, "/duplicates")
        return len(seen)

    few = asked()
    with database.write() as db:
        for location in chain.locations[10:]:
            add_twice(db, chain, location, moment.now)
    assert asked() == few
