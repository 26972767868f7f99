"""Another process holds the write lock: pages are read all the same, changes wait or are refused politely."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

import listings.db
from listings.db import Database
from listings.models.person import Person
from listings.settings import Settings
from tests.web.moment import Moment
from tests.web.visitor import Visitor
from tests.web.world import World
from web.app import create_app
from web.request import Busy, Transactions

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
"""


class Holder:
    """A process of its own that holds the write lock until it is told to let go."""

    def __init__(self, file: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        assert self.process.stdout.readline() == "held\n"

    def lets_go(self) -> None:
        self.process.communicate("\n", timeout=30)


def impatient(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, url: str, moment: Moment, milliseconds: int
) -> Visitor:
    monkeypatch.setattr(listings.db, "BUSY_TIMEOUT_MS", milliseconds)
    return Visitor(create_app(settings, Database(url), now=moment))


def logged_in(visitor: Visitor, database: Database, world: World, moment: Moment) -> Visitor:
    return visitor.becomes(database, world.people["admin"], moment)


def single_keys(database: Database, world: World) -> bool:
    with database.read() as db:
        return db.scalars(sa.select(Person.single_keys).where(Person.id == world.people["admin"])).one()


def test_pages_are_read_and_changes_refused_with_when_to_retry(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, database: Database, world: World, moment: Moment
) -> None:
    visitor = impatient(monkeypatch, settings, database.url, moment, 100)
    logged_in(visitor, database, world, moment)
    token = visitor.csrf_token()
    holder = Holder(str(database.engine.url.database))
    try:
        assert {visitor.get("/settings").status_code for _ in range(20)} == {200}
        refused = visitor.post("/settings/single-keys", {"csrf_token": token}, token=False)
        assert refused.status_code == 503
        assert refused.headers["Retry-After"] == "5"
        assert "busy" in refused.text
        assert visitor.post("/login", {"csrf_token": token}, token=False).status_code == 503
    finally:
        holder.lets_go()
    assert single_keys(database, world)
    assert visitor.post("/settings/single-keys", {"csrf_token": token}, token=False).status_code == 303
    assert not single_keys(database, world)


def test_a_change_waits_until_the_lock_is_free(
    settings: Settings, database: Database, world: World, moment: Moment
) -> None:
    visitor = logged_in(Visitor(create_app(settings, database, now=moment)), database, world, moment)
    form = {"csrf_token": visitor.csrf_token()}
    holder = Holder(str(database.engine.url.database))
    asked = threading.Event()

    def change() -> int:
        asked.set()
        return visitor.post("/settings/single-keys", form, token=False).status_code

    with ThreadPoolExecutor() as pool:
        answer = pool.submit(change)
        assert asked.wait(10)
        holder.lets_go()
        assert answer.result(timeout=30) == 303
    assert not single_keys(database, world)


def test_waiting_changes_leave_threads_for_readers(database: Database) -> None:
    transactions = Transactions(database, threads=4, patience_s=0.01)
    with transactions.write(), transactions.write(), pytest.raises(Busy), transactions.write():
        pytest.fail("a third of four threads may wait for the lock")
    with transactions.write() as db:
        assert db.scalar(sa.select(1)) == 1
