"""Yahoo Local over the same chain: listing pages marked up in two ways or not at all, Yelp's stars on them."""

import json
import re
from collections.abc import Callable, Mapping
from html import escape
from urllib.parse import urlencode

from crawlers.sandbox.facts import Facts, national
from crawlers.sandbox.page_markup import DAY_NAMES, opening_strings
from crawlers.sandbox.planting import Listing, listing
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.wire import Answered, Asked
from crawlers.sandbox.world import World

SOURCE = "yahoo"
HOST = "local.yahoo.com"
CONSENT_HOST = "guce.yahoo.com"
HOSTS = frozenset({HOST, CONSENT_HOST})
_FIRST_ID = 21_000_000
_STRIDE = 7
ANOTHER = "/info-1-another-place"
_LISTING = re.compile(r"/info-(?P<id>\d+)(?:-[^/]*)?/?")


def source_id(world: World, entry: Listing) -> str:  # noqa: ARG001 - one shape for all twins
    """The number in the page's address."""
    return str(_FIRST_ID + entry.number * _STRIDE)


def page_url(world: World, entry: Listing) -> str:
    """The address of the entry's page."""
    home = world.home(entry.index)
    slug = re.sub(r"[^a-z0-9]+", "-", f"ostermill bakery {home.city.name}".lower())
    return f"https://{HOST}/info-{source_id(world, entry)}-{slug}"


def answer(sandbox: Sandbox, asked: Asked) -> Answered:
    """The answer to one request at any of HOSTS; GET and HEAD only."""
    if asked.method not in {"GET", "HEAD"}:
        return Answered(405, b"", {"allow": "GET, HEAD"})
    if asked.host == CONSENT_HOST:
        return _consent_page()
    if asked.path == "/robots.txt":
        return Answered(200, b"User-agent: *\nDisallow: /search\n", {"content-type": "text/plain"})
    match = _LISTING.fullmatch(asked.path)
    entry = _entry(sandbox.world, match["id"]) if match else None
    if entry is None:
        return _html(404, "Page not found - Yahoo Local", "<h1>Sorry, we couldn't find that page.</h1>")
    url = page_url(sandbox.world, entry)
    if asked.path.rstrip("/") != url.removeprefix(f"https://{HOST}"):
        return Answered(301, b"", {"location": url})
    return _page(sandbox.shown(entry), entry, url)


def _entry(world: World, number: str) -> Listing | None:
    found, rest = divmod(int(number) - _FIRST_ID, _STRIDE)
    try:
        return listing(world, SOURCE, found) if rest == 0 else None
    except KeyError:
        return None


def _page(facts: Facts, entry: Listing, url: str) -> Answered:
    title = f"{escape(facts.name)}, {escape(facts.city)} - Yahoo Local"
    # The index tells the markup, so that every third listing has none.
    match entry.index % 3:
        case 0:
            return _html(200, title, _visible(facts), _linked_data(facts, url))
        case 1:
            return _html(200, title, _microdata(facts))
        case _:
            return _html(200, title, _visible(facts))


def _linked_data(facts: Facts, url: str) -> str:
    store = {
        "@context": "https://schema.org",
        "@type": "Bakery",
        "@id": url,
        "name": facts.name,
        "telephone": national(facts.phone),
        "url": facts.website,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": facts.street,
            "addressLocality": facts.city,
            "addressRegion": facts.region,
            "postalCode": facts.postal_code,
            "addressCountry": "US",
        },
        "geo": {"@type": "GeoCoordinates", "latitude": facts.latitude, "longitude": facts.longitude},
        "openingHours": opening_strings(facts),
        "aggregateRating": {"@type": "AggregateRating", "ratingValue": 3.5, "reviewCount": 214},
    }
    text = json.dumps(store, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json">{text}</script>'


def _microdata(facts: Facts) -> str:
    hours = "".join(f'<meta itemprop="openingHours" content="{row}">' for row in opening_strings(facts))
    return f"""<div itemscope itemtype="https://schema.org/Bakery">
<h1 itemprop="name">{escape(facts.name)}</h1>
<div itemprop="address" itemscope itemtype="https://schema.org/PostalAddress">
<span itemprop="streetAddress">{escape(facts.street)}</span>,
<span itemprop="addressLocality">{escape(facts.city)}</span>,
<span itemprop="addressRegion">{facts.region}</span> <span itemprop="postalCode">{facts.postal_code}</span>
<meta itemprop="addressCountry" content="US"></div>
<a href="tel:{facts.phone}" itemprop="telephone">{national(facts.phone)}</a>
<a href="{facts.website}" itemprop="url">Website</a>{hours}
<div itemprop="aggregateRating" itemscope itemtype="https://schema.org/AggregateRating">
<meta itemprop="ratingValue" content="3.5"><span itemprop="reviewCount">214</span> Yelp reviews</div>
</div>"""


def _visible(facts: Facts) -> str:
    rows = "".join(
        f"<tr><th>{day}</th><td>{', '.join(f'{opens}-{closes}' for opens, closes in periods) or 'Closed'}</td></tr>"
        for day, periods in zip(DAY_NAMES, facts.hours, strict=True)
    )
    return f"""<h1>{escape(facts.name)}</h1>
<p>214 Yelp reviews</p>
<address>{escape(facts.street)}<br>{escape(facts.city)}, {facts.region} {facts.postal_code}</address>
<p><a href="tel:{facts.phone}">{national(facts.phone)}</a></p>
<table>{rows}</table>"""


def _consent_page() -> Answered:
    return _html(
        200,
        "Yahoo is part of the Yahoo family of brands",
        '<form action="https://consent.yahoo.com/v2/collectConsent" method="post"><h1>We, Yahoo, use cookies</h1>'
        '<button name="reject">Reject all</button><button name="agree">Accept all</button></form>',
    )


def _html(status: int, title: str, body: str, head: str = "") -> Answered:
    html = f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title>{head}</head>
<body><header><a href="https://www.yahoo.com/">Yahoo</a></header>
<main>
{body}
</main>
<footer><a href="https://legal.yahoo.com/">Terms</a></footer>
</body>
</html>
"""
    return Answered(status, html.encode(), {"content-type": "text/html; charset=utf-8"})


def _sent_on(asked: Asked, good: Answered) -> Answered:
    """A visitor without consent is sent to another host, which answers 200."""
    if asked.host == CONSENT_HOST:
        return good
    back = urlencode({"done": f"https://{asked.host}{asked.path}", "guccounter": "1"})
    return Answered(302, b"", {"location": f"https://{CONSENT_HOST}/consent?{back}"})


def _in_place(asked: Asked, good: Answered) -> Answered:
    del asked, good
    return _consent_page()


def _moved(asked: Asked, good: Answered) -> Answered:
    """Every listing sends its readers on to one that is somebody else's."""
    if asked.path == ANOTHER:
        return _html(
            200, "Another place", '<h1>Another place</h1><a href="tel:+12015550100">(201) 555-0100</a>'
        )
    if asked.path == "/robots.txt" or good.status != 200:
        return good
    return Answered(301, b"", {"location": f"https://{HOST}{ANOTHER}"})


MISHAPS: Mapping[str, Callable[[Asked, Answered], Answered]] = {
    "consent": _in_place,
    "consent_redirect": _sent_on,
    "moved": _moved,
}
"""How Yahoo asks for consent before it shows anything, and a listing that is merged into another."""
