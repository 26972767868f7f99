"""A reply on its way: outbox, sending, what the source says of it."""

import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from crawlers.deliver_reply import deliver_reply
from listings.jobs import JobContext
from listings.models.fix import DeliveryAttempt
from reputation.models.reply import Reply, ReplyState
from reputation.models.review import Review
from reputation.reply import OUTBOX, DeliverReply, Refused, delivery_of, send, take_back
from tests.flows.conftest import Loop

pytestmark = pytest.mark.db

CONTEXT = JobContext("test", threading.Event())
WORDS = "Thank you, Rosa. The oven is mended and your loaf is on us."


def unanswered(loop: Loop) -> int:
    with loop.database.read() as session:
        found = session.scalar(
            sa.select(Review.id)
            .outerjoin(Reply, Reply.review_id == Review.id)
            .where(Reply.id.is_(None), Review.vanished_at.is_(None), Review.location_id.is_not(None))
            .order_by(Review.written_at.desc(), Review.id)
            .limit(1)
        )
    assert found is not None
    return found


def write(loop: Loop, review_id: int, text: str = WORDS) -> DeliverReply:
    with loop.database.write() as session:
        reply = send(session, session.get_one(Review, review_id), text, person_id=1, now=loop.door.clock())
        return delivery_of(reply)


def reply_of(loop: Loop, review_id: int) -> Reply:
    with loop.database.read() as session:
        return session.scalars(sa.select(Reply).where(Reply.review_id == review_id)).one()


def test_a_reply_is_sent_then_published_when_the_source_shows_it(loop: Loop) -> None:
    loop.crawl("google")
    review_id = unanswered(loop)
    deliver_reply(loop.door, CONTEXT, write(loop, review_id))
    assert reply_of(loop, review_id).state is ReplyState.SENT
    loop.crawl("google")
    assert reply_of(loop, review_id).state is ReplyState.SENT
    loop.server.sandbox.advance(0.1)
    loop.crawl("google")
    assert reply_of(loop, review_id).state is ReplyState.PUBLISHED


def test_a_reply_that_the_source_rejects_says_so(loop: Loop) -> None:
    loop.crawl("google")
    review_id = unanswered(loop)
    deliver_reply(loop.door, CONTEXT, write(loop, review_id, "See https://ostermill.example for more"))
    loop.server.sandbox.advance(0.1)
    loop.crawl("google")
    assert reply_of(loop, review_id).state is ReplyState.REJECTED


def test_a_reply_taken_back_never_leaves(loop: Loop) -> None:
    loop.crawl("google")
    review_id = unanswered(loop)
    payload = write(loop, review_id)
    with loop.database.write() as session:
        reply = session.get_one(Reply, payload.reply_id)
        assert take_back(session, reply, loop.door.clock())
    deliver_reply(loop.door, CONTEXT, payload)
    assert reply_of(loop, review_id).state is ReplyState.DRAFT
    with loop.database.read() as session:
        assert session.scalar(sa.select(sa.func.count(DeliveryAttempt.id))) == 0


def test_only_the_newest_wording_is_sent(loop: Loop) -> None:
    loop.crawl("google")
    review_id = unanswered(loop)
    first = write(loop, review_id, "First words")
    second = write(loop, review_id, "Second words")
    deliver_reply(loop.door, CONTEXT, first)
    assert reply_of(loop, review_id).state is ReplyState.QUEUED
    deliver_reply(loop.door, CONTEXT, second)
    assert reply_of(loop, review_id).state is ReplyState.SENT


def test_after_a_silent_attempt_the_source_is_read_before_anything_is_sent_again(loop: Loop) -> None:
    loop.crawl("google")
    review_id = unanswered(loop)
    payload = write(loop, review_id)
    deliver_reply(loop.door, CONTEXT, payload)
    # The worker died after the source took it and before it was written down.
    with loop.database.write() as session:
        reply = session.get_one(Reply, payload.reply_id)
        reply.state, reply.sent_at = ReplyState.QUEUED, None
        attempt = session.scalars(sa.select(DeliveryAttempt)).one()
        attempt.outcome = attempt.finished_at = None
    sent_before = len(loop.server.sandbox.replies)
    deliver_reply(loop.door, CONTEXT, payload)
    assert reply_of(loop, review_id).state is ReplyState.SENT
    assert len(loop.server.sandbox.replies) == sent_before


def test_a_reply_waits_when_the_source_is_down_and_the_text_is_kept(loop: Loop) -> None:
    loop.crawl("google")
    review_id = unanswered(loop)
    payload = write(loop, review_id)
    loop.fault("google", "503", count=50)
    deliver_reply(loop.door, CONTEXT, payload)
    reply = reply_of(loop, review_id)
    assert (reply.state, reply.text) == (ReplyState.QUEUED, WORDS)


def test_a_revoked_consent_gives_the_words_back_as_a_draft_with_the_reason(loop: Loop) -> None:
    loop.crawl("google")
    review_id = unanswered(loop)
    payload = write(loop, review_id)
    loop.revoke()
    deliver_reply(loop.door, CONTEXT, payload)
    reply = reply_of(loop, review_id)
    assert reply.state is ReplyState.DRAFT
    assert reply.detail


def test_a_reply_longer_than_the_source_takes_is_refused_in_bytes(loop: Loop) -> None:
    loop.crawl("google")
    review_id = unanswered(loop)
    with pytest.raises(Refused, match="4096 bytes"):
        write(loop, review_id, "ä" * 2049)


def test_the_outbox_lasts_ten_minutes() -> None:
    assert dt.timedelta(minutes=10) == OUTBOX
