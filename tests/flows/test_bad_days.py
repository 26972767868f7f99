"""Each source on each kind of bad day: what is known of it stays, one state tells of it, a good day heals it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from crawlers.door import SANDBOX_LIMITS
from crawlers.http import Client
from crawlers.rehearsal import SandboxTransport
from crawlers.sandbox.twins import TWINS
from listings.models.crawl import SourceState
from reputation.models.review import Review
from tests.flows.conftest import Loop
from tests.flows.test_faults import health, known

pytestmark = pytest.mark.db

EVERYWHERE = ("500", "403", "hangup", "empty", "truncated", "drift", "no_rows")
PAGES = ("consent", "challenge")
"""What stands before pages; where JSON is due, a page is "html"."""


@pytest.fixture
def hasty(loop: Loop) -> Iterator[Loop]:
    """The loop with a client that tries again once and at once."""
    limits = replace(SANDBOX_LIMITS, retries=1)
    way = SandboxTransport(loop.server.origin.removeprefix("http://"))
    with Client("Test", limits=limits, transport=way, jitter=lambda low, high: low) as client:
        loop.door = replace(loop.door, client=client)
        yield loop


def ill(loop: Loop) -> list[str]:
    with loop.database.read() as session:
        return list(session.scalars(sa.select(SourceState.source).where(SourceState.ill_since.is_not(None))))


def tombstones(loop: Loop) -> int:
    with loop.database.read() as session:
        query = sa.select(sa.func.count()).where(Review.vanished_at.is_not(None))
        return session.scalar(query) or 0


@pytest.mark.timeout(900)
@pytest.mark.parametrize("source", sorted(TWINS))
@pytest.mark.parametrize(
    ("crawls", "healing"), [(1, False), pytest.param(3, True, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_whatever_a_source_answers_on_a_bad_day_nothing_that_is_known_is_lost(
    hasty: Loop, source: str, crawls: int, healing: bool
) -> None:
    """One kind of bad day after the other: a review is believed gone after two crawls, whatever they met.

    And one alarm for the source, not one per listing. The long form stays ill for longer and heals in between.
    """
    loop = hasty
    for _ in range(2):
        loop.crawl(source)
    before, told = known(loop), set()
    for kind in (*EVERYWHERE, "html", *PAGES):
        loop.fault(source, kind)
        for _ in range(crawls):
            loop.crawl(source)
        assert known(loop) == before, kind
        assert tombstones(loop) == 0
        assert ill(loop) in ([source], []), kind
        told |= {kind} if ill(loop) else set()
        loop.well()
        if healing:
            loop.crawl(source)
            assert health(loop, source).ill_since is None, kind
    loop.crawl(source)
    assert health(loop, source).ill_since is None
    assert known(loop) == before
    assert told >= {"500", "403", "hangup", "truncated", "drift", "html"}
