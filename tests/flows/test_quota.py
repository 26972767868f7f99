"""A crawl whose source has had enough rests, and goes on where it was when the source may be asked again."""

import dataclasses
import datetime as dt
from collections import Counter

import pytest
import sqlalchemy as sa

from crawlers.door import Door
from crawlers.run import Summary, crawl
from listings import job_rows
from listings.crawl_plan import CrawlSource
from listings.models.crawl import CrawlRun, RunState, SourceState
from listings.source_terms import Quota
from listings.sources import GOOGLE, SOURCES
from reputation.models.review import Review
from tests.crawlers.clients import PaperClock
from tests.flows.conftest import Loop

pytestmark = pytest.mark.db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def clock() -> PaperClock:
    return PaperClock()


@pytest.fixture
def door(loop: Loop, clock: PaperClock, monkeypatch: pytest.MonkeyPatch) -> Door:
    """A door through which Google takes twelve requests an hour and host."""
    little = dataclasses.replace(SOURCES[GOOGLE], quota=Quota(12, HOUR, spaced=False, holder="client_id"))
    monkeypatch.setitem(SOURCES, GOOGLE, little)
    return dataclasses.replace(loop.door, real=clock, sandboxed=False)


def run_of(loop: Loop) -> CrawlRun:
    with loop.database.read() as session:
        return session.scalars(sa.select(CrawlRun)).one()


def delayed(loop: Loop) -> int:
    with loop.database.read() as session:
        query = sa.select(sa.func.count()).select_from(job_rows._status)
        return job_rows._execute(session, query.where(job_rows._status.c.status == "DELAYED")).scalar() or 0


def crawl_on(loop: Loop, door: Door) -> Summary:
    return crawl(door, CrawlSource(loop.organization_id, GOOGLE, "slot", None), rests=True)


def test_a_crawl_over_quota_rests_and_goes_on_without_asking_for_a_page_twice(
    loop: Loop, door: Door, clock: PaperClock
) -> None:
    asked: Counter[str] = Counter()
    counted = door.client.fetch

    def fetch(request, **options):  # type: ignore[no-untyped-def]
        result = counted(request, **options)
        asked[request.url] += 1
        return result

    door.client.fetch = fetch  # type: ignore[method-assign]
    rests = 0
    while (summary := crawl_on(loop, door)).resumes_at is not None:
        rests += 1
        assert run_of(loop).state is RunState.RUNNING
        assert delayed(loop) == rests
        clock.sleep((summary.resumes_at - clock.now()).total_seconds())
        assert rests < 12
    assert rests >= 1
    assert summary.complete
    with loop.database.read() as session:
        stored = {review.source_review_id for review in session.scalars(sa.select(Review))}
    assert stored == {row["source_review_id"] for row in loop.truth()["reviews"]}


def test_a_source_over_quota_says_so_until_it_goes_on(loop: Loop, door: Door, clock: PaperClock) -> None:
    summary = crawl_on(loop, door)
    with loop.database.read() as session:
        state = session.get_one(SourceState, (loop.organization_id, GOOGLE))
    assert state.ill_outcome == "quota"
    assert "used up" in (state.ill_detail or "")
    assert summary.outcomes["quota"] == 1
    assert run_of(loop).resumes_at == summary.resumes_at


def test_a_crawl_that_rests_too_often_ends_as_incomplete(loop: Loop, door: Door) -> None:
    summaries = [crawl_on(loop, door) for _ in range(22)]
    assert [one.resumes_at is not None for one in summaries] == [True] * 20 + [False] * 2
    assert run_of(loop).state is RunState.INCOMPLETE


def test_a_crawl_by_hand_ends_instead_of_resting(loop: Loop, door: Door) -> None:
    summary = crawl(door, CrawlSource(loop.organization_id, GOOGLE, "slot", None))
    assert not summary.complete
    assert "used up" in (summary.detail or "")
    assert run_of(loop).state is RunState.INCOMPLETE
