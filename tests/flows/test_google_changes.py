"""What Google changes by itself: shown as its change, taken over or sent back, and told to Google either way."""

import threading
from typing import Any

import pytest
import sqlalchemy as sa

from crawlers.deliver_change import enter_change
from crawlers.deliver_fix import deliver_fix
from crawlers.sandbox.planting import Listing as Entry
from crawlers.sandbox.planting import listings_of
from listings.evidence import evidence_of
from listings.fix import DeliverFix, record_is_wrong, send_fix, undo
from listings.job_rows import unfinished_names
from listings.jobs import JobContext
from listings.models.fix import DeliveryAttempt, Fix, FixState
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.mismatch import Mismatch, MismatchState
from listings.models.snapshot import Snapshot
from listings.snapshots import body_of
from listings.source_changes import EnterChange, changed_by_source
from tests.flows.conftest import Loop

pytestmark = pytest.mark.db

CONTEXT = JobContext("test", threading.Event())
SOMEBODY = 1


def changed(loop: Loop) -> int:
    """Google changes a phone number on its third day; the id of its mismatch."""
    loop.crawl("google")
    loop.server.sandbox.advance(2)
    loop.crawl("google")
    with loop.database.read() as session:
        rows = session.execute(
            sa.select(Mismatch, Listing)
            .join(Listing, Listing.id == Mismatch.listing_id)
            .where(Mismatch.source == "google", Mismatch.field == "phone")
        )
        (found,) = [row.id for row, listing in rows if changed_by_source(listing, row.field)]
    return found


def row_of(loop: Loop, mismatch_id: int) -> Mismatch:
    with loop.database.read() as session:
        return session.get_one(Mismatch, mismatch_id)


def entry_of(loop: Loop, mismatch_id: int) -> Entry:
    with loop.database.read() as session:
        row = session.get_one(Mismatch, mismatch_id)
        code = session.get_one(Location, row.location_id).code
    world = loop.server.sandbox.world
    return listings_of(world, "google", world.index_of(code))[0]


def overruled(loop: Loop, mismatch_id: int) -> frozenset[str]:
    return loop.server.sandbox.overruled(entry_of(loop, mismatch_id))


def decide(loop: Loop, mismatch_id: int, act: Any) -> Any:
    with loop.database.write() as session:
        return act(session, session.get_one(Mismatch, mismatch_id), now=loop.door.clock())


def take(loop: Loop, mismatch_id: int) -> None:
    decide(loop, mismatch_id, lambda db, row, now: record_is_wrong(db, row, person_id=SOMEBODY, now=now))


def test_a_change_of_google_s_own_is_a_mismatch_with_google_s_answer_as_evidence(loop: Loop) -> None:
    mismatch_id = changed(loop)
    row = row_of(loop, mismatch_id)
    assert row.state is MismatchState.OPEN
    with loop.database.read() as session:
        snapshot = session.get_one(Snapshot, row.snapshot_id)
        listing = session.get_one(Listing, row.listing_id)
        body = body_of(session, snapshot, loop.door.clock())
    assert ":getGoogleUpdated" in snapshot.url
    assert evidence_of(body or b"", listing.source_id, row.field, row.live_value).lines


def test_taken_over_it_is_in_our_record_and_in_our_account_at_google(loop: Loop) -> None:
    mismatch_id = changed(loop)
    live = row_of(loop, mismatch_id).live_value
    take(loop, mismatch_id)
    with loop.database.read() as session:
        assert session.get_one(Location, row_of(loop, mismatch_id).location_id).phone == live
        assert "enter_change" in unfinished_names(session)
    for _ in range(2):
        enter_change(loop.door, CONTEXT, EnterChange(mismatch_id))
    loop.server.sandbox.advance(1.1)
    assert overruled(loop, mismatch_id) == frozenset()
    loop.crawl("google")
    assert row_of(loop, mismatch_id).state is MismatchState.FIXED
    enter_change(loop.door, CONTEXT, EnterChange(mismatch_id))
    assert len(loop.server.sandbox.fixes_of(entry_of(loop, mismatch_id))) == 1


def test_taken_back_in_time_nothing_leaves_the_house(loop: Loop) -> None:
    mismatch_id = changed(loop)
    before = row_of(loop, mismatch_id).record_value
    take(loop, mismatch_id)
    decide(loop, mismatch_id, undo)
    enter_change(loop.door, CONTEXT, EnterChange(mismatch_id))
    with loop.database.read() as session:
        assert session.get_one(Location, row_of(loop, mismatch_id).location_id).phone == before
        assert session.scalars(sa.select(DeliveryAttempt)).all() == []
    assert loop.server.sandbox.fixes_of(entry_of(loop, mismatch_id)) == []
    assert row_of(loop, mismatch_id).state is MismatchState.OPEN


def test_sent_back_ours_stands_at_google_again(loop: Loop) -> None:
    mismatch_id = changed(loop)
    fix = decide(loop, mismatch_id, lambda db, row, now: send_fix(db, row, person_id=SOMEBODY, now=now))
    deliver_fix(loop.door, CONTEXT, DeliverFix(fix.id))
    assert row_of(loop, mismatch_id).state is MismatchState.WAITING
    loop.server.sandbox.advance(1.1)
    loop.crawl("google")
    assert row_of(loop, mismatch_id).state is MismatchState.FIXED
    assert overruled(loop, mismatch_id) == frozenset()
    with loop.database.read() as session:
        assert session.get_one(Fix, fix.id).state is FixState.CONFIRMED


def test_when_google_changed_it_once_more_nothing_is_overwritten(loop: Loop) -> None:
    mismatch_id = changed(loop)
    fix = decide(loop, mismatch_id, lambda db, row, now: send_fix(db, row, person_id=SOMEBODY, now=now))
    with loop.database.write() as session:
        session.get_one(Fix, fix.id).replaces_hash = "what somebody saw before"
    deliver_fix(loop.door, CONTEXT, DeliverFix(fix.id))
    with loop.database.read() as session:
        assert session.get_one(Fix, fix.id).state is FixState.CONFLICT
    assert loop.server.sandbox.fixes_of(entry_of(loop, mismatch_id)) == []


def test_a_correction_that_google_took_in_silence_is_not_sent_twice(loop: Loop) -> None:
    mismatch_id = changed(loop)
    fix = decide(loop, mismatch_id, lambda db, row, now: send_fix(db, row, person_id=SOMEBODY, now=now))
    deliver_fix(loop.door, CONTEXT, DeliverFix(fix.id))
    # The worker died after Google took it and before it was written down.
    with loop.database.write() as session:
        session.get_one(Fix, fix.id).state = FixState.QUEUED
        attempt = session.scalars(sa.select(DeliveryAttempt)).one()
        attempt.outcome = attempt.finished_at = None
    deliver_fix(loop.door, CONTEXT, DeliverFix(fix.id))
    assert len(loop.server.sandbox.fixes_of(entry_of(loop, mismatch_id))) == 1
    with loop.database.read() as session:
        assert session.get_one(Fix, fix.id).state is FixState.SENT


def test_while_google_s_view_can_not_be_read_nothing_is_believed(loop: Loop) -> None:
    mismatch_id = changed(loop)
    before = row_of(loop, mismatch_id)
    for kind in ("403", "404", "503"):
        loop.fault("google", kind, path=":getGoogleUpdated")
        loop.crawl("google")
        loop.well()
    after = row_of(loop, mismatch_id)
    assert (after.state, after.live_hash) == (before.state, before.live_hash)
    with loop.database.read() as session:
        assert session.get_one(Listing, after.listing_id).missing_since is None
