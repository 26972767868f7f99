"""Pages that owners name, on the location's screen: what became of them, BBB's figures, named and taken back."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.db import Database
from listings.given_urls import given_url
from listings.listing_pages import LISTING_PAGES
from listings.models.crawl import Credential, SourceState
from listings.models.given_url import GivenUrl
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.snapshot import Snapshot
from tests.web.chain import Chain, make_chain
from tests.web.moment import Moment
from tests.web.part import page
from tests.web.visitor import Visitor
from tests.web.world import World

pytestmark = pytest.mark.db

Somebody = Callable[[str], Visitor]
PROFILE = LISTING_PAGES["bbb"].example
SAID = {
    "grade": "A-",
    "accredited": True,
    "accredited_since": "2018-10-22",
    "complaints": 31,
    "complaints_closed_twelve_months": 12,
}


@pytest.fixture
def chain(database: Database, world: World, moment: Moment) -> Chain:
    with database.write() as db:
        return make_chain(db, world.organizations["own"], moment.now)


@pytest.fixture
def place(chain: Chain) -> Location:
    return chain.locations[0]


def answered(
    db: Session, place: Location, now: dt.datetime, *, outcome: str = "ok", url: str = PROFILE
) -> Snapshot:
    """The page is named, and its site has answered."""
    snapshot = Snapshot(
        organization_id=place.organization_id, source="bbb", url=url, status=200, outcome=outcome, fetched_at=now,
        reader_version="bbb-1",
    )  # fmt: skip
    named = GivenUrl(
        organization_id=place.organization_id, location_id=place.id, source="bbb", url=url, given_at=now
    )
    db.add_all((snapshot, named))
    db.flush()
    return snapshot


def profile(db: Session, place: Location, now: dt.datetime, *, whole: bool = False, **more: Any) -> Listing:
    snapshot = answered(db, place, now)
    extra = {**SAID, **({"system_wide": True} if whole else {}), **more}
    record = {"source": "bbb", "shown": ["name"], "name": "Lantern Books", "extra": extra}
    listing = Listing(
        organization_id=place.organization_id, source="bbb", source_id="0302_7", url=PROFILE, record=record,
        record_hash="0", rating=4.2, review_count=9, snapshot_id=snapshot.id, first_seen_at=now, last_seen_at=now,
        location_id=None if whole else place.id,
    )  # fmt: skip
    db.add(listing)
    db.flush()
    return listing


def shown(visitor: Visitor, place: Location) -> str:
    """The row of BBB in the card."""
    rows = page(visitor, f"/locations/{place.id}").every("section[aria-labelledby=pages] li")
    return next(row.text() for row in rows if "BBB" in row.text())


def save(visitor: Visitor, place: Location, text: str, source: str = "bbb") -> Any:
    return visitor.post(f"/locations/{place.id}/pages/{source}", data={f"page-{source}": text})


def test_grade_accreditation_complaints_and_stars_stand_each_for_itself(
    somebody: Somebody, database: Database, moment: Moment, place: Location
) -> None:
    with database.write() as db:
        profile(db, place, moment.now)
    row = shown(somebody("viewer"), place)
    for words in (
        "GradeA-",
        "Yes, since Oct 22, 2018",
        "31, 12 closed in the last 12 months",
        "4.2 of 5, 9 reviews",
    ):
        assert words in row
    assert "Of this location" in row


def test_a_head_offices_figures_are_said_to_be_the_companys(
    somebody: Somebody, database: Database, moment: Moment, place: Location
) -> None:
    with database.write() as db:
        profile(db, place, moment.now, whole=True)
    row = shown(somebody("marketer"), place)
    assert "Of the whole company, no location’s own" in row
    assert "GradeA-" in row


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"grade": "NR"}, "GradeNot rated"),
        ({"accredited": False, "accredited_since": None}, "AccreditedNo"),
        ({"accredited": False, "accreditation_revoked": "2024-05-01"}, "AccreditedRevoked May 1, 2024"),
    ],
)
def test_what_is_not_so_is_said_too(  # noqa: PLR0917 - fixtures
    somebody: Somebody,
    database: Database,
    moment: Moment,
    place: Location,
    said: dict[str, Any],
    words: str,
) -> None:
    with database.write() as db:
        profile(db, place, moment.now, **said)
    assert words in shown(somebody("viewer"), place)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("not_found", "no such page there any more"),
        ("blocked", "turned us away"),
        ("consent_wall", "asks for consent"),
        ("unreadable", "can’t be read"),
    ],
)
def test_what_became_of_the_page_is_said(  # noqa: PLR0917 - fixtures
    somebody: Somebody, database: Database, moment: Moment, place: Location, outcome: str, words: str
) -> None:
    with database.write() as db:
        answered(db, place, moment.now, outcome=outcome)
    assert words in shown(somebody("viewer"), place)


def test_a_page_is_named_read_at_once_and_taken_back_by_its_toast(
    somebody: Somebody, database: Database, moment: Moment, place: Location
) -> None:
    visitor = somebody("marketer")
    assert save(visitor, place, f"{PROFILE}/customer-reviews?page=2").status_code == 303
    with database.read() as db:
        assert given_url(db, place.id, "bbb") == PROFILE
        table = "workflow_status" if database.sqlite else "dbos.workflow_status"
        asked = db.scalar(sa.text(f"SELECT count(*) FROM {table}"))  # noqa: S608
    assert asked == 1
    undo = page(visitor, f"/locations/{place.id}").first(".toast form")
    fields = {one["name"]: one["value"] for one in undo.every("input") if one["name"] != "csrf_token"}
    moment.passes(minutes=1)
    assert visitor.post(undo["action"], data=fields).status_code == 303
    with database.read() as db:
        assert given_url(db, place.id, "bbb") is None
    assert visitor.post(undo["action"], data=fields).status_code == 409


def test_what_is_no_page_of_the_source_is_told_beside_the_field_and_stays_typed(
    somebody: Somebody, database: Database, place: Location
) -> None:
    answer = save(somebody("marketer"), place, "https://elm.example/profile")
    assert answer.status_code == 422
    assert "is no address at BBB" in answer.text
    assert 'value="https://elm.example/profile"' in answer.text
    with database.read() as db:
        assert given_url(db, place.id, "bbb") is None


def test_a_named_page_is_taken_away(
    somebody: Somebody, database: Database, moment: Moment, place: Location
) -> None:
    with database.write() as db:
        answered(db, place, moment.now)
    assert somebody("marketer").post(f"/locations/{place.id}/pages/bbb/remove").status_code == 303
    with database.read() as db:
        assert given_url(db, place.id, "bbb") is None


def test_only_those_who_decide_get_the_form(somebody: Somebody, place: Location) -> None:
    assert "Name the page" in shown(somebody("marketer"), place)
    assert "Name the page" not in shown(somebody("viewer"), place)
    assert save(somebody("viewer"), place, PROFILE).status_code == 403


@pytest.mark.parametrize("source", ["google", "nowhere"])
def test_a_source_that_is_not_read_by_a_named_page_takes_none(
    somebody: Somebody, place: Location, source: str
) -> None:
    assert save(somebody("marketer"), place, PROFILE, source).status_code == 404


def test_the_sources_screen_counts_grades_and_complaints_and_averages_nothing(
    somebody: Somebody, database: Database, moment: Moment, place: Location
) -> None:
    with database.write() as db:
        profile(db, place, moment.now)
    policy = page(somebody("marketer"), "/sources/bbb").first("section[aria-labelledby=policy]").text()
    for words in ("A- 1", "1 of 1", "31, 12 closed in the last 12 months"):
        assert words in policy
    assert "4.2" not in policy


def test_a_source_for_which_no_page_is_named_is_not_said_to_be_well(
    somebody: Somebody, database: Database, moment: Moment, chain: Chain
) -> None:
    with database.write() as db:
        db.add(SourceState(organization_id=chain.organization_id, source="yahoo", last_run_at=moment.now))
    row = next(one for one in page(somebody("viewer"), "/sources").every("tbody tr") if "Yahoo" in one.text())
    assert "No page named" in row.text()


def test_a_wish_for_bbbs_search_is_stored_where_nothing_has_to_be_connected(
    somebody: Somebody, database: Database, chain: Chain
) -> None:
    admin = somebody("admin")
    assert page(admin, "/sources/bbb").every("input[name=search]")
    assert admin.post("/sources/bbb/connect", data={"search": "yes"}).status_code == 303
    with database.read() as db:
        assert db.scalars(sa.select(Credential.source)).all() == ["bbb"]


def test_what_the_source_does_not_count_is_said(
    somebody: Somebody, database: Database, moment: Moment, chain: Chain
) -> None:
    with database.write() as db:
        profile(db, chain.locations[0], moment.now)
        other = Listing(
            organization_id=chain.organization_id, source="bbb", source_id="0302_8", record_hash="0",
            location_id=chain.locations[1].id, first_seen_at=moment.now, last_seen_at=moment.now,
        )  # fmt: skip
        db.add(other)
    policy = page(somebody("viewer"), "/sources/bbb").first("section[aria-labelledby=policy]").text()
    assert "9, not told by 1 listing" in policy
