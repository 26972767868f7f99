"""Tokens for requests: counted in a row that all processes share, never more than the source allows."""

import datetime as dt
import subprocess
import sys
from collections import deque
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.db import Database
from listings.quota import Endpoint, Told, Turn, take, told, usage, window_end
from listings.source_terms import Quota

DAILY = Quota(5, dt.timedelta(days=1), spaced=False)
EVENLY = Quota(60, dt.timedelta(minutes=1), spaced=True)
AT = Endpoint("yelp", "api.example", "key")
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
MIDNIGHT = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
ROOT = Path(__file__).resolve().parents[2]


def taken(
    database: Database, quota: Quota, now: dt.datetime, times: int = 1, at: Endpoint = AT
) -> list[Turn]:
    turns = []
    for _ in range(times):
        with database.write() as session:
            turns.append(take(session, at, quota, now))
    return turns


@pytest.mark.db
def test_a_window_gives_what_it_holds_and_then_says_when_it_begins_anew(database: Database) -> None:
    turns = taken(database, DAILY, NOON, 7)
    assert turns[:5] == [Turn()] * 5
    assert turns[5:] == [Turn(again_at=MIDNIGHT)] * 2
    assert taken(database, DAILY, MIDNIGHT, 6)[4:] == [Turn(), Turn(again_at=MIDNIGHT + dt.timedelta(days=1))]


@pytest.mark.db
def test_accounts_and_hosts_are_counted_apart(database: Database) -> None:
    taken(database, DAILY, NOON, 5)
    for other in (AT._replace(holder="other"), AT._replace(host="other.example")):
        assert taken(database, DAILY, NOON, at=other) == [Turn()]


@pytest.mark.db
def test_spaced_requests_queue_for_their_turns(database: Database) -> None:
    turns = taken(database, EVENLY, NOON, 5)
    step = 60 / 56
    assert [round(turn.wait, 3) for turn in turns] == [round(number * step, 3) for number in range(5)]


@pytest.mark.db
def test_who_would_wait_too_long_is_told_when_to_come_back(database: Database) -> None:
    turns = taken(database, EVENLY, NOON, 12)
    late = [turn.again_at for turn in turns if turn.again_at is not None]
    assert late
    assert all(at > NOON + 9 * SECOND for at in late)
    assert taken(database, EVENLY, late[0])[0].again_at is None


@pytest.mark.db
@pytest.mark.parametrize("quota", [DAILY, EVENLY])
def test_a_clock_that_was_years_ahead_stops_nothing_for_years(database: Database, quota: Quota) -> None:
    taken(database, quota, NOON + dt.timedelta(days=3650), 5)
    assert taken(database, quota, NOON) == [Turn()]


@pytest.mark.db
def test_what_the_source_says_outranks_what_we_thought(database: Database) -> None:
    taken(database, DAILY, NOON, 2)
    with database.write() as session:
        told(session, AT, DAILY, Told(limit=4, remaining=1, resets_at=NOON + dt.timedelta(hours=1)), NOON)
        assert usage(session, "yelp", "key", NOON) is not None
    assert taken(database, DAILY, NOON, 2) == [Turn(), Turn(again_at=NOON + dt.timedelta(hours=1))]
    assert taken(database, DAILY, NOON + dt.timedelta(hours=1)) == [Turn()]


@pytest.mark.db
def test_an_answer_that_overtakes_another_gives_nothing_back(database: Database) -> None:
    taken(database, DAILY, NOON, 4)
    for remaining in (1, 4):
        with database.write() as session:
            told(session, AT, DAILY, Told(remaining=remaining), NOON)
            found = usage(session, "yelp", "key", NOON)
        assert found is not None
        assert (found.used, found.allowed, found.resets_at) == (4, 5, MIDNIGHT)


@pytest.mark.db
def test_a_window_that_is_over_counts_nothing(database: Database) -> None:
    taken(database, DAILY, NOON, 4)
    with database.read() as session:
        assert usage(session, "yelp", "key", MIDNIGHT) is None
        assert usage(session, "yelp", "somebody else", NOON) is None


moments = st.integers(0, 10**9).map(lambda seconds: NOON + seconds * SECOND)


@given(moment=moments)
def test_a_day_ends_at_the_next_midnight(moment: dt.datetime) -> None:
    end = window_end(DAILY, moment)
    assert moment < end <= moment + dt.timedelta(days=1)
    assert end.time() == dt.time()


def together(database: Database, allowed: int, how: str) -> list[list[float]]:
    """What three processes print that begin at the same moment."""
    command = [sys.executable, "-m", "tests.listings.take_tokens", database.url, str(allowed), how]
    processes = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    return [
        [float(word) for word in process.communicate("go\n", timeout=60)[0].split()] for process in processes
    ]


@pytest.mark.db
def test_processes_together_take_no_more_than_there_is(database: Database) -> None:
    assert sum(got for (got,) in together(database, 200, "count")) == 200


@pytest.mark.db
def test_processes_together_keep_every_stretch_below_the_limit(database: Database) -> None:
    moments = sorted(moment for line in together(database, 40, "spaced") for moment in line)
    assert len(moments) > 60
    within: deque[float] = deque()
    for moment in moments:
        within.append(moment)
        while moment - within[0] >= 1:
            within.popleft()
        assert len(within) <= 40
