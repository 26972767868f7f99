"""What the public may see: attributed, counted as it is, never blended, never after its time."""

import pytest

from listings.db import Database
from listings.models.listing import Listing
from listings.source_terms import Display
from listings.sources import SOURCES
from reputation.models.reply import ReplyState
from reputation.publish import Selection, publish, weighted_average
from tests.domain import DAY, NOW
from tests.reputation.rows import answer, linked_listing, review

pytestmark = pytest.mark.db


def here(listing: Listing, **values: object) -> Selection:
    assert listing.location_id is not None
    return Selection((listing.location_id,), **values)  # type: ignore[arg-type]


def test_a_review_is_shown_with_its_author_link_and_published_answer_only(database: Database) -> None:
    with database.write() as session:
        listing = linked_listing(session)
        first = review(session, listing, "1", url="https://maps.example/1")
        answer(session, first, ReplyState.PUBLISHED)
        answer(session, review(session, listing, "2", written_at=NOW - 2 * DAY), ReplyState.QUEUED)
        review(session, listing, "3", author=None)
        review(session, listing, "4", vanished_at=NOW)
        found = publish(session, listing.organization_id, here(listing), NOW)
    assert [(one.author, one.answer) for one in found.reviews] == [
        ("Rosa Lind", "Thank you, Rosa."),
        ("Rosa Lind", None),
    ]
    assert found.reviews[0].url == "https://maps.example/1"


@pytest.mark.parametrize("least", [2, 3, 4, 5])
def test_a_filter_by_stars_is_told_with_the_true_numbers(database: Database, least: int) -> None:
    with database.write() as session:
        listing = linked_listing(session, rating=3.0, review_count=40)
        for stars in range(1, 6):
            review(session, listing, str(stars), rating=float(stars))
        found = publish(session, listing.organization_id, here(listing, min_rating=least), NOW)
    assert found.selected
    assert (found.matching, found.stored) == (6 - least, 5)
    assert [(one.average, one.at_source, one.stored) for one in found.totals] == [(3.0, 40, 5)]


def test_a_listing_that_is_not_ours_any_more_takes_its_reviews_off_the_page(database: Database) -> None:
    with database.write() as session:
        listing = linked_listing(session)
        selection = here(listing)
        review(session, listing, "1")
        listing.location_id = None
        session.flush()
        assert publish(session, listing.organization_id, selection, NOW).reviews == ()


def test_nothing_is_shown_after_its_time(database: Database) -> None:
    with database.write() as session:
        listing = linked_listing(session, rating=4.0, review_count=9)
        review(session, listing, "1", expires_at=NOW + DAY)
        listing.record_expires_at = NOW + DAY
        selection = here(listing)
        assert publish(session, listing.organization_id, selection, NOW).totals[0].at_source == 9
        over = publish(session, listing.organization_id, selection, NOW + DAY)
    assert (over.reviews, over.totals, over.stored) == ((), (), 0)


@pytest.mark.parametrize(
    "source", [key for key, one in SOURCES.items() if one.policy.display is not Display.FULL]
)
def test_a_source_that_is_not_to_be_shown_changes_no_number(database: Database, source: str) -> None:
    with database.write() as session:
        listing = linked_listing(session, rating=4.0, review_count=9)
        review(session, listing, "1")
        before = publish(session, listing.organization_id, here(listing), NOW)
        hidden = Listing(
            organization_id=listing.organization_id,
            location_id=listing.location_id,
            source=source,
            source_id="hidden",
            rating=1.0,
            review_count=1000,
            first_seen_at=NOW,
            last_seen_at=NOW,
        )
        session.add(hidden)
        session.flush()
        review(session, hidden, "9", rating=1.0)
        assert publish(session, listing.organization_id, here(listing), NOW) == before


def test_another_organization_publishes_nothing_of_it(database: Database) -> None:
    with database.write() as session:
        listing, other = (
            linked_listing(session, rating=4.0, review_count=9),
            linked_listing(session, "Oak Books"),
        )
        review(session, listing, "1")
        found = publish(session, other.organization_id, here(listing), NOW)
    assert (found.reviews, found.totals, found.stored) == ((), (), 0)


def test_an_average_is_weighted_by_the_sources_own_totals() -> None:
    rows = [Listing(rating=5.0, review_count=1), Listing(rating=3.0, review_count=3), Listing(review_count=9)]
    assert weighted_average(rows) == 3.5
    assert weighted_average([]) is None
