"""Google's Places API (New): details and text search over the same chain, as a stranger sees it."""

import base64
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from crawlers.sandbox.cities import CITIES, City
from crawlers.sandbox.facts import Facts
from crawlers.sandbox.ids import place_id, place_number
from crawlers.sandbox.place_json import FIELDS, place_json
from crawlers.sandbox.planting import Listing, listing, listings_of
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.wire import (
    Answered,
    Asked,
    GoogleError,
    bad_request,
    json_answer,
    json_body,
    not_found,
    page_size,
    project,
)
from crawlers.sandbox.world import World

SOURCE = "google_places"
HOST = "places.googleapis.com"
HOSTS = frozenset({HOST})
API_KEY = "AIzaSy-sandbox-only"
MOST = 60
"""Text search never gives more results than this, over all pages."""


def source_id(world: World, entry: Listing) -> str:  # noqa: ARG001 - one shape for all twins
    """The place id."""
    return place_id(entry.number)


def answer(sandbox: Sandbox, asked: Asked) -> Answered:
    """The answer to one request at places.googleapis.com."""
    try:
        _check_key(asked)
        if asked.method == "POST" and asked.path == "/v1/places:searchText":
            return _search(sandbox, asked)
        match = re.fullmatch(r"/v1/places/([^/:]+)", asked.path)
        if match and asked.method == "GET":
            return _details(sandbox, asked, match[1])
    except GoogleError as refusal:
        return refusal.answer()
    return GoogleError(404, "NOT_FOUND", "Method not found.").answer()


def _check_key(asked: Asked) -> None:
    key = asked.headers.get("x-goog-api-key") or asked.query.get("key")
    if not key:
        raise GoogleError(
            403,
            "PERMISSION_DENIED",
            "Method doesn't allow unregistered callers (callers without established identity). "
            "Please use API Key or other form of API consumer identity to call this API.",
        )
    if key != API_KEY:
        raise GoogleError(
            400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", "API_KEY_INVALID"
        )


def _details(sandbox: Sandbox, asked: Asked, place: str) -> Answered:
    mask = _mask(asked, "")
    try:
        entry = listing(sandbox.world, SOURCE, place_number(place))
    except KeyError as missing:
        raise not_found() from missing
    return json_answer(project(place_json(sandbox, entry), mask))


def _mask(asked: Asked, prefix: str) -> list[str]:
    """The field mask's paths without `prefix`; "*" is every field.

    Raises GoogleError 400 for none, or for a path that no Place has.
    """
    text = asked.headers.get("x-goog-fieldmask") or asked.query.get("fields", "")
    paths = [path.strip() for path in text.split(",") if path.strip()]
    if not paths:
        raise bad_request(
            "FieldMask is a required parameter. See "
            "https://cloud.google.com/apis/docs/system-parameters#definitions."
        )
    if "*" in paths or prefix.rstrip(".") in paths:
        return sorted(FIELDS)
    for path in paths:
        inner = path.removeprefix(prefix)
        if path != "nextPageToken" and (not path.startswith(prefix) or inner.partition(".")[0] not in FIELDS):
            raise bad_request(
                f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'."
            )
    return [path.removeprefix(prefix) for path in paths if path != "nextPageToken"]


def _search(sandbox: Sandbox, asked: Asked) -> Answered:
    mask, body = _mask(asked, "places."), json_body(asked)
    query = body.get("textQuery")
    if not isinstance(query, str) or not query.strip():
        raise bad_request("Empty text_query.")
    start = _offset(body.get("pageToken"), query)
    end = start + page_size(body, 20, 20)
    found = _ranked(sandbox, query, body)
    rows = [project(place_json(sandbox, entry), mask) for entry in found[start:end]]
    result: dict[str, Any] = {"places": rows} if rows else {}
    wants_token = "nextPageToken" in asked.headers.get("x-goog-fieldmask", "nextPageToken")
    if end < len(found) and (wants_token or "*" in asked.headers.get("x-goog-fieldmask", "")):
        result["nextPageToken"] = _token(end, query)
    return json_answer(result)


def _ranked(sandbox: Sandbox, query: str, body: Mapping[str, Any]) -> list[Listing]:
    """The entries that share words with the query, most first, at most MOST."""
    words = _words(query)
    scored = []
    for index in _candidates(sandbox, query, body):
        for entry in listings_of(sandbox.world, SOURCE, index):
            score = len(words & _words(_text(sandbox.shown(entry)))) / len(words)
            if score > 0.3:
                scored.append((-score, entry.number, entry))
    best = min(scored, default=(0.0, 0, None))[0]
    # Google leaves out what is much worse than its best find.
    return [entry for score, _, entry in sorted(scored)[:MOST] if score <= best / 2]


def _candidates(sandbox: Sandbox, query: str, body: Mapping[str, Any]) -> Iterator[int]:
    named = [city for city in CITIES if _named(city, query)] or _near(body)
    if not named:
        yield from range(min(500, sandbox.world.locations))
    for city in named:
        areas = [area for area in city.areas if area.postal_code in query]
        yield from sandbox.world.neighbours(city, areas)


def _named(city: City, query: str) -> bool:
    return city.name.lower() in query.lower() or any(area.postal_code in query for area in city.areas)


def _near(body: Mapping[str, Any]) -> list[City]:
    bias = body.get("locationBias") or body.get("locationRestriction") or {}
    try:
        middle = bias["circle"]["center"]
        here = (float(middle["latitude"]), float(middle["longitude"]))
    except KeyError:
        return []  # a rectangle, or nothing: the words alone decide
    except (TypeError, ValueError) as broken:
        raise bad_request("Invalid value at 'location_bias.circle.center'.") from broken
    return [
        city
        for city in CITIES
        if any(math.dist(here, (area.latitude, area.longitude)) < 0.3 for area in city.areas)
    ]


def _text(facts: Facts) -> str:
    return f"{facts.name} {facts.street} {facts.city} {facts.region} {facts.postal_code} {facts.category}"


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower())) - {"suite", "ste", "usa", "us"}


def _token(offset: int, query: str) -> str:
    return base64.urlsafe_b64encode(f"{offset}|{query}".encode()).decode()


def _offset(token: Any, query: str) -> int:
    if not token:
        return 0
    try:
        offset, _, asked = base64.urlsafe_b64decode(token).decode().partition("|")
    except (TypeError, ValueError) as broken:
        raise bad_request("Invalid page_token.") from broken
    if asked != query or not offset.isdigit():
        raise bad_request("Request parameters for paging requests must match the initial SearchText request.")
    return int(offset)
