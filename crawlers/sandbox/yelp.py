"""Yelp's Places API v3 over the same chain: business match, phone search, details, review excerpts."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from crawlers.sandbox import yelp_partner
from crawlers.sandbox.cities import CITIES
from crawlers.sandbox.facts import e164
from crawlers.sandbox.ids import business_id, business_number
from crawlers.sandbox.planting import Listing, listing, listings_of
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.wire import Answered, Asked, json_answer
from crawlers.sandbox.world import World
from crawlers.sandbox.yelp_json import business, compact, details, excerpts, guests, midnight

SOURCE = "yelp"
HOST = "api.yelp.com"
HOSTS = frozenset({HOST, yelp_partner.HOST})
API_KEY = "sandbox-yelp-key-0123456789"
DAILY_CALLS = 100_000
MOST_RESULTS = 240
_NEEDED = ("name", "address1", "city", "state", "country")
_MERGED = 3
"""Added to an entry's number it gives the id into which Yelp merges it; no entry has such a number."""


class YelpError(Exception):
    """A refusal in Yelp's form."""

    def __init__(self, status: int, code: str, description: str, **more: str) -> None:
        super().__init__(description)
        self.status = status
        self.error = {"code": code, "description": description, **more}

    def answer(self) -> Answered:
        """The refusal as bytes."""
        return json_answer({"error": self.error}, self.status)


def source_id(world: World, entry: Listing) -> str:  # noqa: ARG001 - one shape for all twins
    """The business id."""
    return business_id(entry.number)


def answer(sandbox: Sandbox, asked: Asked) -> Answered:
    """The answer to one request; at api.yelp.com with the headers that count the day's calls."""
    if asked.host == yelp_partner.HOST:
        return yelp_partner.answer(sandbox, asked)
    try:
        _check_key(asked)
        found = _route(sandbox, asked)
    except YelpError as refusal:
        found = refusal.answer()
    ends = midnight(sandbox.now)
    with sandbox.lock:
        sandbox.calls[SOURCE, ends.isoformat()] += 1
        left = max(0, DAILY_CALLS - sandbox.calls[SOURCE, ends.isoformat()])
    limits = {
        "ratelimit-dailylimit": f"{DAILY_CALLS}",
        "ratelimit-remaining": f"{left}",
        "ratelimit-resettime": ends.isoformat(),
    }
    return Answered(found.status, found.body, {**found.headers, **limits})


def _check_key(asked: Asked) -> None:
    scheme, _, key = asked.headers.get("authorization", "").partition(" ")
    if not key:
        raise YelpError(400, "INVALID_AUTHORIZATION_METHOD", "Invalid authorization method supplied.")
    if scheme != "Bearer" or key != API_KEY:
        raise YelpError(401, "TOKEN_INVALID", "Invalid access token or authorization header.")


def _route(sandbox: Sandbox, asked: Asked) -> Answered:
    if asked.method != "GET":
        raise YelpError(404, "NOT_FOUND", "Resource could not be found.")
    for path, act in _SEARCHES.items():
        if asked.path == path:
            return act(sandbox, asked.query)
    match = re.fullmatch(r"/v3/businesses/([^/]+)(/reviews)?", asked.path)
    if match is None:
        raise YelpError(404, "NOT_FOUND", "Resource could not be found.")
    entry, name = _entry(sandbox, match[1])
    if match[2]:
        rows = excerpts(sandbox, entry)
        total = len(guests(sandbox, entry))
        return json_answer({"reviews": rows, "total": total, "possible_languages": ["en"]})
    return json_answer({**details(sandbox, entry), "id": name})


def _entry(sandbox: Sandbox, name: str) -> tuple[Listing, str]:
    """The entry of an id or an alias, and the id that its details show."""
    match = re.search(r"-(\d{1,9})$", name)
    asked = business_id(int(match[1]) - 2) if match else name
    for added in (0, _MERGED):
        try:
            return listing(sandbox.world, SOURCE, business_number(asked) - added), asked
        except KeyError:
            continue
    raise YelpError(404, "BUSINESS_NOT_FOUND", "The requested business could not be found.")


def _match(sandbox: Sandbox, query: Mapping[str, str]) -> Answered:
    for name in _NEEDED:
        if not query.get(name):
            raise YelpError(400, "VALIDATION_ERROR", f"'{name}' is a required property", field=name)
    if len(query["state"]) > 3:
        raise YelpError(400, "VALIDATION_ERROR", f"'{query['state']}' is too long", field="state")
    found = [entry for entry in _in_city(sandbox, query["city"]) if _is_meant(sandbox, entry, query)]
    limit = _number(query, "limit", 3, 10)
    return json_answer({"businesses": [compact(sandbox, entry) for entry in found[:limit]]})


def _is_meant(sandbox: Sandbox, entry: Listing, query: Mapping[str, str]) -> bool:
    facts = sandbox.shown(entry)
    if not _words(query["name"]) & _words(facts.name):
        return False
    same_door = _words(query["address1"]) == _words(facts.lines[0])
    return same_door or e164(query.get("phone", "")) == facts.phone


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _in_city(sandbox: Sandbox, name: str) -> Iterator[Listing]:
    for city in CITIES:
        if city.name.casefold() == name.casefold():
            for index in sandbox.world.neighbours(city):
                yield from listings_of(sandbox.world, SOURCE, index)


def _by_phone(sandbox: Sandbox, query: Mapping[str, str]) -> Answered:
    phone = query.get("phone", "")
    if not re.fullmatch(r"\+\d{7,15}", phone):
        raise YelpError(400, "VALIDATION_ERROR", f"'{phone}' is too short", field="phone")
    cities = [city.name for city in CITIES if phone.startswith(f"+1{city.area_code}")]
    entries = (entry for name in cities for entry in _in_city(sandbox, name))
    return _page([entry for entry in entries if sandbox.shown(entry).phone == phone], sandbox)


def _search(sandbox: Sandbox, query: Mapping[str, str]) -> Answered:
    place = query.get("location", "")
    if not place and "latitude" not in query:
        raise YelpError(
            400, "LOCATION_MISSING", "You must specify either a location or a latitude and longitude"
        )
    limit, start = _number(query, "limit", 20, 50), _number(query, "offset", 0, MOST_RESULTS)
    named = [city.name for city in CITIES if city.name.casefold() in place.casefold()]
    world = sandbox.world
    indexes = range(min(world.locations, MOST_RESULTS))
    entries = (
        [entry for name in named for entry in _in_city(sandbox, name)]
        if named
        else [entry for index in indexes for entry in listings_of(world, SOURCE, index)]
    )
    return _page(entries[start : start + limit], sandbox, len(entries))


def _page(entries: list[Listing], sandbox: Sandbox, total: int | None = None) -> Answered:
    rows = [business(sandbox, entry) for entry in entries]
    return json_answer({"businesses": rows, "total": len(rows) if total is None else total})


def _number(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name, str(default))
    if not text.isdigit() or int(text) > most:
        raise YelpError(
            400,
            "VALIDATION_ERROR",
            f"The supplied {name}: {text} is invalid, the maximum is {most}.",
            field=name,
        )
    return int(text)


_SEARCHES: Mapping[str, Callable[[Sandbox, Mapping[str, str]], Answered]] = {
    "/v3/businesses/matches": _match,
    "/v3/businesses/search/phone": _by_phone,
    "/v3/businesses/search": _search,
}


def _merged(asked: Asked, good: Answered) -> Answered:
    """The id was merged into another, which goes on to answer."""
    match = re.fullmatch(r"/v3/businesses/([^/]+)(/reviews)?", asked.path)
    try:
        number = business_number(match[1]) if match else -1
    except KeyError:
        return good
    if number < 0 or number % 4 == _MERGED:
        return good
    new_id = business_id(number - number % 4 + _MERGED) if number % 4 == 0 else business_id(number)
    return YelpError(
        301, "BUSINESS_MIGRATED", "The requested business has been migrated.", new_business_id=new_id
    ).answer()


def _always(status: int, code: str, description: str) -> Callable[[Asked, Answered], Answered]:
    def mishap(asked: Asked, good: Answered) -> Answered:  # noqa: ARG001 - one shape for all mishaps
        refusal = YelpError(status, code, description).answer()
        limits = {name: value for name, value in good.headers.items() if name.startswith("ratelimit-")}
        if code == "ACCESS_LIMIT_REACHED":
            limits["ratelimit-remaining"] = "0"
        return Answered(status, refusal.body, {**refusal.headers, **limits})

    return mishap


def _bare(asked: Asked, good: Answered) -> Answered:  # noqa: ARG001
    """A proxy of Yelp's that fails: no JSON."""
    return Answered(502, b"<html><title>502 Bad Gateway</title></html>", {"content-type": "text/html"})


MISHAPS: Mapping[str, Callable[[Asked, Answered], Answered]] = {
    "429": _always(429, "TOO_MANY_REQUESTS_PER_SECOND", "You have exceeded the queries-per-second limit."),
    "day": _always(429, "ACCESS_LIMIT_REACHED", "You've reached the access limit for this client."),
    "401": _always(401, "TOKEN_INVALID", "Invalid access token or authorization header."),
    "403": _always(401, "UNAUTHORIZED_ACCESS_TOKEN", "The access token is not able to query this endpoint."),
    "404": _always(404, "BUSINESS_NOT_FOUND", "The requested business could not be found."),
    "500": _always(500, "INTERNAL_ERROR", "Something went wrong internally, please try again later."),
    "503": _bare,
    "unavailable": _always(403, "BUSINESS_UNAVAILABLE", "Unavailable for this business."),
    "migrated": _merged,
}
"""Yelp's own form of a misbehaviour, and those that only Yelp has."""


def rows(sandbox: Sandbox, entry: Listing) -> list[dict[str, Any]]:
    """The truth about an entry's excerpts, for a ledger."""
    return [{"source_review_id": one["id"], "text": one["text"]} for one in excerpts(sandbox, entry)]
