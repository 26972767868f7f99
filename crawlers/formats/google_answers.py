"""Answers of the Business Profile APIs, told apart by their shape."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from crawlers.formats import google_attributes, google_profile, google_reviews
from crawlers.source import OVERRULED, Outcome, Reading
from listings.records import ListingRecord

SOURCE = "google"

KNOWN = frozenset(
    {
        "error", "access_token", "accounts", "locations", "location", "reviews", "averageRating",
        "totalReviewCount", "nextPageToken", "locationReviews", "starRating", "reviewId", "comment",
        "reviewReplyState", "metadata", "accountName", "attributes", "pubsubTopic", *google_profile.SHOWN_BY,
    }
)  # fmt: skip
"""The keys of which every answer of these APIs has one, unless it is {}."""

_LOCATION_KEYS = frozenset(google_profile.SHOWN_BY) | {"storeCode", "languageCode", "metadata", "serviceArea"}
_TOKEN_KEYS = ("access_token", "refresh_token", "expires_in", "scope")
_NOTHING_IN = frozenset({"nextPageToken", "totalSize"})


class _Struct(msgspec.Struct, rename="camel"):
    next_page_token: str | None = None


class _Reviews(_Struct):
    reviews: list[dict[str, Any]] | None = None
    average_rating: float | None = None
    total_review_count: int | None = None


class _LocationReview(msgspec.Struct):
    name: str | None = None
    review: dict[str, Any] | None = None


class _Batch(_Struct):
    location_reviews: list[_LocationReview] | None = None


class _Locations(_Struct):
    locations: list[dict[str, Any]] | None = None


class _Updated(_Struct):
    location: dict[str, Any] | None = None
    diff_mask: str | None = None
    pending_mask: str | None = None


class _Accounts(_Struct):
    accounts: list[dict[str, Any]] | None = None


def reading_of(document: Any, mask: frozenset[str], url: str) -> Reading | None:
    """What one answer says; None when it has the shape of none of them.

    `mask` is the read mask of the request, `url` its address: both are used where the answer itself
    does not say what it shows or whose reviews it holds. Raises msgspec.ValidationError, naming the
    place, when the schema is another.
    """
    if not isinstance(document, Mapping):
        return None
    for key, read in _BY_KEY.items():
        if key in document:
            return read(document, mask, url)
    if set(document) == {"name"} and str(document["name"]).endswith("/attributes"):
        # A list without entries is left out.
        return _attributes(document)
    if not _LOCATION_KEYS.isdisjoint(document):
        return _owners_view(_listings([dict(document)], mask))
    if "starRating" in document or "reviewId" in document:
        return Reading(Outcome.OK, reviews=(google_reviews.review(document, SOURCE, _location_in(url)),))
    if "comment" in document:
        reply = msgspec.convert(document, google_reviews.Reply).record()
        return Reading(Outcome.OK, extra={"reply": reply})
    page = msgspec.convert(document, _Struct).next_page_token
    return Reading(Outcome.OK, next_page=page or None) if set(document) <= _NOTHING_IN else None


def _reviews(document: Mapping[str, Any], _: frozenset[str], url: str) -> Reading:
    page = msgspec.convert(document, _Reviews, strict=False)
    return Reading(
        Outcome.OK,
        reviews=tuple(google_reviews.review(one, SOURCE, _location_in(url)) for one in page.reviews or ()),
        next_page=page.next_page_token or None,
        total=page.total_review_count,
        extra={"average_rating": page.average_rating} if page.average_rating else {},
    )


def _batch(document: Mapping[str, Any], *_: Any) -> Reading:
    page = msgspec.convert(document, _Batch, strict=False)
    reviews = (
        google_reviews.review(one.review, SOURCE, one.name)
        for one in page.location_reviews or ()
        if one.review
    )
    return Reading(Outcome.OK, reviews=tuple(reviews), next_page=page.next_page_token or None)


def _locations(document: Mapping[str, Any], mask: frozenset[str], _: str) -> Reading:
    page = msgspec.convert(document, _Locations)
    return _owners_view(_listings(page.locations or [], mask), page.next_page_token)


def _owners_view(found: tuple[ListingRecord, ...], next_page: str | None = None) -> Reading:
    """Locations as their owner entered them, and which of them customers may see otherwise."""
    seen_otherwise = ("has_google_updated", "has_pending_edits")
    others = tuple(one.source_id for one in found if any(one.extra.get(flag) for flag in seen_otherwise))
    return Reading(
        Outcome.OK, found, next_page=next_page or None, extra={OVERRULED: others} if others else {}
    )


def _updated(document: Mapping[str, Any], mask: frozenset[str], _: str) -> Reading:
    updated = msgspec.convert(document, _Updated)
    masks = {"diff_mask": _names(updated.diff_mask), "pending_mask": _names(updated.pending_mask)}
    told = {
        "google_changed": google_profile.fields_of(masks["diff_mask"]),
        "google_pending": google_profile.fields_of(masks["pending_mask"]),
    }
    shown = _listings([updated.location] if updated.location else [], mask)
    said = {name: fields for name, fields in told.items() if fields}
    return Reading(Outcome.OK, tuple(replace(one, extra={**one.extra, **said}) for one in shown), extra=masks)


def _accounts(document: Mapping[str, Any], *_: Any) -> Reading:
    page = msgspec.convert(document, _Accounts)
    return Reading(
        Outcome.OK, next_page=page.next_page_token or None, extra={"accounts": page.accounts or []}
    )


def _token(document: Mapping[str, Any], *_: Any) -> Reading:
    known = {key: document[key] for key in _TOKEN_KEYS if key in document}
    return Reading(Outcome.OK, extra=known)


def _attributes(document: Mapping[str, Any], *_: Any) -> Reading:
    return Reading(Outcome.OK, (google_attributes.listing(document, SOURCE),))


def _nothing(*_: Any) -> Reading:
    return Reading(Outcome.OK)


_BY_KEY: Mapping[str, Callable[[Mapping[str, Any], frozenset[str], str], Reading]] = {
    "access_token": _token,
    "accounts": _accounts,
    "locations": _locations,
    "locationReviews": _batch,
    "reviews": _reviews,
    "averageRating": _reviews,
    "totalReviewCount": _reviews,
    "location": _updated,
    "attributes": _attributes,
    "accountName": _nothing,
    "pubsubTopic": _nothing,
    "notificationTypes": _nothing,
}


def _listings(documents: list[dict[str, Any]], mask: frozenset[str]) -> tuple[ListingRecord, ...]:
    # All locations of one answer were asked for with one mask: what one shows, the others could.
    mask |= frozenset(key for document in documents for key in document)
    return tuple(google_profile.listing(document, mask, SOURCE) for document in documents)


def _location_in(url: str) -> str | None:
    return google_profile.location_id(url) if "/v4/accounts/" in url and "/locations/" in url else None


def _names(mask: str | None) -> list[str]:
    return [name for name in (mask or "").split(",") if name]
