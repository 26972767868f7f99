"""What the world sees of a location, and what it never sees."""

import datetime as dt
import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask import Flask

from listings.db import Database
from listings.models.listing import Listing
from listings.models.location import Location
from reputation.models.reply import Reply, ReplyState
from reputation.models.review import Review
from tests.web.moment import Moment
from tests.web.payloads import OWN, shared
from tests.web.visitor import Visitor
from tests.web.world import World

PAGE = "/p/site-own/code-a"
Change = Callable[..., None]


@pytest.fixture
def change(database: Database, world: World) -> Change:
    """Sets columns of the row of place "a"."""

    def apply(model: type[Review | Location | Listing], **values: object) -> None:
        ids = {Review: "review_id", Location: "location_id", Listing: "listing_id"}
        with database.write() as db:
            row = db.get_one(model, world.places["a"][ids[model]])
            for name, value in values.items():
                setattr(row, name, value)

    return apply


def soup(visitor: Visitor, path: str = PAGE) -> BeautifulSoup:
    answer = visitor.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def linked_data(page: BeautifulSoup) -> dict[str, object]:
    found = page.find_all("script")
    assert [script.get("type") for script in found] == ["application/ld+json"]
    values: dict[str, object] = json.loads(found[0].string or "")
    return values


def test_it_shows_the_place_to_everybody_and_sets_no_cookie(visitor: Visitor, world: World) -> None:
    answer = visitor.get(PAGE)
    page = BeautifulSoup(answer.text, "lxml")
    assert page.h1 is not None
    assert page.h1.text == "Canary place a, Springfield"
    assert page.select_one("a.call")["href"] == "tel:+12015550123"  # type: ignore[index]
    assert "Canary words a" in page.text
    assert "Canary words b" not in page.text
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_its_address_is_canonical_and_its_data_speaks_of_the_business_without_stars(
    visitor: Visitor, world: World
) -> None:
    page = soup(visitor)
    address = "http://127.0.0.1:8000/p/site-own/code-a"
    assert page.select_one("link[rel=canonical]")["href"] == address  # type: ignore[index]
    data = linked_data(page)
    assert (data["@type"], data["name"], data["url"]) == ("LocalBusiness", "Canary place a", address)
    assert not {"aggregateRating", "review"} & data.keys()


@pytest.mark.parametrize(
    "path", ["/p/site-own/code-other", "/p/site-other/code-a", "/p/nowhere/code-a", "/p/1"]
)
def test_a_location_stands_under_its_own_organization_only(visitor: Visitor, world: World, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_the_list_of_locations_leaves_out_those_closed_for_good(
    visitor: Visitor, world: World, change: Change
) -> None:
    assert "Canary place a" in soup(visitor, "/p/site-own").text
    change(Location, status="closed")
    shown = soup(visitor, "/p/site-own").text
    assert "Canary place a" not in shown
    assert "Canary place b" in shown
    assert "Permanently closed" in soup(visitor).text


def test_hours_are_told_in_the_zone_of_the_place(visitor: Visitor, world: World, change: Change) -> None:
    change(
        Location,
        hours="Mo-Su 08:00-17:00",
        special_hours="2026 Nov 26 off",
        time_zone="America/New_York",
    )
    page = soup(visitor)
    assert "Closed until 8 AM" in page.text
    today = page.select_one("dl.hours .today")
    assert today is not None
    assert "Saturday, today" in today.text
    assert "Closed, Nov 26" in page.text


def test_hours_that_cannot_be_read_leave_the_rest_standing(
    visitor: Visitor, world: World, change: Change
) -> None:
    change(Location, hours="whenever we like")
    assert linked_data(soup(visitor))["name"] == "Canary place a"


@pytest.mark.parametrize("source", ["google_places", "website"])
def test_words_of_a_source_that_forbids_it_are_never_published(
    visitor: Visitor, world: World, change: Change, source: str
) -> None:
    change(Review, source=source)
    assert "Canary words a" not in soup(visitor).text


def test_a_review_that_is_gone_or_expired_or_nameless_is_not_shown(
    visitor: Visitor, world: World, moment: Moment, change: Change
) -> None:
    for values in (
        {"vanished_at": moment.now},
        {"vanished_at": None, "expires_at": moment.now},
        {"expires_at": None, "author": None},
    ):
        change(Review, **values)
        assert "Canary words a" not in soup(visitor).text
    change(Review, author="Somebody")
    assert "Canary words a" in soup(visitor).text


def test_the_average_and_the_total_are_those_of_the_source_not_of_the_sample(
    visitor: Visitor, world: World, change: Change
) -> None:
    change(Listing, rating=3.4, review_count=812)
    shown = soup(visitor).text
    assert "3.4" in shown
    assert "812 reviews on Google" in shown
    assert "1 of 812 reviews shown" in shown


def test_a_supplied_review_says_so(visitor: Visitor, world: World, change: Change) -> None:
    change(Review, supplied_by="old-tool.csv")
    assert "Google, supplied by the business" in soup(visitor).text


def test_only_an_answer_that_the_source_shows_is_published(
    visitor: Visitor, database: Database, world: World, moment: Moment
) -> None:
    place = world.places["a"]
    for state, seen in ((ReplyState.QUEUED, False), (ReplyState.PUBLISHED, True)):
        with database.write() as db:
            db.execute(sa.delete(Reply))
            db.add(
                Reply(
                    organization_id=place["organization_id"],
                    review_id=place["review_id"],
                    text="We are sorry",
                    state=state,
                    created_at=moment.now,
                )
            )
        assert ("We are sorry" in soup(visitor).text) is seen


def test_it_is_asked_about_again_each_time_and_sent_once(
    visitor: Visitor, world: World, change: Change
) -> None:
    first = visitor.get(PAGE)
    assert first.headers["Cache-Control"] == "no-cache"
    again = {"If-None-Match": first.headers["ETag"]}
    assert visitor.get(PAGE, headers=again).status_code == 304
    change(Review, text="Something else")
    assert visitor.get(PAGE, headers=again).status_code == 200


@pytest.mark.parametrize("texts", [OWN, shared()], ids=["own", "shared"])
def test_no_text_of_anybody_breaks_out(
    app: Flask, visitor: Visitor, database: Database, world: World, texts: list[str]
) -> None:
    if not texts:
        pytest.skip("the shared payloads are absent: they are no part of the project")
    for text in texts:
        with database.write() as db:
            review = db.get_one(Review, world.places["a"]["review_id"])
            review.text, review.author = text, text[:80]
            db.get_one(Location, world.places["a"]["location_id"]).name = text
        page = soup(visitor)
        assert linked_data(page)["name"] == text
        assert [tag.name for tag in page.find_all(["iframe", "svg", "style", "img", "object", "embed"])] == [
            tag.name for tag in page.select("svg")
        ]
        assert not [
            name
            for tag in page.find_all(True)
            for name in tag.attrs
            if name.startswith("on") or name == "srcdoc"
        ]
        targets = [str(tag.get("href") or tag.get("src") or "") for tag in page.find_all(True)]
        assert not [
            target for target in targets if target.lower().strip().startswith(("javascript:", "data:"))
        ]


def test_days_pass_in_the_words_of_the_page(
    visitor: Visitor, world: World, moment: Moment, change: Change
) -> None:
    change(Review, written_at=moment.now - dt.timedelta(days=400))
    assert "Oct 17, 2025" in soup(visitor).text
