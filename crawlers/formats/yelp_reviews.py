"""Review excerpts of the Yelp Places API v3: three at most, cut by Yelp, without the owner's answers.

https://docs.developer.yelp.com/reference/v3_business_reviews
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from crawlers.formats import shown
from crawlers.formats.yelp_urls import untracked
from reputation.records import ReviewRecord

ZONE = "America/Los_Angeles"
"""Yelp tells no zone; its documentation says that the time is Pacific."""


class _User(msgspec.Struct):
    id: str | None = None
    name: str | None = None
    profile_url: str | None = None
    image_url: str | None = None


class _Review(msgspec.Struct):
    id: str | None = None
    url: str | None = None
    text: str | None = None
    rating: float | None = None
    time_created: str | None = None
    user: _User | None = None


def is_review(document: Any) -> bool:
    """Whether a document is one review of v3."""
    return isinstance(document, Mapping) and "time_created" in document and "rating" in document


def review(document: Mapping[str, Any], business: str | None) -> ReviewRecord:
    """One excerpt of the business with that id or alias.

    Raises msgspec.ValidationError, naming the place, when the schema is another.
    """
    said = msgspec.convert(document, _Review, strict=False)
    user = said.user or _User()
    created, assumed = created_at(said.time_created)
    extra = (
        ("zone_assumed", assumed), ("author_url", untracked(user.profile_url)),
        ("author_photo", shown.text(user.image_url)),
    )  # fmt: skip
    return ReviewRecord(
        source="yelp",
        source_review_id=shown.text(said.id),
        rating=shown.between(said.rating, 1, 5),
        text=said.text if shown.text(said.text) else None,
        author=shown.text(user.name),
        created_at=created,
        url=untracked(said.url),
        listing_source_id=business,
        extra={key: value for key, value in extra if value},
    )


def created_at(value: str | None) -> tuple[dt.datetime | None, str | None]:
    """A time as aware UTC, and the zone that had to be assumed; (None, None) when it can't be read."""
    exact = shown.moment(value)
    if exact is not None:
        return exact, None
    try:
        local = dt.datetime.strptime((value or "").strip(), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - zone below
        return local.replace(tzinfo=ZoneInfo(ZONE)).astimezone(dt.UTC), ZONE
    except (ValueError, OverflowError):
        return None, None
