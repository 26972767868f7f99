"""Fixtures for every test: a database that is up to date, and no way to the outside world."""

import ipaddress
import os
import shutil
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import reputation.models  # noqa: F401 - every table has to be known to the metadata
from listings.db import Database
from listings.jobs import create_tables
from listings.migrate import upgrade
from tests import postgresql

IN_CI = bool(os.environ.get("CI"))  # noqa: TID251 - tests tell CI from a desk, the product doesn't
BACKENDS = ("sqlite", "postgresql")
_number = count(1)


class OutsideReached(Exception):
    """A test tried to leave this machine."""


def _only_loopback(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = str(arguments[1][0])
    elif event == "socket.getaddrinfo" and arguments[0] is not None:
        host = arguments[0].decode() if isinstance(arguments[0], bytes) else str(arguments[0])
    else:
        return
    if not _is_loopback(host):
        raise OutsideReached(f"a test reached for {host}; tests never leave loopback")


def _is_loopback(host: str) -> bool:
    if host in ("", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


sys.addaudithook(_only_loopback)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `db` run on both databases, the others that use one on SQLite."""
    if "database_url" in metafunc.fixturenames:
        marked = metafunc.definition.get_closest_marker("db")
        metafunc.parametrize("database_url", BACKENDS if marked else BACKENDS[:1], indirect=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy: copying takes a millisecond, migrating a third of a second."""
    file = tmp_path_factory.mktemp("template") / "goodstanding.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A server with a migrated database named `template_goodstanding`."""
    programs = postgresql.binaries()
    if programs is None:
        message = "PostgreSQL is not installed: apt-get install postgresql"
        if IN_CI:
            pytest.fail(message)
        pytest.skip(message)
    with postgresql.server(programs) as url:
        postgresql.execute(url, "CREATE DATABASE template_goodstanding")
        _migrate(f"{url}/template_goodstanding")
        yield url


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The SQLAlchemy URL of an empty database that is up to date, ours and the job engine's tables."""
    if request.param == "sqlite":
        file = tmp_path / "goodstanding.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    server = request.getfixturevalue("postgresql_url")
    name = f"test_{next(_number)}"
    postgresql.execute(server, f"CREATE DATABASE {name} TEMPLATE template_goodstanding")
    yield f"{server}/{name}"
    postgresql.execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database that is up to date."""
    opened = Database(database_url)
    yield opened
    opened.dispose()


def _migrate(url: str) -> None:
    database = Database(url)
    upgrade(database)
    create_tables(database)
    database.dispose()
