"""The database: declarative base, aware UTC times, and the two kinds of transaction.

`Database.read()` is a deferred transaction that can't write, for GET and HEAD; `Database.write()`
takes the write lock at its start (BEGIN IMMEDIATE on SQLite) and commits at its end, for unsafe
methods and jobs. Only doors open either; everything below takes a session and flushes.
"""

import datetime as dt
import enum
import sqlite3
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import structlog
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, mapped_column, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_TIMEOUT_MS = 30_000
LOCK_LIMIT = 0.2
"""Seconds; SQLite has one write lock, and everybody else waits. Long work comes in chunks."""

log = structlog.get_logger()
SQLITE_BUSY_CODES = frozenset({5, 6})
"""SQLITE_BUSY and SQLITE_LOCKED, the low byte of the extended result codes."""
POSTGRESQL_BUSY_STATES = frozenset({"40001", "40P01", "53300", "55P03", "57014", "57P01", "57P03"})
"""Serialization failure, deadlock, too many connections, lock not available,
query cancelled, shutting down, starting up."""


class UTCDateTime(sa.TypeDecorator[dt.datetime]):
    """An aware moment: refuses naive times, gives back UTC on every database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:  # noqa: ARG002
        """To UTC before it is stored. Raises ValueError for a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time can't be stored; make it aware, in UTC")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:  # noqa: ARG002
        """As aware UTC; SQLite hands back what was stored without its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Base(DeclarativeBase):
    """The base of every model."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own declaration
        dt.datetime: UTCDateTime(),
        enum.Enum: sa.Enum(
            enum.Enum,
            native_enum=False,
            create_constraint=False,
            length=32,
            values_callable=lambda members: [member.value for member in members],
        ),
        dict[str, Any]: sa.JSON(none_as_null=True),
        list[Any]: sa.JSON(none_as_null=True),
    }


Id = Annotated[int, mapped_column(primary_key=True)]


class Database:
    """One database, SQLite or PostgreSQL, made from its SQLAlchemy URL."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url
        self.sqlite = url.startswith("sqlite")
        arguments: dict[str, Any] = (
            {"connect_args": {"timeout": BUSY_TIMEOUT_MS / 1000}} if self.sqlite else {}
        )
        self.engine = sa.create_engine(
            url,
            pool_size=pool_size,
            max_overflow=20,
            # A file doesn't hang up; a server may have.
            pool_pre_ping=not self.sqlite,
            hide_parameters=True,  # an error's text reaches the log, and values may be personal data
            **arguments,
        )
        if self.sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        reading: dict[str, Any] = (
            {"read_only": True}
            if self.sqlite
            else {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
        )
        self._reading = self.engine.execution_options(**reading)
        self._read = sessionmaker(self._reading, expire_on_commit=False)
        self._write = sessionmaker(self.engine, expire_on_commit=False)
        event.listen(self._write, "after_begin", _note_begin)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that sees one moment and can't write; always rolled back."""
        with self._read() as session:
            yield session

    @contextmanager
    def look(self) -> Iterator[sa.Connection]:
        """As `read`, for plain rows only: a session of its own would cost a small question its double."""
        with self._reading.connect() as rows:
            yield rows

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that may write: committed at the end, rolled back when something is raised."""
        with self._write.begin() as session:
            yield session
        held = time.monotonic() - session.info.get("began", time.monotonic())
        if self.sqlite and held > LOCK_LIMIT:
            caller = traceback.extract_stack(limit=3)[0]
            place = f"{Path(caller.filename).name}:{caller.lineno}"
            log.warning("write_lock_held_long", seconds=round(held, 2), place=place)

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def hold(session: Session, row: Base) -> None:
    """Read a row as it stands now, and let nobody else change it until the transaction ends.

    On SQLite a writing transaction holds everything already.
    """
    session.flush()
    session.refresh(row, with_for_update=True)


def is_busy(error: sa.exc.DBAPIError) -> bool:
    """Whether the same statement may succeed shortly: somebody holds a lock, or the server is away."""
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in SQLITE_BUSY_CODES
    state = getattr(error.orig, "sqlstate", None)
    unanswered = state is None and isinstance(error, sa.exc.OperationalError)
    return unanswered or error.connection_invalidated or state in POSTGRESQL_BUSY_STATES


def _note_begin(session: Session, _: SessionTransaction, __: sa.Connection) -> None:
    session.info.setdefault("began", time.monotonic())


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver's own BEGIN comes too late for IMMEDIATE; we send it ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    # Measured to cost nothing at our batch sizes, and an acknowledged write survives a power cut.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    reads = bool(connection.get_execution_options().get("read_only"))
    cursor = connection.connection.cursor()
    try:
        # What the connection was told last is kept with it: most are asked for the same again.
        if connection.info.get("query_only") is not reads:
            cursor.execute(f"PRAGMA query_only={'ON' if reads else 'OFF'}")
            connection.info["query_only"] = reads
        cursor.execute(f"BEGIN {'DEFERRED' if reads else 'IMMEDIATE'}")
    except sqlite3.Error as error:
        # Every caller knows a busy database by SQLAlchemy's name of it.
        raise sa.exc.OperationalError("BEGIN", None, error) from error
    finally:
        cursor.close()
