from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from listings import login, people
from listings.db import Database
from listings.models.person import Person
from tests.web.moment import Moment
from tests.web.world import World, build

NOW = Moment().now
KEY = "a key that only tests know"


@pytest.fixture
def world(database: Database) -> World:
    with database.write() as db:
        return build(db, NOW)


@pytest.mark.db
def test_tries_at_the_same_moment_are_counted_one_by_one(database: Database, world: World) -> None:
    def guess(n: int) -> bool:
        with database.write() as db:
            attempt = login.begin(db, KEY, "admin@own.example", browser="", address=f"10.0.0.{n}", now=NOW)
            return isinstance(attempt, login.Try)

    with ThreadPoolExecutor(8) as pool:
        evaluated = sum(pool.map(guess, range(40)))
    assert evaluated == login.UNKNOWN_BROWSERS


@pytest.mark.db
def test_a_link_used_at_the_same_moment_works_for_one(database: Database, world: World) -> None:
    with database.write() as db:
        token = people.issue_password_link(db, db.get_one(Person, world.people["viewer"]), NOW)

    def use(n: int) -> bool:
        with database.write() as db:
            return people.use_link(db, token, f"hash {n}", NOW) is not None

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(use, range(8))) == 1


def test_addresses_of_one_network_count_as_one(database: Database, world: World) -> None:
    def guess(address: str, n: int) -> login.Try | login.TooMany:
        with database.write() as db:
            return login.begin(db, KEY, f"p{n}@own.example", browser="", address=address, now=NOW)

    for n in range(login.PER_ADDRESS):
        assert isinstance(guess(f"2001:db8:1:2::{n:x}", n), login.Try)
    assert isinstance(guess("2001:db8:1:2:ffff::1", 1000), login.TooMany)
    assert isinstance(guess("2001:db8:1:3::1", 1001), login.Try)


def test_the_wait_ends_when_the_first_try_is_fifteen_minutes_old(database: Database, world: World) -> None:
    with database.write() as db:
        for n in range(login.UNKNOWN_BROWSERS):
            login.begin(
                db, KEY, "admin@own.example", browser="", address="10.0.0.1", now=NOW + timedelta(minutes=n)
            )
        late = NOW + timedelta(minutes=10)
        refused = login.begin(db, KEY, "admin@own.example", browser="", address="10.0.0.1", now=late)
    assert refused == login.TooMany(timedelta(minutes=5))
