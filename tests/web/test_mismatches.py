"""Mismatches as a person meets them: the list, the pane with its proof, decisions and the way back."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from listings.db import Database
from listings.models.fix import Fix
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.mismatch import Mismatch, MismatchState
from listings.models.organization import AuditEntry
from listings.models.person import PersonLocation
from listings.severity import Severity
from reputation.models.review import Review
from tests.reputation.rows import review
from tests.web.chain import CAUSE, WRONG, Chain, add_listing, add_mismatch, make_chain
from tests.web.moment import Moment
from tests.web.part import Part, page, part_of
from tests.web.statements import counted
from tests.web.visitor import Visitor
from tests.web.world import World

Somebody = Callable[[str], Visitor]
MOST_STATEMENTS = 12


@pytest.fixture
def chain(database: Database, world: World, moment: Moment) -> Chain:
    with database.write() as db:
        made = make_chain(db, world.organizations["own"], moment.now)
        # What the shared world has of its own would only be in the way here.
        db.execute(sa.delete(Mismatch).where(Mismatch.cause == "phone:a"))
        db.execute(sa.delete(Mismatch).where(Mismatch.cause == "phone:b"))
        return made


@pytest.fixture
def marketer(somebody: Somebody, chain: Chain) -> Visitor:
    return somebody("marketer")


def state_of(database: Database, row: Mismatch) -> MismatchState:
    with database.read() as db:
        return db.get_one(Mismatch, row.id).state


def undo_of(visitor: Visitor, path: str) -> tuple[str, dict[str, str]]:
    """Where the toast's undo goes, with its hidden fields."""
    form = page(visitor, path).first("[data-toast] form")
    return form["action"], fields_of(form)


def fields_of(form: Part) -> dict[str, str]:
    """The hidden fields of a form; the visitor sends the token by itself."""
    values = {one["name"]: one["value"] for one in form.every("input")}
    return {name: value for name, value in values.items() if name != "csrf_token"}


def test_one_cause_is_one_group_that_says_how_many_places_it_concerns(marketer: Visitor) -> None:
    shown = page(marketer, "/mismatches")
    [group] = shown.every(".group-row")
    assert "Phone is (215) 555-0100" in group.text()
    assert "3 places" in group.text()
    assert "Send for 3" in group.text()
    assert [row.first(".code").text() for row in shown.every(".child")] == ["A001", "A002", "A003"]


def test_the_pane_says_who_differs_and_marks_the_proving_place(marketer: Visitor, chain: Chain) -> None:
    shown = page(marketer, f"/mismatches/{chain.mismatches[0].id}")
    pane = shown.first("#pane")
    assert "Google differs." in pane.text()
    assert "Your record and your website agree" in pane.text()
    assert pane.first(".sides .odd dt").text().strip().endswith("Google")
    assert pane.first(".lines mark").text() == WRONG.removeprefix("+1")
    digest = chain.snapshots[0].sha256
    assert digest is not None
    assert digest in pane.html()
    assert "reader google-1" in pane.text()


def test_when_the_website_agrees_with_the_source_the_record_is_the_odd_one(
    marketer: Visitor, database: Database, chain: Chain
) -> None:
    with database.write() as db:
        website = db.get_one(Listing, chain.listings[1].id)
        website.record = {**(website.record or {}), "phone": WRONG}
    pane = page(marketer, f"/mismatches/{chain.mismatches[0].id}").first("#pane")
    assert "Your record differs." in pane.text()
    assert "Location record" in pane.first(".sides .odd").text()


def test_the_whole_answer_leaves_as_text_and_its_bytes_as_a_file(marketer: Visitor, chain: Chain) -> None:
    answer = marketer.get(f"/evidence/{chain.snapshots[0].id}")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    file = marketer.get(f"/evidence/{chain.snapshots[0].id}/bytes")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert b"primaryPhone" in file.data


def test_a_manager_sees_no_answer_that_speaks_of_other_places_too(
    somebody: Somebody, database: Database, world: World, chain: Chain
) -> None:
    with database.write() as db:
        for location in chain.locations[:1]:
            db.add(PersonLocation(person_id=world.people["manager_of_a"], location_id=location.id))
        db.get_one(Listing, chain.listings[2].id).snapshot_id = chain.snapshots[0].id
    manager = somebody("manager_of_a")
    pane = page(manager, f"/mismatches/{chain.mismatches[0].id}").first("#pane")
    assert "Whole answer" not in pane.text()
    assert pane.has(".lines mark")
    assert manager.get(f"/evidence/{chain.snapshots[0].id}").status_code == 404


def test_a_source_that_lets_nothing_be_kept_shows_field_and_hash_and_no_value(
    marketer: Visitor, database: Database, moment: Moment, chain: Chain
) -> None:
    with database.write() as db:
        location = db.get_one(Location, chain.locations[0].id)
        listing = add_listing(db, chain, location, "google_places", WRONG, moment.now)
        row = add_mismatch(
            db, chain, location, listing, moment.now, live_value=None, live_hash="cd" * 32, cause="places"
        )
    shown = page(marketer, f"/mismatches/{row.id}")
    pane = shown.first("#pane")
    assert "cdcdcdcdcdcd" in pane.text()
    assert "not kept" in pane.text()
    assert "555-0100" not in pane.text()
    assert not pane.has(".lines")
    assert shown.has(f'form[action^="/mismatches/{row.id}/check"]')


def test_values_are_not_shown_after_the_policy_has_taken_them_away(
    marketer: Visitor, database: Database, moment: Moment, chain: Chain
) -> None:
    with database.write() as db:
        db.get_one(Mismatch, chain.mismatches[0].id).value_expires_at = moment.now
    assert "555-0100" not in page(marketer, f"/mismatches/{chain.mismatches[0].id}").first(".sides").text()


def test_accepting_moves_on_to_the_next_row_and_can_be_taken_back(
    marketer: Visitor, database: Database, chain: Chain
) -> None:
    first, second, _ = chain.mismatches
    form = page(marketer, f"/mismatches/{first.id}").first(f'form[action^="/mismatches/{first.id}/accept"]')
    done = marketer.post(form["action"])
    assert done.status_code == 303
    assert done.location.startswith(f"/mismatches/{second.id}")
    assert state_of(database, first) is MismatchState.ACCEPTED
    action, fields = undo_of(marketer, done.location)
    assert marketer.post(action, fields).status_code == 303
    assert state_of(database, first) is MismatchState.OPEN


def test_every_decision_leaves_a_trace_of_who_and_what(
    marketer: Visitor, database: Database, world: World, chain: Chain
) -> None:
    marketer.post(f"/mismatches/{chain.mismatches[0].id}/accept")
    with database.read() as db:
        entry = db.scalars(sa.select(AuditEntry)).one()
    assert (entry.act, entry.person_id) == ("mismatch.accept", world.people["marketer"])
    assert entry.subject_id == chain.mismatches[0].id
    assert "555" not in str(entry.detail)


@pytest.mark.db
def test_a_whole_cause_is_sent_at_once_and_comes_back_at_once(
    marketer: Visitor, database: Database, chain: Chain
) -> None:
    done = marketer.post("/mismatches/many/fix", {"marks": f"cause:{CAUSE}"})
    assert done.status_code == 303
    assert {state_of(database, row) for row in chain.mismatches} == {MismatchState.FIX_SENT}
    with database.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(Fix)) == 3
    action, fields = undo_of(marketer, done.location)
    marketer.post(action, fields)
    assert {state_of(database, row) for row in chain.mismatches} == {MismatchState.OPEN}


def test_marked_rows_are_acted_on_and_no_others(marketer: Visitor, database: Database, chain: Chain) -> None:
    marks = [str(row.id) for row in chain.mismatches[:2]]
    marketer.post("/mismatches/many/accept", {"marks": marks})
    states = [state_of(database, row) for row in chain.mismatches]
    assert states == [MismatchState.ACCEPTED, MismatchState.ACCEPTED, MismatchState.OPEN]


def test_more_than_fifty_rows_are_shown_before_anything_is_done(
    somebody: Somebody, database: Database, world: World, moment: Moment
) -> None:
    with database.write() as db:
        chain = make_chain(db, world.organizations["own"], moment.now, places=60)
    marketer = somebody("marketer")
    asked = marketer.post("/mismatches/many/accept", {"marks": f"cause:{CAUSE}"})
    assert asked.status_code == 200
    shown = part_of(asked.text)
    assert len(shown.every("main tbody tr")) == 60
    assert state_of(database, chain.mismatches[0]) is MismatchState.OPEN
    form = shown.first('form[action^="/mismatches/many/accept"]')
    fields = fields_of(form)
    assert marketer.post(form["action"], fields).status_code == 303
    assert {state_of(database, row) for row in chain.mismatches} == {MismatchState.ACCEPTED}


def test_not_ours_takes_every_row_of_the_listing_along_and_brings_it_back(
    marketer: Visitor, database: Database, moment: Moment, chain: Chain
) -> None:
    with database.write() as db:
        other = add_mismatch(
            db,
            chain,
            chain.locations[0],
            chain.listings[0],
            moment.now,
            field="hours",
            reason="hours.other_times",
        )
    done = marketer.post(f"/mismatches/{chain.mismatches[0].id}/not-ours")
    assert state_of(database, other) is MismatchState.NOT_OURS
    action, fields = undo_of(marketer, done.location)
    marketer.post(action, fields)
    assert state_of(database, other) is MismatchState.OPEN
    with database.read() as db:
        assert db.get_one(Listing, chain.listings[0].id).location_id == chain.locations[0].id


def test_not_ours_takes_the_listings_reviews_along_and_brings_them_back(
    marketer: Visitor, database: Database, chain: Chain
) -> None:
    with database.write() as db:
        written = review(db, db.get_one(Listing, chain.listings[0].id), "r1").id

    def home() -> int | None:
        with database.read() as db:
            return db.get_one(Review, written).location_id

    done = marketer.post(f"/mismatches/{chain.mismatches[0].id}/not-ours")
    assert home() is None
    action, fields = undo_of(marketer, done.location)
    marketer.post(action, fields)
    assert home() == chain.locations[0].id


def test_taking_the_live_value_over_changes_the_record_and_undo_restores_it(
    marketer: Visitor, database: Database, chain: Chain
) -> None:
    done = marketer.post(f"/mismatches/{chain.mismatches[0].id}/record-wrong")
    with database.read() as db:
        assert db.get_one(Location, chain.locations[0].id).phone == WRONG
    action, fields = undo_of(marketer, done.location)
    marketer.post(action, fields)
    with database.read() as db:
        assert db.get_one(Location, chain.locations[0].id).phone != WRONG


def test_what_cannot_be_done_is_said_and_changes_nothing(
    marketer: Visitor, database: Database, chain: Chain
) -> None:
    marketer.post(f"/mismatches/{chain.mismatches[0].id}/accept")
    again = marketer.post(f"/mismatches/{chain.mismatches[0].id}/accept")
    assert again.status_code == 409
    assert "accepted already" in again.text
    assert marketer.post("/mismatches/many/accept", {}).status_code == 409
    assert marketer.post("/mismatches/undo", {"at": "yesterday"}).status_code == 409


def test_nobody_takes_back_what_somebody_else_decided(
    marketer: Visitor, somebody: Somebody, database: Database, chain: Chain
) -> None:
    done = marketer.post(f"/mismatches/{chain.mismatches[0].id}/accept")
    action, fields = undo_of(marketer, done.location)
    assert somebody("admin").post(action, fields).status_code == 409
    assert state_of(database, chain.mismatches[0]) is MismatchState.ACCEPTED


def test_a_viewer_sees_the_list_without_any_act(somebody: Somebody, chain: Chain) -> None:
    shown = page(somebody("viewer"), f"/mismatches/{chain.mismatches[0].id}")
    assert shown.has("#pane")
    assert shown.every('main form[action^="/mismatches"]') == []
    assert shown.every("input[name=marks]") == []


def test_an_outsider_sees_nothing(somebody: Somebody, chain: Chain) -> None:
    outsider = somebody("foreign_admin")
    assert "Harborview" not in outsider.get("/mismatches").text
    for row in chain.mismatches:
        assert outsider.get(f"/mismatches/{row.id}").status_code == 404
        assert outsider.post(f"/mismatches/{row.id}/accept").status_code == 404
    assert outsider.post("/mismatches/many/accept", {"marks": f"cause:{CAUSE}"}).status_code == 409


@pytest.mark.db
@pytest.mark.parametrize("by", ["cause", "location", "source", "field"])
def test_the_address_carries_grouping_filters_and_state(
    marketer: Visitor, database: Database, moment: Moment, chain: Chain, by: str
) -> None:
    with database.write() as db:
        add_mismatch(
            db,
            chain,
            chain.locations[0],
            chain.listings[1],
            moment.now,
            severity=Severity.LOW,
            cause="low",
            field="name",
            reason="name.store_number",
        )
    every = page(marketer, f"/mismatches?by={by}")
    low = page(marketer, f"/mismatches?by={by}&severity=low")
    assert len(low.every(".group-row")) == 1
    assert len(every.every(".group-row")) >= len(low.every(".group-row"))
    assert f"by={by}" in "".join(a["href"] for a in low.every(".chip")) or by == "cause"
    assert len(page(marketer, f"/mismatches?by={by}&state=fixed").every(".group-row")) == 0


@pytest.mark.db
def test_a_long_group_goes_on_page_by_page_without_losing_or_doubling_a_row(
    somebody: Somebody, database: Database, world: World, moment: Moment
) -> None:
    with database.write() as db:
        make_chain(db, world.organizations["own"], moment.now, places=120)
    marketer = somebody("marketer")
    path: str | None = f"/mismatches?open={CAUSE}"
    codes: list[str] = []
    while path:
        shown = page(marketer, path)
        codes += [row.first(".code").text() for row in shown.every(".child")]
        more = [a for a in shown.every("tbody a") if re.match(r"Show \d+ more", a.text())]
        path = more[0]["href"] if more else None
    assert codes == [f"A{number:03}" for number in range(1, 121)]


@pytest.mark.db
@pytest.mark.parametrize("path", ["/mismatches", "/locations", "/"])
def test_a_page_asks_as_little_of_the_database_for_many_rows_as_for_few(
    somebody: Somebody, database: Database, world: World, moment: Moment, path: str
) -> None:
    asked = []
    for person, owner, places in (("foreign_admin", "other", 10), ("marketer", "own", 200)):
        with database.write() as db:
            make_chain(db, world.organizations[owner], moment.now, places=places)
        visitor = somebody(person)
        with counted(database) as statements:
            page(visitor, path)
        asked.append(len(statements))
    assert asked[0] == asked[1]
    assert asked[0] <= MOST_STATEMENTS


def test_before_anything_was_read_the_page_says_how_to_begin(
    somebody: Somebody, database: Database, world: World
) -> None:
    with database.write() as db:
        db.execute(sa.delete(Mismatch))
    assert "No source has been read yet" in somebody("marketer").get("/mismatches").text


def test_with_nothing_wrong_the_page_says_that(marketer: Visitor, database: Database, chain: Chain) -> None:
    with database.write() as db:
        db.execute(sa.update(Mismatch).values(state=MismatchState.FIXED))
    assert "Nothing is open" in marketer.get("/mismatches").text
