"""The chain's own website: a page per branch in varied mark-up, a store locator, robots, sitemaps."""

import dataclasses
import datetime as dt
import hashlib
import re
from collections.abc import Callable
from email.utils import format_datetime, parsedate_to_datetime
from html import escape

from crawlers.sandbox.cities import CITIES
from crawlers.sandbox.page_markup import STYLES, visible
from crawlers.sandbox.planting import OLD_HOST, Listing, listings_of, plants_of, slot
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.wire import Answered, Asked
from crawlers.sandbox.world import BRAND, HOST, World

SOURCE = "website"
HOSTS = frozenset({HOST, OLD_HOST, "bluebirdnails.example"})
SITEMAP_SIZE = 1000
STORES_PER_PAGE = 50


def source_id(world: World, entry: Listing) -> str:
    """The address of the branch's page."""
    return world.facts(entry.index).website


def answer(sandbox: Sandbox, asked: Asked) -> Answered:
    """The answer to one request at any of HOSTS; GET and HEAD only."""
    if asked.method not in {"GET", "HEAD"}:
        return Answered(405, b"", {"allow": "GET, HEAD"})
    if asked.host != HOST:
        return _page("Coming soon", "<h1>Coming soon</h1><p>This site is being rebuilt.</p>")
    for pattern, act in PAGES:
        match = pattern.fullmatch(asked.path)
        if match:
            return _conditional(asked, act(sandbox, asked, match))
    return _missing()


def style(world: World, index: int) -> str:
    """Which of STYLES the branch's page is written in."""
    return tuple(STYLES)[slot(world, index) % len(STYLES)]


def _store(sandbox: Sandbox, asked: Asked, match: re.Match[str]) -> Answered:
    entry = _entry(sandbox, match["code"])
    if entry is None:
        return _missing()
    path = sandbox.world.page_path(entry.index)
    if asked.path != path:
        return Answered(301, b"", {"location": f"https://{HOST}{path}"})
    facts, look = sandbox.shown(entry), style(sandbox.world, entry.index)
    home = sandbox.world.home(entry.index)
    body = visible(facts, look) + f"\n<p>Managed by {escape(sandbox.world.manager(entry.index))}</p>"
    page = _page(f"{BRAND} | {home.area.name}, {home.city.name}", body, STYLES[look](facts))
    return dataclasses.replace(
        page,
        headers={**page.headers, "last-modified": format_datetime(_changed(sandbox, entry), usegmt=True)},
    )


def _changed(sandbox: Sandbox, entry: Listing) -> dt.datetime:
    """When the page last changed: a planted fault or a fix that shows, else a day before the start."""
    world, now = sandbox.world, sandbox.now
    moments = [world.now + dt.timedelta(days=plant.from_day) for plant in plants_of(world, entry)]
    for fix in sandbox.fixes_of(entry):
        moments += [moment for moment in (fix.visible, fix.reverts) if moment]
    passed = [moment for moment in moments if world.now < moment <= now]
    return max([*passed, world.now - dt.timedelta(days=1 + entry.index % 90)])


def _entry(sandbox: Sandbox, code: str) -> Listing | None:
    try:
        found = listings_of(sandbox.world, SOURCE, sandbox.world.index_of(code))
    except KeyError:
        return None
    return found[0] if found else None


def _old_store(sandbox: Sandbox, asked: Asked, match: re.Match[str]) -> Answered:  # noqa: ARG001
    entry = _entry(sandbox, match["code"])
    if entry is None:
        return _missing()
    return Answered(301, b"", {"location": f"https://{HOST}{sandbox.world.page_path(entry.index)}"})


def _home(sandbox: Sandbox, asked: Asked, match: re.Match[str]) -> Answered:  # noqa: ARG001
    return _page(BRAND, f'<h1>{BRAND}</h1><p><a href="/locations">Find your bakery</a></p>')


def _locator(sandbox: Sandbox, asked: Asked, match: re.Match[str]) -> Answered:  # noqa: ARG001
    world = sandbox.world
    try:
        number = int(asked.query.get("page", "1"))
    except ValueError:
        return _missing()
    start = (number - 1) * STORES_PER_PAGE
    if number < 1 or start >= world.locations + world.siblings:
        return _missing()
    end = min(start + STORES_PER_PAGE, world.locations + world.siblings)
    rows = "".join(_teaser(sandbox, index) for index in range(start, end))
    more = f'<a rel="next" href="/locations?page={number + 1}">More</a>'
    last = end == world.locations + world.siblings
    return _page(f"{BRAND} locations", f"<h1>Our bakeries</h1><ul>{rows}</ul>{'' if last else more}")


def _city(sandbox: Sandbox, asked: Asked, match: re.Match[str]) -> Answered:  # noqa: ARG001
    for city in CITIES:
        indexes = list(sandbox.world.neighbours(city))
        if indexes and sandbox.world.page_path(indexes[0]).startswith(match[0] + "/"):
            rows = "".join(_teaser(sandbox, index) for index in indexes[: STORES_PER_PAGE * 4])
            return _page(f"{BRAND} in {city.name}", f"<h1>{escape(city.name)}</h1><ul>{rows}</ul>")
    return _missing()


def _teaser(sandbox: Sandbox, index: int) -> str:
    found = listings_of(sandbox.world, SOURCE, index)
    if not found:
        return ""
    facts, area = sandbox.shown(found[0]), sandbox.world.home(index).area
    path = sandbox.world.page_path(index)
    return (
        f'<li><a href="{path}">{escape(area.name)}</a> {escape(facts.street)}, {escape(facts.city)}, '
        f"{facts.region} {facts.postal_code}</li>\n"
    )


def _robots(sandbox: Sandbox, asked: Asked, match: re.Match[str]) -> Answered:  # noqa: ARG001
    text = (
        f"User-agent: *\nDisallow: /account/\nDisallow: /checkout/\n\nSitemap: https://{HOST}/sitemap.xml\n"
    )
    return Answered(200, text.encode(), {"content-type": "text/plain; charset=utf-8"})


def _sitemap(sandbox: Sandbox, asked: Asked, match: re.Match[str]) -> Answered:  # noqa: ARG001
    total = sandbox.world.locations + sandbox.world.siblings
    if total <= SITEMAP_SIZE:
        return _urls(sandbox, 0)
    parts = "".join(
        f"<sitemap><loc>https://{HOST}/sitemap-{part}.xml</loc></sitemap>\n"
        for part in range(-(-total // SITEMAP_SIZE))
    )
    return _xml(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{parts}</sitemapindex>')


def _sitemap_part(sandbox: Sandbox, asked: Asked, match: re.Match[str]) -> Answered:  # noqa: ARG001
    return _urls(sandbox, int(match["part"]) * SITEMAP_SIZE)


def _urls(sandbox: Sandbox, start: int) -> Answered:
    world = sandbox.world
    end = min(start + SITEMAP_SIZE, world.locations + world.siblings)
    if start >= end:
        return _missing()
    rows = "".join(
        f"<url><loc>https://{HOST}{world.page_path(index)}</loc></url>\n"
        for index in range(start, end)
        if listings_of(world, SOURCE, index)
    )
    return _xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>')


def _xml(body: str) -> Answered:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'
    return Answered(200, text.encode(), {"content-type": "application/xml; charset=utf-8"})


def _page(title: str, body: str, head: str = "") -> Answered:
    html = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{escape(title)}</title>
{head}
</head>
<body>
<nav><a href="/">Home</a> <a href="/locations">Locations</a></nav>
<main>
{body}
</main>
<footer><p>{BRAND} Company, 1 Millstone Plaza, Columbus, OH 43215</p></footer>
</body>
</html>
"""
    return Answered(200, html.encode(), {"content-type": "text/html; charset=utf-8"})


def _missing() -> Answered:
    return dataclasses.replace(_page("Not found", "<h1>We can't find that page</h1>"), status=404)


def _conditional(asked: Asked, page: Answered) -> Answered:
    """The page with its ETag, or 304 when the reader has it (RFC 9110, 13.1: the tag goes before the date)."""
    if page.status != 200:
        return page
    tag = f'"{hashlib.sha256(page.body).hexdigest()[:20]}"'
    headers = {**page.headers, "etag": tag, "cache-control": "max-age=0"}
    known = asked.headers.get("if-none-match")
    if known is not None:
        same = known.strip() == "*" or tag in [part.strip().removeprefix("W/") for part in known.split(",")]
    else:
        same = _not_since(asked.headers.get("if-modified-since"), headers.get("last-modified"))
    if same:
        return Answered(304, b"", {key: headers[key] for key in ("etag", "last-modified") if key in headers})
    return Answered(200, page.body, headers)


def _not_since(asked: str | None, changed: str | None) -> bool:
    if asked is None or changed is None:
        return False
    try:
        return parsedate_to_datetime(changed) <= parsedate_to_datetime(asked)
    except (TypeError, ValueError):
        return False


PAGES: tuple[tuple[re.Pattern[str], Callable[[Sandbox, Asked, re.Match[str]], Answered]], ...] = (
    (re.compile(r"/"), _home),
    (re.compile(r"/robots\.txt"), _robots),
    (re.compile(r"/sitemap\.xml"), _sitemap),
    (re.compile(r"/sitemap-(?P<part>\d{1,6})\.xml"), _sitemap_part),
    (re.compile(r"/locations/?"), _locator),
    (re.compile(r"/locations/[a-z]{2}/[a-z-]+"), _city),
    (re.compile(r"/locations/[a-z]{2}/[a-z-]+/[a-z-]+-(?P<code>\d+)/?"), _store),
    (re.compile(r"/stores/(?P<code>\d+)"), _old_store),
)
