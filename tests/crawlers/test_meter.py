"""Every worker obeys what one of them was told: rests that a source asked for, breakers, quotas."""

import datetime as dt
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from crawlers.http import Client
from crawlers.meter import Held, Meter, Paused
from crawlers.outcomes import Failure
from crawlers.source import Answer, Request
from listings.db import Database
from listings.models.crawl import SourceState
from listings.source_terms import Quota
from listings.sources import GOOGLE, SOURCES
from tests.crawlers.clients import QUICK, PaperClock, quick_client
from tests.crawlers.faulty import Faulty
from tests.domain import NOW, organization

pytestmark = pytest.mark.db
ROOT = Path(__file__).resolve().parents[2]
FACTS = SOURCES[GOOGLE]


def meter(
    client: Client,
    database: Database,
    *,
    limit: Quota | None = None,
    clock: PaperClock | None = None,
    holder: str = "a",
) -> Meter:
    clock = clock or PaperClock()
    return Meter(client, database, FACTS, 1, holder, limit=limit, clock=clock, jitter=lambda low, high: high)


def ends(ask: Callable[[], Answer | Failure]) -> str:
    """How a fetch ends, in a word."""
    try:
        result = ask()
    except Held as held:
        return f"held: {held.outcome}"
    return "answer" if isinstance(result, Answer) else str(result.outcome)


def test_five_failures_open_the_breaker_for_all_workers_and_one_probe_closes_it(
    database: Database, source: Faulty
) -> None:
    clock = PaperClock()
    with quick_client(source.authority) as client:
        one, other = (meter(client, database, clock=clock) for _ in range(2))
        assert [ends(lambda: one.fetch(Request(source.url("/down")))) for _ in range(5)] == [
            "unavailable"
        ] * 5
        page = Request(source.url("/page"))
        assert [ends(partial(worker.fetch, page)) for worker in (one, other)] == ["held: unavailable"] * 2
        assert len(source.hits) == 5
        clock.sleep(30)
        assert ends(lambda: other.fetch(Request(source.url("/page")))) == "answer"
        assert ends(lambda: one.fetch(Request(source.url("/page")))) == "answer"


def test_a_probe_that_fails_leaves_the_others_waiting(database: Database, source: Faulty) -> None:
    clock = PaperClock()
    with quick_client(source.authority) as client:
        one = meter(client, database, clock=clock)
        for _ in range(5):
            one.fetch(Request(source.url("/reset")))
        clock.sleep(30)
        assert ends(lambda: one.fetch(Request(source.url("/reset")))) == "unavailable"
        clock.sleep(30)
        assert ends(lambda: one.fetch(Request(source.url("/page")))) == "held: unavailable"
    assert len(source.hits) == 6


def test_a_page_that_is_not_there_is_no_failure_of_its_host(database: Database, source: Faulty) -> None:
    source.answers["/gone"] = lambda handler: handler.send(b"gone", 404)
    with quick_client(source.authority) as client:
        one = meter(client, database)
        assert [ends(lambda: one.fetch(Request(source.url("/gone")))) for _ in range(8)] == ["not_found"] * 8


def test_an_account_over_its_quota_is_held_and_another_is_not(database: Database, source: Faulty) -> None:
    clock = PaperClock()
    with quick_client(source.authority) as client:
        one, other = (meter(client, database, clock=clock, holder=holder) for holder in "ab")
        assert ends(lambda: one.fetch(Request(source.url("/quota?after=60")))) == "quota"
        # The client itself remembers what it was told; a row tells the other processes.
        with quick_client(source.authority) as elsewhere:
            third = meter(elsewhere, database, clock=clock)
            assert ends(lambda: third.fetch(Request(source.url("/page")))) == "held: quota"
            assert third.held_until() == clock.now() + dt.timedelta(seconds=60)
            free = meter(elsewhere, database, clock=clock, holder="b")
            assert ends(lambda: free.fetch(Request(source.url("/page")))) == "answer"
            clock.sleep(60)
            assert ends(lambda: third.fetch(Request(source.url("/page")))) == "answer"
        assert other.held_until() is None


def test_a_used_up_quota_sends_nothing_until_its_window_opens(database: Database, source: Faulty) -> None:
    clock, limit = PaperClock(), Quota(3, dt.timedelta(hours=1), spaced=False)
    with quick_client(source.authority) as client:
        one, other = (meter(client, database, clock=clock, limit=limit) for _ in range(2))
        turns = [ends(partial(who.fetch, Request(source.url("/page")))) for who in (one, other) * 4]
        assert turns == ["answer"] * 3 + ["held: quota"] * 5
        with pytest.raises(Held, match="this hour’s quota of requests is used up") as held:
            one.fetch(Request(source.url("/page")))
        clock.sleep((held.value.until - clock.now()).total_seconds())
        assert ends(lambda: other.fetch(Request(source.url("/page")))) == "answer"
    assert len(source.hits) == 4


def test_repeats_of_a_request_count_like_any_other(database: Database, source: Faulty) -> None:
    clock, limit = PaperClock(), Quota(3, dt.timedelta(hours=1), spaced=False)
    with Client("Test", allowed=[source.authority], clock=clock, limits=replace(QUICK, retries=5)) as client:
        one = meter(client, database, clock=clock, limit=limit)
        assert ends(lambda: one.fetch(Request(source.url("/down")))) == "held: quota"
    assert len(source.hits) == 3


def test_spaced_requests_leave_evenly(database: Database, source: Faulty) -> None:
    clock, limit = PaperClock(), Quota(61, dt.timedelta(minutes=1), spaced=True)
    with quick_client(source.authority) as client:
        one = meter(client, database, clock=clock, limit=limit)
        for _ in range(6):
            assert ends(lambda: one.fetch(Request(source.url("/page")))) == "answer"
    assert clock.moment - 1_000 == pytest.approx(5 * 60 / (61 * 0.95 - 1), abs=0.01)


def test_a_source_that_is_paused_while_it_is_read_is_left_alone(database: Database, source: Faulty) -> None:
    clock = PaperClock()
    with database.write() as session:
        ours = organization(session)
    with quick_client(source.authority) as client:
        one = Meter(client, database, FACTS, ours, "", limit=None, clock=clock)
        assert ends(lambda: one.fetch(Request(source.url("/page")))) == "answer"
        with database.write() as session:
            session.add(SourceState(organization_id=ours, source=GOOGLE, paused_at=NOW))
        clock.sleep(2)
        with pytest.raises(Paused):
            one.fetch(Request(source.url("/page")))


@pytest.mark.parametrize("status", [429, 503])
def test_processes_obey_retry_after_to_the_second(database: Database, source: Faulty, status: int) -> None:
    """One process is told to wait; none of the three asks early, and each goes on within a second."""
    told: list[float] = []

    def answer(handler: Any) -> None:
        if len(source.hits) == 40:
            told.append(time.monotonic())
            handler.send(b"slow down", status, Retry_After="4")
        else:
            handler.send(b"<p>fine")

    source.answers["/limited"] = answer
    command = [sys.executable, "-m", "tests.crawlers.ask_metered", database.url, source.url("/limited"), "25"]
    processes = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(3)]
    for process in processes:
        process.communicate(timeout=90)
        assert process.returncode == 0
    after = sorted(hit.at - told[0] for hit in source.hits if hit.at > told[0])
    # What had left before the answer arrived and was written down was no disobedience.
    obeying = [seconds for seconds in after if seconds > 1]
    assert len(obeying) > 6
    assert 4 <= obeying[0] <= 5
