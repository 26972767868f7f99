"""Nothing of BBB and Yahoo stands in public: not on the location's page, not in a widget, not in its feed."""

from collections.abc import Callable

import pytest

from listings.db import Database
from listings.models.listing import Listing
from reputation.models.review import Review
from tests.web.moment import Moment
from tests.web.visitor import Visitor
from tests.web.world import World

SECRET = "Quince and juniper"
PUBLIC = ("/p/site-own/code-a", "/p/site-own", "/w/public-a.json", "/w/public-a.fragment", "/w/public-a.html")


@pytest.fixture
def shown(visitor: Visitor, world: World) -> Callable[[], dict[str, str]]:
    def ask() -> dict[str, str]:
        answers = {path: visitor.get(path) for path in PUBLIC}
        assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(PUBLIC, 200)
        return {path: answer.text for path, answer in answers.items()}

    return ask


@pytest.mark.parametrize("source", ["bbb", "yahoo"])
def test_no_public_page_holds_what_a_directory_says(
    shown: Callable[[], dict[str, str]], database: Database, world: World, moment: Moment, source: str
) -> None:
    assert SECRET not in str(shown())
    with database.write() as db:
        place = world.places["a"]
        listing = Listing(
            organization_id=world.organizations["own"], location_id=place["location_id"], source=source,
            source_id="0302_7", url="https://www.bbb.org/us/oh/columbus/profile/bakery/elm-0302-7",
            record={"source": source, "shown": ["name"], "name": SECRET, "extra": {"grade": "A-", "complaints": 4711}},
            record_hash="0", rating=1.25, review_count=4711, first_seen_at=moment.now, last_seen_at=moment.now,
        )  # fmt: skip
        db.add(listing)
        db.flush()
        db.add(
            Review(
                organization_id=listing.organization_id,
                listing_id=listing.id,
                location_id=listing.location_id,
                source=source,
                source_review_id="r1",
                rating=1.0,
                text=SECRET,
                author=SECRET,
                written_at=moment.now,
                first_seen_at=moment.now,
                identity_hash="0",
                content_hash="0",
            )
        )
    moment.passes(days=1)
    for text in shown().values():
        assert not any(word in text for word in (SECRET, "4711", "4,711", "A-<"))
