"""Bing: places found by the Bing Maps service LocalSearch, and listing pages that the owner names.

The service needs an enterprise key and ends on 2028-06-30. Bing has no reviews of its own.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import msgspec

from crawlers.formats import bing_local
from crawlers.formats.collected import collected
from crawlers.formats.directory_page import Directory, read_page
from crawlers.formats.html_page import looks_like_html, text_of
from crawlers.formats.http_answer import outcome_of, refused
from crawlers.formats.json_answer import decode, merged, unreadable
from crawlers.source import Adapter, Answer, Outcome, Reading, Request

ORIGIN = "https://dev.virtualearth.net"
_BING = Directory(
    source="bing",
    domain="bing.com",
    own_name=re.compile(r"(?:microsoft|bing)\b", re.IGNORECASE),
    hidden=frozenset({"rating", "review_count"}),
)
"""The stars on Bing's pages are other directories'."""
_PLACE_ID = re.compile(r"(?:data-ypid=[\"']|\bypid[.=])(YN[0-9A-Za-z]+)")
_RESULT = frozenset({"Address", "PhoneNumber"})
_OVERLOADED = "x-ms-bm-ws-info"


MOST = 25
"""Places that one answer holds at most."""
_KEY = re.compile(r"([?&])key=[^&]*")


def without_key(url: str) -> str:
    """An address of the service as it may be written down."""
    return _KEY.sub(r"\1key=", url)


class Bing(Adapter):
    """Places around a point, or the business of one page."""

    source = "bing"
    reader_version = "bing-1"

    def local_search(
        self, key: str, query: str, latitude: float, longitude: float, radius: int = 5000
    ) -> Request:
        """Up to MOST places that a name finds within `radius` metres of a point."""
        asked = {
            "query": query,
            "userLocation": f"{latitude},{longitude},{radius}",
            "maxResults": MOST,
            "key": key,
        }
        url = f"{ORIGIN}/REST/v1/LocalSearch/?{urlencode(asked)}"
        return Request(self.at(url), headers={"Accept": "application/json"})

    def page(self, url: str) -> Request:
        """A listing page that the owner has named."""
        return Request(self.at(url), headers={"Accept": "text/html,application/xhtml+xml"})

    def read(self, answer: Answer) -> Reading:
        """Any answer of LocalSearch, or a page with structured data.

        An answer that the service marks as given under load may lack results: it is UNAVAILABLE,
        never "not listed". Other results of Bing, such as web pages, are no listings.
        """
        text = text_of(answer.body[:2000], answer.headers.get("content-type"))
        if looks_like_html(text.lstrip("\ufeff")):
            return refused(answer) or _page(answer)
        document = decode(answer)
        if isinstance(document, Reading):
            return document
        known = bing_local.KEYS | _RESULT
        return merged([_one(answer, one) for one in collected(document, known)], "the list holds no answer")


def _one(answer: Answer, document: Any) -> Reading:
    if not isinstance(document, Mapping):
        return refused(answer) or _no_answer()
    refusal = _error(document, answer.status) or refused(answer)
    if refusal is not None:
        return refusal
    if answer.headers.get(_OVERLOADED) == "1":
        return Reading(Outcome.UNAVAILABLE, detail="the service is overloaded and may leave results out")
    try:
        if "resourceSets" in document:
            return bing_local.search(document) or _no_answer()
        found = bing_local.listing(document) if bing_local.is_result(document) else None
    except msgspec.ValidationError as error:
        return unreadable(f"the schema is not the one this reader knows: {error}")
    return Reading(Outcome.OK, (found,)) if found else _no_answer()


def _error(document: Mapping[str, Any], status: int) -> Reading | None:
    """The reading of an error body: it has the shape of an answer, with another status code."""
    said = document.get("statusCode")
    code = said if isinstance(said, int) and not isinstance(said, bool) else status
    outcome = outcome_of(code)
    key = document.get("authenticationResultCode")
    if isinstance(key, str) and key not in {"ValidCredentials", "None"}:
        return Reading(Outcome.BLOCKED, detail=f"{key}: the key was not accepted: check the Bing Maps key")
    details = document.get("errorDetails")
    words = [word for word in details if isinstance(word, str)] if isinstance(details, list) else []
    if outcome is Outcome.OK and not words:
        return None
    cause = "; ".join(words)[:200] or f"Bing Maps answered with status {code}"
    return Reading(Outcome.UNREADABLE if outcome is Outcome.OK else outcome, detail=cause)


def _page(answer: Answer) -> Reading:
    text = text_of(answer.body, answer.headers.get("content-type"))
    reading = read_page(text, answer.url, _BING)
    identifiers = set(_PLACE_ID.findall(text))
    if len(reading.listings) != 1 or len(identifiers) != 1:
        return reading
    return replace(reading, listings=(replace(reading.listings[0], source_id=identifiers.pop()),))


def _no_answer() -> Reading:
    return unreadable("this is no answer of Bing's LocalSearch")
