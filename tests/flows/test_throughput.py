"""A source that fails or hangs takes nothing of another source's throughput: each has a queue of its own."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from crawlers.run import crawl
from crawlers.sandbox import server as sandbox_server
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.wire import Answered, Asked
from listings.crawl_plan import CRAWLS, CrawlSource
from listings.sources import GOOGLE, SOURCES, WEBSITE
from tests.flows.conftest import Loop
from tests.waiting import until

pytestmark = pytest.mark.db


class Uneven:
    """The sandbox with a log of its pages, in which Google may hang until it is told to go on."""

    def __init__(self) -> None:
        self.pages: list[str] = []
        self.hanging = 0
        self.hangs = False
        self.go_on = threading.Event()

    def respond(self, sandbox: Sandbox, asked: Asked) -> Answered:
        if not asked.host.endswith("googleapis.com"):
            self.pages.append(f"{asked.host}{asked.path}")
        elif self.hangs:
            self.hanging += 1
            self.go_on.wait(25)
        return answer(sandbox, asked)


answer = sandbox_server.respond


@pytest.fixture
def uneven(monkeypatch: pytest.MonkeyPatch) -> Iterator[Uneven]:
    made = Uneven()
    monkeypatch.setattr(sandbox_server, "respond", made.respond)
    yield made
    made.go_on.set()


def test_each_source_has_a_queue_of_its_own() -> None:
    assert len({job.queue.name for job in CRAWLS.values()}) == len(CRAWLS) == len(SOURCES)


def test_while_one_source_hangs_another_is_read_to_its_end(loop: Loop, uneven: Uneven) -> None:
    """As many crawls hang as a worker carries out of one source at once, on the same client and database."""
    loop.crawl(WEBSITE)
    uneven.pages.clear()
    loop.crawl(WEBSITE)
    healthy = len(uneven.pages)
    uneven.pages.clear()
    uneven.hangs = True
    at_once = CRAWLS[GOOGLE].queue.concurrency
    slots = [CrawlSource(loop.organization_id, GOOGLE, f"hangs{number}", None) for number in range(at_once)]
    with ThreadPoolExecutor(at_once) as threads:
        crawls = [threads.submit(crawl, loop.door, asked) for asked in slots]
        until(lambda: uneven.hanging >= at_once)
        assert loop.crawl(WEBSITE).complete
        assert not any(one.done() for one in crawls)
        assert len(uneven.pages) >= 0.95 * healthy > 0
        uneven.go_on.set()
