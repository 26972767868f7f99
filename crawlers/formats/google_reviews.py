"""Reviews of the Google My Business API v4.

Schema: https://developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews
"""

import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from crawlers.formats import shown
from crawlers.formats.google_profile import location_id
from reputation.records import ReplyRecord, ReviewRecord

_STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}

_TRANSLATED, _ORIGINAL = "(Translated by Google)", "(Original)"
_SPLIT = re.compile(r"\s*(\(Translated by Google\)|\(Original\))\s*")


class _Struct(msgspec.Struct, rename="camel"):
    pass


class _Reviewer(_Struct):
    display_name: str | None = None
    profile_photo_url: str | None = None
    is_anonymous: bool | None = None


class Reply(_Struct):
    """The owner's reply, also as the answer to writing one."""

    comment: str | None = None
    update_time: str | None = None
    review_reply_state: str | None = None
    policy_violation: Any = None

    def record(self) -> ReplyRecord | None:
        """The reply, None when it has no words."""
        words = shown.text(self.comment)
        if words is None:
            return None
        state = shown.text(self.review_reply_state)
        return ReplyRecord(
            words,
            shown.moment(self.update_time),
            state.lower() if state else None,
            _reason(self.policy_violation),
        )


def _reason(violation: Any) -> str | None:
    """A policy violation in words. Google announced the field without its values, so none is insisted on."""
    if isinstance(violation, str):
        return violation.replace("_", " ").lower() or None
    return msgspec.json.encode(violation).decode() if violation else None


class Review(_Struct):
    """A Review as the list, the single and the batch method answer it."""

    name: str | None = None
    review_id: str | None = None
    reviewer: _Reviewer | None = None
    star_rating: Literal["ONE", "TWO", "THREE", "FOUR", "FIVE", "STAR_RATING_UNSPECIFIED"] | None = None
    comment: str | None = None
    create_time: str | None = None
    update_time: str | None = None
    review_reply: Reply | None = None
    review_reply_url: str | None = None
    review_media_items: list[dict[str, Any]] | None = None


def split_translation(comment: str) -> tuple[str, str | None]:
    """What is shown and what the author wrote; the second is None when Google translated nothing.

    Google joins both with its two marks, in either order; the original may stand without a mark.
    """
    parts = _SPLIT.split(comment.strip())
    if _TRANSLATED not in parts:
        return comment, None
    by_mark: dict[str, str] = {_ORIGINAL: parts[0]} if parts[0] else {}
    for mark, words in zip(parts[1::2], parts[2::2], strict=True):
        by_mark[mark] = by_mark.get(mark) or words
    return by_mark.get(_TRANSLATED) or comment, by_mark.get(_ORIGINAL) or None


def review(document: Mapping[str, Any], source: str, location: str | None = None) -> ReviewRecord:
    """One Review; `location` is its location's name where the review itself does not say it.

    Raises msgspec.ValidationError, naming the place, when the schema is another.
    """
    said = msgspec.convert(document, Review, strict=False)
    if said.review_id is None and said.star_rating is None:
        raise msgspec.ValidationError("a review has neither `reviewId` nor `starRating`")
    name = shown.text(said.name)
    comment = said.comment if shown.text(said.comment) else None
    words, original = split_translation(comment) if comment else (None, None)
    return ReviewRecord(
        source=source,
        source_review_id=shown.text(said.review_id) or (name.rsplit("/", 1)[-1] if name else None),
        rating=_STARS.get(said.star_rating or ""),
        text=words,
        original_text=original,
        author=shown.text(said.reviewer.display_name) if said.reviewer else None,
        created_at=shown.moment(said.create_time),
        updated_at=shown.moment(said.update_time),
        reply=said.review_reply.record() if said.review_reply else None,
        listing_source_id=location_id(location or (name if name and "locations/" in name else None)),
        extra=_extra(said, comment if original or words != comment else None),
    )


def _extra(said: Review, raw: str | None) -> dict[str, Any]:
    reviewer = said.reviewer or _Reviewer()
    values = (
        ("name", said.name), ("raw_text", raw), ("author_photo", reviewer.profile_photo_url),
        ("anonymous", reviewer.is_anonymous), ("reply_url", said.review_reply_url),
        ("media", said.review_media_items),
        ("policy_violation", said.review_reply.policy_violation if said.review_reply else None),
    )  # fmt: skip
    return {key: value for key, value in values if value not in (None, "", [], False)}
