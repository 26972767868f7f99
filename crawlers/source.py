"""What every adapter is made of: the requests it asks for, the outcomes it may report, its base."""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from listings.records import ListingRecord
from reputation.records import ReviewRecord


class Outcome(StrEnum):
    """How a fetch ended. Only OK may create a mismatch, a closed flag or a zero count."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    NOT_FOUND = "not_found"
    MOVED = "moved"
    BLOCKED = "blocked"
    CONSENT_WALL = "consent_wall"
    UNREADABLE = "unreadable"
    QUOTA = "quota"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as an adapter wants it; the door adds user agent, limits and conditions."""

    url: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes a source answered: `url` is where they came from in the end, `headers` lower case.

    `status` is 0 when the bytes come from a saved file and the HTTP status isn't known. `asked` is
    the request that was answered, where it's known: a field mask in it tells what can be shown.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: dt.datetime | None = None
    asked: Request | None = None


OVERRULED = "overruled"
"""Key of a Reading's extra: source_ids of listings of which another answer tells better what people see."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of one answer.

    With outcome OK, `listings` and `reviews` hold what it says (both empty: readable, holds
    nothing). `next_page` is the token of the next page, `total` the number of
    reviews the source itself claims. With any other outcome `detail` says in one line what was
    wrong and nothing else is filled.
    """

    outcome: Outcome
    listings: tuple[ListingRecord, ...] = ()
    reviews: tuple[ReviewRecord, ...] = ()
    next_page: str | None = None
    total: int | None = None
    detail: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


class Adapter(ABC):
    """One source's wire format. Pure: it makes requests as values and reads answers as bytes."""

    source: ClassVar[str]
    reader_version: ClassVar[str]

    def __init__(self, hosts: Mapping[str, str] | None = None) -> None:
        """`hosts` sends an origin ("https://places.googleapis.com") to another one instead."""
        self._hosts = dict(hosts or {})

    def at(self, url: str) -> str:
        """The URL with its origin replaced where `hosts` says so."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        return self._hosts[origin].rstrip("/") + url[len(origin) :] if origin in self._hosts else url

    @abstractmethod
    def read(self, answer: Answer) -> Reading:
        """Read any answer of this source, error bodies included; never raises for bad bytes."""

    def lines(self, answer: Answer) -> Iterator[dict[str, Any]]:
        """The answer as `goodstanding read` prints it, without the `file` key."""
        reading = self.read(answer)
        if reading.outcome is not Outcome.OK:
            yield {
                "kind": "unreadable", "source": self.source,
                "reason": str(reading.outcome), "detail": reading.detail,
            }  # fmt: skip
        elif not reading.listings and not reading.reviews:
            yield {"kind": "empty", "source": self.source}
        yield from (listing.as_json() for listing in reading.listings)
        yield from (review.as_json() for review in reading.reviews)
