"""A Business Profile account on paper: reviews that can be moved about between any two requests."""

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawlers.http import Client
from crawlers.outcomes import Failure
from crawlers.source import Answer, Request

ACCOUNT = "accounts/7"
PAGE = 50
BORN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class OnShelf:
    """One review as the source has it."""

    id: str
    author: str
    text: str | None
    created: dt.datetime
    updated: dt.datetime
    rating: int = 4
    reply: dict[str, Any] | None = None


def a_review(number: int, **changed: Any) -> OnShelf:
    """A review that is told from the others by everything but its rating."""
    at = BORN + dt.timedelta(minutes=number)
    return replace(OnShelf(f"r{number}", f"Guest {number}", f"Words {number}", at, at), **changed)


class Shelf(Client):
    """Answers like Google for its locations; `between` is called before each page of reviews."""

    def __init__(self, reviews: dict[str, list[OnShelf]]) -> None:
        self.reviews = reviews
        self.between: Callable[[Shelf], None] = lambda _: None
        self.batch: Callable[[dict[str, Any]], tuple[int, dict[str, Any]]] = self._batch
        self.counted_and_not_shown = 0
        self.asked: list[str] = []
        self.expired_tokens = 0

    def edit(self, location: str, review: OnShelf) -> None:
        """Its writer changes a review at this moment of the shelf."""
        newest = max(one.updated for one in self.reviews[location]) + dt.timedelta(minutes=1)
        self.reviews[location] = [one for one in self.reviews[location] if one.id != review.id]
        self.reviews[location].append(replace(review, text=f"{review.text} (edited)", updated=newest))

    def fetch(self, request: Request, **options: Any) -> Answer | Failure:
        """The answer to one request."""
        path = urlsplit(request.url).path
        self.asked.append(f"{request.method} {path}")
        status, body = self._answer(request, path)
        return Answer(
            request.url,
            status,
            {"content-type": "application/json"},
            json.dumps(body).encode(),
            asked=request,
        )

    def pages_of(self, location: str) -> int:
        """How many pages of a location's own list were asked for."""
        return self.asked.count(f"GET /v4/{ACCOUNT}/{location}/reviews")

    def _answer(self, request: Request, path: str) -> tuple[int, dict[str, Any]]:
        if path == "/token":
            return 200, {"access_token": "t", "expires_in": 3599, "token_type": "Bearer"}
        if self.expired_tokens:
            self.expired_tokens -= 1
            return 401, {"error": {"code": 401, "status": "UNAUTHENTICATED", "message": "Expired."}}
        if path == "/v1/accounts":
            return 200, {"accounts": [{"name": ACCOUNT, "accountName": "Tern", "type": "PERSONAL"}]}
        if path == f"/v1/{ACCOUNT}/locations":
            return 200, {"locations": [{"name": name, "title": "Tern & Pebble"} for name in self.reviews]}
        self.between(self)
        if path.endswith(":batchGetReviews"):
            return self.batch(json.loads(request.body or b"{}"))
        query = {key: values[0] for key, values in parse_qs(urlsplit(request.url).query).items()}
        found = re.fullmatch(rf"/v4/{ACCOUNT}/(locations/\w+)/reviews(?:/(\w+))?", path)
        assert found is not None, path
        return self._list(found[1], query) if found[2] is None else self._get(found[1], found[2])

    def _list(self, location: str, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        rows = self._newest_first(location)
        start = int(query.get("pageToken", "0"))
        body: dict[str, Any] = {
            "reviews": [self._json(location, row) for row in rows[start : start + PAGE]],
            "averageRating": 4.0,
            "totalReviewCount": len(rows) + self.counted_and_not_shown,
        }
        if start + PAGE < len(rows):
            body["nextPageToken"] = str(start + PAGE)
        return 200, body if rows else {}

    def _get(self, location: str, review_id: str) -> tuple[int, dict[str, Any]]:
        for row in self.reviews[location]:
            if row.id == review_id:
                return 200, self._json(location, row)
        return 404, {"error": {"code": 404, "status": "NOT_FOUND", "message": "Not found."}}

    def _batch(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        rows = [
            {"name": name, "review": self._json(location, row)}
            for name in asked["locationNames"]
            if (location := name.removeprefix(f"{ACCOUNT}/"))
            for row in self._newest_first(location)
        ]
        start = int(asked.get("pageToken", "0"))
        body: dict[str, Any] = {"locationReviews": rows[start : start + PAGE]}
        if start + PAGE < len(rows):
            body["nextPageToken"] = str(start + PAGE)
        return 200, body

    def _newest_first(self, location: str) -> list[OnShelf]:
        return sorted(self.reviews[location], key=lambda one: (one.updated, one.id), reverse=True)

    def _json(self, location: str, review: OnShelf) -> dict[str, Any]:
        body: dict[str, Any] = {
            "name": f"{ACCOUNT}/{location}/reviews/{review.id}",
            "reviewId": review.id,
            "reviewer": {"displayName": review.author},
            "starRating": ("ONE", "TWO", "THREE", "FOUR", "FIVE")[review.rating - 1],
            "createTime": _rfc3339(review.created),
            "updateTime": _rfc3339(review.updated),
        }
        if review.text is not None:
            body["comment"] = review.text
        if review.reply is not None:
            body["reviewReply"] = review.reply
        return body


def _rfc3339(moment: dt.datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
