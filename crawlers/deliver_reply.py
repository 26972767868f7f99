"""The job that sends a reply when its outbox time is over."""

import datetime as dt
from typing import Any

from crawlers.deliver import PASSING, Delivered, Sending, again, began, converse, ended
from crawlers.door import Door
from crawlers.plan import Access, Fetch
from crawlers.plans.google import token_of
from crawlers.source import Outcome
from crawlers.sources.google import Google
from listings.jobs import JobContext
from listings.sources import facts
from reputation.models.reply import Reply, ReplyState
from reputation.models.review import Review
from reputation.reply import DELIVER_REPLY, DeliverReply, due


def deliver_reply(door: Door, context: JobContext, payload: DeliverReply) -> None:
    """Send the reply unless it was taken back, rewritten or sent since."""
    del context
    with door.database.write() as session:
        reply = session.get(Reply, payload.reply_id)
        if reply is None or not due(reply, payload):
            return
        review = session.get_one(Review, reply.review_id)
        attempt_id, number, silent = began(session, reply.organization_id, "reply", reply.id, door.clock())
        text, name = reply.text, review.api_name
        organization_id, source = reply.organization_id, facts(review.source)
    if name is None:
        delivered = Delivered(
            done=False, again=False, detail="The source's name for this review isn't known."
        )
    else:
        delivered = converse(
            door, source, organization_id, lambda adapter, access: _send(adapter, access, name, text, silent)
        )
    with door.database.write() as session:
        ended(session, attempt_id, delivered, door.clock())
        reply = session.get_one(Reply, payload.reply_id)
        if due(reply, payload):
            retried = delivered.again and again(session, DELIVER_REPLY, str(reply.id), payload, number)
            _settle(reply, delivered, retried=retried, now=door.clock())


def _settle(reply: Reply, delivered: Delivered, *, retried: bool, now: dt.datetime) -> None:
    reply.detail = delivered.detail
    if delivered.done:
        reply.state = ReplyState.SENT
        reply.sent_at = now
        reply.source_state = (delivered.shown or {}).get("state")
    elif not retried:
        reply.state = ReplyState.DRAFT


def _send(adapter: Google, access: Access, name: str, text: str, silent: bool) -> Sending:
    token = yield from token_of(adapter, access)
    if silent:
        shown = yield Fetch(adapter.get_review(name, token))
        if shown.outcome is not Outcome.OK:
            return Delivered(done=False, again=shown.outcome in PASSING, detail=shown.detail)
        there = shown.reviews[0].reply if shown.reviews else None
        if there is not None and there.text == text:
            return Delivered(done=True, again=False, detail=None, shown={"state": there.state})
    answer = yield Fetch(adapter.reply(name, text, token))
    if answer.outcome is not Outcome.OK:
        return Delivered(done=False, again=answer.outcome in PASSING, detail=answer.detail)
    sent: Any = answer.extra.get("reply")
    return Delivered(done=True, again=False, detail=None, shown={"state": getattr(sent, "state", None)})
