"""Google's reviews while they shift, change their ids and are approved: all are found, none is doubled."""

import contextlib
import dataclasses
import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from crawlers.door import Door, make_door
from crawlers.run import Summary, crawl
from listings.crawl_plan import CrawlSource
from listings.db import Database
from listings.models.crawl import Credential, CredentialState
from listings.models.organization import Organization
from listings.models.snapshot import Snapshot
from listings.settings import Settings
from reputation.models.reply import Reply, ReplyState
from reputation.models.review import Review, ReviewEvent
from tests.crawlers.shelf import BORN, OnShelf, Shelf, a_review

pytestmark = pytest.mark.db

NOW = dt.datetime(2026, 9, 5, 20, 0, tzinfo=dt.UTC)
HERE, THERE = "locations/1", "locations/2"
SECRET = {"client_id": "id", "client_secret": "secret", "refresh_token": "refresh"}


@dataclass
class Reading:
    """One organization that reads a shelf; `now` moves on by hand."""

    door: Door
    database: Database
    organization_id: int
    now: dt.datetime = NOW
    runs: int = 0

    def crawl(self, shelf: Shelf, **passed: float) -> Summary:
        self.now += dt.timedelta(**passed)
        self.runs += 1
        shelf.asked.clear()
        return self.go_on(shelf)

    def go_on(self, shelf: Shelf) -> Summary:
        """The last crawl again, under its own slot."""
        door = dataclasses.replace(self.door, client=shelf, clock=lambda: self.now)
        return crawl(door, CrawlSource(self.organization_id, "google", f"run{self.runs}", None))

    def stored(self) -> list[str]:
        with self.database.read() as session:
            query = sa.select(Review.source_review_id).where(Review.vanished_at.is_(None))
            return sorted(session.scalars(query))

    def events(self, kind: str) -> int:
        with self.database.read() as session:
            query = sa.select(sa.func.count(ReviewEvent.id)).where(ReviewEvent.kind == kind)
            return session.scalar(query) or 0


@pytest.fixture
def reading(database: Database, tmp_path: Path) -> Reading:
    settings = Settings(home=tmp_path, secret_key=SecretStr("a key for tests, at least 32 characters long"))
    door = make_door(settings, database)
    with database.write() as session:
        organization = Organization(name="Tern", created_at=NOW)
        session.add(organization)
        session.flush()
        session.add(
            Credential(
                organization_id=organization.id,
                source="google",
                name="google",
                secret=door.vault.seal(SECRET),
                state=CredentialState.OK,
                created_at=NOW,
            )
        )
        organization_id = organization.id
    return Reading(door, database, organization_id)


def a_shelf(here: int, there: int = 0) -> Shelf:
    shelf = Shelf({HERE: [a_review(number) for number in range(here)]})
    if there:
        shelf.reviews[THERE] = [a_review(10_000 + number) for number in range(there)]
    return shelf


def ids(shelf: Shelf) -> list[str]:
    return sorted(review.id for reviews in shelf.reviews.values() for review in reviews)


def test_what_is_known_is_read_down_to_the_last_known_change_and_no_further(reading: Reading) -> None:
    shelf = Shelf({HERE: [a_review(1_000 * number) for number in range(180)]})
    reading.crawl(shelf)
    assert shelf.pages_of(HERE) == 4
    shelf.reviews[HERE].append(a_review(999_999))
    shelf.edit(HERE, shelf.reviews[HERE][3])
    assert reading.crawl(shelf, hours=6).counts["reviews_new"] == 1
    assert shelf.pages_of(HERE) == 1
    assert reading.stored() == ids(shelf)
    assert reading.events("edited") == 1


def test_all_of_them_are_read_once_a_day(reading: Reading) -> None:
    shelf = Shelf({HERE: [a_review(1_000 * number) for number in range(180)]})
    pages = []
    for _ in range(9):
        reading.crawl(shelf, hours=6)
        pages.append(shelf.pages_of(HERE))
    assert pages == [4, 1, 1, 1, 4, 1, 1, 1, 4]


def test_a_deletion_shows_in_the_count_and_is_believed_after_two_complete_readings(reading: Reading) -> None:
    shelf = Shelf({HERE: [a_review(1_000 * number) for number in range(180)]})
    reading.crawl(shelf)
    gone = shelf.reviews[HERE].pop(5)
    shelf.reviews[HERE].append(a_review(999_999))
    reading.crawl(shelf, hours=6)
    assert shelf.pages_of(HERE) > 1
    assert gone.id in reading.stored()
    reading.crawl(shelf, hours=6)
    assert reading.stored() == ids(shelf)
    reading.crawl(shelf, hours=1)
    assert shelf.pages_of(HERE) == 1


def test_a_source_that_counts_more_than_it_shows_is_not_read_whole_each_time(reading: Reading) -> None:
    shelf = Shelf({HERE: [a_review(1_000 * number) for number in range(180)]})
    shelf.counted_and_not_shown = 3
    reading.crawl(shelf)
    reading.crawl(shelf, hours=6)
    assert shelf.pages_of(HERE) == 1


def insert_one(shelf: Shelf) -> None:
    shelf.reviews[HERE].append(a_review(5_000 + len(shelf.asked)))


def delete_one(shelf: Shelf) -> None:
    shelf.reviews[HERE].remove(random.Random(len(shelf.asked)).choice(shelf.reviews[HERE]))


def delete_the_newest(shelf: Shelf) -> None:
    shelf.reviews[HERE].remove(max(shelf.reviews[HERE], key=lambda one: one.updated))


def edit_the_oldest(shelf: Shelf) -> None:
    shelf.edit(HERE, min(shelf.reviews[HERE], key=lambda one: one.updated))


def all_at_once(shelf: Shelf) -> None:
    for change in (insert_one, delete_one, edit_the_oldest):
        change(shelf)


CHANGES = (insert_one, delete_one, delete_the_newest, edit_the_oldest, all_at_once)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("known", [False, True], ids=["first reading", "known"])
def test_pages_that_shift_under_the_reading_lose_and_double_nothing(
    reading: Reading, change: Callable[[Shelf], None], known: bool
) -> None:
    shelf = a_shelf(187)
    if known:
        reading.crawl(shelf)
    base = set(ids(shelf))
    shelf.between = change
    reading.crawl(shelf, hours=24)
    stored = reading.stored()
    assert base & set(ids(shelf)) <= set(stored)
    assert len(set(stored)) == len(stored)
    shelf.between = lambda _: None
    for _ in range(2):
        reading.crawl(shelf, hours=24)
    assert reading.stored() == ids(shelf)


def test_reviews_under_a_new_id_stay_the_same_reviews_and_no_two_are_confused(reading: Reading) -> None:
    chance = random.Random(5)
    rows = [a_review(number) for number in range(900)]
    # Alike in all but one: many guests write "Great" in one minute, and one guest writes it every week.
    rows += [a_review(900 + number, text="Great", created=BORN, updated=BORN) for number in range(50)]
    rows += [a_review(950 + number, text="Great", author="Ana") for number in range(50)]
    rows += [a_review(1_000 + number, text=None) for number in range(50)]
    shelf = Shelf({HERE: rows})
    reading.crawl(shelf)
    with reading.database.read() as session:
        before = dict(session.execute(sa.select(Review.source_review_id, Review.id)).all())
    moved = {one.id: f"new{one.id}" for one in rows if chance.random() < 0.05}
    gone = {one.id for one in chance.sample(rows, 5)} - moved.keys()
    shelf.reviews[HERE] = [
        dataclasses.replace(one, id=moved.get(one.id, one.id)) for one in rows if one.id not in gone
    ]
    shelf.reviews[HERE] += [a_review(2_000 + number, text="Great") for number in range(5)]
    reading.crawl(shelf, hours=24)
    with reading.database.read() as session:
        after = dict(session.execute(sa.select(Review.source_review_id, Review.id)).all())
    linked = sum(after.get(new) == before[old] for old, new in moved.items())
    assert linked >= 0.99 * len(moved)
    owners = {row_id: old for old, row_id in before.items()}
    rightly = {new: old for old, new in moved.items()}
    false = [new for new, row_id in after.items() if owners.get(row_id, new) not in (new, rightly.get(new))]
    assert len(false) <= 0.001 * len(rows)


def test_locations_with_few_reviews_are_read_in_one_batch(reading: Reading) -> None:
    shelf = a_shelf(10, 12)
    reading.crawl(shelf)
    shelf.reviews[THERE].append(a_review(20_000))
    reading.crawl(shelf, hours=6)
    assert (shelf.pages_of(HERE), shelf.pages_of(THERE)) == (0, 0)
    assert reading.stored() == ids(shelf)


@pytest.mark.parametrize(
    "answer",
    [
        (200, {}),
        (200, {"locationReviews": []}),
        (403, {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "No."}}),
        (404, {"error": {"code": 404, "status": "NOT_FOUND", "message": "No."}}),
        (200, {"locationReviewsV2": []}),
    ],
    ids=["nothing", "no rows", "refused", "not there", "changed"],
)
def test_a_batch_that_fails_or_is_empty_is_asked_for_one_by_one(
    reading: Reading, answer: tuple[int, dict[str, object]]
) -> None:
    shelf = a_shelf(10, 12)
    reading.crawl(shelf)
    shelf.reviews[THERE].append(a_review(20_000))
    shelf.batch = lambda _: answer
    assert reading.crawl(shelf, hours=6).complete
    assert (shelf.pages_of(HERE), shelf.pages_of(THERE)) == (1, 1)
    assert reading.stored() == ids(shelf)


def test_a_review_missing_from_a_batch_is_looked_for_in_its_own_list(reading: Reading) -> None:
    shelf = a_shelf(10, 12)
    reading.crawl(shelf)
    del shelf.reviews[HERE][4]
    for _ in range(2):
        reading.crawl(shelf, hours=6)
        assert (shelf.pages_of(HERE), shelf.pages_of(THERE)) == (1, 0)
    assert reading.stored() == ids(shelf)


class Cut(BaseException):
    """The worker is gone, as kill -9 leaves it."""


def test_batches_that_were_cut_short_go_on_with_the_page_in_hand(reading: Reading) -> None:
    shelf = Shelf(
        {
            f"locations/{place}": [a_review(100 * place + number) for number in range(20)]
            for place in range(20)
        }
    )
    reading.crawl(shelf)
    shelf.reviews["locations/7"].append(a_review(9_999))
    left = [2, 3, 2]

    def cut(shelf: Shelf) -> None:
        if left and not left[0]:
            left.pop(0)
            shelf.asked.pop()
            raise Cut
        if left:
            left[0] -= 1

    shelf.between = cut
    for attempt in range(4):
        with contextlib.suppress(Cut):
            (reading.crawl if attempt == 0 else reading.go_on)(shelf)
    assert left == []
    assert reading.stored() == ids(shelf)
    batches = [asked for asked in shelf.asked if asked.endswith(":batchGetReviews")]
    assert len(batches) == 9
    with reading.database.read() as session:
        kept = session.scalars(
            sa.select(Snapshot.sha256).where(Snapshot.url.contains("batchGetReviews"))
        ).all()
    assert set(kept) == {None}


def test_a_token_that_runs_out_is_renewed_in_the_middle(reading: Reading) -> None:
    shelf = a_shelf(187)

    def run_out(shelf: Shelf) -> None:
        shelf.expired_tokens = int(len(shelf.asked) == 5)

    shelf.between = run_out
    assert reading.crawl(shelf).complete
    assert reading.stored() == ids(shelf)
    assert shelf.asked.count("POST /token") == 2


def replied(review: OnShelf, state: str) -> OnShelf:
    reply = {"comment": "Thank you.", "updateTime": "2026-09-05T20:00:00Z", "reviewReplyState": state}
    return dataclasses.replace(review, reply=reply)


@pytest.mark.parametrize(
    ("said", "state"), [("APPROVED", ReplyState.PUBLISHED), ("REJECTED", ReplyState.REJECTED)]
)
def test_a_reply_far_down_is_followed_until_google_has_decided(
    reading: Reading, said: str, state: ReplyState
) -> None:
    shelf = Shelf({HERE: [a_review(1_000 * number) for number in range(180)]})
    shelf.reviews[HERE][2] = replied(shelf.reviews[HERE][2], "PENDING")
    reading.crawl(shelf)
    shelf.reviews[HERE][2] = replied(shelf.reviews[HERE][2], said)
    reading.crawl(shelf, hours=6)
    assert shelf.pages_of(HERE) == 1
    with reading.database.read() as session:
        assert session.scalars(sa.select(Reply.state)).one() is state
