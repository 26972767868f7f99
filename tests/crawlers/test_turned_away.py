"""A source that turns us away at random, by 429, 503, a reset or silence: it is never asked too early or too often."""

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest

from crawlers.http import Client
from crawlers.limits import Limits
from crawlers.meter import Held, Meter
from crawlers.outcomes import Failure
from crawlers.pace import SystemClock
from crawlers.source import Answer, Outcome, Request
from listings.db import Database
from listings.sources import GOOGLE, SOURCES
from tests.crawlers.clients import PaperClock, Scripted
from tests.crawlers.faulty import PAGE, Faulty

RETRIES = 5


@pytest.mark.parametrize("status", [429, 503])
def test_a_source_that_asks_for_a_pause_again_and_again_gets_each_of_them(status: int) -> None:
    clock, left = PaperClock(), [7, 3, 9, 5]
    wire = Scripted(
        lambda request: (status, {"retry-after": str(left.pop(0))}, b"") if left else (200, {}, PAGE), clock
    )
    limits = Limits(rate=1_000, deadline=60)
    client = Client("Test", limits=limits, clock=clock, transport=wire, jitter=lambda low, high: low)
    assert isinstance(client.fetch(Request("https://shop.example/")), Answer)
    asked = [moment for moment, _ in wire.asked]
    assert [later - earlier for earlier, later in pairwise(asked)] == [7, 3, 9, 5]


def test_one_that_never_stops_asking_for_pauses_is_left_alone_in_the_end() -> None:
    clock = PaperClock()
    wire = Scripted(lambda request: (503, {"retry-after": "2"}, b""), clock)
    limits = Limits(rate=1_000, deadline=600)
    client = Client("Test", limits=limits, clock=clock, transport=wire, jitter=lambda low, high: low)
    result = client.fetch(Request("https://shop.example/"))
    assert isinstance(result, Failure)
    assert (result.outcome, len(wire.asked)) == (Outcome.UNAVAILABLE, RETRIES + 1)


@dataclass
class Moody:
    """Answers well but for a share of the requests; notes when it asked to be left alone."""

    draw: random.Random
    share: float
    told: list[float] = field(default_factory=list)
    ways: Counter[str] = field(default_factory=Counter)

    def answer(self, handler: Any) -> None:
        way = (
            self.draw.choice(("429", "503", "bare 503", "reset"))
            if self.draw.random() < self.share
            else "well"
        )
        self.ways[way] += 1
        if way == "well":
            handler.send(PAGE)
        elif way == "reset":
            handler.hang_up()
        elif way == "bare 503":
            handler.send(b"down", 503)
        else:
            self.told.append(time.monotonic())
            handler.send(b"slow down", int(way), Retry_After="1")


@pytest.mark.db
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("share", "pages"),
    [(0.3, 12), *(pytest.param(share, 150, marks=pytest.mark.soak) for share in (0.05, 0.2, 0.5))],
)
def test_whatever_it_answers_no_request_comes_early_and_none_more_than_five_times_again(
    database: Database, source: Faulty, share: float, pages: int
) -> None:
    moody, clock = Moody(random.Random(23), share), SystemClock()
    source.answers["/moody"] = moody.answer
    read = 0
    with Client("Test", allowed=[source.authority], limits=Limits(rate=50, retries=RETRIES)) as client:
        meter = Meter(client, database, SOURCES[GOOGLE], 1, "account", limit=None)
        while read < pages:
            before = len(source.hits)
            try:
                read += isinstance(meter.fetch(Request(source.url("/moody"))), Answer)
            except Held as held:
                clock.sleep(max(0.0, (held.until - clock.now()).total_seconds()))
            assert len(source.hits) - before <= RETRIES + 1
    asked = [hit.at for hit in source.hits]
    early = [(at, told) for told in moody.told for at in asked if told < at < told + 1]
    assert early == []
    assert moody.told
    assert moody.ways["well"] == pages
