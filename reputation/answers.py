"""The answer a source shows below a review, held against the reply we know of."""

import datetime as dt

from sqlalchemy.orm import Session

from reputation.models.reply import Reply, ReplyState
from reputation.models.review import Review
from reputation.records import ReplyRecord

# https://developers.google.com/my-business/content/latest-updates: a reply is shown once approved.
STATES = {"pending": ReplyState.SENT, "rejected": ReplyState.REJECTED}
NOT_YET_THERE = (ReplyState.DRAFT, ReplyState.AWAITING_APPROVAL, ReplyState.QUEUED, ReplyState.MARKED)


def settle_answer(
    session: Session, review: Review, reply: Reply | None, shown: ReplyRecord | None, now: dt.datetime
) -> None:
    """Bring the stored reply in line with the one the source shows; unsent words of ours are kept."""
    if shown is None:
        if reply is not None and reply.state not in NOT_YET_THERE:
            _gone(session, reply)
        return
    if reply is None:
        reply = Reply(
            organization_id=review.organization_id,
            review_id=review.id,
            text=shown.text,
            state=ReplyState.PUBLISHED,
            ours=False,
            created_at=now,
        )
        session.add(reply)
    if reply.state is ReplyState.QUEUED:
        return
    _take_over(reply, shown, now)


def _gone(session: Session, reply: Reply) -> None:
    if not reply.ours:
        session.delete(reply)
    elif reply.state is ReplyState.PUBLISHED:
        reply.state = ReplyState.REJECTED
        reply.detail = "The source no longer shows it."


def _take_over(reply: Reply, shown: ReplyRecord, now: dt.datetime) -> None:
    if reply.text != shown.text:
        reply.text = shown.text
        reply.ours = False
    state = STATES.get((shown.state or "").lower(), ReplyState.PUBLISHED)
    if reply.state is not state:
        reply.state = state
        reply.published_at = now if state is ReplyState.PUBLISHED else None
    if reply.source_state != shown.state:
        reply.source_state = shown.state
    updated = shown.updated_at
    if isinstance(updated, dt.datetime) and reply.source_updated_at != updated:
        reply.source_updated_at = updated
