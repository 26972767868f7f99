"""One small running world per test."""

import datetime as dt
from collections.abc import Iterator

import pytest

from crawlers.sandbox.server import SandboxServer, start
from crawlers.sandbox.world import World, make_world
from tests.crawlers.sandbox.client import Client

NOW = dt.datetime(2026, 11, 14, 15, 30, tzinfo=dt.UTC)


@pytest.fixture
def world() -> World:
    """The chain of 24, two weeks before Thanksgiving."""
    return make_world(7, now=NOW)


@pytest.fixture
def server(world: World) -> Iterator[SandboxServer]:
    """That chain, served."""
    with start(world) as running:
        yield running


@pytest.fixture
def client(server: SandboxServer) -> Client:
    """Somebody who asks it."""
    return Client(server)
