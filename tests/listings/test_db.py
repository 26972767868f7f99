import datetime as dt
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from structlog.testing import capture_logs

from listings.db import Database, is_busy
from listings.models.location import Location
from listings.models.organization import Organization

NOW = dt.datetime(2026, 3, 5, 12, tzinfo=dt.UTC)
EAST = dt.timezone(dt.timedelta(hours=5))


def organization(name: str, now: dt.datetime = NOW) -> Organization:
    return Organization(name=name, created_at=now)


def names(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(sa.select(Organization.name).order_by(Organization.id)))


@pytest.mark.db
def test_a_write_is_there_afterwards(database: Database) -> None:
    with database.write() as session:
        session.add(organization("Lindgren Optik"))
    assert names(database) == ["Lindgren Optik"]


@pytest.mark.db
def test_what_is_raised_undoes_the_whole_write(database: Database) -> None:
    def write_and_fail() -> None:
        with database.write() as session:
            session.add(organization("Lindgren Optik"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert names(database) == []


@pytest.mark.db
def test_a_reader_cannot_write(database: Database) -> None:
    with database.read() as session:
        session.add(organization("Lindgren Optik"))
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            session.flush()
    with database.write() as session:
        session.add(organization("Sjöberg Optik"))
    assert names(database) == ["Sjöberg Optik"]


@pytest.mark.db
def test_a_reader_sees_one_moment(database: Database) -> None:
    count = sa.select(sa.func.count()).select_from(Organization)
    with database.read() as reader:
        assert reader.scalar(count) == 0
        with database.write() as writer:
            writer.add(organization("Lindgren Optik"))
        assert reader.scalar(count) == 0
    assert names(database) == ["Lindgren Optik"]


@pytest.mark.db
def test_a_moment_comes_back_in_utc(database: Database) -> None:
    with database.write() as session:
        session.add(organization("Lindgren Optik", NOW.astimezone(EAST)))
    with database.read() as session:
        found = session.scalars(sa.select(Organization.created_at)).one()
    assert (found, found.tzinfo) == (NOW, dt.UTC)


def test_a_naive_moment_is_refused(database: Database) -> None:
    with database.write() as session:
        session.add(organization("Lindgren Optik", NOW.replace(tzinfo=None)))
        with pytest.raises(StatementError, match="naive"):
            session.flush()
        session.rollback()


@pytest.mark.db
def test_a_row_cannot_belong_to_nobody(database: Database) -> None:
    with database.write() as session:
        session.add(Location(organization_id=99, code="1", name="A", created_at=NOW, updated_at=NOW))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


@pytest.mark.db
def test_many_writers_lose_nothing(database: Database) -> None:
    def write(number: int) -> None:
        with database.write() as session:
            session.add(organization(str(number)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(100)))
    assert sorted(names(database), key=int) == [str(number) for number in range(100)]


def test_while_another_process_holds_the_lock_reads_go_on_and_writes_wait(database: Database) -> None:
    with database.write() as session:
        session.add(organization("before"))
    other = sqlite3.connect(database.engine.url.database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    started, written = threading.Event(), threading.Event()

    def write() -> None:
        started.set()
        with database.write() as session:
            session.add(organization("after"))
        written.set()

    thread = threading.Thread(target=write)
    thread.start()
    assert started.wait(10)
    assert [names(database) for _ in range(50)] == [["before"]] * 50
    assert not written.is_set()
    other.execute("COMMIT")
    thread.join(30)
    assert names(database) == ["before", "after"]


def test_a_lock_that_is_held_for_too_long_is_told_as_busy(database: Database) -> None:
    other = sqlite3.connect(database.engine.url.database or "", isolation_level=None)
    with database.write() as session:
        session.execute(sa.text("PRAGMA busy_timeout=50"))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DBAPIError) as caught, database.write() as session:
        session.connection()
    assert is_busy(caught.value)
    other.close()


def test_a_write_lock_that_is_held_long_is_reported_with_its_place(database: Database) -> None:
    with capture_logs() as logs, database.write() as session:
        session.add(organization("Lindgren Optik"))
        session.flush()
        threading.Event().wait(0.25)
    (entry,) = [log for log in logs if log["event"] == "write_lock_held_long"]
    assert entry["seconds"] >= 0.25
    assert entry["place"].startswith("test_db.py:")
