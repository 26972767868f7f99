"""Stored answers read again: what a mended reader would say, then written down, without a fetch."""

import hashlib
import json
import zlib

import pytest
import sqlalchemy as sa

from crawlers.replay import apply, replay
from listings.models.listing import Listing
from listings.models.mismatch import Mismatch
from listings.models.snapshot import Body, Snapshot
from listings.sources import GOOGLE, facts
from tests.flows.conftest import Loop

pytestmark = pytest.mark.db

OTHER = "+1 215-555-0177"


def later_answer(loop: Loop, outcome: str, *, phone: str = OTHER) -> str:
    """A younger answer about a listing that was read, kept as one that could not be; its listing's id."""
    loop.server.sandbox.advance(0.5)
    with loop.database.write() as session:
        last = session.scalars(
            sa.select(Snapshot).join(Listing, Listing.snapshot_id == Snapshot.id).order_by(Snapshot.id.desc())
        ).first()
        assert last is not None
        body = session.get_one(Body, (loop.organization_id, last.sha256))
        told = json.loads(zlib.decompress(body.compressed))
        told["locations"][0]["phoneNumbers"]["primaryPhone"] = phone
        changed = json.dumps(told).encode()
        digest = hashlib.sha256(changed).hexdigest()
        session.add(
            Body(
                organization_id=loop.organization_id,
                sha256=digest,
                size=len(changed),
                compressed=zlib.compress(changed),
            )
        )
        session.add(
            Snapshot(
                organization_id=loop.organization_id,
                source=GOOGLE,
                url=last.url,
                status=200,
                outcome=outcome,
                fetched_at=loop.door.clock(),
                reader_version="google-0",
                sha256=digest,
            )
        )
        return str(told["locations"][0]["name"])


def phone_of(loop: Loop, source_id: str) -> object:
    with loop.database.read() as session:
        record = session.scalars(sa.select(Listing.record).where(Listing.source_id == source_id)).one()
    return (record or {}).get("phone")


def test_an_answer_that_could_not_be_read_when_it_came_is_made_good(loop: Loop) -> None:
    loop.crawl(GOOGLE)
    source_id = later_answer(loop, "unreadable")
    found = replay(loop.door, loop.organization_id, facts(GOOGLE))
    assert [(one.source_id, set(one.fields)) for one in found.differences] == [(source_id, {"phone"})]
    assert phone_of(loop, source_id) != "+12155550177"
    assert apply(loop.door, loop.organization_id, facts(GOOGLE)) == 1
    assert phone_of(loop, source_id) == "+12155550177"
    assert replay(loop.door, loop.organization_id, facts(GOOGLE)).differences == []


def test_an_old_answer_never_overwrites_a_younger_one(loop: Loop) -> None:
    loop.crawl(GOOGLE)
    source_id = later_answer(loop, "unreadable")
    loop.server.sandbox.advance(0.5)
    loop.crawl(GOOGLE)
    with loop.database.read() as session:
        before = [(row.id, row.state, row.last_seen_at) for row in session.scalars(sa.select(Mismatch))]
        seen = session.scalars(sa.select(Listing.last_seen_at).where(Listing.source_id == source_id)).one()
    assert replay(loop.door, loop.organization_id, facts(GOOGLE)).differences == []
    assert apply(loop.door, loop.organization_id, facts(GOOGLE)) == 0
    with loop.database.read() as session:
        after = [(row.id, row.state, row.last_seen_at) for row in session.scalars(sa.select(Mismatch))]
        assert (
            session.scalars(sa.select(Listing.last_seen_at).where(Listing.source_id == source_id)).one()
            == seen
        )
    assert [row[:2] for row in after] == [row[:2] for row in before]
