"""Customer reviews in the state of a BBB page, with the business's answer. Names in texts are masked by BBB."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from crawlers.formats import shown
from crawlers.formats.bbb_figures import without_nothing
from reputation.records import ReplyRecord, ReviewRecord


class _Date(msgspec.Struct):
    day: int | str | None = None
    month: int | str | None = None
    year: int | str | None = None


class _Review(msgspec.Struct, rename="camel"):
    id: str | None = None
    display_name: str | None = None
    review_star_rating: float | None = None
    text: str | None = None
    date: _Date | None = None
    has_extended_text: bool | None = None
    business_response_text: str | None = None
    business_response_date: _Date | str | None = None
    customer_response_text: str | None = None
    customer_response_date: _Date | str | None = None
    business_rebuttal_text: str | None = None
    business_rebuttal_date: _Date | str | None = None


def is_review(document: Any) -> bool:
    """Whether a document is one customer review of the state."""
    return isinstance(document, Mapping) and "reviewStarRating" in document


def review(document: Mapping[str, Any], business: str | None) -> ReviewRecord:
    """One customer review; `extra` holds what was said after the business's first answer.

    Raises msgspec.ValidationError, naming the place, when the schema is another.
    """
    said = msgspec.convert(document, _Review, strict=False)
    answer = shown.text(said.business_response_text)
    after = {
        "customer_response": shown.text(said.customer_response_text),
        "customer_response_date": _iso(said.customer_response_date),
        "business_rebuttal": shown.text(said.business_rebuttal_text),
        "business_rebuttal_date": _iso(said.business_rebuttal_date),
        "text_may_be_cut": said.has_extended_text or None,
    }
    return ReviewRecord(
        source="bbb",
        source_review_id=shown.text(said.id),
        rating=shown.between(said.review_star_rating, 1, 5),
        text=said.text if shown.text(said.text) else None,
        author=shown.text(said.display_name),
        created_at=date_of(said.date),
        reply=ReplyRecord(answer, date_of(said.business_response_date)) if answer else None,
        listing_source_id=business,
        extra=without_nothing(after),
    )


def date_of(said: _Date | str | None) -> dt.date | None:
    """A date in parts, which the site writes as texts ("09"), or an ISO date; None for what is none."""
    try:
        if isinstance(said, str):
            return dt.date.fromisoformat(said.strip()[:10])
        if said is None or said.year is None or said.month is None or said.day is None:
            return None
        return dt.date(int(said.year), int(said.month), int(said.day))
    except (ValueError, OverflowError):
        return None


def _iso(said: _Date | str | None) -> str | None:
    date = date_of(said)
    return date.isoformat() if date else None
