"""Records of Yelp's own web front end, as exports and collectors keep them: never fetched, only read.

Three shapes: entries of the old review feed, entries of its GraphQL answers, rows of a search page;
and business pages that a collector has taken apart.
"""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from crawlers.formats import shown
from crawlers.formats.weekday_text import week_of
from crawlers.formats.yelp_urls import biz_page, outside
from crawlers.jsonld import unescaped
from listings.records import DAYS, ListingRecord, WeeklyHours
from reputation.records import ReplyRecord, ReviewRecord

KEYS = frozenset({"searchResultBusiness", "localizedDate", "encid", "open_hours", "claim_status"})
"""The keys of which every record of the front end has one."""

_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_US_TAIL = re.compile(r"\b([A-Z]{2})\s+(\d{5}(?:-\d{4})?)$")
_NEXT_DAY = re.compile(r"\s*\(next day\)", re.IGNORECASE)
_LISTING = frozenset(
    {"name", "street", "city", "phone", "website", "categories", "rating", "review_count"}
)  # fmt: skip
_PAGE = {
    "name": "name", "phone": "phone", "website": "website", "open_hours": "hours",
}  # fmt: skip


class _Words(msgspec.Struct):
    text: str | None = None
    full: str | None = None
    language: str | None = None


class _Business(msgspec.Struct):
    id: str | None = None
    encid: str | None = None
    alias: str | None = None


class _Author(msgspec.Struct):
    markupDisplayName: str | None = None  # noqa: N815 - the feed's name
    displayName: str | None = None  # noqa: N815


class _Answer(msgspec.Struct):
    comment: str | _Words | None = None
    text: str | _Words | None = None
    localizedDate: str | None = None  # noqa: N815
    createdAt: str | None = None  # noqa: N815


class _Review(msgspec.Struct):
    id: str | None = None
    encid: str | None = None
    rating: float | None = None
    comment: _Words | None = None
    text: _Words | None = None
    user: _Author | None = None
    author: _Author | None = None
    business: _Business | None = None
    localizedDate: str | None = None  # noqa: N815
    createdAt: str | None = None  # noqa: N815
    businessOwnerReplies: list[_Answer] | None = None  # noqa: N815


class _Category(msgspec.Struct):
    title: str | None = None


class _Link(msgspec.Struct):
    href: str | None = None


class _Row(msgspec.Struct):
    name: str | None = None
    alias: str | None = None
    phone: str | None = None
    city: str | None = None
    formattedAddress: str | None = None  # noqa: N815
    rating: float | None = None
    reviewCount: int | None = None  # noqa: N815
    categories: list[_Category] | None = None
    website: _Link | None = None
    isAd: bool | None = None  # noqa: N815


class _Hit(msgspec.Struct):
    bizId: str | None = None  # noqa: N815
    searchResultBusiness: _Row | None = None  # noqa: N815


def record(document: Mapping[str, Any]) -> ListingRecord | ReviewRecord | None:
    """One record of the front end; None for a row that is about no business.

    Raises msgspec.ValidationError, naming the place, when the schema is another.
    """
    if "searchResultBusiness" in document:
        hit = msgspec.convert(document, _Hit, strict=False)
        return _search_row(hit, hit.searchResultBusiness) if hit.searchResultBusiness else None
    if "localizedDate" in document or "encid" in document:
        return _review(msgspec.convert(document, _Review, strict=False))
    return _page(document)


def _review(said: _Review) -> ReviewRecord:
    words, author = said.comment or said.text or _Words(), said.user or said.author or _Author()
    business, created = said.business or _Business(), _moment(said.createdAt, said.localizedDate)
    replies = [reply for one in said.businessOwnerReplies or () if (reply := _reply(one))]
    return ReviewRecord(
        source="yelp",
        source_review_id=shown.text(said.id) or shown.text(said.encid),
        rating=shown.between(said.rating, 1, 5),
        text=_plain(words.text if words.full is None else words.full),
        language=shown.text(words.language),
        author=shown.text(unescaped(author.markupDisplayName or author.displayName or "")),
        created_at=created,
        reply=replies[0] if replies else None,
        listing_source_id=shown.text(business.id) or shown.text(business.encid),
    )


def _reply(said: _Answer) -> ReplyRecord | None:
    words = said.comment or said.text
    text = _plain((words.full or words.text) if isinstance(words, _Words) else words)
    return ReplyRecord(text, _moment(said.createdAt, said.localizedDate)) if text else None


def _plain(markup: str | None) -> str | None:
    """The text of the feed's markup: line breaks and entities, nothing else."""
    return shown.text(unescaped(_BREAK.sub("\n", markup))) if markup else None


def _moment(exact: str | None, localized: str | None) -> dt.datetime | dt.date | None:
    """A time, or the date of an American "m/d/yyyy"."""
    match = _DATE.fullmatch((localized or "").strip())
    if match is None:
        return shown.moment(exact)
    try:
        return dt.date(int(match[3]), int(match[1]), int(match[2]))
    except ValueError:
        return None


def _search_row(hit: _Hit, said: _Row) -> ListingRecord:
    titles = [shown.text(unescaped(one.title or "")) for one in said.categories or ()]
    return ListingRecord(
        source="yelp",
        source_id=shown.text(hit.bizId),
        url=biz_page(said.alias),
        shown=_LISTING,
        name=shown.text(unescaped(said.name or "")),
        street=shown.text(unescaped(said.formattedAddress or "")),
        city=shown.text(unescaped(said.city or "")),
        phone=shown.phone(said.phone, None),
        website=outside(said.website.href) if said.website else None,
        categories=tuple(title for title in titles if title) or None,
        rating=shown.between(said.rating, 1, 5),
        review_count=said.reviewCount if said.reviewCount is not None and said.reviewCount >= 0 else None,
        extra={"alias": said.alias, "is_ad": said.isAd},
    )


def _page(document: Mapping[str, Any]) -> ListingRecord:
    """A business page taken apart: where the city begins in its address can't be told."""
    address = shown.text(document.get("address"))
    tail = _US_TAIL.search(address or "")
    week = _week(document.get("open_hours"))
    could = {field for key, field in _PAGE.items() if key in document} | (
        {"region", "postal_code"} if tail else set()
    )
    if week is None and document.get("open_hours"):
        could.discard("hours")
    return ListingRecord(
        source="yelp",
        source_id=None,
        url=None,
        shown=frozenset(could),
        name=shown.text(document.get("name")),
        region=tail[1] if tail else None,
        postal_code=tail[2] if tail else None,
        phone=shown.phone(document.get("phone"), None),
        website=shown.text(document.get("website")),
        hours=week,
        extra={
            key: value
            for key, value in (
                ("address", address),
                ("claim_status", shown.text(document.get("claim_status"))),
            )
            if value
        },
    )


def _week(said: Any) -> WeeklyHours | None:
    """A mapping from days to words; a day it doesn't name is unknown, not closed."""
    if not isinstance(said, Mapping):
        return None
    words = {
        day: ", ".join(map(str, hours)) if isinstance(hours, list) else hours for day, hours in said.items()
    }
    by_day = {str(day)[:2].lower(): hours for day, hours in words.items() if isinstance(hours, str) and hours}
    texts = [f"{day} {_NEXT_DAY.sub('', hours)}" for day, hours in by_day.items() if day in DAYS]
    week = week_of(texts)
    return week and {day: periods if day in by_day else None for day, periods in week.items()}
