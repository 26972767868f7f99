"""A source is held against its own past: part of a field gone is told, changes nothing, and heals by itself."""

import dataclasses
import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from crawlers.http import Client
from crawlers.outcomes import Failure
from crawlers.run import Summary, crawl
from crawlers.source import Answer, Request
from listings.crawl_plan import CrawlSource
from listings.drifted import accept_drift, doubt_again, drifted_fields
from listings.fill_history import KEPT, past, remember
from listings.models.crawl import CrawlRun, RunState
from listings.models.fill import RunFill
from tests.flows.conftest import Loop
from tests.flows.test_faults import health, known

pytestmark = pytest.mark.db


class Renaming(Client):
    """A client to a source that has renamed a key for some of its listings: the first so many of each answer."""

    def __init__(self, inner: Client, name: str, times: int) -> None:
        self._inner = inner
        self._name = f'"{name}"'.encode()
        self._times = times

    def fetch(self, request: Request, **options: Any) -> Answer | Failure:
        result = self._inner.fetch(request, **options)
        if isinstance(result, Failure):
            return result
        body = result.body.replace(self._name, b'"renamed"', self._times)
        return dataclasses.replace(result, body=body)


def crawled(loop: Loop, source: str, key: str, times: int = -1) -> Summary:
    loop.slots += 1
    door = dataclasses.replace(loop.door, client=Renaming(loop.door.client, key, times))
    return crawl(door, CrawlSource(loop.organization_id, source, f"drift{loop.slots}", None))


def relive(loop: Loop, source: str, runs: int) -> None:
    """The last crawl was preceded by many like it."""
    for number in range(runs):
        with loop.database.write() as session:
            last = session.scalars(sa.select(RunFill).where(RunFill.source == source)).first()
            assert last is not None
            moment = loop.door.clock() - dt.timedelta(hours=runs - number)
            run = CrawlRun(
                organization_id=loop.organization_id,
                source=source,
                slot=f"past{number}",
                state=RunState.COMPLETE,
                started_at=moment,
            )
            session.add(run)
            session.flush()
            row = RunFill(
                run_id=run.id,
                organization_id=loop.organization_id,
                source=source,
                ended_at=moment,
                whole=last.whole,
                answers=last.answers,
                filled=last.filled,
                apart=[],
            )
            remember(session, row)


def remembered(loop: Loop, source: str) -> list[Any]:
    with loop.database.read() as session:
        return past(session, loop.organization_id, source)


def doubted(loop: Loop, source: str) -> tuple[str, ...]:
    return tuple(drifted_fields(health(loop, source)))


def test_each_crawl_leaves_its_counts_and_no_values(loop: Loop) -> None:
    loop.crawl("google")
    (one,) = remembered(loop, "google")
    listed = [row for row in loop.truth()["listings"] if row["source"] == "google"]
    records = one.filled["listings"]["records"]
    assert records == len(listed)
    assert one.whole
    assert one.filled["listings"]["name"] == records
    assert one.filled["reviews"]["rating"] == one.filled["reviews"]["records"] > 0
    assert one.answers["asked"] == one.answers["read"] + one.answers.get("empty", 0)
    for counts in one.filled.values():
        assert all(isinstance(count, int) for count in counts.values())


def test_a_field_gone_from_part_of_the_listings_is_doubted_by_the_sources_past(loop: Loop) -> None:
    loop.crawl("google")
    relive(loop, "google", 6)
    before = known(loop)
    for _ in range(2):
        assert crawled(loop, "google", "phoneNumbers", 9).outcomes["unreadable"]
        assert known(loop) == before
        assert doubted(loop, "google") == ("phone",)
        ill = health(loop, "google")
        assert ill.ill_outcome == "unreadable"
        assert "phone: in" in (ill.ill_detail or "")
    loop.crawl("google")
    assert known(loop) == before
    assert health(loop, "google").ill_since is None
    assert doubted(loop, "google") == ()


def test_the_same_loss_is_believed_where_the_source_has_no_past_yet(loop: Loop) -> None:
    loop.crawl("google")
    crawled(loop, "google", "phoneNumbers", 9)
    assert health(loop, "google").ill_since is None


@pytest.mark.parametrize(("key", "field"), [("location", "latitude"), ("regularOpeningHours", "hours")])
def test_a_source_of_which_nothing_is_stored_is_known_by_its_past(loop: Loop, key: str, field: str) -> None:
    loop.crawl("google_places")
    loop.crawl("google_places")
    with loop.database.write() as session:
        # The first crawl searched; how it goes on is what the second shows.
        session.execute(
            sa.delete(RunFill).where(
                RunFill.run_id == sa.select(sa.func.min(RunFill.run_id)).scalar_subquery()
            )
        )
    relive(loop, "google_places", 6)
    for _ in range(2):
        crawled(loop, "google_places", key)
        assert health(loop, "google_places").ill_outcome == "unreadable"
        assert field in doubted(loop, "google_places")
    loop.crawl("google_places")
    assert health(loop, "google_places").ill_since is None


def test_what_a_person_believes_is_usual_from_then_on(loop: Loop) -> None:
    loop.crawl("google")
    relive(loop, "google", 6)
    crawled(loop, "google", "phoneNumbers", 9)
    with loop.database.write() as session:
        accept_drift(session, session.merge(health(loop, "google")))
    for _ in range(2):
        crawled(loop, "google", "phoneNumbers", 9)
        assert health(loop, "google").ill_since is None
    with loop.database.write() as session:
        assert [run.apart for run in past(session, loop.organization_id, "google")[3:]] == [["phone"]] * 7


def test_a_word_taken_back_leaves_the_past_as_it_was(loop: Loop) -> None:
    loop.crawl("google")
    relive(loop, "google", 6)
    crawled(loop, "google", "phoneNumbers", 9)
    before = [run.apart for run in remembered(loop, "google")]
    with loop.database.write() as session:
        state = session.merge(health(loop, "google"))
        accept_drift(session, state)
        doubt_again(session, state)
    assert [run.apart for run in remembered(loop, "google")] == before == [["phone"], *[[]] * 7]


def test_old_crawls_are_forgotten_but_for_what_was_usual_before_a_long_illness(loop: Loop) -> None:
    loop.crawl("website")
    relive(loop, "website", KEPT + 5)
    assert len(remembered(loop, "website")) == KEPT
    with loop.database.write() as session:
        for row in session.scalars(sa.select(RunFill)).all()[:-3]:
            row.apart = ["phone"]
    crawled(loop, "website", "telephone")
    kept = remembered(loop, "website")
    assert sum(not run.apart for run in kept) >= 3
    assert len(kept) <= 2 * KEPT


def test_pages_that_have_not_changed_count_as_what_is_stored_of_them(loop: Loop) -> None:
    loop.crawl("website")
    loop.crawl("website")
    again, first = remembered(loop, "website")
    assert again.answers["unchanged"] > 0
    assert again.filled["listings"] == first.filled["listings"]
