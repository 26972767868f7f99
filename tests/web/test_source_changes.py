"""Google's own change on the screens: named as such, taken over or sent back by those who may."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from listings.db import Database
from listings.job_rows import unfinished_names
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.organization import AuditEntry
from tests.web.visitor import Visitor
from tests.web.world import World

Somebody = Callable[[str], Visitor]
TAKE, TOLD = "Take Google’s value", "Google changed this"


@pytest.fixture
def changed(database: Database, world: World) -> str:
    """The address of the mismatch at place "a", whose phone Google has changed."""
    with database.write() as db:
        listing = db.get_one(Listing, int(world.places["a"]["listing_id"]))
        listing.record = {**(listing.record or {}), "extra": {"google_changed": ["phone"]}}
        listing.api_name = "accounts/1/locations/1"
    return f"/mismatches/{world.places['a']['mismatch_id']}"


def phone(database: Database, world: World) -> str | None:
    with database.read() as db:
        return db.get_one(Location, int(world.places["a"]["location_id"])).phone


def test_a_change_of_google_s_own_is_called_that(somebody: Somebody, changed: str) -> None:
    page = somebody("admin").get(changed).text
    assert "Google changed this by itself" in page
    assert page.count(TOLD) >= 2
    assert TAKE in page
    assert "Record is wrong" not in page


def test_any_other_difference_is_not(somebody: Somebody, world: World, changed: str) -> None:
    page = somebody("admin").get(f"/mismatches/{world.places['b']['mismatch_id']}").text
    assert "by itself" not in page
    assert "Record is wrong" in page


def test_taken_over_the_record_changes_and_google_will_be_told(
    somebody: Somebody, database: Database, world: World, changed: str
) -> None:
    admin = somebody("admin")
    assert admin.post(f"{changed}/record-wrong").status_code == 303
    assert phone(database, world) == "+12015550199"
    with database.read() as db:
        assert "enter_change" in unfinished_names(db)
        acts = db.scalars(sa.select(AuditEntry.act)).all()
    assert any("record" in act for act in acts)
    assert admin.post(f"{changed}/undo").status_code == 303
    assert phone(database, world) == "+12015550123"


@pytest.mark.parametrize("who", ["viewer", "manager_of_b", "foreign_admin"])
def test_who_may_not_changes_nothing(
    somebody: Somebody, database: Database, world: World, changed: str, who: str
) -> None:
    assert somebody(who).post(f"{changed}/record-wrong").status_code in (403, 404)
    assert phone(database, world) == "+12015550123"
