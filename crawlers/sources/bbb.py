"""BBB (Better Business Bureau): profile pages and the site's own search. Undocumented; read, never relied on.

Grade, stars and complaints are three figures that stay apart; texts may not be shown in public.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import msgspec

from crawlers.formats import bbb_page, bbb_parsed, bbb_profile, bbb_reviews, bbb_search
from crawlers.formats.bbb_urls import SITE, page_in, profile_of, reviews_page
from crawlers.formats.collected import collected
from crawlers.formats.error_page import error_page
from crawlers.formats.html_page import breaks_off, looks_like_html, text_of
from crawlers.formats.http_answer import refused
from crawlers.formats.json_answer import decode, merged, unreadable
from crawlers.formats.page_layers import too_deep
from crawlers.source import Adapter, Answer, Outcome, Reading, Request
from listings.records import ListingRecord
from reputation.records import ReviewRecord

REVIEWS_A_PAGE = 10
_KNOWN = bbb_parsed.KEYS | frozenset(
    {"businessProfile", "customerReviews", "results", "businessName", "reviewStarRating", "bbbId"}
)


class Bbb(Adapter):
    """Profiles that the owner names, and the site search that finds them."""

    source = "bbb"
    reader_version = "bbb-2"

    def profile(self, url: str) -> Request:
        """A profile page."""
        return Request(self.at(url), headers={"Accept": "text/html,application/xhtml+xml"})

    def reviews(self, url: str, page: str) -> Request:
        """A page of the ten newest reviews, or of later ones, of the profile at `url`; pages count from "1"."""
        return self.profile(reviews_page(url, page))

    def search(self, text: str, place: str, country: str = "USA", page: int = 1) -> Request:
        """A page of 15 rows of the site search; `country` is USA or CAN, the order is by name.

        The site's own order puts those that pay first, and there are 15 pages at most.
        """
        asked = {
            "find_country": country, "find_text": text, "find_loc": place, "page": page, "sort": "AToZ",
        }  # fmt: skip
        return Request(
            self.at(f"{SITE}/api/search?{urlencode(asked)}"), headers={"Accept": "application/json"}
        )

    def read(self, answer: Answer) -> Reading:
        """Any page or answer of the site, its saved state, and rows that collectors made of it.

        A challenge or a refusal is BLOCKED: it never means that a listing or its reviews are gone.
        """
        text = text_of(answer.body, answer.headers.get("content-type"))
        if looks_like_html(text.lstrip("\ufeff")):
            return refused(answer) or _page(text, answer.url)
        document = decode(answer)
        if isinstance(document, Reading):
            return document
        refusal = refused(answer)
        if refusal is not None:
            return refusal
        if _is_linked_data(document):
            return Reading(Outcome.OK, bbb_page.listings(text, answer.url))
        readings = [_document(one, answer.url) for one in collected(document, _KNOWN)]
        return merged(readings, "the list holds no answer")


def _is_linked_data(document: Any) -> bool:
    """Whether a document is the JSON-LD of a profile, saved without its page."""
    first = document[0] if isinstance(document, list) and document else document
    return isinstance(first, Mapping) and not {"@type", "@graph"}.isdisjoint(first)


def _document(document: Any, url: str) -> Reading:
    try:
        reading = _records(document, url) if isinstance(document, Mapping) else None
    except msgspec.ValidationError as error:
        return unreadable(f"the schema is not the one this reader knows: {error}")
    return reading or unreadable("this is no answer of BBB's site")


def _records(document: Mapping[str, Any], url: str) -> Reading | None:
    if "businessProfile" in document or "customerReviews" in document:
        return _state(document, url)
    if bbb_search.is_search(document):
        return bbb_search.search(document)
    if bbb_search.is_row(document):
        return Reading(Outcome.OK, (bbb_search.row(document),))
    if bbb_reviews.is_review(document):
        return Reading(Outcome.OK, reviews=(bbb_reviews.review(document, None),))
    if not bbb_parsed.KEYS.isdisjoint(document):
        record = bbb_parsed.record(document)
        return Reading(
            Outcome.OK,
            listings=(record,) if isinstance(record, ListingRecord) else (),
            reviews=(record,) if isinstance(record, ReviewRecord) else (),
        )
    return _state({"businessProfile": document}, url) if {"bbbId", "names"} <= set(document) else None


class _Reviews(msgspec.Struct):
    items: list[dict[str, Any]] | None = None


class _State(msgspec.Struct):
    businessProfile: dict[str, Any] | None = None  # noqa: N815 - the site's name
    customerReviews: _Reviews | None = None  # noqa: N815


def _state(document: Mapping[str, Any], url: str) -> Reading | None:
    """The profile of a page's state and the reviews in it; None without a profile."""
    said = msgspec.convert(document, _State, strict=False)
    if not said.businessProfile and said.customerReviews is None:
        return None
    profile = said.businessProfile or {}
    inside = msgspec.convert(profile.get("customerReviews"), _Reviews | None, strict=False)
    listing = bbb_profile.profile(profile, profile_of(url)) if profile else None
    items = [
        *((inside and inside.items) or ()),
        *((said.customerReviews and said.customerReviews.items) or ()),
    ]
    key = listing.source_id if listing else None
    total = listing.review_count if listing and items else None
    return Reading(
        Outcome.OK,
        (listing,) if listing else (),
        tuple(bbb_reviews.review(one, key) for one in items),
        next_page=_further(url, len(items), total),
        total=total,
    )


def _further(url: str, shown: int, total: int | None) -> str | None:
    """The number of the next page of reviews, told by how many there are; None on other pages and the last."""
    page = page_in(url)
    if page is None or total is None or shown < REVIEWS_A_PAGE or page * REVIEWS_A_PAGE >= total:
        return None
    return str(page + 1)


def _page(text: str, url: str) -> Reading:
    if too_deep(text):
        return unreadable("the page nests too deep to be one")
    reviews, further = bbb_page.reviews(text, url)
    state = bbb_page.state_in(text)
    if state is not None and state.get("businessProfile"):
        said = _document(state, url)
        return replace(said, reviews=said.reviews or reviews, next_page=further or said.next_page)
    found = bbb_page.listings(text, url)
    if found or reviews:
        return Reading(Outcome.OK, found, reviews, next_page=further)
    cause = "the page breaks off" if breaks_off(text) else "the page shows no profile of a business"
    return error_page(text) or unreadable(cause)
