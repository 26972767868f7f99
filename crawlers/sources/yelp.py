"""Yelp: the Places API v3 (business match, phone search, details, review excerpts).

https://docs.developer.yelp.com/docs/places-intro. Nothing of it but the ids may be kept longer than 24 hours.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from crawlers.formats import yelp_business, yelp_quota, yelp_respond, yelp_reviews, yelp_web
from crawlers.formats.collected import collected
from crawlers.formats.error_page import page_instead
from crawlers.formats.http_answer import refused
from crawlers.formats.json_answer import decode, merged, unreadable
from crawlers.formats.yelp_errors import error_reading
from crawlers.formats.yelp_urls import business_in
from crawlers.source import Adapter, Answer, Outcome, Reading, Request
from listings.records import ListingRecord
from reputation.records import ReviewRecord

ORIGIN = "https://api.yelp.com"
PARTNER = "https://partner-api.yelp.com"
_SETS = frozenset({"businesses", "business", "reviews", "review_highlights"})
_KNOWN = (
    _SETS
    | yelp_business.KEYS
    | yelp_web.KEYS
    | frozenset({"error", "time_created", "possible_languages", "total", "search"})
)


class Yelp(Adapter):
    """Businesses and at most three excerpts of their reviews. Owners' answers are not in this API."""

    source = "yelp"
    reader_version = "yelp-1"

    def match(self, key: str, business: Mapping[str, str]) -> Request:
        """The businesses that a name and an address describe: the right call to find a listing.

        `business` holds name, address1, city, state and country, and may hold address2, address3,
        zip_code, phone, latitude, longitude, match_threshold (none, default, strict) and limit (10 at most).
        """
        return self._get("/v3/businesses/matches", key, business)

    def phone_search(self, key: str, phone: str) -> Request:
        """The businesses with a phone number in E.164; there may be several."""
        return self._get("/v3/businesses/search/phone", key, {"phone": phone})

    def search(self, key: str, place: str, limit: int = 20) -> Request:
        """Businesses in a place; those without a review are left out, so that nothing is proven by absence."""
        return self._get("/v3/businesses/search", key, {"location": place, "limit": str(limit)})

    def details(self, key: str, business: str, locale: str | None = None) -> Request:
        """One business by its id or its alias, which may hold any letter."""
        return self._get(f"/v3/businesses/{quote(business, safe='')}", key, {"locale": locale})

    def excerpts(self, key: str, business: str, locale: str | None = None) -> Request:
        """The excerpts of the newest recommended reviews of one business."""
        path = f"/v3/businesses/{quote(business, safe='')}/reviews"
        return self._get(path, key, {"locale": locale, "sort_by": "newest"})

    def respond(self, token: str, review: str, text: str) -> Request:
        """Put a business owner's public answer below a review; `token` is the owner's, given to a partner.

        https://docs.developer.yelp.com/docs/respond-to-reviews-api-v2
        """
        body = json.dumps({"response_text": text, "response_type": "public_comment"}).encode()
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        headers["Content-Type"] = "application/json"
        return Request(
            self.at(f"{PARTNER}{yelp_respond.PATH}{quote(review, safe='')}"), "POST", headers, body
        )

    def read(self, answer: Answer) -> Reading:
        """Any answer of this API, told apart by its shape, and records of Yelp's web front end.

        `total` is Yelp's own number of results or of reviews in the answer's language. A 403 page, a
        robot check or an error page is never "not listed". `extra["quota"]` is what the answer's
        headers tell of the day's calls.
        """
        reading = self._read(answer)
        quota = yelp_quota.facts(answer.headers)
        return replace(reading, extra={**reading.extra, "quota": quota}) if quota else reading

    def _read(self, answer: Answer) -> Reading:
        if answer.asked is not None and answer.asked.method == "POST":
            return yelp_respond.reading(answer)
        page = page_instead(answer)
        document = page or decode(answer)
        if isinstance(document, Reading):
            return document
        readings = [self._one(answer, one) for one in collected(document, _KNOWN)]
        return merged(readings, "the list holds no answer")

    def _one(self, answer: Answer, document: Any) -> Reading:
        refusal = error_reading(document, answer) or refused(answer)
        if refusal is not None:
            return refusal
        try:
            reading = _records(document, answer) if isinstance(document, Mapping) else None
        except msgspec.ValidationError as error:
            return unreadable(f"the schema is not the one this reader knows: {error}")
        return reading or unreadable("this is no answer of Yelp's Places API v3")

    def _get(self, path: str, key: str, query: Mapping[str, str | None]) -> Request:
        asked = urlencode({name: value for name, value in query.items() if value is not None})
        headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
        return Request(self.at(f"{ORIGIN}{path}?{asked}" if asked else f"{ORIGIN}{path}"), headers=headers)


class _Page(msgspec.Struct):
    businesses: list[dict[str, Any]] | None = None
    business: dict[str, Any] | list[dict[str, Any]] | None = None
    reviews: list[dict[str, Any]] | None = None
    total: int | None = None


def _records(document: Mapping[str, Any], answer: Answer) -> Reading | None:
    if yelp_business.is_business(document) and yelp_business.is_legacy(document):
        return unreadable("this is an answer of the API v2, which Yelp switched off in 2018")
    if yelp_business.is_business(document) and yelp_web.KEYS.isdisjoint(document):
        return Reading(Outcome.OK, yelp_business.listings([document]))
    if yelp_reviews.is_review(document):
        return Reading(Outcome.OK, reviews=(yelp_reviews.review(document, _asked(answer)),))
    if not yelp_web.KEYS.isdisjoint(document):
        return _of_web(document)
    found = document.get("search")  # GraphQL wraps the same businesses
    if isinstance(found, Mapping):
        return _page(found, answer)
    return _page(document, answer) if not _SETS.isdisjoint(document) else None


def _page(document: Mapping[str, Any], answer: Answer) -> Reading | None:
    page = msgspec.convert(document, _Page, strict=False)
    beside = page.business if isinstance(page.business, list) else [page.business] if page.business else []
    businesses, reviews = [*(page.businesses or ()), *beside], page.reviews or []
    if not all(yelp_business.is_business(one) for one in businesses):
        return None
    if any(yelp_business.is_legacy(one) for one in businesses):
        return unreadable("this is an answer of the API v2, which Yelp switched off in 2018")
    return Reading(
        Outcome.OK,
        yelp_business.listings(businesses) if businesses else (),
        tuple(yelp_reviews.review(one, _asked(answer)) for one in reviews),
        total=page.total,
    )


def _of_web(document: Mapping[str, Any]) -> Reading:
    record = yelp_web.record(document)
    return Reading(
        Outcome.OK,
        listings=(record,) if isinstance(record, ListingRecord) else (),
        reviews=(record,) if isinstance(record, ReviewRecord) else (),
    )


def _asked(answer: Answer) -> str | None:
    """Whose reviews were asked for: the answer itself doesn't say it."""
    return business_in(answer.asked.url if answer.asked else answer.url)
