"""Home: what waits, worst first; how it stands; every number leads to its rows."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from listings.db import Database
from listings.models.crawl import SourceState
from listings.models.listing import Decision, Listing
from listings.models.mismatch import Mismatch, MismatchState
from listings.models.person import Person
from listings.models.worker import WorkerHeartbeat
from reputation.models.review import Review
from tests.domain import organization
from tests.web.chain import WRONG, Chain, add_listing, add_match, make_chain
from tests.web.moment import Moment
from tests.web.part import page
from tests.web.visitor import Visitor
from tests.web.world import World

Somebody = Callable[[str], Visitor]


@pytest.fixture
def chain(database: Database, world: World, moment: Moment) -> Chain:
    with database.write() as db:
        return make_chain(db, world.organizations["own"], moment.now)


def sections(visitor: Visitor) -> dict[str, str]:
    shown = page(visitor, "/")
    found = shown.every("main .todo-rail > .page > section")
    return {section.first("h2").text(): section.text() for section in found}


@pytest.mark.db
def test_critical_causes_stand_with_the_number_of_places_and_lead_to_their_rows(
    somebody: Somebody, chain: Chain
) -> None:
    visitor = somebody("marketer")
    assert "Phone is (215) 555-0100 on Google at 3 locations" in sections(visitor)["Critical and open"]
    shown = page(visitor, "/")
    for link in shown.every("main a[href]"):
        assert visitor.get(link["href"]).status_code == 200, link.html()


def test_what_came_back_stands_first(somebody: Somebody, database: Database, chain: Chain) -> None:
    with database.write() as db:
        db.get_one(Mismatch, chain.mismatches[0].id).state = MismatchState.CAME_BACK
    assert list(sections(somebody("marketer")))[:2] == ["Came back", "Critical and open"]


def test_listings_to_decide_wait_with_their_number(
    somebody: Somebody, database: Database, moment: Moment, chain: Chain
) -> None:
    with database.write() as db:
        for location in chain.locations[:2]:
            listing: Listing = add_listing(db, chain, None, "google", WRONG, moment.now)
            add_match(db, listing, location, Decision.REVIEW, moment.now)
    assert "2 listings may be yours" in sections(somebody("marketer"))["Waits for you"]


def test_reviews_with_few_stars_and_no_answer_wait(
    somebody: Somebody, database: Database, world: World
) -> None:
    assert "2 reviews with 1 or 2 stars have no answer" in sections(somebody("marketer"))["Waits for you"]
    with database.write() as db:
        db.execute(sa.update(Review).values(rating=5))
    assert "stars" not in sections(somebody("marketer")).get("Waits for you", "")


def test_an_ill_source_is_said_with_since_when_and_what_is_kept(
    somebody: Somebody, database: Database, moment: Moment, chain: Chain
) -> None:
    with database.write() as db:
        state = db.get_one(SourceState, (chain.organization_id, "google"))
        state.ill_since, state.ill_outcome = moment.now - dt.timedelta(days=2), "unreadable"
    visitor = somebody("marketer")
    assert "Google can’t be read since Nov 19" in sections(visitor)["Sources that are ill"]


def test_a_manager_sees_only_what_waits_at_their_own_places(somebody: Somebody, chain: Chain) -> None:
    manager = somebody("manager_of_a").get("/").text
    assert "Canary place" not in manager
    assert "at 3 locations" not in manager
    assert "1 review with 1 or 2 stars has no answer" in manager


def test_an_outsider_sees_nothing_of_it(somebody: Somebody, chain: Chain) -> None:
    assert "(215) 555-0100" not in somebody("foreign_admin").get("/").text


def test_the_share_that_agrees_comes_with_its_base(
    somebody: Somebody, database: Database, chain: Chain
) -> None:
    with database.write() as db:
        db.execute(sa.delete(Mismatch).where(Mismatch.cause.in_(("phone:a", "phone:b"))))
    shown = somebody("marketer").get("/").text
    # Four fields at each place of the chain, name and phone at the two others; three phones differ.
    assert "13 of 16 fields" in shown


def test_with_nothing_waiting_the_page_says_so(somebody: Somebody, database: Database, world: World) -> None:
    with database.write() as db:
        db.execute(sa.delete(Mismatch))
        db.execute(sa.update(Review).values(rating=5))
    assert "Nothing waits for you" in somebody("marketer").get("/").text


def test_before_anything_was_read_the_page_says_what_to_do_next(
    somebody: Somebody, database: Database, world: World
) -> None:
    with database.write() as db:
        newcomer = db.get_one(Person, world.people["foreign_admin"])
        newcomer.organization_id = organization(db, "Newcomers")
    shown = page(somebody("foreign_admin"), "/").first("main").text()
    assert "Nothing was read yet" in shown
    assert "Import your locations" in shown


def test_the_frame_counts_what_waits_and_tells_whether_workers_live(
    somebody: Somebody, database: Database, moment: Moment, chain: Chain
) -> None:
    visitor = somebody("marketer")
    shown = page(visitor, "/")
    assert shown.first('.side a[title="Mismatches"] .count').text() == "5"
    assert "No worker runs" in shown.first(".pulse.bad").text()
    with database.write() as db:
        beat = moment.now - dt.timedelta(seconds=5)
        db.add(WorkerHeartbeat(executor_id="w", started_at=beat, beat_at=beat, last_job_at=beat))
    assert "1 worker, last job 5 s ago" in visitor.get("/").text
