"""A page of the business's own site that several locations share: what it says, and what its end means."""

import pytest
import sqlalchemy as sa

from crawlers.run import crawl
from listings.crawl_plan import CrawlSource
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.snapshot import Snapshot
from tests.flows.conftest import Loop

pytestmark = pytest.mark.db


@pytest.fixture
def shared(loop: Loop) -> tuple[int, int, str]:
    """Two locations with the page of the first one in their record."""
    with loop.database.write() as session:
        first, second, *_ = session.scalars(sa.select(Location).order_by(Location.id)).all()
        second.website = first.website
        return first.id, second.id, first.website or ""


def on_page(loop: Loop, url: str) -> list[Listing]:
    with loop.database.read() as session:
        return list(
            session.scalars(sa.select(Listing).where(Listing.source == "website", Listing.source_id == url))
        )


def test_it_speaks_for_the_location_it_matches_also_when_only_the_other_is_looked_at(
    loop: Loop, shared: tuple[int, int, str]
) -> None:
    owner, other, url = shared
    asked = CrawlSource(loop.organization_id, "website", "by hand", [other], narrowed=True)
    assert crawl(loop.door, asked).complete
    assert [one.location_id for one in on_page(loop, url)] == [owner]


def test_when_it_is_gone_what_was_read_from_it_is_missing_and_back_when_it_is_back(
    loop: Loop, shared: tuple[int, int, str]
) -> None:
    _, _, url = shared
    loop.crawl("website")
    loop.fault("website", "404", path=url.removeprefix("https://www.ostermill.example"))
    loop.crawl("website")
    (gone,) = on_page(loop, url)
    assert gone.missing_since is not None
    with loop.database.read() as session:
        missing = session.scalars(
            sa.select(Listing.source_id).where(Listing.missing_since.is_not(None))
        ).all()
    assert missing == [url]
    loop.well()
    loop.crawl("website")
    (back,) = on_page(loop, url)
    assert back.missing_since is None


def test_when_it_holds_nothing_any_more_that_is_no_news_of_the_locations(
    loop: Loop, shared: tuple[int, int, str]
) -> None:
    _, _, url = shared
    loop.crawl("website")
    (before,) = on_page(loop, url)
    with loop.database.write() as session:
        # Else the site would say that nothing changed.
        session.execute(sa.update(Snapshot).values(etag=None, last_modified=None))
    loop.fault("website", "no_rows", path=url.removeprefix("https://www.ostermill.example"))
    summary = loop.crawl("website")
    assert summary.outcomes["unreadable"] == 1
    (after,) = on_page(loop, url)
    assert (after.record, after.missing_since) == (before.record, None)
