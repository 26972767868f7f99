"""Whatever a page, a redirect, a sitemap, a robots.txt or a person names: nothing private is ever asked."""

from collections.abc import Callable
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from crawlers.http import Client
from crawlers.outcomes import Failure
from crawlers.plan import Fetch, Target
from crawlers.plans.website import plan
from crawlers.robots import Robots
from crawlers.source import Answer, Outcome, Reading, Request
from crawlers.sources.website import Website
from tests.crawlers.clients import Detour, PaperClock, detoured_client
from tests.crawlers.faulty import Faulty

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "quality" / "payloads" / "ssrf_hosts.txt"
PUBLIC = "93.184.216.34"
SITE = "shop.example"
SPELLINGS = [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0X7F.1", "017700000001", "127.0.0.1.", "0", "0.0.0.0",  # noqa: S104 - a spelling, nothing is bound
    "①②⑦.⓪.⓪.①", "127。0。0。1", "%31%32%37.0.0.1", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::127.0.0.1]",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "localhost", "localhost.", "a.localhost", "localhost.localdomain",
    "metadata.google.internal", "db.internal.", "router.home.arpa", "nas.lan", "10.0.0.1", "192.168.1.1",
    "169.254.169.254", "0xa9fea9fe", "[fc00::1]", "[fe80::1]", "rebound.example", "cname.example",
]  # fmt: skip
"""The last two are names that stand for loopback."""


def names() -> Callable[[str, int], list[str]]:
    """The shop is public; two other names stand for loopback."""
    private = {"rebound.example": ["127.0.0.1"], "cname.example": ["::1"]}

    def resolve(host: str, port: int) -> list[str]:
        return {SITE: [PUBLIC], **private}.get(host, [])

    return resolve


def spellings() -> list[str]:
    if not SHARED.exists():
        return SPELLINGS
    lines = [line.split("#")[0].split() for line in SHARED.read_text("utf-8").splitlines()]
    return [*SPELLINGS, *(words[0] for words in lines if words)]


def _sends(body: bytes, handler: Any) -> None:
    handler.send(body, Connection="close")


def _sends_to(where: str, handler: Any) -> None:
    handler.send(b"", 302, Location=where, Connection="close")


def conversed(client: Client, start: str) -> int:
    """Crawl a site of which only the front page is known, without writing anything down; how many fetches."""
    adapter = Website()
    target = Target(key=1, name="Shop", street="1 Main St", city="Portland", website=start)
    other = Target(key=2, name="Shop", street="2 Main St", city="Salem", website=start)
    conversation, reading, fetches = plan(adapter, {}, [target, other], narrowed=False), None, 0
    while True:
        try:
            step = next(conversation) if reading is None else conversation.send(reading)
        except StopIteration:
            return fetches
        reading = Reading(Outcome.OK, extra={"listed": False})
        if isinstance(step, Fetch):
            fetches += 1
            result = client.fetch(step.request)
            reading = adapter.read(result) if isinstance(result, Answer) else Reading(result.outcome)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_any_kind_leads_to_nothing_private(source: Faulty, canary: Faulty, status: int) -> None:
    wanted = spellings()
    with detoured_client(Detour({PUBLIC: source.port}), names()) as client:
        for spelling in wanted:
            target = quote(f"http://{spelling}:{canary.port}/secret", safe="")
            result = client.fetch(
                Request(f"http://{SITE}:{source.port}/redirect?status={status}&to={target}")
            )
            assert isinstance(result, Failure)
            assert result.reason in ("BlockedAddress", "RefusedUrl", "NameNotFound"), (spelling, result)
        assert isinstance(client.fetch(Request(f"http://{SITE}:{source.port}/page")), Answer)
    assert canary.hits == []
    assert len(source.hits) == len(wanted) + 1


def test_an_address_that_a_person_gives_is_checked(source: Faulty, canary: Faulty) -> None:
    with detoured_client(Detour({PUBLIC: source.port}), names()) as client:
        for spelling in spellings():
            assert isinstance(client.fetch(Request(f"http://{spelling}:{canary.port}/secret")), Failure)
    assert (canary.hits, source.hits) == ([], [])


def test_a_robots_txt_that_leads_elsewhere_reaches_nothing_private(source: Faulty, canary: Faulty) -> None:
    for spelling in spellings():
        target = f"http://{spelling}:{canary.port}/robots.txt"
        source.answers["/robots.txt"] = partial(_sends_to, quote(target, safe=":/%[]"))
        with detoured_client(Detour({PUBLIC: source.port}), names()) as client:
            robots = Robots(client, "Goodstanding", PaperClock())
            client.fetch(Request(f"http://{SITE}:{source.port}/page"), permit=robots.objection)
    assert canary.hits == []


NAMED = {
    "/": "<title>Shop</title><meta http-equiv=refresh content='0;url={url}'><link rel=canonical href='{url}'>"
    "<link rel=sitemap href='{url}'><img src='{url}'><a href='{url}'>Locations</a><a href='/stores'>Stores</a>",
    "/stores": "<title>Stores</title><a href='{url}'>1 Main St</a><iframe src='{url}'></iframe>",
    "/robots.txt": "User-agent: *\nAllow: /\nSitemap: {url}\nSitemap: http://shop.example/sitemap.xml\n",
    "/sitemap.xml": "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>{url}</loc></url></urlset>",
}
"""A site that names one address wherever a page may name another: refresh, canonical, sitemap, robots, link, image."""


def test_what_a_site_names_anywhere_leads_to_nothing_private(source: Faulty, canary: Faulty) -> None:
    with detoured_client(Detour({PUBLIC: source.port}), names()) as client:
        for spelling in spellings():
            url = f"http://{spelling}:{canary.port}/secret"
            for path, text in NAMED.items():
                body = text.format(url=url).encode()
                source.answers[path] = partial(_sends, body)
            assert conversed(client, f"http://{SITE}:{source.port}/") >= 1
    assert canary.hits == []
    assert len(source.hits) >= len(spellings())


def test_a_name_that_changes_its_address_is_never_followed_inside(source: Faulty, canary: Faulty) -> None:
    turns = cycle([[PUBLIC], ["127.0.0.1"]])
    network = Detour({PUBLIC: source.port})
    with detoured_client(network, lambda host, port: next(turns)) as client:
        for _ in range(20):
            conversed(client, f"http://rebind.example:{canary.port}/")
    assert canary.hits == []
    assert set(network.dialled) == {PUBLIC}
