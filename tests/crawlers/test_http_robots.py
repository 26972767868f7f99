"""robots.txt is asked for once a day and obeyed as RFC 9309 says."""

import httpx
import pytest

from crawlers.http import Client, Limits
from crawlers.outcomes import Failure, Reason
from crawlers.robots import Robots
from crawlers.source import Answer, Outcome, Request
from tests.crawlers.clients import PaperClock, Scripted

Reply = tuple[int, dict[str, str], bytes]
RULES = (
    b"User-agent: *\nDisallow: /private\nAllow: /private/menu\n\nUser-agent: Goodstanding\nDisallow: /staff\n"
)


class Site:
    """A site whose robots.txt can change, a client for it and the time between."""

    def __init__(self, robots: Reply) -> None:
        self.reply = robots
        self.clock = PaperClock()
        self.wire = Scripted(self.answer, self.clock)
        limits = Limits(rate=1_000, retries=1)
        self.client = Client("Goodstanding/1.0", limits=limits, clock=self.clock, transport=self.wire)
        self.robots = Robots(self.client, "Goodstanding", self.clock)

    def answer(self, request: httpx.Request) -> Reply:
        return self.reply if request.url.path == "/robots.txt" else (200, {}, b"page")

    def asked(self, path: str) -> int:
        return sum(request.url.path == path for _, request in self.wire.asked)


def test_our_own_group_of_rules_counts() -> None:
    site = Site((200, {}, RULES))
    assert site.robots.allowed("https://shop.example/private")
    assert not site.robots.allowed("https://shop.example/staff/rota?week=9")
    assert site.robots.allowed("https://shop.example/robots.txt")


def test_a_byte_order_mark_hides_no_rule() -> None:
    site = Site((200, {}, b"\xef\xbb\xbfUser-agent: *\nDisallow: /staff"))
    assert not site.robots.allowed("https://shop.example/staff")


def test_the_longest_rule_wins_for_everybody_else() -> None:
    site = Site((200, {}, RULES))
    robots = Robots(site.client, "Other", site.clock)
    assert not robots.allowed("https://shop.example/private/")
    assert robots.allowed("https://shop.example/private/menu")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_site_without_robots_txt_allows_everything(status: int) -> None:
    assert Site((status, {}, RULES)).robots.allowed("https://shop.example/staff")


def test_a_robots_txt_that_redirects_for_ever_allows_everything() -> None:
    assert Site((302, {"location": "/robots.txt"}, b"")).robots.allowed("https://shop.example/staff")


@pytest.mark.parametrize(
    ("status", "outcome"), [(500, Outcome.UNAVAILABLE), (503, Outcome.UNAVAILABLE), (429, Outcome.QUOTA)]
)
def test_a_robots_txt_that_cannot_be_had_forbids_everything(status: int, outcome: Outcome) -> None:
    objection = Site((status, {}, b"")).robots.objection("https://shop.example/")
    assert objection is not None
    assert (objection.outcome, objection.reason, objection.answer) == (outcome, Reason.ROBOTS, None)


def test_an_unreachable_site_is_asked_again_after_a_while() -> None:
    site = Site((503, {}, b""))
    assert not site.robots.allowed("https://shop.example/")
    site.reply = (200, {}, RULES)
    assert not site.robots.allowed("https://shop.example/")
    site.clock.sleep(601)
    assert site.robots.allowed("https://shop.example/")


def test_rules_are_remembered_for_a_day_and_outlive_an_outage() -> None:
    site = Site((200, {}, RULES))
    for hours in (0, 12, 11):
        site.clock.sleep(hours * 3_600)
        assert not site.robots.allowed("https://shop.example/staff")
    assert site.asked("/robots.txt") == 1
    site.reply = (503, {}, b"")
    site.clock.sleep(3_600)
    assert site.robots.allowed("https://shop.example/menu")
    assert not site.robots.allowed("https://shop.example/staff")
    assert site.asked("/robots.txt") == 3


def test_each_scheme_host_and_port_has_its_own() -> None:
    site = Site((200, {}, RULES))
    for url in (
        "https://shop.example/",
        "http://shop.example/",
        "https://shop.example:8443/",
        "https://www.shop.example/",
    ):
        site.robots.allowed(url)
    assert site.asked("/robots.txt") == 4


def test_a_wish_for_a_pause_is_granted_within_reason() -> None:
    for delay, apart in ((b"5", 5), (b"86400", 60)):
        site = Site((200, {}, b"User-agent: *\nCrawl-delay: " + delay))
        site.robots.allowed("https://shop.example/")
        began = site.clock.moment
        site.client.fetch(Request("https://shop.example/a"))
        site.client.fetch(Request("https://shop.example/b"))
        assert site.clock.moment - began == pytest.approx(2 * apart)


def test_a_fetch_with_robots_permission_never_asks_for_a_forbidden_page() -> None:
    site = Site((200, {}, RULES))
    result = site.client.fetch(Request("https://shop.example/staff"), permit=site.robots.objection)
    assert isinstance(result, Failure)
    assert (result.outcome, result.reason) == (Outcome.BLOCKED, Reason.ROBOTS)
    assert isinstance(
        site.client.fetch(Request("https://shop.example/"), permit=site.robots.objection), Answer
    )
    assert (site.asked("/staff"), site.asked("/robots.txt")) == (0, 1)


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://localhost/", "file:///etc/passwd"])
def test_an_address_that_may_not_be_fetched_keeps_its_own_reason(url: str) -> None:
    site = Site((200, {}, RULES))
    objection = site.robots.objection(url)
    assert objection is not None
    assert objection.reason in (Reason.BLOCKED_ADDRESS, Reason.REFUSED_URL)
    assert site.wire.asked == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00garbage",
        b"<html>not found</html>",
        b"User-agent: *\nCrawl-delay: x\nDisallow",
        b"\0" * 99,
    ],
)
def test_a_robots_txt_that_makes_no_sense_stops_nothing(body: bytes) -> None:
    assert Site((200, {}, body)).robots.allowed("https://shop.example/menu")


def test_another_product_is_not_ours() -> None:
    assert Site((200, {}, b"User-agent: OtherBot\nDisallow: /")).robots.allowed("https://shop.example/")
