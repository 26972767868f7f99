"""Answers of BBB's site search, `GET https://www.bbb.org/api/search`.

Undocumented; written down from recorded answers. Rows whose id holds "_LR_" are local reports, which
can carry the head office's phones and address: `extra["local_report"]` says so.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from crawlers.formats import shown
from crawlers.formats.bbb_figures import without_nothing
from crawlers.formats.bbb_urls import absolute, country_in
from crawlers.jsonld import unescaped
from crawlers.source import Outcome, Reading
from listings.records import ListingRecord, OpenStatus

_SHOWN = frozenset(
    {
        "name", "street", "city", "region", "postal_code", "phone", "categories", "latitude", "longitude",
    }
)  # fmt: skip
_MARK = re.compile(r"</?em>", re.IGNORECASE)
_POINT = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)\s*")
_ENDED = re.compile(r"out.?of.?business|closed", re.IGNORECASE)
_LAST_PAGE = 15


class _Struct(msgspec.Struct, rename="camel"):
    pass


class _Category(_Struct):
    name: str | None = None


class _Row(_Struct):
    id: str | None = None
    business_name: str | None = None
    address: str | None = None
    city: str | None = None
    state: str | None = None
    postalcode: str | None = None
    phone: list[str] | str | None = None
    location: str | None = None
    rating: str | None = None
    bbb_member: bool | None = None
    bbb_name: str | None = None
    report_url: str | None = None
    local_report_url: str | None = None
    out_of_business_status: Any = None
    categories: list[_Category] | None = None
    has_service_area: bool | None = None


class _Page(_Struct):
    results: list[dict[str, Any]] | None = None
    page: int | None = None
    total_pages: int | None = None
    total_results: int | None = None


def is_search(document: Mapping[str, Any]) -> bool:
    """Whether a document is a page of the site search."""
    return "results" in document and not {"totalResults", "totalPages", "pageSize", "heading"}.isdisjoint(
        document
    )


def is_row(document: Any) -> bool:
    """Whether a document is one row of the site search."""
    return isinstance(document, Mapping) and "businessName" in document


def search(document: Mapping[str, Any]) -> Reading | None:
    """One page of results; None when a row is none. `total` isn't set: it counts no reviews.

    Raises msgspec.ValidationError, naming the place, when the schema is another.
    """
    page = msgspec.convert(document, _Page, strict=False)
    rows = page.results or []
    if not all(is_row(one) for one in rows):
        return None
    last = min(page.total_pages or 0, _LAST_PAGE)
    further = str(page.page + 1) if page.page is not None and rows and page.page < last else None
    counted = {} if page.total_results is None else {"total_results": page.total_results}
    return Reading(Outcome.OK, tuple(row(one) for one in rows), next_page=further, extra=counted)


def row(document: Mapping[str, Any]) -> ListingRecord:
    """One row as a listing. Raises msgspec.ValidationError when the schema is another."""
    said = msgspec.convert(document, _Row, strict=False)
    country = country_in(said.report_url) or country_in(said.local_report_url)
    said_phones = [said.phone] if isinstance(said.phone, str) else said.phone or []
    phones = [number for one in said_phones if (number := shown.phone(one, country))]
    latitude, longitude = _point(said.location)
    names = [shown.text(one.name) for one in said.categories or ()]
    identifier = shown.text(said.id)
    # Empty also for those of which BBB knows nothing, so it never says that a business is open.
    ended = shown.text(said.out_of_business_status)
    gone = bool(ended and _ENDED.search(ended))
    extra = {
        "accredited": said.bbb_member,
        "bbb": shown.text(said.bbb_name),
        "phones": phones[1:],
        "local_report": bool(identifier and "_LR_" in identifier) or None,
        "local_report_url": absolute(said.local_report_url),
        "out_of_business_status": ended,
        "has_service_area": said.has_service_area or None,
    }
    return ListingRecord(
        source="bbb",
        source_id=identifier,
        url=absolute(said.report_url),
        shown=_SHOWN | ({"country"} if country else set()) | ({"status"} if gone else set()),
        name=shown.text(unescaped(_MARK.sub("", said.business_name or ""))),
        street=shown.lines(said.address),
        city=shown.text(said.city),
        region=shown.text(said.state),
        postal_code=shown.text(said.postalcode),
        country=country,
        phone=phones[0] if phones else None,
        categories=tuple(name for name in names if name) or None,
        latitude=latitude,
        longitude=longitude,
        status=OpenStatus.CLOSED if gone else None,
        extra={"grade": shown.text(said.rating), **without_nothing(extra)},
    )


def _point(text: str | None) -> tuple[float | None, float | None]:
    match = _POINT.fullmatch(text or "")
    if match is None:
        return None, None
    latitude, longitude = shown.between(float(match[1]), -90, 90), shown.between(float(match[2]), -180, 180)
    return (latitude, longitude) if latitude is not None and longitude is not None else (None, None)
