"""Rows that collectors make of BBB's pages: businesses, customer reviews, complaints.

They name the business's persons; those are left out.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from crawlers.formats import shown
from crawlers.formats.bbb_figures import without_nothing
from crawlers.formats.bbb_reviews import date_of
from crawlers.formats.bbb_urls import absolute, country_in, key_in
from listings.records import ListingRecord
from reputation.records import ReplyRecord, ReviewRecord

KEYS = frozenset({"accreditationStatus", "source_url"})
_YES = {"true": True, "false": False}


class _Business(msgspec.Struct, rename="camel"):
    business_id: str | None = None
    name: str | None = None
    phone: str | None = None
    address: str | None = None
    accreditation_status: str | bool | None = None
    url: str | None = None


class _Responses(msgspec.Struct):
    business: str | None = None
    consumer: str | None = None


class _Entry(msgspec.Struct):
    category: str | None = None
    user: str | None = None
    status: str | None = None
    type: str | None = None
    stars: float | None = None
    date: str | None = None
    source_url: str | None = None
    details: str | None = None
    responses: _Responses | None = None


def record(document: Mapping[str, Any]) -> ListingRecord | ReviewRecord:
    """One row. Raises msgspec.ValidationError, naming the place, when the schema is another."""
    if "accreditationStatus" in document:
        return _listing(msgspec.convert(document, _Business, strict=False), document)
    return _entry(msgspec.convert(document, _Entry, strict=False))


def _listing(said: _Business, document: Mapping[str, Any]) -> ListingRecord:
    url = absolute(said.url)
    country = country_in(url)
    by_key = {"name": "name", "phone": "phone", "address": "street"}
    could = {field for key, field in by_key.items() if key in document} | ({"country"} if country else set())
    accredited = said.accreditation_status
    return ListingRecord(
        source="bbb",
        source_id=key_in(url) or shown.text(said.business_id),
        url=url,
        shown=frozenset(could),
        name=shown.text(said.name),
        street=shown.lines(said.address),
        country=country,
        phone=shown.phone(said.phone, country),
        extra=without_nothing(
            {"accredited": _YES.get(accredited.lower()) if isinstance(accredited, str) else accredited}
        ),
    )


def _entry(said: _Entry) -> ReviewRecord:
    """A review or a complaint: a complaint has a status and never stars."""
    complaint = (said.type or "").lower() == "complaint" or "/complaints" in (said.source_url or "")
    answers = said.responses or _Responses()
    words = shown.text(answers.business)
    extra = {
        "complaint": complaint or None,
        "complaint_type": shown.text(said.category) if complaint else None,
        "complaint_status": shown.text(said.status) if complaint else None,
        "customer_response": shown.text(answers.consumer),
    }
    created: dt.date | None = date_of(said.date)
    return ReviewRecord(
        source="bbb",
        source_review_id=None,
        rating=None if complaint else shown.between(said.stars, 1, 5),
        text=said.details if shown.text(said.details) else None,
        author=shown.text(said.user),
        created_at=created,
        reply=ReplyRecord(words) if words else None,
        url=absolute(said.source_url),
        listing_source_id=key_in(said.source_url),
        extra=without_nothing(extra),
    )
