"""What may be kept for a day is seen nowhere a second later, although no job has taken it away yet."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from werkzeug.routing import Rule

from listings.db import Database
from listings.models.listing import Listing, Observation
from listings.models.mismatch import Mismatch
from listings.models.snapshot import Body, Snapshot
from reputation.models.review import Review, ReviewVersion
from tests.web.callers import Caller, cases, routes
from tests.web.moment import Moment
from tests.web.world import World

DAY = dt.timedelta(hours=24)
CANARIES = (
    "Zweisternwort",
    "+12015550187",
    "555-0187",
    "Quillwick",
    "zweistern-page",
    "3.7",
    "4321",
    "4,321",
)
"""Values of the listing, and of the review written there."""

pytestmark = pytest.mark.db


@pytest.fixture
def yelp(database: Database, world: World, moment: Moment) -> None:
    """The world's first place is listed at Yelp alone, read this very moment."""
    ends = moment.now + DAY
    with database.write() as db:
        own = Listing.location_id == world.places["a"]["location_id"]
        listing = db.scalars(sa.select(Listing).where(own)).one()
        listing.source, listing.url = "yelp", "https://www.yelp.com/biz/zweistern-page"
        listing.rating, listing.review_count, listing.record_expires_at = 3.7, 4321, ends
        record = {"source": "yelp", "name": "Zweisternwort", "phone": CANARIES[1], "shown": ["name", "phone"]}
        listing.record = record
        db.scalars(sa.select(Observation).where(Observation.listing_id == listing.id)).one().record = record
        row = db.scalars(sa.select(Mismatch).where(Mismatch.listing_id == listing.id)).one()
        row.source, row.live_value, row.value_expires_at = "yelp", CANARIES[1], ends
        snapshot = db.get_one(Snapshot, listing.snapshot_id)
        snapshot.source, snapshot.body_expires_at = "yelp", ends
        review = db.scalars(sa.select(Review).where(Review.listing_id == listing.id)).one()
        review.source, review.text, review.author = "yelp", "Zweisternwort all over", "Quillwick Q."
        review.expires_at = ends
        db.add(ReviewVersion(review_id=review.id, text="Zweisternwort", rating=1, replaced_at=moment.now))


def shown(make: Callable[[Rule, str], Caller], rule: Rule) -> set[str]:
    caller = make(rule, "GET")
    answer = caller.call(caller.visitor("admin"), "a")
    assert answer.status_code < 500, rule
    return {canary for canary in CANARIES if canary in answer.text}


def pages() -> list[Rule]:
    return [rule for rule in routes() if "GET" in (rule.methods or ())]


def test_within_its_day_everything_is_seen(
    make: Callable[[Rule, str], Caller], yelp: None, moment: Moment
) -> None:
    moment.passes(hours=23)
    seen = set().union(*(shown(make, rule) for rule in pages()))
    assert {"Zweisternwort", "Quillwick", "3.7"} <= seen
    assert {"+12015550187", "555-0187"} & seen


@pytest.mark.parametrize(("rule", "method"), cases("GET"))
def test_a_second_after_its_day_no_page_shows_a_value(
    make: Callable[[Rule, str], Caller], yelp: None, moment: Moment, rule: Rule, method: str
) -> None:
    moment.passes(hours=24, seconds=1)
    assert shown(make, rule) == set(), method


def test_the_stored_answer_is_closed_too(
    make: Callable[[Rule, str], Caller], yelp: None, database: Database, moment: Moment
) -> None:
    with database.write() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(Body))
    moment.passes(hours=24, seconds=1)
    for rule in pages():
        if "snapshot_id" in rule.arguments:
            answer = (caller := make(rule, "GET")).call(caller.visitor("admin"), "a")
            assert "{}" not in answer.text
