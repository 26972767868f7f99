"""What was sent and never answered is looked for before it is sent again; what changed meanwhile is left alone."""

import dataclasses
import datetime as dt
import threading
from functools import partial

import pytest
import sqlalchemy as sa

from crawlers.deliver import TRIES
from crawlers.deliver_fix import deliver_fix
from crawlers.deliver_reply import deliver_reply
from crawlers.door import Door
from crawlers.http import Client
from crawlers.outcomes import Failure, Reason, Trouble
from crawlers.sandbox.planting import listings_of
from crawlers.source import Answer, Request
from listings import gate, job_rows
from listings.fix import DeliverFix, send_fix
from listings.jobs import JobContext
from listings.models.fix import DeliveryAttempt, Fix, FixState
from listings.models.location import Location
from listings.models.mismatch import Mismatch, MismatchState
from listings.models.traffic import SourceGate
from listings.quota import Endpoint
from reputation.models.reply import Reply, ReplyState
from reputation.reply import DELIVER_REPLY
from tests.flows.conftest import Loop
from tests.flows.test_reply import unanswered, write

pytestmark = pytest.mark.db

CONTEXT = JobContext("test", threading.Event())


class Cutting(Client):
    """The source takes a change in; the answer to it never comes back."""

    def __init__(self, inner: Client) -> None:
        self._inner = inner
        self.sent: list[str] = []

    def fetch(self, request: Request, **options: object) -> Answer | Failure:
        result = self._inner.fetch(request, **options)  # type: ignore[arg-type]
        if request.method not in {"PUT", "PATCH"} or "validateOnly=true" in request.url:
            return result
        self.sent.append(request.method)
        return (
            Failure.of(Trouble(Reason.CONNECTION_LOST, "cut"), request.url) if len(self.sent) == 1 else result
        )


def cut(loop: Loop) -> tuple[Door, Cutting]:
    client = Cutting(loop.door.client)
    return dataclasses.replace(loop.door, client=client), client


def outcomes(loop: Loop) -> list[str | None]:
    with loop.database.read() as session:
        return list(session.scalars(sa.select(DeliveryAttempt.outcome).order_by(DeliveryAttempt.id)))


def test_a_reply_whose_answer_was_lost_is_published_once(loop: Loop) -> None:
    loop.crawl("google")
    review_id = unanswered(loop)
    payload = write(loop, review_id)
    door, client = cut(loop)
    deliver_reply(door, CONTEXT, payload)
    assert outcomes(loop) == ["unknown"]
    deliver_reply(door, CONTEXT, payload)
    assert client.sent == ["PUT"]
    assert outcomes(loop) == ["unknown", "delivered"]
    assert len(loop.server.sandbox.replies) == 1
    with loop.database.read() as session:
        assert (
            session.scalars(sa.select(Reply.state).where(Reply.review_id == review_id)).one()
            is ReplyState.SENT
        )


def sent_fix(loop: Loop, field: str = "phone") -> tuple[int, int]:
    """A fix under way: its mismatch and itself."""
    loop.crawl("google")
    with loop.database.write() as session:
        query = sa.select(Mismatch).where(Mismatch.source == "google", Mismatch.field == field)
        row = session.scalars(query.order_by(Mismatch.id).limit(1)).one()
        return row.id, send_fix(session, row, person_id=1, now=loop.door.clock()).id


def fix_of(loop: Loop, fix_id: int) -> Fix:
    with loop.database.read() as session:
        return session.get_one(Fix, fix_id)


def number_of(loop: Loop, mismatch_id: int) -> int:
    with loop.database.read() as session:
        row = session.get_one(Mismatch, mismatch_id)
        code = session.get_one(Location, row.location_id).code
    world = loop.server.sandbox.world
    return listings_of(world, "google", world.index_of(code))[0].number


@pytest.mark.parametrize("field", ["phone", "hours", "special_hours", "status"])
def test_a_correction_whose_answer_was_lost_is_entered_once(loop: Loop, field: str) -> None:
    mismatch_id, fix_id = sent_fix(loop, field)
    door, client = cut(loop)
    deliver_fix(door, CONTEXT, DeliverFix(fix_id))
    assert fix_of(loop, fix_id).state is FixState.QUEUED
    deliver_fix(door, CONTEXT, DeliverFix(fix_id))
    assert client.sent == ["PATCH"]
    assert outcomes(loop) == ["unknown", "delivered"]
    assert len(loop.server.sandbox.fixes["google", number_of(loop, mismatch_id)]) == 1
    assert fix_of(loop, fix_id).state is FixState.SENT


def test_a_correction_taken_in_silence_and_shown_since_is_not_entered_again(loop: Loop) -> None:
    _, fix_id = sent_fix(loop)
    door, client = cut(loop)
    deliver_fix(door, CONTEXT, DeliverFix(fix_id))
    loop.server.sandbox.advance(1.1)
    deliver_fix(door, CONTEXT, DeliverFix(fix_id))
    assert client.sent == ["PATCH"]
    assert fix_of(loop, fix_id).state is FixState.SENT


def test_a_value_that_somebody_else_changed_meanwhile_is_not_overwritten(loop: Loop) -> None:
    mismatch_id, fix_id = sent_fix(loop)
    sandbox = loop.server.sandbox
    world, number = sandbox.world, number_of(loop, mismatch_id)
    entry = next(one for one in listings_of(world, "google", number // 4) if one.number == number)
    sandbox.fix(entry, {"phone": "+12155550177"}, at_once=True)
    deliver_fix(loop.door, CONTEXT, DeliverFix(fix_id))
    assert sandbox.shown(entry).phone == "+12155550177"
    assert len(sandbox.fixes["google", number]) == 1
    fix = fix_of(loop, fix_id)
    assert (fix.state, fix.detail) == (
        FixState.CONFLICT,
        "The listing has changed since you looked at it. Look again before you send.",
    )
    with loop.database.read() as session:
        assert session.get_one(Mismatch, mismatch_id).state is MismatchState.OPEN


def test_what_google_would_refuse_is_tried_without_effect_first(loop: Loop) -> None:
    _, fix_id = sent_fix(loop, "website")
    with loop.database.write() as session:
        mismatch = session.get_one(Mismatch, session.get_one(Fix, fix_id).mismatch_id)
        session.get_one(Location, mismatch.location_id).website = "not an address"
    deliver_fix(loop.door, CONTEXT, DeliverFix(fix_id))
    fix = fix_of(loop, fix_id)
    assert fix.state is FixState.REFUSED
    assert "400" in (fix.detail or "")
    assert not loop.server.sandbox.fixes


def hold(loop: Loop, seconds: float) -> None:
    """Google asks every account to be left alone, as any worker may have been told."""
    until = loop.door.real.now() + dt.timedelta(seconds=seconds)
    with loop.database.write() as session:
        for host in ("oauth2.googleapis.com", "mybusiness.googleapis.com"):
            gate.hold(session, Endpoint("google", host, ""), until, "it asked us to wait")


def waiting(loop: Loop) -> int:
    with loop.database.read() as session:
        return job_rows.counts(session, DELIVER_REPLY.name).get("DELAYED", 0)


def test_a_delivery_that_a_held_source_turns_away_keeps_its_tries(loop: Loop) -> None:
    loop.crawl("google")
    review_id = unanswered(loop)
    payload = write(loop, review_id)
    before = waiting(loop)
    hold(loop, 600)
    for _ in range(TRIES + 2):
        deliver_reply(loop.door, CONTEXT, payload)
    assert outcomes(loop) == ["waited"] * (TRIES + 2)
    assert waiting(loop) == before + TRIES + 2
    assert not loop.server.sandbox.replies
    with loop.database.write() as session:
        session.execute(sa.delete(SourceGate))
    deliver_reply(loop.door, CONTEXT, payload)
    assert outcomes(loop)[-1] == "delivered"
    assert len(loop.server.sandbox.replies) == 1


def days_after(moment: dt.datetime, days: int) -> dt.datetime:
    return moment + dt.timedelta(days=days)


def test_a_delivery_does_not_wait_for_ever(loop: Loop) -> None:
    loop.crawl("google")
    review_id = unanswered(loop)
    payload = write(loop, review_id)
    hold(loop, 600)
    now = loop.door.clock()
    for days in (1, 2, 3, 4, 5, 9):
        later = dataclasses.replace(loop.door, clock=partial(days_after, now, days))
        deliver_reply(later, CONTEXT, payload)
    assert outcomes(loop) == ["waited"] * 5 + ["unknown"]
    with loop.database.read() as session:
        reply = session.scalars(sa.select(Reply).where(Reply.review_id == review_id)).one()
    assert reply.state is ReplyState.DRAFT
    assert "may be asked again" in (reply.detail or "")
