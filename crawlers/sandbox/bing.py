"""Bing over the same chain: the Bing Maps service LocalSearch, and a place's page with its number."""

import json
import math
import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from crawlers.sandbox.facts import Facts, national
from crawlers.sandbox.planting import Listing, listing, listings_of
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.wire import Answered, Asked, json_answer
from crawlers.sandbox.world import World

SOURCE = "bing"
SERVICE, SITE = "dev.virtualearth.net", "www.bing.com"
HOSTS = frozenset({SERVICE, SITE})
API_KEY = "AsandboxBingMapsKey-only-here"
KINDS = {"Bakery": "Bakery", "Pizza restaurant": "Pizza", "Nail salon": "NailSalon"}
_MOST = 25
_DEGREE_METRES = 111_000
_FIRST = 1_000
_PLACE = re.compile(r"ypid\.YN114x(\d+)")


def source_id(world: World, entry: Listing) -> str:  # noqa: ARG001 - one shape for all twins
    """The number of the place on Bing's pages; the service shows none."""
    return f"YN114x{_FIRST + entry.number}"


def page_url(world: World, entry: Listing) -> str:
    """The address of the entry's page."""
    return f"https://{SITE}/maps?ss=ypid.{source_id(world, entry)}"


def answer(sandbox: Sandbox, asked: Asked) -> Answered:
    """The answer to one request at any of HOSTS; GET only."""
    if asked.method != "GET":
        return Answered(405, b"", {"allow": "GET"})
    if asked.host == SITE:
        return _site(sandbox, asked)
    if asked.path.rstrip("/") != "/REST/v1/LocalSearch":
        return _envelope(404, "Not Found", errors=["The requested resource was not found."])
    key = asked.query.get("key", "")
    if key != API_KEY:
        code = "InvalidCredentials" if key else "NoCredentials"
        return _envelope(401, "Unauthorized", code=code, errors=["Access was denied."])
    try:
        latitude, longitude, radius = (float(part) for part in asked.query["userLocation"].split(","))
        most = int(asked.query.get("maxResults", "5"))
    except (KeyError, ValueError):
        return _envelope(400, "Bad Request", errors=["userLocation: Value is invalid."])
    if not asked.query.get("query") or not 1 <= most <= _MOST:
        return _envelope(400, "Bad Request", errors=["query: This parameter is missing or invalid."])
    found = _near(sandbox, asked.query["query"], (latitude, longitude), radius)
    return _envelope(200, "OK", rows=[_result(facts) for facts in found[:most]])


def _near(sandbox: Sandbox, query: str, here: tuple[float, float], radius: float) -> list[Facts]:
    words = set(re.findall(r"\w+", query.casefold()))
    world, found = sandbox.world, []
    for index in range(world.locations + world.siblings):
        area = world.home(index).area
        if math.dist(here, (area.latitude, area.longitude)) > 0.3:
            continue
        for entry in listings_of(world, SOURCE, index):
            if (SOURCE, entry.number) in sandbox.delisted:
                continue
            facts = sandbox.shown(entry)
            away = math.dist(here, (facts.latitude, facts.longitude)) * _DEGREE_METRES
            if away <= radius and words & set(re.findall(r"\w+", facts.name.casefold())):
                found.append((round(away), entry.number, facts))
    return [facts for _, _, facts in sorted(found, key=lambda row: row[:2])]


def _result(facts: Facts) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [facts.latitude, facts.longitude]}
    street = ", ".join(facts.lines)
    return {
        "__type": "SearchResult:http://schemas.microsoft.com/search/local/ws/rest/v1",
        "name": facts.name,
        "point": point,
        "Address": {
            "addressLine": street,
            "adminDistrict": facts.region,
            "countryRegion": "US",
            "formattedAddress": f"{street}, {facts.city}, {facts.region}, {facts.postal_code}",
            "locality": facts.city,
            "postalCode": facts.postal_code,
        },
        "PhoneNumber": national(facts.phone),
        "Website": facts.website,
        "entityType": KINDS[facts.category],
        "geocodePoints": [{**point, "calculationMethod": "None", "usageTypes": ["Display"]}],
    }


def _envelope(
    status: int,
    words: str,
    *,
    rows: list[dict[str, Any]] | None = None,
    errors: list[str] | None = None,
    code: str = "ValidCredentials",
) -> Answered:
    body: dict[str, Any] = {
        "authenticationResultCode": code,
        "brandLogoUri": f"https://{SERVICE}/Branding/logo_powered_by.png",
        "copyright": "Copyright © Microsoft and its suppliers. All rights reserved.",
        "resourceSets": [] if rows is None else [{"estimatedTotal": len(rows), "resources": rows}],
        "statusCode": status,
        "statusDescription": words,
        "traceId": "0123456789abcdef|sandbox",
    }
    if errors:
        body["errorDetails"] = errors
    return json_answer(body, status)


def _site(sandbox: Sandbox, asked: Asked) -> Answered:
    if asked.path == "/robots.txt":
        return Answered(200, b"User-agent: *\nDisallow: /search\n", {"content-type": "text/plain"})
    match = _PLACE.fullmatch(asked.query.get("ss", ""))
    try:
        entry = (
            listing(sandbox.world, SOURCE, int(match[1]) - _FIRST)
            if match and asked.path == "/maps"
            else None
        )
    except KeyError:
        entry = None
    if entry is None:
        return _html(404, "<title>Not found</title><h1>Not found</h1>")
    facts = sandbox.shown(entry)
    data = {
        "@context": "https://schema.org",
        "@type": "Bakery",
        "name": facts.name,
        "telephone": facts.phone,
        "url": facts.website,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": facts.street,
            "addressLocality": facts.city,
            "addressRegion": facts.region,
            "postalCode": facts.postal_code,
            "addressCountry": "US",
        },
    }
    markup = json.dumps(data, ensure_ascii=False)
    number = source_id(sandbox.world, entry)
    return _html(
        200,
        f'<title>{escape(facts.name)} - Bing Maps</title><div data-ypid="{number}">'
        f'<script type="application/ld+json">{markup}</script><h1>{escape(facts.name)}</h1></div>',
    )


def _html(status: int, body: str) -> Answered:
    page = f'<!doctype html><html lang="en"><body>{body}</body></html>'
    return Answered(status, page.encode(), {"content-type": "text/html; charset=utf-8"})


def _always(status: int, words: str, error: str, code: str) -> Callable[[Asked, Answered], Answered]:
    return lambda asked, good: _envelope(status, words, errors=[error], code=code)  # noqa: ARG005


def _overloaded(asked: Asked, good: Answered) -> Answered:  # noqa: ARG001 - one shape for all mishaps
    """Under load the service leaves results out, and says so in a header only."""
    empty = _envelope(200, "OK", rows=[])
    return Answered(200, empty.body, {**empty.headers, "x-ms-bm-ws-info": "1"})


MISHAPS: Mapping[str, Callable[[Asked, Answered], Answered]] = {
    "401": _always(401, "Unauthorized", "Access was denied.", "InvalidCredentials"),
    "429": _always(429, "Too Many Requests", "The quota is used up.", "ValidCredentials"),
    "500": _always(500, "Internal Server Error", "An error has occurred.", "ValidCredentials"),
    "overloaded": _overloaded,
}
"""Bing's own form of a misbehaviour, and the one that only Bing has."""
