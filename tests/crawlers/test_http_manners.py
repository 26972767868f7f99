"""What a fetch sends, keeps, follows and repeats."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import httpx
import pytest

from crawlers.http import Client, Conditions, Limits
from crawlers.outcomes import Failure, Reason
from crawlers.source import Answer, Outcome, Request
from tests.crawlers.clients import PaperClock, Scripted, quick_client
from tests.crawlers.faulty import PAGE, Faulty

SECRETS = {
    "Authorization": "Bearer t0ken",
    "X-Goog-Api-Key": "k3y",
    "X-Other-Key": "k3y",
    "Accept": "text/html",
}
Reply = tuple[int, dict[str, str], bytes]


def scripted(
    answer: Callable[[httpx.Request], Reply], limits: Limits | None = None
) -> tuple[Client, Scripted, PaperClock]:
    """A client over a plain function, on a clock of paper, that always backs off as long as it may."""
    clock = PaperClock()
    wire = Scripted(answer, clock)
    limits = limits or Limits(rate=1_000)
    return (
        Client("Test", limits=limits, clock=clock, transport=wire, jitter=lambda low, high: high),
        wire,
        clock,
    )


def in_turn(*replies: Reply) -> Callable[[httpx.Request], Reply]:
    """Give these answers one after the other."""
    left = iter(replies)
    return lambda request: next(left)


GOOD: Reply = (200, {"content-type": "text/html"}, PAGE)
DOWN: Reply = (503, {}, b"down")


def test_two_hundred_fetches_share_one_connection(source: Faulty) -> None:
    with quick_client(source.authority) as client:
        assert all(isinstance(client.fetch(Request(source.url("/page"))), Answer) for _ in range(200))
    assert len({hit.peer for hit in source.hits}) == 1


def test_threads_share_the_client(source: Faulty) -> None:
    with quick_client(source.authority) as client, ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda n: client.fetch(Request(source.url(f"/page?n={n}"))), range(200)))
    assert all(isinstance(result, Answer) for result in results)
    assert Counter(hit.path for hit in source.hits) == Counter(f"/page?n={n}" for n in range(200))
    assert len({hit.peer for hit in source.hits}) <= 8


def test_the_environments_proxy_is_ignored(
    source: Faulty, canary: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://{canary.authority}")
    with quick_client(source.authority) as client:
        assert isinstance(client.fetch(Request(source.url("/page"))), Answer)
    assert canary.hits == []


def test_cookies_are_not_kept(source: Faulty) -> None:
    with quick_client(source.authority) as client:
        answer = client.fetch(Request(source.url("/cookie")))
        client.fetch(Request(source.url("/page")))
    assert isinstance(answer, Answer)
    assert "set-cookie" not in answer.headers
    assert "cookie" not in source.hits[1].headers


def test_credentials_stay_with_the_origin_they_were_meant_for(source: Faulty, canary: Faulty) -> None:
    away = source.url(f"/redirect?to={quote(canary.url('/page'))}")
    with quick_client(source.authority, canary.authority) as client:
        client.fetch(Request(away, headers=SECRETS))
    assert source.hits[0].headers["authorization"] == "Bearer t0ken"
    assert not {"authorization", "x-goog-api-key", "x-other-key"} & canary.hits[0].headers.keys()
    assert canary.hits[0].headers["accept"] == "text/html"


def test_credentials_follow_a_redirect_within_the_origin(source: Faulty) -> None:
    with quick_client(source.authority) as client:
        answer = client.fetch(Request(source.url("/redirect?to=/page&status=301"), headers=SECRETS))
    assert isinstance(answer, Answer)
    assert answer.url == source.url("/page")
    assert source.hits[1].headers["x-goog-api-key"] == "k3y"


def test_a_redirect_is_not_followed_when_asked_not_to(source: Faulty) -> None:
    with quick_client(source.authority) as client:
        result = client.fetch(Request(source.url("/redirect?to=/page&status=301")), follow=False)
    assert isinstance(result, Failure)
    assert result.outcome is Outcome.MOVED
    assert result.answer is not None
    assert result.answer.headers["location"] == "/page"
    assert len(source.hits) == 1


def test_a_redirected_write_is_never_sent_elsewhere(source: Faulty) -> None:
    request = Request(source.url("/redirect?to=/page&status=307"), method="POST", body=b"reply")
    with quick_client(source.authority) as client:
        result = client.fetch(request)
    assert isinstance(result, Failure)
    assert [hit.method for hit in source.hits] == ["POST"]


def test_an_unchanged_page_is_not_modified(source: Faulty) -> None:
    with quick_client(source.authority) as client:
        first = client.fetch(Request(source.url("/etag")))
        assert isinstance(first, Answer)
        second = client.fetch(Request(source.url("/etag")), conditions=Conditions(etag=first.headers["etag"]))
    assert isinstance(second, Failure)
    assert second.outcome is Outcome.NOT_MODIFIED


def test_passing_trouble_is_tried_again_with_growing_jitter() -> None:
    client, _, clock = scripted(in_turn(DOWN, (500, {}, b""), (502, {}, b""), DOWN, GOOD))
    assert isinstance(client.fetch(Request("https://shop.example/")), Answer)
    assert clock.slept == [1.0, 2.0, 4.0, 8.0]


def test_full_jitter_draws_from_nought() -> None:
    drawn: list[tuple[float, float]] = []

    def lowest(low: float, high: float) -> float:
        drawn.append((low, high))
        return low

    clock = PaperClock()
    wire = Scripted(in_turn(DOWN, DOWN, GOOD), clock)
    client = Client("Test", limits=Limits(rate=1_000), clock=clock, transport=wire, jitter=lowest)
    assert isinstance(client.fetch(Request("https://shop.example/")), Answer)
    assert drawn == [(0.0, 1.0), (0.0, 2.0)]


def test_it_gives_up_after_five_retries() -> None:
    client, wire, _ = scripted(lambda request: DOWN, Limits(rate=1_000, deadline=1_000))
    result = client.fetch(Request("https://shop.example/"))
    assert isinstance(result, Failure)
    assert (result.outcome, len(wire.asked)) == (Outcome.UNAVAILABLE, 6)


def test_retries_end_at_the_deadline() -> None:
    client, wire, clock = scripted(lambda request: DOWN, Limits(rate=1_000, deadline=5))
    client.fetch(Request("https://shop.example/"))
    assert clock.moment <= 1_005
    assert len(wire.asked) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_definite_answer_is_not_asked_for_again(status: int) -> None:
    client, wire, _ = scripted(lambda request: (status, {}, b""))
    client.fetch(Request("https://shop.example/"))
    assert len(wire.asked) == 1


@pytest.mark.parametrize("status", [200, 503])
def test_a_challenge_is_not_hammered(status: int) -> None:
    client, wire, _ = scripted(
        lambda request: (status, {"content-type": "text/html"}, b"<p>Are you a robot?")
    )
    result = client.fetch(Request("https://shop.example/"))
    assert isinstance(result, Failure)
    assert (result.outcome, result.reason, len(wire.asked)) == (Outcome.BLOCKED, Reason.WALL, 1)


def test_a_write_is_repeated_only_when_told(source: Faulty) -> None:
    for repeatable, times in ((None, 1), (True, 6)):
        client, wire, _ = scripted(lambda request: DOWN)
        client.fetch(Request("https://api.example/reply", method="POST", body=b"{}"), repeatable=repeatable)
        assert len(wire.asked) == times


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("value", ["7", "Sun, 01 Mar 2026 00:00:07 GMT"])
def test_retry_after_is_obeyed_to_the_second(status: int, value: str) -> None:
    client, wire, _ = scripted(in_turn((status, {"retry-after": value}, b""), GOOD))
    assert isinstance(client.fetch(Request("https://shop.example/")), Answer)
    (first, _), (second, _) = wire.asked
    assert second - first == pytest.approx(7)


def test_a_long_retry_after_keeps_the_host_quiet_until_then() -> None:
    client, wire, clock = scripted(in_turn((429, {"retry-after": "3600"}, b""), GOOD, GOOD))
    first = client.fetch(Request("https://shop.example/"))
    early = client.fetch(Request("https://shop.example/other"))
    assert isinstance(first, Failure)
    assert isinstance(early, Failure)
    assert (first.outcome, first.retry_after) == (Outcome.QUOTA, 3_600)
    assert (early.outcome, early.reason, early.retry_after) == (Outcome.QUOTA, Reason.HELD, 3_600)
    assert isinstance(client.fetch(Request("https://elsewhere.example/")), Answer)
    assert len(wire.asked) == 2
    clock.sleep(3_600)
    assert isinstance(client.fetch(Request("https://shop.example/")), Answer)


def test_one_accounts_quota_does_not_hold_another() -> None:
    client, _, _ = scripted(in_turn((429, {"retry-after": "3600"}, b""), GOOD))
    url = "https://api.example/reviews"
    assert isinstance(client.fetch(Request(url, headers={"Authorization": "Bearer a"})), Failure)
    assert isinstance(client.fetch(Request(url, headers={"Authorization": "Bearer b"})), Answer)


def test_what_permit_refuses_is_not_asked_for(source: Faulty) -> None:
    def permit(url: str) -> Failure | None:
        return (
            Failure(Outcome.BLOCKED, Reason.ROBOTS, "keep out", url) if url == source.url("/page") else None
        )

    with quick_client(source.authority) as client:
        result = client.fetch(Request(source.url("/redirect?to=/page")), permit=permit)
    assert isinstance(result, Failure)
    assert result.reason is Reason.ROBOTS
    assert len(source.hits) == 1
