"""BBB's grade in public: only with its recorded permission, only where it is one location's, never as stars."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from listings.db import Database
from listings.models.listing import Listing
from listings.models.organization import AuditEntry
from listings.models.permission import DisplayPermission
from reputation.models.widget import Widget
from tests.web.moment import Moment
from tests.web.visitor import Visitor
from tests.web.world import World

pytestmark = pytest.mark.db

Somebody = Callable[[str], Visitor]
PROFILE = "https://www.bbb.org/us/oh/columbus/profile/bakery/elm-0302-70001234"
GRADE = "BBB’s grade for handling complaints"
GIVEN = {"given_by": "BBB of Central Ohio", "given_on": "2026-11-02", "document": "Letter 44, in the safe"}
WIDGET = ("/w/public-a.fragment", "/w/public-a.html", "/w/public-a.js", "/w/public-a.json")
SHOWING = ("/p/site-own/code-a", *WIDGET)
PUBLIC = (*SHOWING, "/p/site-own")


@pytest.fixture
def listing(database: Database, world: World, moment: Moment) -> int:
    """BBB's profile of place "a", with a grade, complaints and stars."""
    extra = {"grade": "A-", "complaints": 4711}
    with database.write() as db:
        row = Listing(
            organization_id=world.organizations["own"], location_id=world.places["a"]["location_id"], source="bbb",
            source_id="0302_7", url=PROFILE, record={"source": "bbb", "shown": ["name"], "name": "Elm", "extra": extra},
            record_hash="0", rating=1.25, review_count=4711, first_seen_at=moment.now, last_seen_at=moment.now,
        )  # fmt: skip
        db.add(row)
        db.flush()
        return row.id


def public(visitor: Visitor) -> dict[str, str]:
    answers = {path: visitor.get(path) for path in PUBLIC}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {path: answer.text for path, answer in answers.items()}


def showing(visitor: Visitor) -> list[str]:
    return [path for path, text in public(visitor).items() if PROFILE in text or GRADE in text]


def permit(somebody: Somebody, **changed: str) -> int:
    return somebody("admin").post("/sources/bbb/permission", GIVEN | changed).status_code


def set_record(database: Database, listing: int, **values: Any) -> None:
    with database.write() as db:
        row = db.get_one(Listing, listing)
        for name, value in values.items():
            setattr(row, name, value)


@pytest.mark.usefixtures("listing")
def test_without_a_permission_nobody_outside_ever_sees_it(visitor: Visitor) -> None:
    assert showing(visitor) == []


@pytest.mark.usefixtures("listing")
def test_with_a_recorded_permission_the_grade_and_the_link_stand_there_and_nothing_else_of_bbb(
    somebody: Somebody, visitor: Visitor, database: Database
) -> None:
    assert permit(somebody) == 303
    texts = public(visitor)
    for path in SHOWING:
        assert GRADE in texts[path]
        assert PROFILE in texts[path]
    assert [path for path in PUBLIC if path not in SHOWING and PROFILE in texts[path]] == []
    assert not any(
        secret in text for text in texts.values() for secret in ("4711", "4,711", "1.25", "Letter 44")
    )
    assert "A- of 5" not in texts["/w/public-a.fragment"]
    linked_data = texts["/p/site-own/code-a"].partition('application/ld+json">')[2].partition("</script>")[0]
    assert "bbb.org" not in json.dumps(json.loads(linked_data))
    with database.read() as db:
        row = db.scalars(sa.select(DisplayPermission)).one()
        assert (row.given_by, row.given_on, row.document) == (
            GIVEN["given_by"], dt.date(2026, 11, 2), GIVEN["document"],
        )  # fmt: skip
        assert db.scalars(sa.select(AuditEntry.act).where(AuditEntry.act.like("permission.%"))).all() == [
            "permission.recorded"
        ]


@pytest.mark.usefixtures("listing")
def test_a_permission_that_ends_takes_it_away_and_stays_on_record(
    somebody: Somebody, visitor: Visitor, database: Database, moment: Moment
) -> None:
    permit(somebody)
    assert showing(visitor) == list(SHOWING)
    admin = somebody("admin")
    assert "Letter 44" in admin.get("/sources/bbb").text
    assert admin.post("/sources/bbb/permission/end").status_code == 303
    # A widget's answer is kept in memory for a second.
    moment.passes(seconds=1)
    assert showing(visitor) == []
    assert admin.post("/sources/bbb/permission/end").status_code == 409
    with database.read() as db:
        assert db.scalars(sa.select(DisplayPermission)).one().ended_at is not None


@pytest.mark.usefixtures("listing")
def test_another_organizations_permission_is_not_ours(somebody: Somebody, visitor: Visitor) -> None:
    assert somebody("foreign_admin").post("/sources/bbb/permission", GIVEN).status_code == 303
    assert showing(visitor) == []
    assert "Letter 44" not in somebody("admin").get("/sources/bbb").text


@pytest.mark.parametrize("who", ["viewer", "manager_of_a", "marketer"])
def test_only_an_administrator_records_or_ends_it(
    somebody: Somebody, database: Database, world: World, who: str
) -> None:
    visitor = somebody(who)
    assert visitor.post("/sources/bbb/permission", GIVEN).status_code == 403
    assert visitor.post("/sources/bbb/permission/end").status_code == 403
    page = visitor.get("/sources/bbb").text
    assert "None is recorded" in page
    assert "Record the permission" not in page


@pytest.mark.parametrize(
    "changed",
    [
        {"given_by": " "}, {"document": ""}, {"document": "x" * 301}, {"given_on": ""}, {"given_on": "last week"},
        {"given_on": "2027-01-01"},
    ],
    ids=str,
)  # fmt: skip
def test_a_permission_is_recorded_whole_or_not_at_all(
    somebody: Somebody, database: Database, changed: dict[str, str]
) -> None:
    answer = somebody("admin").post("/sources/bbb/permission", GIVEN | changed)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    with database.read() as db:
        assert db.scalars(sa.select(DisplayPermission)).all() == []


@pytest.mark.parametrize("source", ["google", "yelp", "yahoo", "bing"])
def test_no_permission_can_be_recorded_for_a_source_that_gives_none(somebody: Somebody, source: str) -> None:
    assert somebody("admin").post(f"/sources/{source}/permission", GIVEN).status_code == 409
    assert "Permission to publish" not in somebody("admin").get(f"/sources/{source}").text


@pytest.mark.parametrize(
    "values",
    [
        {"record": {"extra": {"grade": "NR"}}},
        {"record": {"extra": {"grade": "<b>A</b>"}}},
        {"record": {"extra": {"grade": "A", "system_wide": True}}},
        {"record": {"extra": {"grade": "A", "local_report": True}}},
        {"record": None}, {"url": None}, {"url": "javascript:alert(1)"}, {"supplied_by": "file.csv"},
        {"missing_since": dt.datetime(2026, 11, 1, tzinfo=dt.UTC)},
        {"last_seen_at": dt.datetime(2026, 10, 1, tzinfo=dt.UTC)}, {"location_id": None},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_fresh_grade_of_this_location_is_not_shown(
    somebody: Somebody, visitor: Visitor, database: Database, listing: int, values: dict[str, Any]
) -> None:
    permit(somebody)
    set_record(database, listing, **values)
    assert showing(visitor) == []


@pytest.mark.usefixtures("listing")
def test_a_widget_of_several_locations_shows_no_grade(
    somebody: Somebody, visitor: Visitor, database: Database
) -> None:
    permit(somebody)
    with database.write() as db:
        db.scalars(sa.select(Widget).where(Widget.public_id == "public-a")).one().location_ids = []
    assert showing(visitor) == ["/p/site-own/code-a"]
