"""How much of each field a crawl finds filled: counts only, no value of any listing or review."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crawlers.plan import Fetch, ListingsComplete, Step
from crawlers.source import Outcome, Reading, Request
from listings.records import ListingRecord
from reputation.records import ReviewRecord

LISTING_FIELDS = (
    "name", "street", "city", "postal_code", "phone", "website", "categories", "hours", "latitude",
)  # fmt: skip
"""What a listing has for good. Special days end for all listings at once, and ratings may be switched off."""
REVIEW_FIELDS = ("rating", "text", "author", "created_at")
"""What a review has from its first day; answers to it come later."""

RECORDS = "records"
LISTINGS, SEARCH, SEARCHES, REVIEWS = "listings", "search", "searches", "reviews"
"""Kinds of records. Listings that a search shows may be anybody's, so they are counted for themselves."""


@dataclass(slots=True)
class Fill:
    """Counts one crawl. `unchanged` are the requests whose answers say that nothing has changed."""

    answers: Counter[str] = field(default_factory=Counter)
    filled: dict[str, Counter[str]] = field(default_factory=dict)
    unchanged: list[Request] = field(default_factory=list)
    whole: bool = False
    """Whether the source has shown every listing it has for us."""
    _seen: set[str] = field(default_factory=set)

    def note(self, step: Step, reading: Reading) -> None:
        """Count the answer to one step of a plan, with what it holds."""
        self.whole |= isinstance(step, ListingsComplete)
        if isinstance(step, Fetch) and not step.secret and not step.lookup:
            self._answer(step, reading)

    def again(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Count the stored records of answers that have not changed."""
        for record in records:
            self._add(LISTINGS, {name: int(record.get(name) is not None) for name in LISTING_FIELDS})

    def _answer(self, step: Fetch, reading: Reading) -> None:
        self.answers["asked"] += 1
        self.answers[_ended(reading)] += 1
        if reading.outcome is Outcome.NOT_MODIFIED:
            self.unchanged.append(step.request)
        if reading.outcome is not Outcome.OK:
            return
        if step.is_search:
            self._add(SEARCHES, {"found": int(bool(reading.listings))})
        for listing in self._first_time(step, reading):
            shown = {name: int(getattr(listing, name) is not None) for name in LISTING_FIELDS}
            self._add(SEARCH if step.is_search else LISTINGS, shown)
        for review in reading.reviews:
            if not review.is_complaint:
                self._add(REVIEWS, _of_review(review))

    def _first_time(self, step: Fetch, reading: Reading) -> Sequence[ListingRecord]:
        """The listings; one reached through a second account, or told of again, is no second listing."""
        if step.is_search:
            return reading.listings
        first = [one for one in reading.listings if one.source_id is None or one.source_id not in self._seen]
        self._seen.update(one.source_id for one in first if one.source_id is not None)
        return first

    def _add(self, kind: str, shown: Mapping[str, int]) -> None:
        self.filled.setdefault(kind, Counter()).update({RECORDS: 1, **shown})


def name_of(kind: str, shown: str) -> str:
    """What a field is called where people are told of it; a listing's has its own name."""
    return f"{kind}.{shown}" if kind == REVIEWS else shown


def _ended(reading: Reading) -> str:
    """The word for how an answer ended: read, empty, unchanged, unreadable or failed."""
    if reading.outcome is Outcome.OK:
        return "read" if reading.listings or reading.reviews else "empty"
    if reading.outcome is Outcome.NOT_MODIFIED:
        return "unchanged"
    return "unreadable" if reading.outcome is Outcome.UNREADABLE else "failed"


def _of_review(review: ReviewRecord) -> dict[str, int]:
    return {name: int(getattr(review, name) is not None) for name in REVIEW_FIELDS}
