"""A mismatch on its way out: sent, taken or refused by the source, confirmed by what it shows later."""

import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from crawlers.deliver_fix import deliver_fix
from listings.fix import DeliverFix, Refused, accept, send_fix, undo
from listings.jobs import JobContext
from listings.models.fix import Channel, DeliveryAttempt, Fix, FixState
from listings.models.location import Location
from listings.models.mismatch import Mismatch, MismatchEvent, MismatchState
from tests.flows.conftest import Loop

pytestmark = pytest.mark.db

CONTEXT = JobContext("test", threading.Event())
SOMEBODY = 1


def one(loop: Loop, source: str, field: str, **more: object) -> int:
    """The id of an open mismatch of this kind."""
    query = sa.select(Mismatch.id).where(Mismatch.source == source, Mismatch.field == field)
    with loop.database.read() as session:
        found = session.scalar(query.filter_by(**more).order_by(Mismatch.id).limit(1))
    assert found is not None
    return found


def state(loop: Loop, mismatch_id: int) -> MismatchState:
    with loop.database.read() as session:
        return session.get_one(Mismatch, mismatch_id).state


def send(loop: Loop, mismatch_id: int) -> int:
    with loop.database.write() as session:
        row = session.get_one(Mismatch, mismatch_id)
        return send_fix(session, row, person_id=SOMEBODY, now=loop.door.clock()).id


@pytest.mark.parametrize("field", ["phone", "street", "hours", "special_hours", "status", "name", "website"])
def test_a_fix_at_google_is_confirmed_by_a_later_crawl(loop: Loop, field: str) -> None:
    loop.crawl("google")
    mismatch_id = one(loop, "google", field)
    fix_id = send(loop, mismatch_id)
    assert state(loop, mismatch_id) is MismatchState.FIX_SENT
    deliver_fix(loop.door, CONTEXT, DeliverFix(fix_id))
    assert state(loop, mismatch_id) is MismatchState.WAITING
    loop.crawl("google")
    assert state(loop, mismatch_id) is MismatchState.WAITING
    loop.server.sandbox.advance(1.1)
    loop.crawl("google")
    assert state(loop, mismatch_id) is MismatchState.FIXED
    with loop.database.read() as session:
        assert session.get_one(Fix, fix_id).state is FixState.CONFIRMED


def test_a_fixed_mismatch_that_google_overwrites_comes_back(loop: Loop) -> None:
    loop.crawl("google")
    back = next(
        row for row in loop.truth()["mismatches"] if row["kind"] == "hours" and row["source"] == "google"
    )
    with loop.database.read() as session:
        mismatch_id = session.scalar(
            sa.select(Mismatch.id)
            .join(Location, Location.id == Mismatch.location_id)
            .where(Location.code == back["code"], Mismatch.field == "hours", Mismatch.source == "google")
        )
    assert mismatch_id is not None
    deliver_fix(loop.door, CONTEXT, DeliverFix(send(loop, mismatch_id)))
    seen = set()
    for _ in range(7):
        loop.server.sandbox.advance(1)
        loop.crawl("google")
        seen.add(state(loop, mismatch_id))
    truth = {row["code"]: row["state"] for row in loop.truth()["mismatches"] if row["field"] == "hours"}
    if truth[back["code"]] == "came_back":
        assert seen >= {MismatchState.FIXED, MismatchState.CAME_BACK}
    else:
        assert seen >= {MismatchState.FIXED}


def test_a_value_that_changed_since_it_was_seen_is_a_conflict_and_not_overwritten(loop: Loop) -> None:
    loop.crawl("google")
    mismatch_id = one(loop, "google", "phone")
    fix_id = send(loop, mismatch_id)
    with loop.database.write() as session:
        session.get_one(Fix, fix_id).replaces_hash = "what somebody saw before"
    deliver_fix(loop.door, CONTEXT, DeliverFix(fix_id))
    with loop.database.read() as session:
        assert session.get_one(Fix, fix_id).state is FixState.CONFLICT
    assert state(loop, mismatch_id) is MismatchState.OPEN
    assert not loop.server.sandbox.fixes


def test_a_fix_is_delivered_once_however_often_its_job_runs(loop: Loop) -> None:
    loop.crawl("google")
    fix_id = send(loop, one(loop, "google", "phone"))
    for _ in range(3):
        deliver_fix(loop.door, CONTEXT, DeliverFix(fix_id))
    with loop.database.read() as session:
        assert session.scalar(sa.select(sa.func.count(DeliveryAttempt.id))) == 1


def test_a_source_without_an_interface_gets_the_kit_and_the_row_waits(loop: Loop) -> None:
    loop.crawl("website")
    mismatch_id = one(loop, "website", "phone")
    send(loop, mismatch_id)
    with loop.database.read() as session:
        row = session.get_one(Mismatch, mismatch_id)
        fix = session.scalars(sa.select(Fix)).one()
    assert row.state is MismatchState.WAITING
    assert row.expected_by is not None
    assert fix.channel is Channel.KIT


def test_a_fix_that_was_not_taken_in_time_opens_the_row_again(loop: Loop) -> None:
    loop.crawl("website")
    mismatch_id = one(loop, "website", "phone")
    send(loop, mismatch_id)
    loop.server.sandbox.advance(2)
    loop.crawl("website")
    assert state(loop, mismatch_id) is MismatchState.OPEN


def test_an_acceptance_holds_for_the_pair_of_values_only(loop: Loop) -> None:
    loop.crawl("google")
    mismatch_id = one(loop, "google", "phone")
    with loop.database.write() as session:
        accept(session, session.get_one(Mismatch, mismatch_id), person_id=SOMEBODY, now=loop.door.clock())
    loop.crawl("google")
    assert state(loop, mismatch_id) is MismatchState.ACCEPTED
    with loop.database.write() as session:
        row = session.get_one(Mismatch, mismatch_id)
        session.get_one(Location, row.location_id).phone = "+12025550177"
    loop.crawl("google")
    assert state(loop, mismatch_id) is MismatchState.OPEN


def test_a_decision_is_undone_and_what_was_sent_is_not(loop: Loop) -> None:
    loop.crawl("google")
    mismatch_id = one(loop, "google", "phone")
    fix_id = send(loop, mismatch_id)
    with loop.database.write() as session:
        undo(session, session.get_one(Mismatch, mismatch_id), now=loop.door.clock())
    assert state(loop, mismatch_id) is MismatchState.OPEN
    deliver_fix(loop.door, CONTEXT, DeliverFix(fix_id))
    assert not loop.server.sandbox.fixes
    sent = send(loop, mismatch_id)
    deliver_fix(loop.door, CONTEXT, DeliverFix(sent))
    with loop.database.write() as session, pytest.raises(Refused):
        undo(session, session.get_one(Mismatch, mismatch_id), now=loop.door.clock())


def test_the_history_names_every_step(loop: Loop) -> None:
    loop.crawl("google")
    mismatch_id = one(loop, "google", "phone")
    deliver_fix(loop.door, CONTEXT, DeliverFix(send(loop, mismatch_id)))
    loop.server.sandbox.advance(dt.timedelta(days=1.1) / dt.timedelta(days=1))
    loop.crawl("google")
    with loop.database.read() as session:
        steps = session.scalars(
            sa.select(MismatchEvent.state)
            .where(MismatchEvent.mismatch_id == mismatch_id)
            .order_by(MismatchEvent.id)
        ).all()
    assert steps == ["open", "fix_sent", "waiting", "fixed"]
