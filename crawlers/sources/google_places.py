"""Google without owner access: the Places API (New), and saved answers of the one before it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from crawlers.formats import places, places_legacy
from crawlers.formats.google_errors import error_reading
from crawlers.formats.http_answer import refused
from crawlers.formats.json_answer import answers_in, decode, merged, unreadable
from crawlers.source import Adapter, Answer, Outcome, Reading, Request

ORIGIN = "https://places.googleapis.com"

ID_MASK = "id"
"""The free mask: is this id still good?"""
DETAILS_MASK = (
    "id,displayName,postalAddress,formattedAddress,internationalPhoneNumber,nationalPhoneNumber,websiteUri,"
    "googleMapsUri,location,rating,userRatingCount,businessStatus,regularOpeningHours,currentOpeningHours,"
    "types,primaryType,movedPlace,movedPlaceId,pureServiceAreaBusiness"
)
"""What is compared with a location, without reviews: those are billed higher."""
REVIEWS_MASK = f"{DETAILS_MASK},reviews"
FIND_MASK = "places.id"
"""Ids only: is anybody there? Google doesn't charge for it."""
SEARCH_MASK = ",".join(f"places.{field}" for field in DETAILS_MASK.split(",")) + ",nextPageToken"

_PLACE_KEYS = frozenset(
    {
        "displayName", "formattedAddress", "addressComponents", "googleMapsUri", "regularOpeningHours",
        "businessStatus", "movedPlace", "movedPlaceId", "userRatingCount", "postalAddress",
    }
)  # fmt: skip
_LEGACY = frozenset(
    {
        "place_id", "formatted_address", "user_ratings_total", "international_phone_number", "geometry", "vicinity",
    }
)  # fmt: skip
_LEGACY_SETS = frozenset({"result", "results", "candidates"})
_KNOWN = (
    frozenset({"error", "error_message", "places", "id", "nextPageToken"})
    | _PLACE_KEYS
    | _LEGACY
    | _LEGACY_SETS
)


class GooglePlaces(Adapter):
    """Any place, by id or by text search. Only the place id may be stored without limit."""

    source = "google_places"
    reader_version = "google_places-1"

    def details(
        self, place_id: str, key: str, mask: str = DETAILS_MASK, language: str | None = None
    ) -> Request:
        """One place by its id. `mask` names the fields and with them the price."""
        query = urlencode({"languageCode": language}) if language else ""
        url = f"{ORIGIN}/v1/places/{quote(place_id, safe='')}"
        return Request(self.at(f"{url}?{query}" if query else url), headers=_headers(key, mask))

    def search_text(
        self,
        text: str,
        key: str,
        mask: str = SEARCH_MASK,
        page: str | None = None,
        *,
        size: int = 20,
        **more: Any,
    ) -> Request:
        """A page of a text search, 20 at most, 60 in all.

        `more` are further parameters of the API (languageCode, regionCode, locationBias …); Google
        wants all of them repeated with a page token.
        """
        body = {"textQuery": text, "pageSize": size, **more, **({"pageToken": page} if page else {})}
        headers = {**_headers(key, mask), "Content-Type": "application/json"}
        return Request(
            self.at(f"{ORIGIN}/v1/places:searchText"),
            "POST",
            headers,
            json.dumps(body, ensure_ascii=False).encode(),
        )

    def read(self, answer: Answer) -> Reading:
        """Details, text search and nearby search of the new API and of the one before it.

        A place that has moved is MOVED with `extra["new_id"]` when it is the whole answer; in a
        search it stays among the others with its `moved_to`.
        """
        document = decode(answer)
        if isinstance(document, Reading):
            return document
        readings = [self._one(answer, one) for one in answers_in(document, _KNOWN)]
        return merged(readings, "the list holds no answer")

    def _one(self, answer: Answer, document: Any) -> Reading:
        refusal = error_reading(document, answer.status) or refused(answer)
        if refusal is not None:
            return refusal
        try:
            reading = self._records(document, _mask(answer))
        except msgspec.ValidationError as error:
            return unreadable(f"the schema is not the one this reader knows: {error}")
        return reading or unreadable("this is no answer of the Places API")

    def _records(self, document: Any, mask: frozenset[str]) -> Reading | None:
        if not isinstance(document, Mapping):
            return None
        if not _LEGACY_SETS.isdisjoint(document):
            return self._legacy(document)
        if "places" in document or set(document) <= {"nextPageToken", "searchUri", "routingSummaries"}:
            return self._search(document, mask)
        if not _LEGACY.isdisjoint(document):
            listings, reviews = places_legacy.records(document, self.source)
            return Reading(Outcome.OK, listings, reviews)
        return self._details(document, mask) if _is_place(document) else None

    def _details(self, document: Mapping[str, Any], mask: frozenset[str]) -> Reading:
        said = places.place(document)
        new_id = places.moved_to(said)
        if new_id is not None:
            return Reading(Outcome.MOVED, detail=f"the place has moved to {new_id}", extra={"new_id": new_id})
        reviews = places.reviews(said, self.source)
        return Reading(Outcome.OK, (places.listing(said, document, mask, self.source),), reviews)

    def _search(self, document: Mapping[str, Any], mask: frozenset[str]) -> Reading:
        page = msgspec.convert(document, _SearchPage)
        found = [(places.place(one), one) for one in page.places or ()]
        return Reading(
            Outcome.OK,
            listings=tuple(places.listing(said, one, mask, self.source) for said, one in found),
            reviews=tuple(review for said, _ in found for review in places.reviews(said, self.source)),
            next_page=page.nextPageToken or None,
        )

    def _legacy(self, document: Mapping[str, Any]) -> Reading | None:
        page = msgspec.convert(document, _LegacyPage)
        results = [*(page.results or ()), *(page.candidates or ()), *([page.result] if page.result else ())]
        read = [self._records(one, frozenset()) for one in results]
        if any(reading is None for reading in read):
            return None
        whole = merged([reading for reading in read if reading is not None], "no result")
        return replace(whole, next_page=page.next_page_token or None)


class _SearchPage(msgspec.Struct):
    places: list[dict[str, Any]] | None = None
    nextPageToken: str | None = None  # noqa: N815 - the API's name


class _LegacyPage(msgspec.Struct):
    results: list[dict[str, Any]] | None = None
    candidates: list[dict[str, Any]] | None = None
    result: dict[str, Any] | None = None
    next_page_token: str | None = None


def _is_place(document: Mapping[str, Any]) -> bool:
    name = document.get("name")
    if isinstance(name, str) and name.startswith("places/"):
        return True
    return not _PLACE_KEYS.isdisjoint(document) or ("id" in document and places.FIELDS.issuperset(document))


def _mask(answer: Answer) -> frozenset[str]:
    headers = answer.asked.headers if answer.asked else {}
    return frozenset(part for part in headers.get("X-Goog-FieldMask", "").split(",") if part)


def _headers(key: str, mask: str) -> dict[str, str]:
    return {"X-Goog-Api-Key": key, "X-Goog-FieldMask": mask, "Accept": "application/json"}
