"""A host is asked no faster than its rate and not before it wants to be."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from crawlers.http import Limits
from crawlers.pace import Pace
from crawlers.retry import retry_after
from crawlers.source import Answer, Request
from tests.crawlers.clients import PaperClock, quick_client
from tests.crawlers.faulty import Faulty

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def moments(pace: Pace, clock: PaperClock, *hosts: str) -> list[float]:
    """When each of these requests is let go, from the first on."""
    taken = []
    for host in hosts:
        pace.wait(host)
        taken.append(clock.moment - 1_000)
    return taken


def test_requests_to_one_host_keep_their_distance() -> None:
    clock = PaperClock()
    assert moments(Pace(clock, rate=2), clock, *["a"] * 4) == [0, 0.5, 1.0, 1.5]


def test_hosts_do_not_wait_for_each_other() -> None:
    clock = PaperClock()
    assert moments(Pace(clock, rate=1), clock, "a", "b", "c", "a") == [0, 0, 0, 1]


def test_idle_time_is_not_saved_up() -> None:
    clock = PaperClock()
    pace = Pace(clock, rate=1)
    pace.wait("a")
    clock.sleep(60)
    assert moments(pace, clock, "a", "a", "a") == [60, 61, 62]


def test_a_host_may_have_a_rate_of_its_own_and_ask_for_a_slower_one() -> None:
    clock = PaperClock()
    pace = Pace(clock, rate=1, rates={"fast": 8})
    assert moments(pace, clock, "fast", "fast") == [0, 0.125]
    pace.slow("fast", 5)
    pace.slow("fast", 2)
    assert moments(pace, clock, "fast", "fast") == [5.125, 10.125]


def test_a_slow_start_does_not_push_two_requests_together() -> None:
    clock = PaperClock()
    pace = Pace(clock, rate=1)
    clock.sleep(0.4)  # the handshake of the first took so long
    pace.sending("a")
    pace.sent("a")
    clock.sleep(0.6)  # now it is the second one's turn
    assert pace.sending("a") == pytest.approx(0.4)


def test_waking_late_does_not_push_two_requests_together() -> None:
    class Drowsy(PaperClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds + 0.3)

    clock = Drowsy()
    pace = Pace(clock, rate=1)
    sent = []
    for _ in range(4):
        pace.sending("a")
        sent.append(clock.moment)
        pace.sent("a")
    assert min(later - earlier for earlier, later in pairwise(sent)) >= 1


def test_a_request_that_leaves_late_moves_the_next_one_back() -> None:
    clock = PaperClock()
    pace = Pace(clock, rate=1)
    pace.sending("a")
    clock.sleep(0.7)  # let go, but its thread wasn't given its time
    pace.sent("a")
    assert pace.sending("a") == pytest.approx(1)


def test_nobody_is_let_go_while_another_request_is_leaving() -> None:
    clock = PaperClock()
    pace = Pace(clock, rate=1)
    pace.sending("a")
    clock.sleep(5)
    with ThreadPoolExecutor(1) as threads:
        second = threads.submit(pace.sending, "a")
        with pytest.raises(TimeoutError):
            second.result(timeout=0.05)
        pace.sent("a")
        assert second.result(timeout=10) == pytest.approx(1)


def test_a_held_host_is_free_again_in_time() -> None:
    clock = PaperClock()
    pace = Pace(clock, rate=1)
    pace.hold("a", 10)
    pace.hold("a", 3)
    assert (pace.held("a"), pace.held("b")) == (10, 0)
    clock.sleep(10)
    assert pace.held("a") == 0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0), ("120", 120), (" 7 ", 7), ("Sun, 01 Mar 2026 12:00:30 GMT", 30),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0), ("Sunday, 01-Mar-26 12:01:00 GMT", 60), (None, None), ("", None),
        ("-5", None), ("1.5", None), ("soon", None), ("٣", None), ("9" * 40, 999_999_999),
        ("Sun, 01 Mar 99999 12:00:30 GMT", None),
    ],
)  # fmt: skip
def test_retry_after_is_read_as_the_standard_says(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOON) == seconds


def test_many_threads_together_keep_to_the_rate(source: Faulty) -> None:
    limits = Limits(rate=10, retries=0)
    with quick_client(source.authority, limits=limits) as client, ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: client.fetch(Request(source.url("/page"))), range(9)))
    assert all(isinstance(answer, Answer) for answer in answers)
    arrivals = sorted(hit.at for hit in source.hits)
    # eight distances of 0.1 s; the server's thread may note the first one late on a busy machine
    assert arrivals[-1] - arrivals[0] >= 0.5
