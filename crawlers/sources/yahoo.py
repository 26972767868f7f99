"""Yahoo Local: listing pages that the owner names. No API, and a layout that nobody promises."""

import re
from dataclasses import replace

from crawlers.formats.directory_page import Directory, host_of, read_page
from crawlers.formats.html_page import text_of
from crawlers.formats.http_answer import refused
from crawlers.source import Adapter, Answer, Outcome, Reading, Request

_YAHOO = Directory(
    source="yahoo",
    domain="yahoo.com",
    own_name=re.compile(r"yahoo\b", re.IGNORECASE),
    hidden=frozenset({"rating", "review_count"}),
    visible=True,
)
"""The stars and reviews on Yahoo's pages are Yelp's and must never count twice."""
_CONSENT_HOST = re.compile(r"(?:^|\.)(?:guce|consent)\.", re.IGNORECASE)
_LISTING_ID = re.compile(r"/info-(\d+)")
SEARCH_HOST = "search.yahoo.com"
_CONSENT_TRACES = re.compile(r"[?&](?:guccounter|guce_referrer(?:_sig)?)=[^&#]*")
"""What the way through the consent page leaves in an address."""


class Yahoo(Adapter):
    """One listing page, read by the structured data and the plain text that any page may have."""

    source = "yahoo"
    reader_version = "yahoo-1"

    def page(self, url: str) -> Request:
        """The owner's listing page, https://local.yahoo.com/info-…"""
        return Request(self.at(url), headers={"Accept": "text/html,application/xhtml+xml"})

    def read(self, answer: Answer) -> Reading:
        """The listing of a page.

        A redirect that ended at another host is a consent wall, never a missing listing; one that
        ended at another listing is MOVED, for what it shows was never named. A page without name,
        address or phone is unreadable.
        """
        if _left_yahoo(answer):
            return Reading(Outcome.CONSENT_WALL, detail="the request was sent on to a consent page")
        refusal = refused(answer) or _sent_on(answer)
        if refusal is not None:
            return refusal
        text = text_of(answer.body, answer.headers.get("content-type"))
        if not text.strip("\ufeff \t\r\n\0"):
            return Reading(Outcome.UNREADABLE, detail="the answer is empty")
        return _numbered(read_page(text, answer.url, _YAHOO))


def _left_yahoo(answer: Answer) -> bool:
    host = host_of(answer.url)
    asked = host_of(answer.asked.url) if answer.asked else host
    return bool(_CONSENT_HOST.search(host)) or (bool(host) and host not in (asked, SEARCH_HOST))


def _sent_on(answer: Answer) -> Reading | None:
    """Where a redirect within Yahoo led away from the listing that was asked for."""
    if answer.asked is None:
        return None
    if host_of(answer.url) == SEARCH_HOST != host_of(answer.asked.url):
        cause = "Yahoo sends readers on to its search: look the listing up and name its page"
        return Reading(Outcome.UNREADABLE, detail=cause)
    asked, here = (_LISTING_ID.search(url) for url in (answer.asked.url, answer.url))
    if asked and here and asked[1] != here[1]:
        new = _without_traces(answer.url)
        return Reading(Outcome.MOVED, detail=f"Yahoo sends readers on to {new}", extra={"new_url": new})
    return None


def _without_traces(url: str) -> str:
    page, _, query = url.partition("?")
    left = _CONSENT_TRACES.sub("", f"?{query}").lstrip("?&") if query else ""
    return f"{page}?{left}" if left else page


def _numbered(reading: Reading) -> Reading:
    """The reading of one listing with Yahoo's number for it, where the page's address holds one."""
    if len(reading.listings) != 1:
        return reading
    (record,) = reading.listings
    url = _without_traces(record.url or "")
    match = _LISTING_ID.search(url)
    return replace(reading, listings=(replace(record, source_id=match[1], url=url),)) if match else reading
