"""Bad days at a source: what we know stays, one state tells of it, and a good day heals it."""

import contextlib
import dataclasses
import hashlib
from typing import Any

import pytest
import sqlalchemy as sa

from crawlers.access import NoAccess
from crawlers.http import Client
from crawlers.outcomes import Failure
from crawlers.run import crawl
from crawlers.source import Answer, Request
from listings.crawl_plan import CrawlSource
from listings.models.crawl import CrawlRun, Credential, CredentialState, RunState, SourceState
from listings.models.listing import Listing
from listings.models.mismatch import Mismatch
from listings.models.snapshot import Snapshot
from reputation.models.review import Review
from tests.flows.conftest import Loop

pytestmark = pytest.mark.db


def known(loop: Loop) -> str:
    """A digest of everything that a bad answer must not change."""
    with loop.database.read() as session:
        rows: list[Any] = [
            sorted(
                (one.source_id, one.location_id or 0, one.record_hash or "", one.missing_since is None)
                for one in session.scalars(sa.select(Listing))
            ),
            sorted((one.id, one.state, one.live_hash) for one in session.scalars(sa.select(Mismatch))),
            sorted(
                (one.source_review_id, one.content_hash, one.vanished_at is None)
                for one in session.scalars(sa.select(Review))
            ),
        ]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def health(loop: Loop, source: str) -> SourceState:
    with loop.database.read() as session:
        return session.get_one(SourceState, (loop.organization_id, source))


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("500", "unavailable"),
        ("429", "quota"),
        ("hangup", "unavailable"),
        ("truncated", "unreadable"),
        ("html", "unreadable"),
        ("drift", "unreadable"),
        ("403", "blocked"),
    ],
)
def test_a_bad_answer_changes_nothing_and_makes_the_source_ill_once(
    loop: Loop, kind: str, outcome: str
) -> None:
    loop.crawl("google")
    before = known(loop)
    loop.fault("google", kind)
    for _ in range(2):
        assert not loop.crawl("google").complete
    assert known(loop) == before
    ill = health(loop, "google")
    assert ill.ill_outcome == outcome
    loop.well()
    loop.crawl("google")
    assert health(loop, "google").ill_since is None


@pytest.mark.parametrize("kind", ["no_rows", "partial"])
def test_reviews_that_are_suddenly_gone_wait_for_a_person(loop: Loop, kind: str) -> None:
    loop.crawl("google")
    before = known(loop)
    loop.fault("google", kind, path="/reviews")
    for _ in range(3):
        loop.crawl("google")
    assert known(loop) == before


@pytest.mark.parametrize("kind", ["consent", "challenge", "html", "500"])
def test_a_page_behind_a_wall_is_no_page_of_ours(loop: Loop, kind: str) -> None:
    loop.crawl("website")
    before = known(loop)
    loop.fault("website", kind)
    loop.crawl("website")
    assert known(loop) == before
    assert health(loop, "website").ill_since is not None


def test_an_unreadable_answer_is_kept_for_the_repair(loop: Loop) -> None:
    loop.fault("google", "drift", path="/locations")
    loop.crawl("google")
    with loop.database.read() as session:
        rows = session.scalars(sa.select(Snapshot).where(Snapshot.outcome == "unreadable")).all()
    assert rows
    assert all(row.sha256 for row in rows)


def test_a_withdrawn_consent_stops_the_source_until_it_is_connected_again(loop: Loop) -> None:
    loop.revoke()
    assert not loop.crawl("google").complete
    with loop.database.read() as session:
        credential = session.scalars(sa.select(Credential).where(Credential.source == "google")).one()
    assert credential.state is CredentialState.NEEDS_RECONNECT
    assert credential.cause
    with pytest.raises(NoAccess, match="connected again"):
        loop.crawl("google")


def test_no_secret_is_stored_in_the_clear(loop: Loop) -> None:
    loop.crawl_all()
    secrets = [b"sandbox-refresh", b"GOCSPX-sandbox-only", b"AIzaSy-sandbox-only"]
    with loop.database.engine.connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            for row in connection.execute(sa.text(f'SELECT * FROM "{table}"')):  # noqa: S608 - our own tables
                assert not any(secret in repr(tuple(row)).encode() for secret in secrets), table


class Cut(BaseException):
    """The worker is gone, as kill -9 leaves it."""


class Dying(Client):
    """A client whose process ends after so many answers."""

    def __init__(self, inner: Client, answers: int) -> None:
        self._inner = inner
        self._left = answers
        self.fetched: list[str] = []

    def fetch(self, request: Request, **options: Any) -> Answer | Failure:
        if self._left == 0:
            raise Cut
        self._left -= 1
        self.fetched.append(request.url)
        return self._inner.fetch(request, **options)


def test_a_crawl_that_was_cut_short_goes_on_and_fetches_no_stored_page_twice(loop: Loop) -> None:
    asked = CrawlSource(loop.organization_id, "google", "cut", None)
    fetched: list[str] = []
    for answers in (3, 5, 9, 14, 40):
        client = Dying(loop.door.client, answers)
        with contextlib.suppress(Cut):
            crawl(dataclasses.replace(loop.door, client=client), asked)
        fetched += client.fetched
    with loop.database.read() as session:
        run = session.scalars(sa.select(CrawlRun).where(CrawlRun.slot == "cut")).one()
        stored = {review.source_review_id for review in session.scalars(sa.select(Review))}
    assert run.state is RunState.COMPLETE
    assert stored == {row["source_review_id"] for row in loop.truth()["reviews"]}
    pages = [url for url in fetched if "/reviews" in url or "readMask" in url]
    assert len(pages) - len(set(pages)) <= 4


def test_a_finished_crawl_is_not_done_again_under_its_slot(loop: Loop) -> None:
    asked = CrawlSource(loop.organization_id, "website", "once", None)
    crawl(loop.door, asked)
    with loop.database.read() as session:
        before = session.scalar(sa.select(sa.func.count(Snapshot.id)))
    assert crawl(loop.door, asked).detail == "done already"
    with loop.database.read() as session:
        assert session.scalar(sa.select(sa.func.count(Snapshot.id))) == before


def test_a_paused_source_is_left_alone(loop: Loop) -> None:
    with loop.database.write() as session:
        session.add(
            SourceState(organization_id=loop.organization_id, source="website", paused_at=loop.door.clock())
        )
    with pytest.raises(NoAccess, match="paused"):
        loop.crawl("website")
