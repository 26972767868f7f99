"""Excerpts on a location's page: a card of their own, linked, for as long as the source allows."""

import datetime as dt

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup, Tag

from listings.db import Database
from listings.models.listing import Listing
from reputation.models.review import Review
from tests.web.moment import Moment
from tests.web.visitor import Visitor
from tests.web.world import World

PAGE = "/p/site-own/code-a"
BIZ = "https://www.yelp.com/biz/canary"


@pytest.fixture(autouse=True)
def yelp(database: Database, world: World, moment: Moment) -> None:
    ends = moment.now + dt.timedelta(hours=24)
    with database.write() as db:
        other = db.scalars(
            sa.select(Listing).where(Listing.location_id == world.places["a"]["location_id"])
        ).one()
        listing = Listing(
            organization_id=other.organization_id, source="yelp", source_id="y1", url=BIZ,
            location_id=other.location_id, rating=1.5, review_count=230, record_expires_at=ends,
            first_seen_at=moment.now, last_seen_at=moment.now,
        )  # fmt: skip
        db.add(listing)
        db.flush()
        for number in range(5):
            db.add(_review(listing, number, ends))


def _review(listing: Listing, number: int, ends: dt.datetime) -> Review:
    return Review(
        organization_id=listing.organization_id, listing_id=listing.id, location_id=listing.location_id,
        source="yelp", source_review_id=f"y{number}", rating=1, text=f"Crumbs number {number}...",
        author="Ada G.", url=f"{BIZ}?hrid={number}", content_hash="0", identity_hash=str(number),
        written_at=ends - dt.timedelta(days=9 - number), first_seen_at=ends, expires_at=ends,
    )  # fmt: skip


def card(visitor: Visitor) -> Tag | None:
    return BeautifulSoup(visitor.get(PAGE).text, "lxml").select_one("section[aria-label='Reviews on Yelp']")


def test_the_three_newest_stand_unchanged_each_with_its_link(visitor: Visitor) -> None:
    found = card(visitor)
    assert found is not None
    articles = found.select("article")
    assert [one.select_one("p.break").text for one in articles] == [  # type: ignore[union-attr]
        f"Crumbs number {number}..." for number in (4, 3, 2)
    ]
    assert [one.a["href"] for one in articles if one.a] == [f"{BIZ}?hrid={number}" for number in (4, 3, 2)]
    assert all("Yelp" in one.text for one in articles)
    assert "1.5" in found.text
    assert "230 reviews on Yelp" in found.text


def test_they_count_for_nothing_else_on_the_page(visitor: Visitor) -> None:
    page = BeautifulSoup(visitor.get(PAGE).text, "lxml")
    assert [row.text for row in page.select("dl.ratings dt")] == ["Google"]
    assert "Crumbs" not in str(page.select_one("script"))
    assert not any("yelp" in str(link["href"]) for link in page.select("section.ask a"))


def test_a_second_after_their_day_they_are_gone(visitor: Visitor, moment: Moment) -> None:
    moment.passes(hours=24, seconds=1)
    assert card(visitor) is None


def test_one_without_author_or_link_is_not_shown(visitor: Visitor, database: Database) -> None:
    with database.write() as db:
        db.execute(sa.update(Review).where(Review.source_review_id == "y4").values(author=None))
        db.execute(sa.update(Review).where(Review.source_review_id == "y3").values(url=None))
    found = card(visitor)
    assert found is not None
    assert [one.text for one in found.select("p.break")] == ["Crumbs number 2..."]
