"""Crawl, link, flag and ingest against the ledger of the sandbox."""

from collections import Counter

import pytest
import sqlalchemy as sa

from listings.flag import UNFINISHED
from listings.models.mismatch import Mismatch
from tests.flows.conftest import Loop

pytestmark = pytest.mark.db


def flagged(loop: Loop, codes: dict[int, str]) -> Counter[tuple[str, str, str]]:
    with loop.database.read() as session:
        rows = session.scalars(sa.select(Mismatch).where(Mismatch.state.in_(UNFINISHED)))
        return Counter((codes[row.location_id], row.source, row.field) for row in rows)


def planted(loop: Loop) -> Counter[tuple[str, str, str]]:
    rows = loop.truth()["mismatches"]
    return Counter((row["code"], row["source"], row["field"]) for row in rows if row["state"] != "fixed")


def test_a_crawl_flags_every_planted_mismatch_and_nothing_else(loop: Loop, codes: dict[int, str]) -> None:
    for summary in loop.crawl_all():
        assert summary.complete, summary
    assert flagged(loop, codes) == planted(loop)
