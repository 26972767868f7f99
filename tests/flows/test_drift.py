"""A source renames a field: nothing that is known is lost, one state tells of it, and it heals by itself."""

import dataclasses
from typing import Any

import pytest
import sqlalchemy as sa

from crawlers.http import Client
from crawlers.outcomes import Failure
from crawlers.run import Summary, crawl
from crawlers.source import Answer, Request
from listings.crawl_plan import CrawlSource
from listings.models.crawl import SourceState
from reputation.models.review_pass import ReviewPass
from tests.flows.conftest import Loop
from tests.flows.test_faults import health, known

pytestmark = pytest.mark.db


class Renaming(Client):
    """A client to a source that has renamed a key of its answers."""

    def __init__(self, inner: Client, name: str) -> None:
        self._inner = inner
        self._name = name.encode()

    def fetch(self, request: Request, **options: Any) -> Answer | Failure:
        result = self._inner.fetch(request, **options)
        if isinstance(result, Failure):
            return result
        return dataclasses.replace(result, body=result.body.replace(self._name, self._name + b"V2"))


def crawled(loop: Loop, key: str, slot: str) -> Summary:
    door = dataclasses.replace(loop.door, client=Renaming(loop.door.client, key))
    return crawl(door, CrawlSource(loop.organization_id, "google", slot, None))


def told(state: SourceState) -> tuple[str | None, list[str]]:
    return state.ill_outcome, (state.drift or {}).get("fields", [])


@pytest.mark.parametrize(
    ("key", "field"), [("phoneNumbers", "phone"), ("storefrontAddress", "street"), ("regularHours", "hours")]
)
def test_a_renamed_field_changes_nothing_and_makes_the_source_ill_once(
    loop: Loop, key: str, field: str
) -> None:
    loop.crawl("google")
    before = known(loop)
    for slot in ("first", "second"):
        summary = crawled(loop, key, slot)
        assert summary.outcomes["unreadable"]
        assert known(loop) == before
        outcome, fields = told(health(loop, "google"))
        assert outcome == "unreadable"
        assert field in fields
    loop.crawl("google")
    assert told(health(loop, "google")) == (None, [])
    assert known(loop) == before


@pytest.mark.parametrize("key", ["starRating", "comment", "reviewer"])
def test_reviews_keep_what_a_renamed_field_no_longer_tells(loop: Loop, key: str) -> None:
    loop.crawl("google")
    before = known(loop)
    with loop.database.write() as session:
        session.execute(sa.delete(ReviewPass))
    assert crawled(loop, key, "drifted").outcomes["unreadable"]
    assert known(loop) == before
    assert health(loop, "google").ill_outcome == "unreadable"
