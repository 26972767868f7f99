"""The job that sends a reply when its outbox time is over."""

import datetime as dt

from crawlers.deliver import again, began, converse, ended
from crawlers.door import Door
from crawlers.plan import Delivered, ReplyText
from crawlers.readers import READERS
from listings.jobs import JobContext
from listings.source_terms import Door as Way
from listings.sources import SourceFacts, facts
from reputation.models.reply import Reply, ReplyState
from reputation.models.review import Review
from reputation.reply import DELIVER_REPLY, DeliverReply, due

NO_NAME = "The source's name for this review isn't known."


def deliver_reply(door: Door, context: JobContext, payload: DeliverReply) -> None:
    """Send the reply unless it was taken back, rewritten or sent since."""
    del context
    with door.database.write() as session:
        reply = session.get(Reply, payload.reply_id, with_for_update=True)
        if reply is None or not due(reply, payload):
            return
        review = session.get_one(Review, reply.review_id)
        organization_id, source = reply.organization_id, facts(review.source)
        attempt = began(session, organization_id, "reply", reply.id, door.clock(), since=reply.send_after)
        name, text = _name(review, source), reply.text
    answer = READERS[source.key].plans.answer
    if name is None or answer is None:
        delivered = Delivered(done=False, again=False, detail=NO_NAME)
    else:
        words = ReplyText(name, text, may_be_there=attempt.after_silence)
        delivered = converse(
            door, source, organization_id, lambda adapter, access: answer(adapter, access, words)
        )
    with door.database.write() as session:
        ended(session, attempt, delivered, door.clock())
        reply = session.get_one(Reply, payload.reply_id, with_for_update=True)
        if due(reply, payload):
            retried = delivered.again and again(session, DELIVER_REPLY, attempt, payload, delivered.wait)
            _settle(reply, delivered, retried=retried, now=door.clock())


def _name(review: Review, source: SourceFacts) -> str | None:
    """The name under which an answer is put; where answers are a partner's matter it is the review's id."""
    return review.source_review_id if source.reply is Way.LINK else review.api_name


def _settle(reply: Reply, delivered: Delivered, *, retried: bool, now: dt.datetime) -> None:
    reply.detail = delivered.detail
    if delivered.done:
        reply.state = ReplyState.SENT
        reply.sent_at = now
        reply.source_state = (delivered.shown or {}).get("state")
    elif not retried:
        reply.state = ReplyState.DRAFT
