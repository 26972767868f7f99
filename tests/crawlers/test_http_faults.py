"""However a source misbehaves, a fetch ends in time, stays small and says what happened."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from crawlers.http import Client, Limits
from crawlers.outcomes import Failure, Reason
from crawlers.source import Answer, Outcome, Request
from tests.crawlers.clients import quick_client
from tests.crawlers.faulty import JSON, PAGE, Faulty, bomb
from tests.waiting import until

SHORT = Limits(rate=100_000, retries=0, deadline=0.5)
ROOT = Path(__file__).resolve().parents[2]


def failed(source: Faulty, path: str, limits: Limits = SHORT) -> Failure:
    with quick_client(source.authority, limits=limits) as client:
        result = client.fetch(Request(source.url(path)))
    assert isinstance(result, Failure), result
    return result


def answered(source: Faulty, path: str) -> Answer:
    with quick_client(source.authority) as client:
        result = client.fetch(Request(source.url(path)))
    assert isinstance(result, Answer), result
    return result


@pytest.mark.parametrize("mode", ["silence", "slow-status", "endless-headers", "slowloris"])
def test_a_slow_source_ends_at_the_deadline(mode: str, source: Faulty) -> None:
    began = time.monotonic()
    failure = failed(source, f"/{mode}")
    assert time.monotonic() - began < 1.5
    assert (failure.reason, failure.outcome) == (Reason.DEADLINE, Outcome.UNAVAILABLE)


def test_a_slow_name_server_ends_at_the_deadline(source: Faulty) -> None:
    def resolve(host: str, port: int) -> list[str]:
        source.stopping.wait(10)
        return []

    began = time.monotonic()
    with Client("Test", limits=SHORT, resolver=resolve) as client:
        result = client.fetch(Request("http://slow.example/"))
    assert time.monotonic() - began < 1.5
    assert isinstance(result, Failure)
    assert result.reason is Reason.NAME_UNRESOLVED


@pytest.mark.parametrize("path", ["/bomb?coding=gzip", "/bomb?coding=deflate", "/endless"])
def test_too_much_data_is_unreadable(path: str, source: Faulty) -> None:
    failure = failed(source, path, Limits(rate=100_000, retries=0, deadline=10, max_bytes=1_000_000))
    assert (failure.reason, failure.outcome) == (Reason.TOO_LARGE, Outcome.UNREADABLE)


def test_bombs_stay_small_in_memory(source: Faulty) -> None:
    urls = [source.url(path) for path in ("/bomb?coding=gzip", "/bomb?coding=deflate", "/endless")]
    measured = subprocess.run(
        [sys.executable, "-m", "tests.crawlers.memory_of_fetching", source.authority, *urls],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    reasons, megabytes = measured.stdout.split()
    assert reasons == "TooLarge,TooLarge,TooLarge"
    assert float(megabytes) <= 50


@pytest.mark.parametrize("mode", ["short-length", "cut-chunk", "cut-gzip", "cut-close", "reset"])
def test_a_cut_answer_is_unavailable_and_never_data(mode: str, source: Faulty) -> None:
    failure = failed(source, f"/{mode}")
    assert (failure.reason, failure.outcome) == (Reason.BROKEN_ANSWER, Outcome.UNAVAILABLE)
    assert failure.answer is None


@pytest.mark.parametrize("body", [PAGE, JSON, b"[1, 2]\n", b"<p>no frame</p>", b"opening hours: 9-5", b""])
def test_a_whole_body_may_end_by_closing(body: bytes, source: Faulty) -> None:
    def answer(handler: Any) -> None:
        handler.open(Connection="close")
        handler.wfile.write(body)
        handler.hang_up()

    source.answers["/plain"] = answer
    assert answered(source, "/plain").body == body


def test_slow_hosts_keep_nobody_else_waiting(source: Faulty, canary: Faulty) -> None:
    limits = Limits(rate=100_000, retries=0, deadline=20)
    with (
        quick_client(source.authority, canary.authority, limits=limits) as client,
        ThreadPoolExecutor(8) as threads,
    ):
        slow = [threads.submit(client.fetch, Request(canary.url("/slowloris"))) for _ in range(8)]
        until(lambda: len(canary.hits) == 8)
        quick = [client.fetch(Request(source.url("/page"))) for _ in range(50)]
        assert all(isinstance(answer, Answer) for answer in quick)
        assert not any(future.done() for future in slow)
        canary.stopping.set()


def test_a_coding_we_did_not_ask_for_is_unreadable(source: Faulty) -> None:
    source.answers["/brotli"] = lambda handler: handler.send(b"\x8b", Content_Encoding="br")
    assert failed(source, "/brotli").reason is Reason.UNKNOWN_ENCODING


def test_redirects_end_after_five(source: Faulty) -> None:
    assert failed(source, "/loop").reason is Reason.TOO_MANY_REDIRECTS
    assert len(source.hits) == 6


def test_the_body_of_a_redirect_is_not_read(source: Faulty) -> None:
    packed = {"Location": "/page", "Content_Encoding": "gzip"}
    source.answers["/moved"] = lambda handler: handler.send(bomb("gzip"), 302, **packed)
    assert answered(source, "/moved").body == PAGE


def test_nobody_at_home_is_unavailable(source: Faulty) -> None:
    source.server.server_close()
    failure = failed(source, "/page")
    assert (failure.reason, failure.outcome) == (Reason.CONNECTION_FAILED, Outcome.UNAVAILABLE)
    assert not failure.may_have_arrived


@pytest.mark.parametrize(
    ("mode", "outcome", "reason"),
    [
        ("captcha", Outcome.BLOCKED, Reason.WALL),
        ("quota", Outcome.QUOTA, Reason.HTTP_STATUS),
        ("down", Outcome.UNAVAILABLE, Reason.HTTP_STATUS),
    ],
)
def test_an_answer_that_is_no_data_comes_along_with_the_failure(
    mode: str, outcome: Outcome, reason: Reason, source: Faulty
) -> None:
    failure = failed(source, f"/{mode}")
    assert (failure.outcome, failure.reason) == (outcome, reason)
    assert failure.answer is not None


def test_a_good_answer_is_plain_bytes_and_plain_headers(source: Faulty) -> None:
    answer = answered(source, "/gzip")
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, PAGE, "text/html")
    assert "content-encoding" not in answer.headers
    assert answer.fetched_at is not None
    assert answer.fetched_at.utcoffset() is not None
