"""A worker that is killed again and again in the middle of a crawl: nothing is lost, doubled or asked for anew."""

import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa

from crawlers.sandbox import server as sandbox_server
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.wire import Answered, Asked
from crawlers.sandbox.world import make_world
from listings.clock import now
from listings.crawl_plan import ask
from listings.db import Database
from listings.models.crawl import CrawlRun, RunState
from listings.models.listing import Listing
from listings.sources import SOURCES
from reputation.models.review import Review
from tests.flows.conftest import Loop, looped
from tests.waiting import until

pytestmark = [pytest.mark.db, pytest.mark.timeout(900)]
ROOT = Path(__file__).resolve().parents[2]
NO_PAGE = ("/token", "/robots.txt", "/v1/accounts")
"""What every start may ask for: it is never stored."""


@dataclass
class Slow:
    """The sandbox, slow enough to be caught in the middle, with a log of the pages it was asked for."""

    seconds: float
    pages: list[tuple[str, ...]] = field(default_factory=list)
    pause: threading.Event = field(default_factory=threading.Event)

    def respond(self, sandbox: Sandbox, asked: Asked) -> Answered:
        """Note the request, take some time, answer as ever."""
        if not asked.path.endswith(NO_PAGE):
            query = "&".join(f"{name}={value}" for name, value in sorted(asked.query.items()))
            self.pages.append((asked.method, asked.host, asked.path, query, asked.body.decode()))
            self.pause.wait(self.seconds)
        return answer(sandbox, asked)


answer = sandbox_server.respond


class Workers:
    """One worker at a time; the next one has everything imported when its turn comes."""

    def __init__(self, loop: Loop, home: Path) -> None:
        sandbox = loop.server.origin.removeprefix("http://")
        self._command = [
            sys.executable,
            "-m",
            "tests.flows.work_alone",
            loop.database.url,
            sandbox,
            str(home),
        ]
        self._waiting = self._spawn()
        self._working: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._working, self._waiting = self._waiting, self._spawn()
        assert self._working.stdin is not None
        self._working.stdin.write("go\n")
        self._working.stdin.close()

    def kill(self) -> None:
        if self._working is not None:
            self._working.kill()
            self._working.wait()
            self._working = None

    def close(self) -> None:
        self.kill()
        self._waiting.communicate()

    def _spawn(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(self._command, cwd=ROOT, stdin=subprocess.PIPE, text=True)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    server = Slow(0.15)
    monkeypatch.setattr(sandbox_server, "respond", server.respond)
    return server


@pytest.fixture
def workers(slow: Slow, loop: Loop, tmp_path: Path) -> Iterator[Workers]:
    found = Workers(loop, tmp_path)
    yield found
    found.close()


def run_of(loop: Loop) -> CrawlRun | None:
    with loop.database.read() as session:
        return session.scalar(sa.select(CrawlRun).order_by(CrawlRun.id.desc()).limit(1))


def is_over(loop: Loop) -> bool:
    run = run_of(loop)
    return run is not None and run.state is not RunState.RUNNING


def kill_while_crawling(loop: Loop, source: str, slow: Slow, workers: Workers, kills: int) -> int:
    """Crawl a source to its end with a kill U(60,400) ms after each worker's first page; how many there were."""
    with loop.database.write() as session:
        ask(session, loop.organization_id, SOURCES[source], "killed")
    draw, done = random.Random(7), 0
    while done < kills and not is_over(loop):
        before = len(slow.pages)
        workers.start()
        until(lambda before=before: len(slow.pages) > before or is_over(loop), seconds=180)  # type: ignore[misc]
        slow.pause.wait(draw.uniform(0.06, 0.4))
        workers.kill()
        done += 1
    slow.seconds = 0.0
    workers.start()
    until(lambda: is_over(loop), seconds=240)
    workers.kill()
    return done


def stored_reviews(loop: Loop) -> Counter[tuple[str, float | None]]:
    with loop.database.read() as session:
        rows = session.execute(
            sa.select(Review.source_review_id, Review.rating).where(Review.source == "google")
        )
        return Counter((id_, rating) for id_, rating in rows)


def sound(loop: Loop) -> bool:
    if not loop.database.sqlite:
        return True
    with loop.database.read() as session:
        return bool(session.scalar(sa.text("PRAGMA integrity_check")) == "ok")


def test_a_crawl_survives_kills_without_loss_doubles_or_second_fetches(
    loop: Loop, slow: Slow, workers: Workers
) -> None:
    """Fewer kills than in the long form: a worker takes seconds to start."""
    kills = kill_while_crawling(loop, "google", slow, workers, kills=6)
    run = run_of(loop)
    assert run is not None
    assert run.state is RunState.COMPLETE
    truth = Counter((row["source_review_id"], row["rating"]) for row in loop.truth()["reviews"])
    assert stored_reviews(loop) == truth
    assert sound(loop)
    assert kills >= 3
    assert len(slow.pages) - len(set(slow.pages)) <= kills + 1


def test_a_crawl_of_pages_survives_kills(loop: Loop, slow: Slow, workers: Workers) -> None:
    kills = kill_while_crawling(loop, "website", slow, workers, kills=4)
    run = run_of(loop)
    assert run is not None
    assert run.state is RunState.COMPLETE
    with loop.database.read() as session:
        urls = session.scalars(sa.select(Listing.source_id).where(Listing.source == "website")).all()
    assert len(urls) == len(set(urls))
    assert kills >= 2
    assert len(slow.pages) - len(set(slow.pages)) <= kills + 1


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_two_hundred_kills_over_ten_thousand_reviews(database: Database, slow: Slow, tmp_path: Path) -> None:
    slow.seconds = 0.25
    # How many reviews a world has depends on its day; so many locations leave no doubt.
    with looped(database, tmp_path, make_world(seed=11, locations=440, now=now())) as loop:
        assert len(loop.truth()["reviews"]) >= 10_000
        workers = Workers(loop, tmp_path)
        kills = kill_while_crawling(loop, "google", slow, workers, kills=200)
        workers.close()
        truth = Counter((row["source_review_id"], row["rating"]) for row in loop.truth()["reviews"])
        stored, again = stored_reviews(loop), len(slow.pages) - len(set(slow.pages))
        lost, doubled = (truth - stored).total(), (stored - truth).total()
        print(  # noqa: T201 - an hour's run tells what it did
            f"{kills} kills, {truth.total()} reviews: {lost=} {doubled=}, {len(slow.pages)} pages, {again=}"
        )
        assert kills == 200
        assert stored == truth
        assert sound(loop)
        assert again <= kills + 1
