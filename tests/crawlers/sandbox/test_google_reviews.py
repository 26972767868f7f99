import json
from typing import Any

import pytest

from crawlers.sandbox import google
from crawlers.sandbox.ledger import ledger
from tests.crawlers.sandbox.client import REVIEWS, Client


def test_every_review_of_the_ledger_is_listed_once(client: Client) -> None:
    rows = [review for location in client.locations() for review in client.reviews(location["name"])]
    shown = {row["reviewId"]: row for row in rows}
    truth = {row["source_review_id"]: row for row in ledger(client.server.sandbox)["reviews"]}
    assert len(rows) == len(shown) > 500
    assert shown.keys() == truth.keys()
    for name, row in shown.items():
        assert row.get("comment") == truth[name]["comment"]
        assert row["starRating"] == ("ONE", "TWO", "THREE", "FOUR", "FIVE")[truth[name]["rating"] - 1]
        assert (row["createTime"], row["updateTime"]) == (
            truth[name]["created_at"],
            truth[name]["updated_at"],
        )
        assert row.get("reviewReply") == truth[name]["reply"]
        assert row["reviewer"]["displayName"] == truth[name]["author"]
        assert row["reviewer"].get("isAnonymous", False) == truth[name]["anonymous"]


def test_the_chain_has_every_kind_of_review(client: Client) -> None:
    rows = ledger(client.server.sandbox)["reviews"]
    assert {row["language"] for row in rows} >= {None, "en", "es", "fr", "de", "zh", "vi"}
    assert {row["rating"] for row in rows} == {1, 2, 3, 4, 5}
    comments = [row["comment"] or "" for row in rows]
    assert any(text.startswith("(Translated by Google) ") and "\n\n(Original)\n" in text for text in comments)
    assert any("\n\n(Translated by Google)\n" in text for text in comments)
    assert {len(row["created_at"]) for row in rows} == {20, 24, 27}
    assert any(row["reply"] for row in rows)
    assert any(row["anonymous"] for row in rows)
    assert not any("{" in text for text in comments)


def test_pages_of_reviews_join_without_a_gap(client: Client) -> None:
    url = f"{REVIEWS}/{client.location('0102')['name']}/reviews"
    first = json.loads(client.as_owner(f"{url}?pageSize=3").body)
    assert len(first["reviews"]) == 3
    rows = list(client.pages(f"{url}?pageSize=3", "reviews"))
    assert len({row["reviewId"] for row in rows}) == len(rows) == first["totalReviewCount"]
    assert [row["updateTime"][:19] for row in rows] == sorted(
        (row["updateTime"][:19] for row in rows), reverse=True
    )


def test_reviews_are_ordered_by_rating_when_asked(client: Client) -> None:
    url = f"{REVIEWS}/{client.location('0102')['name']}/reviews?orderBy=rating&pageSize=50"
    stars = ["ONE", "TWO", "THREE", "FOUR", "FIVE"]
    ranks = [stars.index(row["starRating"]) for row in client.pages(url, "reviews")]
    assert ranks == sorted(ranks)


def test_edits_keep_the_id_and_move_the_time(client: Client) -> None:
    before = {row["source_review_id"]: row for row in ledger(client.server.sandbox)["reviews"]}
    client.control("advance?days=7")
    truth = ledger(client.server.sandbox)
    after = {row["source_review_id"]: row for row in truth["reviews"]}
    edited = [
        name for name in before.keys() & after.keys() if before[name]["comment"] != after[name]["comment"]
    ]
    assert edited
    assert all(after[name]["updated_at"] > before[name]["updated_at"] for name in edited)
    assert after.keys() - before.keys()
    gone = before.keys() - after.keys()
    assert gone
    assert gone <= set(truth["removed_reviews"])


def test_a_batch_gives_the_reviews_of_its_locations(client: Client) -> None:
    names = [f"accounts/{google.CHAIN}/{client.location(code)['name']}" for code in ("0101", "0102")]
    body: dict[str, Any] = {"locationNames": names, "pageSize": 50, "ignoreRatingOnlyReviews": True}
    rows = json.loads(client.as_owner(f"{REVIEWS}/locations:batchGetReviews", "POST", body).body)[
        "locationReviews"
    ]
    assert {row["name"] for row in rows} == set(names)
    assert all("comment" in row["review"] for row in rows)


def test_a_reply_waits_for_approval_and_can_be_deleted(client: Client) -> None:
    name = client.location("0102")["name"]
    review = next(row for row in client.reviews(name) if "reviewReply" not in row)
    url = f"{REVIEWS}/{name}/reviews/{review['reviewId']}"
    sent = json.loads(client.as_owner(f"{url}/reply", "PUT", {"comment": "Thank you, Ana."}).body)
    assert (sent["comment"], sent["reviewReplyState"]) == ("Thank you, Ana.", "PENDING")
    client.control("advance?days=0.1")
    shown = json.loads(client.as_owner(url).body)["reviewReply"]
    assert (shown["comment"], shown["reviewReplyState"]) == ("Thank you, Ana.", "APPROVED")
    assert client.as_owner(f"{url}/reply", "DELETE").status == 200
    assert "reviewReply" not in json.loads(client.as_owner(url).body)
    assert client.as_owner(f"{url}/reply", "DELETE").status == 404


def test_a_reply_with_a_link_is_rejected(client: Client) -> None:
    name = client.location("0102")["name"]
    url = f"{REVIEWS}/{name}/reviews/{client.reviews(name)[0]['reviewId']}"
    client.as_owner(f"{url}/reply", "PUT", {"comment": "See http://ostermill.example"})
    client.control("advance?days=0.1")
    assert json.loads(client.as_owner(url).body)["reviewReply"]["reviewReplyState"] == "REJECTED"


@pytest.mark.parametrize(("comment", "status"), [("", 400), ("é" * 2048, 200), ("é" * 2048 + "!", 400)])
def test_a_reply_is_limited_in_bytes(client: Client, comment: str, status: int) -> None:
    name = client.location("0102")["name"]
    url = f"{REVIEWS}/{name}/reviews/{client.reviews(name)[0]['reviewId']}/reply"
    assert client.as_owner(url, "PUT", {"comment": comment}).status == status


def test_an_account_reads_only_its_own_locations(client: Client) -> None:
    other = client.location("0102")["name"]
    url = f"https://mybusiness.googleapis.com/v4/accounts/{google.REGION}/{other}/reviews"
    assert client.as_owner(url).status == 403
    assert client.as_owner(f"{REVIEWS}/{other}/reviews/unknown").status == 404
