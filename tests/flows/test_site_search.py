"""Locations whose record names no page of their own are found on the site, and stay found."""

import pytest
import sqlalchemy as sa

from crawlers.sandbox.planting import Role, listings
from listings.models.listing import Listing, Match
from listings.models.location import Location
from listings.models.mismatch import Mismatch
from listings.models.snapshot import Snapshot
from tests.flows.conftest import Loop

pytestmark = pytest.mark.db

FRONT = "https://www.ostermill.example/"


def name_only_the_site(loop: Loop, codes: list[str]) -> None:
    with loop.database.write() as session:
        session.execute(sa.update(Location).where(Location.code.in_(codes)).values(website=FRONT))


def pages_of(loop: Loop) -> dict[str, str]:
    """The page from which each location is read, by its code."""
    with loop.database.read() as session:
        rows = session.execute(
            sa.select(Location.code, Listing.source_id)
            .join(Listing, Listing.location_id == Location.id)
            .where(Listing.source == "website", Listing.missing_since.is_(None))
        )
        return dict(rows.all())


def true_pages(loop: Loop) -> dict[str, str]:
    world = loop.server.sandbox.world
    return {
        world.code(entry.index): world.facts(entry.index).website
        for entry in listings(world, "website")
        if entry.role is Role.OWN
    }


def asked(loop: Loop) -> list[str]:
    with loop.database.read() as session:
        return list(session.scalars(sa.select(Snapshot.url).where(Snapshot.source == "website")))


@pytest.mark.parametrize("fault", ["", "/sitemap", "/robots.txt"])
def test_pages_are_found_by_sitemap_or_store_locator(loop: Loop, fault: str) -> None:
    codes = list(true_pages(loop))[:6]
    name_only_the_site(loop, codes)
    if fault:
        loop.fault("website", "404", path=fault)
    assert loop.crawl("website").complete
    assert pages_of(loop) == true_pages(loop)


def test_what_was_found_is_read_again_without_another_search_and_changes_no_record(loop: Loop) -> None:
    codes = list(true_pages(loop))[:3]
    name_only_the_site(loop, codes)
    loop.crawl("website")
    before = len(asked(loop))
    loop.server.sandbox.advance(1)
    loop.crawl("website")
    assert not any("sitemap" in url or url == FRONT for url in asked(loop)[before:])
    assert pages_of(loop) == true_pages(loop)
    with loop.database.read() as session:
        kept = session.scalars(sa.select(Location.website).where(Location.code.in_(codes))).all()
    assert set(kept) == {FRONT}


def test_a_location_that_the_site_does_not_show_is_given_no_page_of_another(loop: Loop) -> None:
    world = loop.server.sandbox.world
    missing = {world.code(index) for index in range(world.locations)} - set(true_pages(loop))
    name_only_the_site(loop, list(missing))
    loop.crawl("website")
    assert missing
    assert not missing & set(pages_of(loop))


def test_a_page_that_was_found_is_matched_and_its_mistakes_are_flagged(loop: Loop) -> None:
    rows = [row for row in loop.truth()["mismatches"] if row["source"] == "website"]
    name_only_the_site(loop, [row["code"] for row in rows])
    loop.crawl("website")
    with loop.database.read() as session:
        flagged = session.execute(
            sa.select(Location.code, Mismatch.field).join(Location, Location.id == Mismatch.location_id)
        ).all()
        reasons = session.scalars(
            sa.select(Match.reasons).join(Listing, Listing.id == Match.listing_id)
        ).all()
    assert set(flagged) == {(row["code"], row["field"]) for row in rows}
    assert any(reason["about"] != "person" for each in reasons for reason in each)
