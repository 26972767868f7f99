"""The inbox over real rows: what waits, answering, taking back, and who may do what."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask import Flask

from listings.db import Database
from listings.models.organization import AuditEntry
from reputation.conscience import doubts
from reputation.drafts import drafts
from reputation.models.reply import Reply, ReplyState
from reputation.models.review import Review, ReviewNote, ReviewStatus, ReviewVersion
from tests.web.moment import Moment
from tests.web.payloads import OWN
from tests.web.visitor import Visitor
from tests.web.world import World

Somebody = Callable[[str], Visitor]
WORDS = "Thank you for telling us. We are sorry."


@pytest.fixture
def review(world: World) -> int:
    return int(world.places["a"]["review_id"])


def page(visitor: Visitor, path: str) -> BeautifulSoup:
    answer = visitor.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def rows(soup: BeautifulSoup) -> list[str]:
    return [link.get_text(strip=True) for link in soup.select("[data-row] a.row-link")]


def reply_of(database: Database, review_id: int) -> Reply | None:
    with database.read() as db:
        return db.scalar(sa.select(Reply).where(Reply.review_id == review_id))


def add_reviews(database: Database, review_id: int, number: int, **values: object) -> None:
    """More reviews of the same place, each an hour older than the one before."""
    with database.write() as db:
        first = db.get_one(Review, review_id)
        for n in range(1, number + 1):
            made = {
                "organization_id": first.organization_id,
                "listing_id": first.listing_id,
                "location_id": first.location_id,
                "source": "google",
                "source_review_id": f"more-{n}",
                "rating": 5,
                "text": f"words {n}",
                "author": f"Author {n}",
                "written_at": first.written_at - dt.timedelta(hours=n) if first.written_at else None,
                "content_hash": "",
                "identity_hash": f"h{n}",
                "first_seen_at": first.first_seen_at,
            }
            db.add(Review(**made | values))


def test_a_manager_sees_their_own_places_only(somebody: Somebody, world: World) -> None:
    assert rows(page(somebody("marketer"), "/inbox")) == ["Canary author b", "Canary author a"]
    assert rows(page(somebody("manager_of_a"), "/inbox")) == ["Canary author a"]
    assert somebody("manager_of_b").get(f"/inbox/{world.places['a']['review_id']}").status_code == 404


def test_a_reply_waits_in_the_outbox_and_can_be_taken_back(
    somebody: Somebody, database: Database, review: int, moment: Moment
) -> None:
    visitor = somebody("manager_of_a")
    assert visitor.post(f"/inbox/{review}/reply", {"text": WORDS}).status_code == 303
    reply = reply_of(database, review)
    assert reply is not None
    assert (reply.state, reply.text) == (ReplyState.QUEUED, WORDS)
    shown = page(visitor, f"/inbox/{review}")
    assert "goes out in 10 min" in shown.select_one(".outbox").text  # type: ignore[union-attr]
    assert rows(page(visitor, "/inbox")) == []
    assert rows(page(visitor, "/inbox?tab=answered")) == ["Canary author a"]
    moment.passes(minutes=9)
    visitor.post(f"/inbox/{review}/take-back")
    reply = reply_of(database, review)
    assert reply is not None
    assert reply.state is ReplyState.DRAFT
    text = page(visitor, f"/inbox/{review}").select_one("#reply-text")
    assert text is not None
    assert text.text.strip() == WORDS


def test_what_has_left_cannot_be_taken_back(
    somebody: Somebody, database: Database, review: int, moment: Moment
) -> None:
    visitor = somebody("marketer")
    visitor.post(f"/inbox/{review}/reply", {"text": WORDS})
    moment.passes(minutes=10)
    assert visitor.post(f"/inbox/{review}/take-back").status_code == 409
    assert reply_of(database, review).state is ReplyState.QUEUED  # type: ignore[union-attr]


def test_a_reply_longer_than_the_source_takes_is_refused_with_its_words_kept(
    somebody: Somebody, database: Database, review: int
) -> None:
    long = "ü" * 2049
    answer = somebody("marketer").post(f"/inbox/{review}/reply", {"text": long})
    assert answer.status_code == 422
    assert "Shorten it by 2" in answer.text
    assert long in answer.text
    assert reply_of(database, review) is None


def test_what_breaks_a_rule_is_asked_about_once_and_noted(
    somebody: Somebody, database: Database, review: int
) -> None:
    visitor, text = somebody("marketer"), "We can give a refund if you remove your review."
    answer = visitor.post(f"/inbox/{review}/reply", {"text": text})
    assert answer.status_code == 422
    assert "Speaks of changing or removing the review" in answer.text
    assert reply_of(database, review) is None
    assert visitor.post(f"/inbox/{review}/reply", {"text": text, "sure": "yes"}).status_code == 303
    with database.read() as db:
        noted = db.scalars(sa.select(AuditEntry.detail).where(AuditEntry.act == "reply.queued")).one()
    assert noted == {"rules_overruled": 1}


def test_advice_comes_while_typing_and_changes_nothing(somebody: Somebody, review: int) -> None:
    answer = somebody("manager_of_a").post(f"/inbox/{review}/check", {"text": "Your diagnosis was right."})
    assert "matter of health" in answer.text
    assert "<html" not in answer.text


def test_viewers_read_and_have_nothing_to_press(somebody: Somebody, review: int) -> None:
    shown = page(somebody("viewer"), f"/inbox/{review}")
    assert shown.select("form[action*='/inbox/']") == []


def test_a_note_stays_in_the_house(somebody: Somebody, database: Database, review: int) -> None:
    visitor = somebody("manager_of_a")
    visitor.post(f"/inbox/{review}/note", {"text": "The oven was broken."})
    assert "The oven was broken." in page(visitor, f"/inbox/{review}").select_one(".memo").text  # type: ignore[union-attr]
    assert "The oven was broken." not in visitor.get("/p/site-own/code-a").text
    with database.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(ReviewNote)) == 1


def test_closing_and_opening_again(somebody: Somebody, database: Database, review: int) -> None:
    visitor = somebody("manager_of_a")
    visitor.post(f"/inbox/{review}/close")
    assert rows(page(visitor, "/inbox?tab=closed")) == ["Canary author a"]
    visitor.post(f"/inbox/{review}/reopen")
    with database.read() as db:
        assert db.get_one(Review, review).status is ReviewStatus.OPEN


def test_taking_a_review_and_giving_it_back(
    somebody: Somebody, database: Database, review: int, world: World
) -> None:
    visitor = somebody("manager_of_a")
    for form, owner in (({"to": "me"}, world.people["manager_of_a"]), ({"to": "nobody"}, None)):
        visitor.post(f"/inbox/{review}/assign", form)
        with database.read() as db:
            assert db.get_one(Review, review).assigned_to == owner


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("stars=5", ["Author 1"]),
        ("stars=2", ["Canary author a"]),
        ("stars=2&stars=5", ["Canary author a", "Author 1"]),
        ("q=WORDS+1", ["Author 1"]),
        ("q=100%25", []),
        ("location=code-b", []),
        ("location=code-a&source=google", ["Canary author a", "Author 1"]),
        ("text=0", []),
        ("tab=closed", []),
        ("tab=nonsense&stars=9&before=x~y", ["Canary author a", "Author 1"]),
    ],
)
def test_the_address_says_what_is_shown(
    somebody: Somebody, database: Database, review: int, query: str, found: list[str]
) -> None:
    add_reviews(database, review, 1)
    assert rows(page(somebody("manager_of_a"), f"/inbox?{query}")) == found


def test_older_reviews_follow_without_gap_or_repetition(
    somebody: Somebody, database: Database, review: int
) -> None:
    add_reviews(database, review, 119)
    visitor, seen, path = somebody("manager_of_a"), [], "/inbox"
    while path:
        soup = page(visitor, path)
        seen += rows(soup)
        older = soup.find("a", string="Older reviews")
        path = str(older["href"]) if older else ""
    assert len(seen) == len(set(seen)) == 120


def test_a_review_that_is_gone_tells_so_and_takes_no_answer(
    somebody: Somebody, database: Database, review: int, moment: Moment
) -> None:
    with database.write() as db:
        db.get_one(Review, review).vanished_at = moment.now
    visitor = somebody("manager_of_a")
    shown = page(visitor, f"/inbox/{review}")
    assert "no longer shows this review" in shown.text
    assert shown.select_one("#composer") is None
    assert visitor.post(f"/inbox/{review}/reply", {"text": WORDS}).status_code == 422


def test_former_words_and_the_original_stay_readable(
    somebody: Somebody, database: Database, review: int, moment: Moment
) -> None:
    with database.write() as db:
        row = db.get_one(Review, review)
        row.original_text, row.language = "Schlecht.", "de"
        db.add(ReviewVersion(review_id=review, rating=1, text="Worse before", replaced_at=moment.now))
    shown = page(somebody("viewer"), f"/inbox/{review}").text
    assert "Schlecht." in shown
    assert "Worse before" in shown


def test_a_supplied_review_says_so_and_is_answered_elsewhere(
    somebody: Somebody, database: Database, review: int
) -> None:
    with database.write() as db:
        db.get_one(Review, review).supplied_by = "old.csv"
    visitor = somebody("manager_of_a")
    assert "Supplied by the business" in visitor.get(f"/inbox/{review}").text
    assert visitor.post(f"/inbox/{review}/reply", {"text": WORDS}).status_code == 422
    visitor.post(f"/inbox/{review}/mark")
    assert reply_of(database, review).state is ReplyState.MARKED  # type: ignore[union-attr]


@pytest.mark.parametrize("text", OWN)
def test_words_of_customers_are_shown_as_words(
    app: Flask, somebody: Somebody, database: Database, review: int, text: str
) -> None:
    with database.write() as db:
        row = db.get_one(Review, review)
        row.text, row.original_text, row.author = text, text, text
    visitor = somebody("manager_of_a")
    visitor.post(f"/inbox/{review}/note", {"text": text})
    shown = page(visitor, f"/inbox/{review}?kind=note")
    assert all(script.get("src") for script in shown.find_all("script"))
    assert not shown.find_all(["iframe", "style", "math", "img"])
    assert not [name for tag in shown.find_all(True) for name in tag.attrs if name.startswith("on")]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Thank you, Ana. See you soon.", ""),
        ("Ana, your prescription was ready at five.", "health"),
        ("Please delete this review and we will refund you.", "removing"),
        ("We have asked Peter Q. about it, he was there too.", "person"),
        ("We have asked Mrs. Miller about it.", "person"),
        ("Ask for Jonas when you are back.", ""),
        ("We changed the opening hours after your visit.", ""),
        ("", ""),
    ],
)
def test_the_conscience_knows_the_rules(text: str, rule: str) -> None:
    found = doubts(
        text,
        author="Ana L.",
        review_text="Cold soup.",
        other_authors=["Peter Q.", "Ana L."],
        staff=["Jonas Reyes"],
    )
    assert [doubt.breaks_rule for doubt in found] == ([True] if rule else [])
    assert not rule or rule in found[0].strong


def test_the_conscience_hears_the_same_words_again() -> None:
    found = doubts(WORDS, author=None, review_text=None, last_replies=["Something else entirely", WORDS])
    assert [(doubt.breaks_rule, doubt.text) for doubt in found] == [
        (False, "Reads the same as 1 of the last 2 replies.")
    ]


@pytest.mark.parametrize("rating", [None, 1, 3, 4, 5])
@pytest.mark.parametrize("author", [None, "A Google user", "Ana L.", "J. Smith"])
def test_drafts_greet_who_has_a_name_and_raise_no_doubt(author: str | None, rating: float | None) -> None:
    made = drafts(author=author, rating=rating, place="Ostermill Bakery", phone="(215) 555-0133")
    assert len({draft.text for draft in made}) == 3
    assert all(("Ana" in draft.text) is (author == "Ana L.") for draft in made)
    assert all(not doubts(draft.text, author=author, review_text=None) for draft in made)
