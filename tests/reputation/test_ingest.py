"""Reviews written down exactly once each: new, edited, under another id, gone and back again."""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.db import Database
from listings.models.listing import Listing
from listings.sources import GOOGLE, GOOGLE_PLACES, SOURCES, SourceFacts
from reputation.expiry import expire_reviews
from reputation.ingest import (
    Ingested,
    NotAllowed,
    count_missing,
    follow_listing,
    ingest,
    missing_after,
    too_many_missing,
)
from reputation.models.review import Review, ReviewEvent, ReviewVersion
from reputation.records import ReviewRecord
from tests.domain import A_DAY_ONLY, DAY, HASHES, NOW, organization, place, seen, shows

pytestmark = pytest.mark.db

WORDS = ("The bread was warm", "Waited twenty minutes", "Kind people", "Never again", "Parking is hard")
NAMES = ("Rosa Lind", "Ben Ode", "A Google user", "Mia Tran", "Jo Park")


def said(key: str, text: str | None = WORDS[0], **values: object) -> ReviewRecord:
    given = {"rating": 4.0, "author": NAMES[0], "created_at": NOW - DAY}
    return ReviewRecord(GOOGLE, key, text=text, **{**given, **values})  # type: ignore[arg-type]


def listing_of(session: Session, name: str = "Elm Books") -> Listing:
    organization_id = organization(session, name)
    listing = seen(session, organization_id, shows())
    listing.location_id = place(session, organization_id).id
    session.flush()
    return listing


def page(
    session: Session,
    listing: Listing,
    records: Sequence[ReviewRecord],
    *,
    before: frozenset[int] = frozenset(),
    source: SourceFacts = SOURCES[GOOGLE],
    now: dt.datetime = NOW,
) -> Ingested:
    return ingest(session, listing, source, records, seen_before=before, hashes=HASHES, now=now)


def one(session: Session) -> Review:
    return session.scalars(sa.select(Review)).one()


def test_a_review_is_stored_once_and_a_second_look_writes_nothing(database: Database) -> None:
    with database.write() as session:
        listing = listing_of(session)
        assert page(session, listing, [said("1"), said("2", WORDS[1])]).new == 2
        events = session.scalar(sa.select(sa.func.count(ReviewEvent.id)))
        again = page(session, listing, [said("1"), said("2", WORDS[1])], now=NOW + DAY)
        assert (again.new, again.edited, again.revived, len(again.seen)) == (0, 0, 0, 2)
        assert session.scalar(sa.select(sa.func.count(ReviewEvent.id))) == events


def test_an_edit_keeps_the_former_version_and_is_told_once(database: Database) -> None:
    with database.write() as session:
        listing = listing_of(session)
        page(session, listing, [said("1", rating=5.0)])
        for _ in range(2):
            page(session, listing, [said("1", WORDS[3], rating=1.0)], now=NOW + DAY)
        former = session.scalars(sa.select(ReviewVersion)).one()
        assert (former.rating, former.text) == (5.0, WORDS[0])
        assert (one(session).rating, one(session).text) == (1.0, WORDS[3])
        assert session.scalars(sa.select(ReviewEvent.kind).order_by(ReviewEvent.id)).all() == [
            "new",
            "edited",
        ]


@pytest.mark.parametrize(
    "later",
    [
        {"author": "Rosa Lind-Ode"},
        {"url": "https://maps.example/other"},
        {"extra": {"name": "accounts/2/locations/1/reviews/1"}},
        {"text": "Das Brot war noch warm", "original_text": WORDS[0]},
    ],
)
def test_what_the_writer_did_not_change_is_no_edit_and_is_up_to_date(
    database: Database, later: dict[str, object]
) -> None:
    with database.write() as session:
        listing = listing_of(session)
        page(session, listing, [said("1", "The bread was warm!", original_text=WORDS[0])])
        now = replace(said("1", "The bread was warm!", original_text=WORDS[0]), **later)  # type: ignore[arg-type]
        assert page(session, listing, [now], now=NOW + DAY).edited == 0
        review = one(session)
        assert (review.author, review.url, review.text) == (now.author, now.url, now.text)
        assert review.api_name == now.extra.get("name")


def generated(count: int) -> list[ReviewRecord]:
    """Reviews of which many share an author, words, a rating or a day, and some have no words."""
    chance = random.Random(5)
    return [
        said(
            f"r{number}",
            chance.choice((*WORDS, None)),
            author=chance.choice(NAMES),
            rating=float(chance.randint(1, 5)),
            created_at=NOW - dt.timedelta(days=chance.randint(1, 300), seconds=chance.randint(0, 86_399)),
        )
        for number in range(count)
    ]


def test_reviews_under_new_ids_are_known_again_and_different_ones_kept_apart(database: Database) -> None:
    records = generated(1500)
    rekeyed = set(range(0, 1500, 20))
    later = [
        replace(record, source_review_id=f"new{number}") if number in rekeyed else record
        for number, record in enumerate(records)
    ]
    with database.write() as session:
        listing = listing_of(session)
        before = {review: key for key, review in _crawled(session, listing, records, NOW).items()}
        after = _crawled(session, listing, [*later, *_strangers(200)], NOW + DAY)
    linked = [after[f"new{number}"] for number in rekeyed if after[f"new{number}"] in before]
    right = [number for number in rekeyed if before.get(after[f"new{number}"]) == f"r{number}"]
    false = len(linked) - len(right) + sum(after[f"stranger{number}"] in before for number in range(200))
    assert len(right) >= 0.99 * len(rekeyed)
    assert false <= 0.001 * len(records)
    assert len(set(after.values())) == len(after)


def _strangers(count: int) -> list[ReviewRecord]:
    shifted = generated(count)
    return [
        replace(one, source_review_id=f"stranger{number}", created_at=NOW - dt.timedelta(hours=number))
        for number, one in enumerate(shifted)
    ]


def _crawled(
    session: Session, listing: Listing, records: Sequence[ReviewRecord], now: dt.datetime
) -> dict[str, int]:
    before: frozenset[int] = frozenset()
    for first in range(0, len(records), 50):
        before |= page(session, listing, records[first : first + 50], before=before, now=now).seen
    rows = session.execute(sa.select(Review.source_review_id, Review.id))
    return dict(rows.all())


def test_two_reviews_with_the_same_words_on_one_page_stay_two(database: Database) -> None:
    with database.write() as session:
        listing = listing_of(session)
        assert page(session, listing, [said("1"), said("2")]).new == 2
        assert page(session, listing, [said("1"), said("2")], now=NOW + DAY).new == 0


def test_a_review_is_gone_after_two_complete_crawls_and_returns_as_itself(database: Database) -> None:
    with database.write() as session:
        listing = listing_of(session)
        page(session, listing, [said("1")])
        review_id = one(session).id
        for crawl, vanished in ((1, 0), (2, 1), (3, 0)):
            began = NOW + crawl * DAY
            missing = missing_after(session, listing, frozenset(), began=began)
            assert count_missing(session, missing, began) == vanished
        assert page(session, listing, [said("1")], now=NOW + 4 * DAY).revived == 1
        assert (one(session).id, one(session).vanished_at, one(session).missed_runs) == (review_id, None, 0)


def test_a_review_that_came_in_while_a_crawl_ran_is_not_missing_from_it(database: Database) -> None:
    with database.write() as session:
        listing = listing_of(session)
        page(session, listing, [said("1")], now=NOW)
        assert missing_after(session, listing, frozenset(), began=NOW) == []
        assert len(missing_after(session, listing, frozenset(), began=NOW + DAY)) == 1


@pytest.mark.parametrize(
    ("missing", "stored", "too_many"), [(5, 5, False), (6, 10, True), (20, 100, False), (21, 100, True)]
)
def test_a_drop_is_believed_up_to_five_or_a_fifth(missing: int, stored: int, too_many: bool) -> None:
    assert too_many_missing(missing, stored) is too_many


def test_a_source_that_lets_nothing_be_kept_is_refused(database: Database) -> None:
    with database.write() as session:
        with pytest.raises(NotAllowed):
            page(session, listing_of(session), [said("1")], source=SOURCES[GOOGLE_PLACES])
        assert session.scalars(sa.select(Review)).all() == []


def test_words_that_may_be_kept_for_a_day_end_a_day_after_they_were_last_read(database: Database) -> None:
    with database.write() as session:
        listing = listing_of(session)
        page(session, listing, [said("1")], source=A_DAY_ONLY)
        page(session, listing, [said("1", WORDS[1])], source=A_DAY_ONLY, now=NOW + DAY / 2)
        assert expire_reviews(session, NOW + DAY) == 0
        assert expire_reviews(session, NOW + 1.5 * DAY, limit=10) == 1
        gone = one(session)
        assert (gone.text, gone.author, gone.rating, gone.url) == (None, None, None, None)
        assert session.scalars(sa.select(ReviewVersion)).all() == []
        read = page(session, listing, [said("1", WORDS[1])], source=A_DAY_ONLY, now=NOW + 2 * DAY)
        assert (read.new, read.edited, one(session).text) == (0, 0, WORDS[1])


def test_reviews_follow_their_listing(database: Database) -> None:
    with database.write() as session:
        listing = listing_of(session)
        page(session, listing, [said("1")])
        listing.location_id = None
        follow_listing(session, listing)
        session.expire_all()
        assert one(session).location_id is None


def test_the_same_review_at_another_organization_is_another_row(database: Database) -> None:
    with database.write() as session:
        ours, theirs = listing_of(session), listing_of(session, "Oak Books")
        page(session, ours, [said("1")])
        assert page(session, theirs, [said("1", WORDS[1])]).new == 1
        assert page(session, theirs, [said("2")], now=NOW + DAY).new == 1
        texts = session.scalars(sa.select(Review.text).where(Review.listing_id == ours.id)).all()
        assert texts == [WORDS[0]]


def test_a_complaint_is_no_review(database: Database) -> None:
    with database.write() as session:
        listing = listing_of(session)
        complaint = replace(said("c1", rating=None), extra={"complaint": True})
        assert page(session, listing, [complaint, said("r1")]).new == 1
        assert one(session).source_review_id == "r1"
