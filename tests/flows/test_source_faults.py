"""What a source may do to us on a bad day, and what of it may reach the database: the fault plan's rows."""

import contextlib
import datetime as dt
import random
import threading
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from crawlers.deliver import TRIES
from crawlers.deliver_reply import deliver_reply
from crawlers.door import SANDBOX_LIMITS
from crawlers.http import Client
from crawlers.outcomes import Failure
from crawlers.rehearsal import SandboxTransport
from crawlers.sandbox import server as sandbox_server
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.wire import Answered, Asked
from crawlers.schedule import Task, tick
from crawlers.source import Answer, Request
from listings.db import Base, Database
from listings.jobs import JobContext
from listings.models.crawl import SourceState
from listings.models.fix import DeliveryAttempt
from listings.models.traffic import SourceGate
from reputation.models.review import Review, ReviewEvent, ReviewVersion
from tests.flows.conftest import Loop
from tests.flows.test_faults import health, known
from tests.flows.test_reply import reply_of, unanswered, write

CONTEXT = JobContext("test", threading.Event())
GROW = {"crawl_run", "run_fill", "source_state", "snapshot", "crawl_mark"}
"""Tables in which a crawl that finds nothing new may write."""


def rows(loop: Loop) -> dict[str, int]:
    with loop.database.read() as session:
        return {
            table.name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name not in GROW
        }


def reviews(loop: Loop) -> dict[str, Review]:
    with loop.database.read() as session:
        return {review.source_review_id: review for review in session.scalars(sa.select(Review))}


def events(loop: Loop) -> Counter[str]:
    with loop.database.read() as session:
        return Counter(session.scalars(sa.select(ReviewEvent.kind)))


@pytest.mark.db
def test_the_same_crawl_five_times_changes_no_row(loop: Loop) -> None:
    for source in ("google", "website"):
        loop.crawl(source)
    before, digest = rows(loop), known(loop)
    for _ in range(5):
        for source in ("google", "website"):
            assert loop.crawl(source).complete
    assert (rows(loop), known(loop)) == (before, digest)


@pytest.mark.db
def test_an_edit_keeps_both_wordings_and_tells_of_it_once(loop: Loop) -> None:
    loop.crawl("google")
    before = reviews(loop)
    loop.server.sandbox.advance(3)
    for _ in range(3):
        loop.crawl("google")
    after = reviews(loop)
    edited = [
        id_
        for id_, review in before.items()
        if id_ in after and after[id_].content_hash != review.content_hash
    ]
    assert edited
    assert events(loop)["edited"] == len(edited)
    with loop.database.read() as session:
        versions = session.scalars(sa.select(ReviewVersion)).all()
    former = {version.review_id: (version.rating, version.text) for version in versions}
    assert former == {before[id_].id: (before[id_].rating, before[id_].text) for id_ in edited}
    assert {after[id_].id for id_ in edited} == former.keys()


@pytest.mark.db
def test_a_day_of_outage_loses_nothing_and_is_one_trouble(loop: Loop) -> None:
    loop.crawl("google")
    for _ in range(4):
        loop.fault("google", "503")
        loop.server.sandbox.advance(0.25)
        loop.crawl("google")
        with loop.database.write() as session:
            session.execute(sa.delete(SourceGate))  # six hours have passed
    since = health(loop, "google").ill_since
    assert since is not None
    with loop.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).where(SourceState.ill_since.is_not(None))) == 1
    loop.well()
    loop.crawl("google")
    assert health(loop, "google").ill_since is None
    there = {row["source_review_id"] for row in loop.truth()["reviews"]}
    stored = {id_ for id_, review in reviews(loop).items() if review.vanished_at is None}
    assert there <= stored


def cut(kind: str, good: Answered) -> Answered:
    half = len(good.body) // 2
    return {
        "truncated": replace(good, body=good.body[:half]),
        "empty": replace(good, body=b""),
        "nulls": replace(good, body=b"\0" * len(good.body)),
        "doubled": replace(good, body=good.body + good.body[:half]),
    }[kind]


@pytest.mark.db
@pytest.mark.parametrize("kind", ["truncated", "empty", "nulls", "doubled"])
def test_a_page_that_is_not_whole_is_never_half_believed(
    loop: Loop, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = sandbox_server.respond
    loop.crawl("google")
    before = known(loop)

    def respond(sandbox: Sandbox, asked: Asked) -> Answered:
        answer = good(sandbox, asked)
        return cut(kind, answer) if asked.path.endswith(("/reviews", "/locations")) else answer

    with monkeypatch.context() as patch:
        patch.setattr(sandbox_server, "respond", respond)
        loop.crawl("google")
    assert known(loop) == before
    loop.well()
    assert loop.crawl("google").complete


@pytest.mark.db
@pytest.mark.parametrize("share", [0.05, 0.3])
def test_a_source_that_fails_now_and_then_is_read_in_the_end(
    loop: Loop, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw, good = random.Random(3), sandbox_server.respond
    way = SandboxTransport(loop.server.origin.removeprefix("http://"))

    def respond(sandbox: Sandbox, asked: Asked) -> Answered:
        bad = asked.path != "/token" and draw.random() < share
        return draw.choice((Answered(0), Answered(500, b"oops", {}))) if bad else good(sandbox, asked)

    # It tries again as often as ever, but at once.
    client = Client("Test", limits=SANDBOX_LIMITS, transport=way, jitter=lambda low, high: low)
    with client, monkeypatch.context() as patch:
        loop.door = replace(loop.door, client=client)
        patch.setattr(sandbox_server, "respond", respond)
        for _ in range(4):
            loop.crawl("google")
            with loop.database.write() as session:
                session.execute(sa.delete(SourceGate))
        patch.setattr(sandbox_server, "respond", good)
        loop.crawl("google")
    assert {id_ for id_, one in reviews(loop).items() if one.vanished_at is None} == {
        row["source_review_id"] for row in loop.truth()["reviews"]
    }


@pytest.mark.db
@pytest.mark.parametrize("kind", ["hangup", "500"])
def test_a_reply_whose_answer_is_lost_stands_at_the_source_once(
    loop: Loop, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop.crawl("google")
    review_id = unanswered(loop)
    payload = write(loop, review_id)
    good, puts = sandbox_server.respond, []

    def respond(sandbox: Sandbox, asked: Asked) -> Answered:
        answer = good(sandbox, asked)
        if asked.method != "PUT":
            return answer
        puts.append(asked.path)
        return Answered(0) if kind == "hangup" else Answered(500, b"", {})

    before = len(loop.server.sandbox.replies)
    with monkeypatch.context() as patch:
        patch.setattr(sandbox_server, "respond", respond)
        deliver_reply(loop.door, CONTEXT, payload)
    assert len(loop.server.sandbox.replies) == before + 1
    for _ in range(2):
        deliver_reply(loop.door, CONTEXT, payload)
    assert reply_of(loop, review_id).state == "sent"
    assert (len(puts), len(loop.server.sandbox.replies)) == (1, before + 1)


@pytest.mark.db
@pytest.mark.parametrize("hours", [3, pytest.param(300, marks=pytest.mark.soak)])
def test_two_schedulers_that_start_together_begin_a_missed_slot_once(database: Database, hours: int) -> None:
    begun: list[str] = []
    task = Task("crawl", dt.timedelta(hours=1), lambda _, key: begun.append(key))
    noon = dt.datetime(2026, 3, 5, 12, 5, tzinfo=dt.UTC)
    tick(database, [task], noon)
    both = threading.Barrier(2)

    def start() -> None:
        for hour in range(2, hours, 2):
            both.wait()
            for minutes in (0, 1, 2):
                tick(database, [task], noon + dt.timedelta(hours=hour, minutes=minutes))

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    slots = [noon + dt.timedelta(hours=hour) for hour in range(0, hours, 2)]
    assert begun == [f"{moment:%Y-%m-%dT%H}:00Z" for moment in slots]


class Gone(BaseException):
    """The worker is killed: nothing that comes after in its process happens."""


class Mortal(Client):
    """The client of a worker that is killed at one sending in four, before or after the source took it."""

    def __init__(self, inner: Client, draw: random.Random) -> None:
        self._inner = inner
        self._draw = draw
        self.deaths: Counter[str] = Counter()

    def fetch(self, request: Request, **options: Any) -> Answer | Failure:
        if request.method != "PUT" or self._draw.random() > 0.25:
            return self._inner.fetch(request, **options)
        when = self._draw.choice(("before", "after"))
        self.deaths[when] += 1
        if when == "after":
            self._inner.fetch(request, **options)
        raise Gone


def attempts(loop: Loop) -> Counter[str | None]:
    with loop.database.read() as session:
        return Counter(session.scalars(sa.select(DeliveryAttempt.outcome)))


@pytest.mark.db
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("count", [6, pytest.param(200, marks=pytest.mark.soak)])
def test_replies_arrive_each_once_however_often_the_way_breaks(
    loop: Loop, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """One sending in four ends with the worker, of the others three in ten fail; half were taken in all the same.

    Who comes after a dead worker finds its attempt begun and not ended, and looks at the source first.
    """
    loop.crawl("google")
    draw, good = random.Random(5), sandbox_server.respond
    payloads = []
    for number in range(count):
        review_id = unanswered(loop)
        payloads.append((review_id, write(loop, review_id, f"Thank you. Reply {number}.")))
    taken: Counter[str] = Counter()

    def respond(sandbox: Sandbox, asked: Asked) -> Answered:
        if asked.method != "PUT":
            return good(sandbox, asked)
        lost = draw.choice((Answered(0), Answered(503, b"", {}))) if draw.random() < 0.3 else None
        if lost is not None and draw.random() < 0.5:
            return lost
        taken[asked.path] += 1
        answer = good(sandbox, asked)
        return lost or answer

    before = len(loop.server.sandbox.replies)
    mortal = Mortal(loop.door.client, draw)
    door = replace(loop.door, client=mortal)
    with monkeypatch.context() as patch:
        patch.setattr(sandbox_server, "respond", respond)
        for _ in range(2 * TRIES):
            for _, payload in payloads:
                with contextlib.suppress(Gone):
                    deliver_reply(door, CONTEXT, payload)
                with loop.database.write() as session:
                    session.execute(sa.delete(SourceGate))
    sent: list[Any] = [one.text for one in loop.server.sandbox.replies.values()]
    assert len(loop.server.sandbox.replies) == before + count
    assert sorted(text for text in sent if text and text.startswith("Thank you. Reply")) == sorted(
        f"Thank you. Reply {number}." for number in range(count)
    )
    assert set(taken.values()) == {1}
    assert min(mortal.deaths["before"], mortal.deaths["after"]) >= 1
    found = attempts(loop)
    assert (found[None], found["delivered"]) == (mortal.deaths.total(), count)
