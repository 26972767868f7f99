"""A listing's attributes on their screen: shown to who sees the location, changed by who may decide."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from listings.db import Database
from listings.models.attributes import AttributeChange, ChangeState, ListingAttributes
from listings.models.listing import Listing
from listings.models.organization import AuditEntry
from tests.web.moment import Moment
from tests.web.statements import counted
from tests.web.visitor import Visitor
from tests.web.world import World
from web.attributes import label, parse

pytestmark = pytest.mark.db

Somebody = Callable[[str], Visitor]
SHOWN: dict[str, Any] = {
    "attributes/has_takeout": True,
    "attributes/wi_fi": "free_wi_fi",
    "attributes/url_menu": ["https://tern.example/menu"],
    "attributes/cards": {"set": ["visa"], "unset": ["amex"]},
}


@pytest.fixture
def page(database: Database, world: World, moment: Moment) -> str:
    """The screen of place "a"'s listing, with attributes that were read."""
    listing_id = world.places["a"]["listing_id"]
    with database.write() as db:
        db.get_one(Listing, listing_id).api_name = "accounts/1/locations/2"
        db.add(
            ListingAttributes(
                listing_id=listing_id, organization_id=world.organizations["own"], attributes=SHOWN,
                read_at=moment.now,
            )
        )  # fmt: skip
    return f"/listings/{listing_id}/attributes"


def changes(database: Database) -> list[tuple[str, Any, ChangeState]]:
    with database.read() as db:
        rows = db.scalars(sa.select(AttributeChange).order_by(AttributeChange.id))
        return [(row.name, row.value["is"], row.state) for row in rows]


def test_every_kind_of_value_is_shown_in_words(somebody: Somebody, page: str, world: World) -> None:
    text = somebody("manager_of_a").get(page).text
    for told in ("Has takeout", "free wi fi", "Menu address", "https://tern.example/menu", "visa, no amex"):
        assert told in text
    assert page in somebody("manager_of_a").get(f"/locations/{world.places['a']['location_id']}").text


def test_who_may_only_look_gets_no_form(somebody: Somebody, database: Database, page: str) -> None:
    viewer = somebody("viewer")
    text = viewer.get(page).text
    assert "Has takeout" in text
    assert "Save" not in text
    assert (
        viewer.post(page, {"name": "attributes/has_takeout", "kind": "flag", "value": "no"}).status_code
        == 403
    )
    assert changes(database) == []


@pytest.mark.parametrize("who", ["manager_of_b", "foreign_admin"])
def test_nobody_else_sees_or_changes_them(
    somebody: Somebody, database: Database, page: str, who: str
) -> None:
    visitor = somebody(who)
    assert visitor.get(page).status_code == 404
    for address in (page, f"{page}/take-back"):
        form = {"name": "attributes/has_takeout", "kind": "flag", "value": "no"}
        assert visitor.post(address, form).status_code == 404
    assert changes(database) == []


def test_a_change_goes_out_after_a_minute_and_can_be_taken_back_until_then(
    somebody: Somebody, database: Database, page: str, moment: Moment
) -> None:
    manager = somebody("manager_of_a")
    form = {"name": "attributes/has_takeout", "kind": "flag", "value": "no"}
    answer = manager.post(page, form)
    text = manager.get(answer.location).text
    assert "No is on its way" in text
    assert "Undo" in text
    assert manager.post(page, form).status_code == 409
    assert manager.post(f"{page}/take-back", {"name": form["name"]}).status_code == 303
    assert changes(database) == [(form["name"], False, ChangeState.TAKEN_BACK)]
    manager.post(page, form)
    moment.passes(minutes=2)
    assert manager.post(f"{page}/take-back", {"name": form["name"]}).status_code == 409
    with database.read() as db:
        acts = db.scalars(
            sa.select(AuditEntry.act).where(AuditEntry.act.like("attribute.%")).order_by(AuditEntry.id)
        )
        assert list(acts) == ["attribute.changed", "attribute.taken_back", "attribute.changed"]


def test_another_attribute_is_added_by_its_name(somebody: Somebody, database: Database, page: str) -> None:
    form = {"name": "has_delivery", "kind": "flag", "value": "yes"}
    assert somebody("manager_of_a").post(page, form).status_code == 303
    assert changes(database) == [("attributes/has_delivery", True, ChangeState.QUEUED)]


@pytest.mark.parametrize(
    "form",
    [
        {}, {"name": "x", "kind": "other", "value": "1"}, {"name": "attributes/a b", "kind": "word", "value": "x"},
        {"name": "url_menu", "kind": "links", "value": "ftp://x"},
        {"name": "has_takeout", "kind": "flag", "value": "perhaps"},
        {"name": "has_takeout", "kind": "flag", "value": "yes"},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_reason(
    somebody: Somebody, database: Database, page: str, form: dict[str, str]
) -> None:
    assert somebody("manager_of_a").post(page, form).status_code == 409
    assert changes(database) == []


def test_without_a_reading_the_page_says_when_there_will_be_one(somebody: Somebody, world: World) -> None:
    page = f"/listings/{world.places['b']['listing_id']}/attributes"
    assert "haven’t been read yet" in somebody("admin").get(page).text
    assert somebody("admin").post(page, {"name": "a", "kind": "flag", "value": "yes"}).status_code == 409


def test_the_page_asks_no_more_for_many_attributes(
    somebody: Somebody, database: Database, page: str, world: World
) -> None:
    manager = somebody("manager_of_a")
    with counted(database) as few:
        manager.get(page)
    with database.write() as db:
        row = db.get_one(ListingAttributes, world.places["a"]["listing_id"])
        row.attributes = {f"attributes/a{number}": True for number in range(60)}
    with counted(database) as many:
        manager.get(page)
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("flag", "yes", True), ("flag", "No ", False), ("flag", "", None), ("word", " paid ", "paid"),
        ("word", "", None),
        ("links", "https://a.example\n\n https://b.example", ["https://a.example", "https://b.example"]),
        ("links", "\n", None), ("words", "visa\n-amex\n- jcb", {"set": ["visa"], "unset": ["amex", "jcb"]}),
        ("words", " ", None),
    ],
)  # fmt: skip
def test_a_forms_text_stands_for_a_value(kind: str, text: str, value: Any) -> None:
    assert parse(kind, text) == value


def test_names_read_as_words() -> None:
    assert label("attributes/has_wheelchair_accessible_entrance") == "Has wheelchair accessible entrance"
    assert label("attributes/url_order_ahead") == "Order ahead address"
