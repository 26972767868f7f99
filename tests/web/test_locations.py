"""Locations: the table with a cell per source, one location, and whose a listing is."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from listings.access import actor_of
from listings.agreement import compared_fields, count_compared
from listings.db import Database
from listings.models.listing import Decision, Listing, Match
from listings.models.location import Location
from listings.models.mismatch import Mismatch, MismatchState
from listings.models.person import Person, PersonLocation
from tests.web.chain import WRONG, Chain, add_listing, add_match, make_chain
from tests.web.moment import Moment
from tests.web.part import Part, page, part_of
from tests.web.visitor import Visitor
from tests.web.world import World
from web.opening import open_now

Somebody = Callable[[str], Visitor]


@pytest.fixture
def chain(database: Database, world: World, moment: Moment) -> Chain:
    with database.write() as db:
        return make_chain(db, world.organizations["own"], moment.now)


@pytest.fixture
def candidate(database: Database, moment: Moment, chain: Chain) -> Listing:
    """A Google listing that may describe the first place."""
    with database.write() as db:
        listing = add_listing(db, chain, None, "google", WRONG, moment.now)
        add_match(db, listing, chain.locations[0], Decision.REVIEW, moment.now)
        return listing


def rows(shown: Part) -> list[str]:
    return [row.first("a").text() for row in shown.every("main tbody tr")]


def test_a_row_shows_a_cell_per_source_and_how_much_agrees(somebody: Somebody, chain: Chain) -> None:
    shown = page(somebody("marketer"), "/locations?q=A001")
    [row] = shown.every("main tbody tr")
    assert [cell["title"] for cell in row.every(".cell")] == [
        "Google: different, 1 field",
        "Own website: same",
    ]
    assert "3 of 4" in row.text()


def test_a_different_cell_opens_its_rows(somebody: Somebody, chain: Chain) -> None:
    visitor = somebody("marketer")
    cell = page(visitor, "/locations?q=A001").first("a.cell.different")
    opened = page(visitor, cell["href"])
    assert [row.first(".code").text() for row in opened.every(".child")] == ["A001"]


@pytest.mark.parametrize(
    ("words", "codes"),
    [("A002", ["A002"]), ("002 quay", ["A002"]), ("HARBORVIEW lantern", ["A001", "A002", "A003"]), ("%", [])],
)
def test_search_finds_code_name_town_and_street(
    somebody: Somebody, chain: Chain, words: str, codes: list[str]
) -> None:
    shown = part_of(somebody("marketer").get("/locations", query_string={"q": words}).text)
    assert [row.split()[0] for row in rows(shown)] == codes


@pytest.mark.db
def test_chips_narrow_to_trouble_and_to_what_is_to_be_decided(somebody: Somebody, candidate: Listing) -> None:
    visitor = somebody("marketer")
    assert len(rows(page(visitor, "/locations?only=trouble"))) == 5
    [only] = rows(page(visitor, "/locations?only=decide"))
    assert only.startswith("A001")


@pytest.mark.db
def test_a_long_table_goes_on_by_store_code(
    somebody: Somebody, database: Database, world: World, moment: Moment
) -> None:
    with database.write() as db:
        make_chain(db, world.organizations["other"], moment.now, places=60)
    visitor = somebody("foreign_admin")
    first = page(visitor, "/locations")
    more = first.first('a[href*="after="]')
    second = page(visitor, more["href"])
    codes = [row.split()[0] for row in rows(first) + rows(second)]
    assert codes[:60] == [f"A{number:03}" for number in range(1, 61)]
    assert len(codes) == len(set(codes)) == 61


def test_without_locations_the_page_says_how_to_bring_them_in(
    somebody: Somebody, database: Database, world: World
) -> None:
    with database.write() as db:
        db.execute(sa.delete(PersonLocation))
    assert "No location is yours yet" in somebody("manager_of_a").get("/locations").text


def test_one_location_shows_fields_by_source_its_record_and_why_a_listing_is_its_own(
    somebody: Somebody, chain: Chain
) -> None:
    shown = page(somebody("marketer"), f"/locations/{chain.locations[0].id}")
    text = shown.first("main").text()
    assert shown.first(".grid .cell.different")["title"] == "Google, Phone: different"
    assert shown.has(".grid .cell.cannot_show")
    assert "(215) 555-0133" in text
    assert "Same address" in text
    assert "9 AM–6 PM" in text


def test_an_accepted_difference_counts_as_agreeing_and_a_sent_fix_does_not(
    somebody: Somebody, database: Database, chain: Chain
) -> None:
    visitor = somebody("marketer")
    visitor.post(f"/mismatches/{chain.mismatches[0].id}/accept")
    visitor.post(f"/mismatches/{chain.mismatches[1].id}/fix")
    shown = page(visitor, "/locations?q=A00")
    texts = [row.text() for row in shown.every("main tbody tr")]
    assert "4 of 4" in texts[0]
    assert "3 of 4" in texts[1]
    assert shown.first(".grid .cell.waiting")["title"] == "Google: waiting, 1 field"


def test_old_data_carries_its_age(somebody: Somebody, moment: Moment, chain: Chain) -> None:
    moment.passes(days=3)
    shown = page(somebody("marketer"), f"/locations/{chain.locations[0].id}")
    assert "3 d old" in shown.first(".grid").text()


def test_yes_makes_the_listing_ours_and_undo_asks_again(
    somebody: Somebody, database: Database, candidate: Listing, chain: Chain
) -> None:
    visitor = somebody("marketer")
    done = visitor.post(f"/listings/{candidate.id}/yes")
    with database.read() as db:
        assert db.get_one(Listing, candidate.id).location_id == chain.locations[0].id
    undo = page(visitor, done.location).first("[data-toast] form")
    assert visitor.post(undo["action"]).status_code == 303
    with database.read() as db:
        assert db.get_one(Listing, candidate.id).location_id is None
        assert db.get_one(Listing, chain.listings[0].id).location_id == chain.locations[0].id
        assert db.get_one(Match, candidate.id).decision is Decision.REVIEW


def test_no_lets_the_listing_go_for_good(
    somebody: Somebody, database: Database, candidate: Listing, chain: Chain
) -> None:
    visitor = somebody("marketer")
    assert "Is this listing yours?" in visitor.get(f"/locations/{chain.locations[0].id}").text
    visitor.post(f"/listings/{candidate.id}/no")
    assert "Is this listing yours?" not in visitor.get(f"/locations/{chain.locations[0].id}").text
    assert visitor.post(f"/listings/{candidate.id}/yes").status_code == 409


def test_a_manager_decides_only_about_their_own_places(
    somebody: Somebody, database: Database, world: World, candidate: Listing, chain: Chain
) -> None:
    manager = somebody("manager_of_a")
    assert manager.post(f"/listings/{candidate.id}/yes").status_code == 404
    with database.write() as db:
        db.add(PersonLocation(person_id=world.people["manager_of_a"], location_id=chain.locations[0].id))
    assert manager.post(f"/listings/{candidate.id}/yes").status_code == 303


def test_an_outsider_finds_nothing(somebody: Somebody, chain: Chain) -> None:
    outsider = somebody("foreign_admin")
    assert "Harborview" not in outsider.get("/locations").text
    assert outsider.get(f"/locations/{chain.locations[0].id}").status_code == 404
    assert "Harborview" not in outsider.get("/search?q=Harborview").text.replace(
        'value="Harborview"', ""
    ).replace("“Harborview”", "")


def test_a_store_code_in_the_search_leads_straight_to_its_location(somebody: Somebody, chain: Chain) -> None:
    visitor = somebody("marketer")
    assert visitor.get("/search?q=A002").location == f"/locations/{chain.locations[1].id}"
    shown = page(visitor, "/search?q=quay")
    assert len(shown.every(".hits li")) == 3


@pytest.mark.db
def test_the_database_counts_compared_fields_as_one_by_one(
    database: Database, world: World, moment: Moment, chain: Chain
) -> None:
    with database.write() as db:
        add_listing(db, chain, chain.locations[0], "google_places", WRONG, moment.now)
    with database.read() as db:
        from_rows = sum(
            len(compared_fields(location, listing, moment.now))
            for location, listing in db.execute(
                sa.select(Location, Listing)
                .join(Listing, Listing.location_id == Location.id)
                .where(Location.organization_id == chain.organization_id)
            )
        )
        marketer = actor_of(db, db.get_one(Person, world.people["marketer"]))
        assert count_compared(db, marketer) == from_rows > 0


@pytest.mark.parametrize(
    ("hour", "says", "is_open"),
    [
        (13, "closed until 9 AM", False),
        (15, "open until 6 PM", True),
        (23, "closed now", False),
    ],
)
def test_a_location_is_open_by_its_own_clock(
    moment: Moment, chain: Chain, hour: int, says: str, is_open: bool
) -> None:
    # Friday in New York, five hours behind UTC.
    now = moment.now.replace(day=20, hour=hour)
    assert open_now(chain.locations[0], now) == (says, is_open)


def test_a_fixed_row_agrees_again(
    somebody: Somebody, database: Database, moment: Moment, chain: Chain
) -> None:
    with database.write() as db:
        row = db.get_one(Mismatch, chain.mismatches[0].id)
        row.state, row.state_since = MismatchState.FIXED, moment.now
    assert "4 of 4" in page(somebody("marketer"), "/locations?q=A001").first("main tbody tr").text()
