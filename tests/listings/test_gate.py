"""A source that fails or asks for quiet is left alone by everybody, then tried by one."""

import datetime as dt

import pytest

from listings import gate
from listings.db import Database
from listings.quota import Endpoint

pytestmark = pytest.mark.db
AT = Endpoint("google", "api.example", "key")
NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def longest(low: float, high: float) -> float:
    return high


def fail(database: Database, times: int, now: dt.datetime = NOW, at: Endpoint = AT) -> None:
    for _ in range(times):
        with database.write() as session:
            gate.failed(session, at, now, "503", longest)


def stands(database: Database, now: dt.datetime = NOW, at: Endpoint = AT) -> gate.Standing:
    with database.look() as rows:
        return gate.standing(rows, at, now)


def probes(database: Database, now: dt.datetime) -> bool:
    with database.write() as session:
        return gate.probe(session, AT, now)


def test_the_fifth_failure_in_a_row_opens_the_breaker_for_everybody(database: Database) -> None:
    fail(database, 4)
    assert stands(database) == gate.Standing(marred=True)
    fail(database, 1)
    for at in (AT, AT._replace(holder="another key")):
        assert stands(database, at=at).held_until == NOW + 30 * SECOND
    assert stands(database, at=AT._replace(host="other.example")) == gate.Standing()


def test_a_success_in_between_begins_the_count_anew(database: Database) -> None:
    fail(database, 4)
    with database.write() as session:
        gate.went_well(session, AT)
    fail(database, 4)
    assert stands(database).held_until is None


def test_one_worker_tries_an_open_breaker_and_its_failure_holds_longer(database: Database) -> None:
    fail(database, 5)
    later = NOW + 30 * SECOND
    assert stands(database, later).half_open
    assert [probes(database, later) for _ in range(3)] == [True, False, False]
    fail(database, 1, later)
    assert stands(database, later).held_until == later + 60 * SECOND


def test_a_probe_that_goes_well_closes_the_breaker(database: Database) -> None:
    fail(database, 5)
    later = NOW + 30 * SECOND
    assert probes(database, later)
    with database.write() as session:
        gate.went_well(session, AT)
    assert stands(database, later) == gate.Standing()


def test_a_worker_that_died_with_its_probe_leaves_it_to_the_next(database: Database) -> None:
    fail(database, 5)
    later = NOW + 30 * SECOND
    assert probes(database, later)
    assert probes(database, later + gate.PROBE)


def test_failures_of_requests_that_were_on_their_way_do_not_add_up(database: Database) -> None:
    fail(database, 5 + 20)
    assert stands(database).held_until == NOW + 30 * SECOND


def test_back_off_ends_at_a_quarter_of_an_hour(database: Database) -> None:
    moment = NOW
    for _ in range(14):
        fail(database, 1, moment)
        moment = stands(database, moment).held_until or moment
    assert stands(database, moment - SECOND).held_until == moment
    fail(database, 1, moment)
    assert stands(database, moment).held_until == moment + 900 * SECOND


def test_what_a_source_asked_for_is_only_ever_made_longer(database: Database) -> None:
    for seconds in (60, 10):
        with database.write() as session:
            gate.hold(session, AT, NOW + seconds * SECOND, "429", too_many=True)
    with database.write() as session:
        gate.went_well(session, AT)
    held = stands(database)
    assert (held.held_until, held.too_many) == (NOW + 60 * SECOND, True)
    assert stands(database, NOW + 60 * SECOND).held_until is None


def test_an_account_that_was_turned_away_is_held_alone(database: Database) -> None:
    with database.write() as session:
        gate.hold(session, AT, NOW + 60 * SECOND, "429", too_many=True)
    assert stands(database, at=AT._replace(holder="another key")) == gate.Standing()
    with database.read() as session:
        assert gate.held_anywhere(session, "google", "key", NOW) == NOW + 60 * SECOND
        assert gate.held_anywhere(session, "google", "another key", NOW) is None


def test_an_account_that_is_refused_without_an_end_waits_longer_each_time(database: Database) -> None:
    ends = []
    moment = NOW
    for _ in range(3):
        with database.write() as session:
            gate.refused(session, AT, moment, "429", longest)
        until = stands(database, moment).held_until
        assert until is not None
        ends.append((until - moment).total_seconds())
        moment = until
    assert ends == [2, 4, 8]
