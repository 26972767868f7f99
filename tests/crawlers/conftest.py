"""Servers on loopback for the tests that fetch."""

from collections.abc import Iterator

import pytest

from tests.crawlers.faulty import Faulty, faulty


@pytest.fixture
def source() -> Iterator[Faulty]:
    """A source that misbehaves on request."""
    with faulty() as server:
        yield server


@pytest.fixture
def canary() -> Iterator[Faulty]:
    """A service of the private network that no fetch may ever reach."""
    with faulty() as server:
        yield server
