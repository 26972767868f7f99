"""Answering a review: written by a person, held in the outbox for a while, then sent by a job."""

import datetime as dt
import hashlib
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.answers import takes_answers
from listings.db import hold
from listings.jobs import Job, enqueue
from listings.queues import DELIVER
from listings.sources import SourceFacts, facts
from reputation.models.reply import Reply, ReplyState
from reputation.models.review import Review

OUTBOX = dt.timedelta(minutes=10)
"""How long a reply can be taken back after Send."""


@dataclass(frozen=True, slots=True)
class DeliverReply:
    """The reply to send, and which press of Send this carries out: its outbox time's end, its words' digest."""

    reply_id: int
    send_after: str
    text_sha256: str


DELIVER_REPLY = Job("deliver_reply", DELIVER, DeliverReply)


class Refused(Exception):
    """The reply can't be taken; the message says why and what to do."""


def check_text(source: SourceFacts, text: str) -> str:
    """The text as it will be sent. Raises Refused when it is empty or longer than the source takes."""
    text = text.strip()
    if not text:
        raise Refused("The reply is empty. Write a sentence first.")
    limit = source.reply_max_bytes
    size = len(text.encode())
    if limit is not None and size > limit:
        raise Refused(
            f"{source.label} takes {limit} bytes; this reply has {size}. Shorten it by {size - limit}."
        )
    return text


def send(session: Session, review: Review, text: str, *, person_id: int, now: dt.datetime) -> Reply:
    """Put an answer into the outbox; it leaves when the outbox time is over.

    A reply that stands already is replaced. Raises Refused when the source takes no replies from
    us, the review has vanished, or the text doesn't fit.
    """
    source = facts(review.source)
    if not takes_answers(session, review.organization_id, source):
        raise Refused(
            f"{source.label} takes answers on its own page only. Copy the text and open the review there."
        )
    if review.vanished_at is not None:
        raise Refused(f"{source.label} no longer shows this review, so there is nothing to answer.")
    text = check_text(source, text)
    reply = session.scalar(sa.select(Reply).where(Reply.review_id == review.id).with_for_update())
    if reply is None:
        reply = Reply(organization_id=review.organization_id, review_id=review.id, created_at=now)
        session.add(reply)
    reply.text = text
    reply.state = ReplyState.QUEUED
    reply.ours = True
    reply.person_id = person_id
    reply.send_after = now + OUTBOX
    reply.sent_at = reply.published_at = reply.source_updated_at = None
    reply.source_state = reply.detail = None
    session.flush()
    payload = delivery_of(reply)
    enqueue(
        session,
        DELIVER_REPLY,
        f"{reply.id}:{payload.send_after}:{payload.text_sha256[:12]}",
        payload,
        delay=OUTBOX,
    )
    return reply


def take_back(session: Session, reply: Reply, now: dt.datetime) -> bool:
    """Stop a reply that still waits in the outbox and keep it as a draft; False when it has left."""
    hold(session, reply)
    if reply.state is not ReplyState.QUEUED or (reply.send_after is not None and reply.send_after <= now):
        return False
    reply.state = ReplyState.DRAFT
    reply.send_after = None
    session.flush()
    return True


def delivery_of(reply: Reply) -> DeliverReply:
    """The job that sends a queued reply."""
    assert reply.send_after is not None  # noqa: S101 - a queued reply has an outbox time
    digest = hashlib.sha256(reply.text.encode()).hexdigest()
    return DeliverReply(reply.id, reply.send_after.isoformat(), digest)


def due(reply: Reply, payload: DeliverReply) -> bool:
    """Whether a job carries the newest wish: not taken back, not sent, not asked for again since.

    The same words sent again after a take-back are another wish, with an outbox time of its own.
    """
    if reply.state is not ReplyState.QUEUED or reply.send_after is None:
        return False
    return delivery_of(reply) == payload
