"""Is this listing yours? The queue, the card with its proof, the decisions and the way back from each."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from listings.db import Database
from listings.models.listing import Decision, Listing, Match, Verdict
from listings.models.location import Location
from listings.models.organization import AuditEntry
from listings.models.person import PersonLocation
from reputation.models.review import Review
from tests.reputation.rows import review
from tests.web.chain import Chain, make_chain
from tests.web.doubts import TURN, add_doubt, add_twice
from tests.web.moment import Moment
from tests.web.part import Part, page
from tests.web.statements import counted
from tests.web.visitor import Visitor
from tests.web.world import World

Somebody = Callable[[str], Visitor]
SHOWN = {"street": "002 Quay St", "city": "Harborview", "website": "https://other.example/"}


@pytest.fixture
def chain(database: Database, world: World, moment: Moment) -> Chain:
    with database.write() as db:
        return make_chain(db, world.organizations["own"], moment.now)


@pytest.fixture
def doubt(database: Database, moment: Moment, chain: Chain) -> Listing:
    """A listing that is likely the second place and less likely the first."""
    with database.write() as db:
        return add_doubt(db, chain, {1: 0.8, 0: 0.3}, moment.now, **SHOWN)


@pytest.fixture
def marketer(somebody: Somebody, chain: Chain) -> Visitor:
    return somebody("marketer")


def match_of(database: Database, listing: Listing) -> tuple[Match, Listing]:
    with database.read() as db:
        return db.get_one(Match, listing.id), db.get_one(Listing, listing.id)


def undo(visitor: Visitor, path: str) -> None:
    form = page(visitor, path).first("[data-toast] form")
    assert visitor.post(form["action"]).status_code == 303


def choices(shown: Part) -> list[str]:
    return [one.text() for one in shown.every(".choice .row-link")]


@pytest.mark.db
def test_the_queue_shows_the_likeliest_first_and_leaves_second_listings_to_the_duplicates(
    marketer: Visitor, database: Database, moment: Moment, chain: Chain, doubt: Listing
) -> None:
    with database.write() as db:
        surer = add_doubt(db, chain, {2: 0.89}, moment.now)
        add_twice(db, chain, chain.locations[0], moment.now)
    shown = page(marketer, "/matches")
    assert [row["href"] for row in shown.every(".doubt .row-link")] == [
        f"/matches/{surer.id}",
        f"/matches/{doubt.id}",
    ]
    assert "May be A002 Harborview, 002 Quay Street" in shown.text()
    assert shown.first(".tabs [aria-current] span").text() == "2"


def test_the_card_shows_both_sides_the_points_and_what_would_change_the_decision(
    marketer: Visitor, doubt: Listing
) -> None:
    shown = page(marketer, f"/matches/{doubt.id}")
    rows = {row.first("th").text(): row.text() for row in shown.every(".compare tbody tr")}
    assert "Equivalent" in rows["Street"]
    assert "Different" in rows["Phone"]
    points = [row.text() for row in shown.every(".points tbody tr")]
    assert "Same address" in points[0]
    assert "+3.4" in points[0]
    assert "−1.2" in points[1]
    assert "Start" in points[-1]
    assert "+1.0 → 0.74" in shown.first(".points tfoot").text()
    assert TURN in shown.text()
    assert "Probably the same place: of 100 pairs like this one, about 74 are." in shown.text()
    assert shown.has(f'a[href="/evidence/{doubt.snapshot_id}"]')
    assert choices(shown) == ["A002 Harborview, 002 Quay Street", "A001 Harborview, 001 Quay Street"]


def test_another_candidate_is_one_link_away_and_stands_beside_the_listing_then(
    marketer: Visitor, chain: Chain, doubt: Listing
) -> None:
    shown = page(marketer, f"/matches/{doubt.id}")
    other = page(marketer, shown.every(".choice .row-link")[1]["href"])
    assert other.first(".choice a[aria-current]").text().startswith("A001")
    assert "Yes, it is A001" in other.text()
    assert "Why 0.08" in other.text()


def test_a_location_that_the_engine_never_thought_of_is_found_weighed_and_chosen(
    marketer: Visitor, database: Database, chain: Chain, doubt: Listing
) -> None:
    found = page(marketer, f"/matches/{doubt.id}?q=A003")
    [link] = [one for one in found.every(".choice .row-link") if one.text().startswith("A003")]
    shown = page(marketer, link["href"])
    assert shown.every(".points tbody tr")
    form = {"location_id": chain.locations[2].id}
    assert marketer.post(f"/listings/{doubt.id}/yes", form).status_code == 303
    assert match_of(database, doubt)[1].location_id == chain.locations[2].id


def test_a_yes_takes_the_reviews_along_is_written_down_and_taken_back(
    marketer: Visitor, database: Database, chain: Chain, doubt: Listing, moment: Moment
) -> None:
    with database.write() as db:
        kept = review(db, doubt, "kept")
    done = marketer.post(f"/listings/{doubt.id}/yes", {"next": "list"})
    assert done.location == "/matches"
    match, listing = match_of(database, doubt)
    assert (match.decision, listing.location_id) == (Decision.MATCH, chain.locations[1].id)
    with database.read() as db:
        assert db.get_one(Review, kept.id).location_id == chain.locations[1].id
        acts = set(db.scalars(sa.select(AuditEntry.act)))
        assert "match.confirmed" in acts
        assert db.scalars(sa.select(Verdict.probability)).one() == 0.7368
    undo(marketer, done.location)
    match, listing = match_of(database, doubt)
    assert (match.decision, match.probability, listing.location_id) == (Decision.REVIEW, 0.7368, None)


def test_the_queue_and_the_card_show_one_figure(marketer: Visitor, doubt: Listing) -> None:
    assert "Probability 0.74" in page(marketer, "/matches").first(".doubt").text()
    shown = page(marketer, f"/matches/{doubt.id}")
    assert "Why 0.74" in shown.text()
    assert shown.first(".choice .chance").text().endswith("0.74")


@pytest.mark.db
def test_a_second_listing_of_a_place_becomes_its_duplicate_and_is_taken_back(
    marketer: Visitor, database: Database, chain: Chain, moment: Moment
) -> None:
    with database.write() as db:
        doubt = add_doubt(db, chain, {0: 0.6}, moment.now)
    assert "Ours, but a second listing" in page(marketer, "/matches").first(".doubt").text()
    assert page(marketer, f"/matches/{doubt.id}").has(f'form[action="/listings/{doubt.id}/second"]')
    done = marketer.post(f"/listings/{doubt.id}/second", {"next": "list"})
    assert done.location == "/matches"
    match, listing = match_of(database, doubt)
    assert (match.decision, listing.location_id) == (Decision.REVIEW, None)
    assert match.duplicate_of is not None
    with database.read() as db:
        assert "match.second" in set(db.scalars(sa.select(AuditEntry.act)))
    shown = page(marketer, "/duplicates")
    assert "said that it is a second listing" in shown.text()
    assert marketer.post(shown.first("[data-toast] form")["action"]).status_code == 303
    match, _ = match_of(database, doubt)
    assert (match.duplicate_of, match.probability) == (None, 0.6)
    assert "said that it is a second listing" not in page(marketer, "/duplicates").text()


def test_a_place_without_a_listing_has_no_second_one(
    marketer: Visitor, chain: Chain, database: Database, moment: Moment
) -> None:
    with database.write() as db:
        doubt = add_doubt(db, chain, {0: 0.6}, moment.now, source="yelp")
    assert "second listing" not in page(marketer, f"/matches/{doubt.id}").first(".choose").text()
    assert marketer.post(f"/listings/{doubt.id}/second").status_code == 409


def test_none_of_these_rules_out_every_candidate_and_is_taken_back_at_once(
    marketer: Visitor, database: Database, doubt: Listing
) -> None:
    done = marketer.post(f"/listings/{doubt.id}/none", {"next": "list"})
    assert match_of(database, doubt)[0].decision is Decision.NO_MATCH
    with database.read() as db:
        assert set(db.scalars(sa.select(Verdict.same))) == {False}
        assert len(db.scalars(sa.select(Verdict)).all()) == 2
    undo(marketer, done.location)
    with database.read() as db:
        assert db.scalars(sa.select(Verdict)).all() == []
    assert match_of(database, doubt)[0].decision is Decision.REVIEW


def test_a_decided_card_says_who_decided_and_gives_the_word_back(marketer: Visitor, doubt: Listing) -> None:
    marketer.post(f"/listings/{doubt.id}/yes")
    shown = page(marketer, f"/matches/{doubt.id}")
    assert "It describes A002." in shown.text()
    assert "Canary marketer said so" in shown.text()
    assert not shown.has("[data-enter]")
    undo_it = shown.first('.card form[action$="/ask-again"]')
    assert marketer.post(undo_it["action"]).location == f"/matches/{doubt.id}"


def test_after_a_decision_the_next_card_comes(
    marketer: Visitor, database: Database, moment: Moment, chain: Chain, doubt: Listing
) -> None:
    with database.write() as db:
        after = add_doubt(db, chain, {2: 0.4}, moment.now)
    shown = page(marketer, f"/matches/{doubt.id}")
    assert "1 of 2 that need your eye" in shown.text()
    form = shown.first('form[action$="/yes"]')
    values = {one["name"]: one["value"] for one in form.every("input") if one["name"] != "csrf_token"}
    assert marketer.post(form["action"], values).location == f"/matches/{after.id}"


def test_a_source_that_keeps_no_value_is_decided_by_its_points_and_with_open_eyes(
    marketer: Visitor, database: Database, moment: Moment, chain: Chain
) -> None:
    with database.write() as db:
        listing = add_doubt(db, chain, {0: 0.5}, moment.now, source="google_places")
    shown = page(marketer, f"/matches/{listing.id}")
    assert "lets its values be looked at, not kept" in shown.text()
    assert shown.every(".points tbody tr")
    assert not shown.has(".compare")


def test_a_yes_that_would_push_another_listing_aside_says_so_before(
    marketer: Visitor, doubt: Listing
) -> None:
    assert "A002 has a listing on Google already." in page(marketer, f"/matches/{doubt.id}").text()


def test_what_a_source_wrote_stays_text(
    marketer: Visitor, database: Database, moment: Moment, chain: Chain
) -> None:
    with database.write() as db:
        listing = add_doubt(db, chain, {0: 0.5}, moment.now, street="<img src=x onerror=alert(1)>")
        listing.record = {**(listing.record or {}), "name": "<script>alert(1)</script>"}
        listing.url = "javascript:alert(1)"
    for path in ("/matches", f"/matches/{listing.id}", f"/locations/{chain.locations[0].id}"):
        text = marketer.get(path).text
        assert "<script>alert(1)" not in text
        assert "<img src=x" not in text
        assert "javascript:alert" not in text


def test_a_manager_decides_on_their_own_places_and_learns_of_no_other(
    somebody: Somebody, database: Database, world: World, chain: Chain, doubt: Listing
) -> None:
    manager = somebody("manager_of_a")
    assert manager.get(f"/matches/{doubt.id}").status_code == 404
    with database.write() as db:
        db.add(PersonLocation(person_id=world.people["manager_of_a"], location_id=chain.locations[1].id))
    shown = page(manager, f"/matches/{doubt.id}")
    assert choices(shown) == ["A002 Harborview, 002 Quay Street"]
    foreign = {"location_id": chain.locations[0].id}
    assert manager.post(f"/listings/{doubt.id}/yes", foreign).status_code == 404
    assert manager.get(f"/matches/{doubt.id}?location={chain.locations[0].id}").status_code == 404
    manager.post(f"/listings/{doubt.id}/none")
    with database.read() as db:
        assert list(db.scalars(sa.select(Verdict.location_id))) == [chain.locations[1].id]


def test_a_viewer_looks_and_is_offered_nothing(somebody: Somebody, doubt: Listing) -> None:
    shown = page(somebody("viewer"), f"/matches/{doubt.id}")
    assert not shown.has('main form[method="post"]')
    assert not page(somebody("viewer"), "/matches").has('main form[method="post"]')


def test_an_outsider_finds_nothing(somebody: Somebody, doubt: Listing) -> None:
    outsider = somebody("foreign_admin")
    assert outsider.get(f"/matches/{doubt.id}").status_code == 404
    assert "Harborview" not in outsider.get("/matches").text


def test_a_second_record_of_a_place_is_no_answer(
    marketer: Visitor, database: Database, chain: Chain, doubt: Listing
) -> None:
    with database.write() as db:
        db.get_one(Location, chain.locations[2].id).duplicate_of = chain.locations[0].id
    found = page(marketer, f"/matches/{doubt.id}?q=A003")
    assert "No location of yours has these words" in found.text()
    form = {"location_id": chain.locations[2].id}
    assert marketer.post(f"/listings/{doubt.id}/yes", form).status_code == 409


def test_with_nothing_in_doubt_the_page_says_what_would_stand_here(marketer: Visitor) -> None:
    shown = page(marketer, "/matches")
    assert "No listing is in doubt" in shown.text()
    assert shown.has('a[href="/duplicates"].filled')


def test_a_page_asks_as_often_for_ten_rows_as_for_two_hundred(
    marketer: Visitor, database: Database, moment: Moment, chain: Chain
) -> None:
    def asked(path: str) -> int:
        with counted(database) as seen:
            page(marketer, path)
        return len(seen)

    with database.write() as db:
        first = add_doubt(db, chain, {0: 0.8}, moment.now)
        for _ in range(9):
            add_doubt(db, chain, {0: 0.5}, moment.now)
    few = [asked("/matches"), asked(f"/matches/{first.id}")]
    with database.write() as db:
        for _ in range(190):
            add_doubt(db, chain, {1: 0.5}, moment.now)
    assert [asked("/matches"), asked(f"/matches/{first.id}")] == few


def test_a_long_queue_goes_on_where_it_stopped(
    marketer: Visitor, database: Database, moment: Moment, chain: Chain
) -> None:
    with database.write() as db:
        made = {add_doubt(db, chain, {0: 0.5 + at % 7 / 100}, moment.now).id for at in range(60)}
    first = page(marketer, "/matches")
    more = first.first('a[href*="after="]')
    second = page(marketer, more["href"])
    rows = [one["href"] for shown in (first, second) for one in shown.every(".doubt .row-link")]
    assert len(rows) == 60
    assert {int(href.rpartition("/")[2]) for href in rows} == made
