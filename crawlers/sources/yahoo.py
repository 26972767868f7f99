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


class Yahoo(Adapter):
    """One listing page, read by the structured data and the plain text that any page may have."""

    source = "yahoo"
    reader_version = "yahoo-1"

    def page(self, url: str) -> Request:
        """The owner's listing page, https://local.yahoo.com/info-…"""
        return Request(self.at(url), headers={"Accept": "text/html,application/xhtml+xml"})

    def read(self, answer: Answer) -> Reading:
        """The listing of a page.

        A redirect that ended at another host is a consent wall, never a missing listing. A page
        without name, address or phone is unreadable.
        """
        if _left_yahoo(answer):
            return Reading(Outcome.CONSENT_WALL, detail="the request was sent on to a consent page")
        refusal = refused(answer)
        if refusal is not None:
            return refusal
        text = text_of(answer.body, answer.headers.get("content-type"))
        if not text.strip("\ufeff \t\r\n\0"):
            return Reading(Outcome.UNREADABLE, detail="the answer is empty")
        return _numbered(read_page(text, answer.url, _YAHOO))


def _left_yahoo(answer: Answer) -> bool:
    host = host_of(answer.url)
    asked = host_of(answer.asked.url) if answer.asked else host
    return bool(_CONSENT_HOST.search(host)) or (bool(host) and host != asked)


def _numbered(reading: Reading) -> Reading:
    """The reading of one listing with Yahoo's number for it, where the page's address holds one."""
    if len(reading.listings) != 1:
        return reading
    (record,) = reading.listings
    match = _LISTING_ID.search(record.url or "")
    return replace(reading, listings=(replace(record, source_id=match[1]),)) if match else reading
