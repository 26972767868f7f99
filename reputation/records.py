"""One review as one source shows it: the word that readers and ingest share."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ReplyRecord:
    """The owner's public answer below a review; `state` is the source's own word in lower case.

    `reason` is why the source doesn't publish it, in its own words.
    """

    text: str
    updated_at: dt.datetime | dt.date | None = None
    state: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """What one answer of one source says of one review.

    `rating` is 1 to 5 or None; `text` is what the source shows now, `original_text` what the
    author wrote where the source translates. Times are aware UTC, or a date where the source
    gives no time.
    """

    source: str
    source_review_id: str | None
    rating: float | None
    text: str | None
    original_text: str | None = None
    language: str | None = None
    author: str | None = None
    created_at: dt.datetime | dt.date | None = None
    updated_at: dt.datetime | dt.date | None = None
    reply: ReplyRecord | None = None
    url: str | None = None
    listing_source_id: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_complaint(self) -> bool:
        """Whether it is no review but a complaint, which BBB keeps beside them: no stars, other rules."""
        return bool(self.extra.get("complaint"))

    def as_json(self) -> dict[str, Any]:
        """The record as `goodstanding read` prints it."""
        line: dict[str, Any] = {
            "kind": "review", "source": self.source, "source_review_id": self.source_review_id,
            "rating": self.rating, "text": self.text, "original_text": self.original_text,
            "language": self.language, "author": self.author, "created_at": iso(self.created_at),
            "updated_at": iso(self.updated_at), "reply": None, "url": self.url,
        }  # fmt: skip
        if self.reply is not None:
            line["reply"] = {
                "text": self.reply.text, "updated_at": iso(self.reply.updated_at), "state": self.reply.state,
            }  # fmt: skip
        if self.listing_source_id is not None:
            line["listing_source_id"] = self.listing_source_id
        if self.extra:
            line["extra"] = dict(self.extra)
        return line


def iso(moment: dt.datetime | dt.date | None) -> str | None:
    """ISO 8601 with Z for an aware time, YYYY-MM-DD for a bare date, None for none."""
    if isinstance(moment, dt.datetime):
        return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    return moment.isoformat() if moment is not None else None
