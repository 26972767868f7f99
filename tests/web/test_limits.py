"""Limits of matching: previewed on the organization's own listings, saved with a trail, taken back."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from listings.db import Database
from listings.limits import Limits, limits_of, shipped_limits
from listings.models.listing import DecidedBy, Match, Verdict
from listings.models.match_limits import MatchLimits
from listings.models.organization import AuditEntry
from tests.web.chain import Chain, make_chain
from tests.web.doubts import add_doubt
from tests.web.moment import Moment
from tests.web.part import page
from tests.web.statements import counted
from tests.web.visitor import Visitor
from tests.web.world import World

Somebody = Callable[[str], Visitor]
LOOSE = "/matches/limits?match=0.6&review=0.05"


@pytest.fixture
def chain(database: Database, world: World, moment: Moment) -> Chain:
    """Places without listings of their own at yet another source, and listings in doubt there."""
    with database.write() as db:
        made = make_chain(db, world.organizations["own"], moment.now)
        # What people confirmed is no matter of limits; here it would only be in the way.
        db.execute(sa.update(Match).values(by=DecidedBy.PERSON))
        add_doubt(db, made, {0: 0.7}, moment.now, source="google_places")
        add_doubt(db, made, {1: 0.65}, moment.now, source="google_places")
        add_doubt(db, made, {2: 0.3}, moment.now, source="google_places")
        return made


@pytest.fixture
def admin(somebody: Somebody, chain: Chain) -> Visitor:
    return somebody("admin")


def held(database: Database, chain: Chain) -> Limits:
    with database.read() as db:
        return limits_of(db, chain.organization_id)


@pytest.mark.db
def test_a_preview_counts_and_names_what_would_be_linked_and_changes_nothing(
    admin: Visitor, database: Database, chain: Chain
) -> None:
    shown = page(admin, LOOSE)
    assert "2 listings would be linked without asking" in shown.text()
    assert "about 0.7 of the 2 would be wrong links" in shown.text()
    rows = shown.every(".doubt .row-link")
    assert [row.text() for row in rows] == ["A listing on Google Places"] * 2
    assert admin.get(rows[0]["href"]).status_code == 200
    assert held(database, chain) == shipped_limits()


def test_where_a_listing_is_followed_already_another_would_be_a_second_one(
    admin: Visitor, database: Database, moment: Moment, chain: Chain
) -> None:
    with database.write() as db:
        add_doubt(db, chain, {0: 0.72}, moment.now, source="google")
    assert "1 listing would be a second listing of a place that has one" in page(admin, LOOSE).text()


def test_peoples_answers_stand_beside_the_preview(
    admin: Visitor, database: Database, moment: Moment, chain: Chain
) -> None:
    with database.write() as db:
        for at, same in enumerate((True, True, False)):
            listing = add_doubt(db, chain, {at: 0.7}, moment.now)
            db.add(
                Verdict(
                    organization_id=chain.organization_id,
                    listing_id=listing.id,
                    location_id=chain.locations[at].id,
                    same=same,
                    probability=0.7,
                    at=moment.now,
                )
            )
    shown = page(admin, LOOSE).text()
    assert "You have decided on 3 like these: 2 yes, 1 no." in shown
    assert "20 answers of each kind are needed before limits move: 2 yes, 1 no so far." in shown


def test_saved_limits_hold_from_then_on_with_a_trail_and_a_way_back(
    admin: Visitor, database: Database, chain: Chain
) -> None:
    form = page(admin, LOOSE).first('form[action="/matches/limits"][method="post"]')
    values = {one["name"]: one["value"] for one in form.every("input") if one["name"] != "csrf_token"}
    done = admin.post(form["action"], values)
    assert held(database, chain) == Limits(0.6, 0.05)
    shown = page(admin, done.location)
    assert "Canary admin set them" in shown.text()
    assert "being sorted" in shown.text()
    undo = shown.first("[data-toast] form")
    given = {one["name"]: one["value"] for one in undo.every("input") if one["name"] != "csrf_token"}
    assert admin.post(undo["action"], given).status_code == 303
    assert held(database, chain) == shipped_limits()
    with database.read() as db:
        acts = list(db.scalars(sa.select(AuditEntry.act).order_by(AuditEntry.id)))
        assert acts[-2:] == ["limits.set", "limits.taken_back"]
    assert admin.post(undo["action"], given).status_code == 409


@pytest.mark.parametrize("typed", ["match=0.1&review=0.5", "match=abc", "match=2", "match=nan", "review=-1"])
def test_limits_that_cannot_be_are_told_beside_the_field_and_not_saved(
    admin: Visitor, database: Database, typed: str
) -> None:
    shown = page(admin, f"/matches/limits?{typed}")
    assert shown.has('[aria-invalid="true"]')
    assert not shown.has('main form[method="post"]')
    values = dict(part.split("=") for part in typed.split("&"))
    assert admin.post("/matches/limits", values).status_code == 409
    with database.read() as db:
        assert db.scalars(sa.select(MatchLimits)).all() == []


def test_only_an_administrator_saves(somebody: Somebody, chain: Chain) -> None:
    shown = page(somebody("marketer"), LOOSE)
    assert "Only an administrator saves limits." in shown.text()
    assert not shown.has('main form[method="post"]')


def test_the_settings_say_which_limits_hold_and_lead_to_them(somebody: Somebody, chain: Chain) -> None:
    shown = page(somebody("marketer"), "/settings")
    ships = shipped_limits()
    assert f"Linked from {ships.match:.2f} on, asked about from {ships.review:.2f} on." in shown.text()
    assert shown.has("main a[href='/matches/limits']")


def test_another_organization_keeps_its_own_limits(
    somebody: Somebody, admin: Visitor, database: Database, world: World
) -> None:
    admin.post("/matches/limits", {"match": "0.6", "review": "0.05"})
    assert "ship with the product" in somebody("foreign_admin").get("/matches/limits").text
    with database.read() as db:
        assert limits_of(db, world.organizations["other"]) == shipped_limits()


def test_a_preview_asks_as_often_for_ten_rows_as_for_two_hundred(
    admin: Visitor, database: Database, moment: Moment, chain: Chain
) -> None:
    def asked() -> int:
        with counted(database) as seen:
            page(admin, LOOSE)
        return len(seen)

    few = asked()
    with database.write() as db:
        for _ in range(200):
            add_doubt(db, chain, {0: 0.7}, moment.now)
    assert asked() == few
