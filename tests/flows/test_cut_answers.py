"""Answers that break off on the way, in four manners: no half page is believed, and each is asked for again."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from crawlers.door import SANDBOX_LIMITS
from crawlers.http import Client
from crawlers.rehearsal import SandboxTransport
from listings.models.traffic import SourceGate
from tests.flows.conftest import Loop
from tests.flows.cutting import MODES, Cutting, cutting
from tests.flows.test_faults import health, known
from tests.flows.test_source_faults import reviews

pytestmark = pytest.mark.db


@pytest.fixture
def line(loop: Loop) -> Iterator[Cutting]:
    """Everything goes through the proxy; it is tried again as often as ever, but at once."""
    with cutting(loop.server.origin.removeprefix("http://")) as proxy:
        way = SandboxTransport(proxy.authority)
        with Client("Test", limits=SANDBOX_LIMITS, transport=way, jitter=lambda low, high: low) as client:
            loop.door = replace(loop.door, client=client)
            yield proxy


def free(loop: Loop) -> None:
    """The time is over for which the breaker keeps everybody away."""
    with loop.database.write() as session:
        session.execute(sa.delete(SourceGate))


@pytest.mark.parametrize("source", ["google", "website"])
def test_a_page_that_always_breaks_off_changes_nothing(loop: Loop, line: Cutting, source: str) -> None:
    loop.crawl(source)
    before = known(loop)
    line.cuts = lambda path, times: not path.endswith(("/token", "/robots.txt", "/accounts"))
    for mode in MODES:
        line.mode, line.cut = mode, 0
        loop.crawl(source)
        assert line.cut >= 1
        assert known(loop) == before, mode
        assert health(loop, source).ill_since is not None, mode
        free(loop)
    line.cuts = lambda path, times: False
    assert loop.crawl(source).complete
    assert known(loop) == before


@pytest.mark.parametrize("mode", MODES)
def test_a_page_that_breaks_off_once_is_asked_for_again_and_read_whole(
    loop: Loop, line: Cutting, mode: str
) -> None:
    line.mode = mode
    line.cuts = lambda path, times: path.partition("?")[0].endswith(("/reviews", "/locations")) and not times
    assert loop.crawl("google").complete
    assert line.cut >= 2
    assert reviews(loop).keys() == {row["source_review_id"] for row in loop.truth()["reviews"]}
