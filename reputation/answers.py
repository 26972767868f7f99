"""The answer a source shows below a review, held against the reply we know of."""

import datetime as dt

from sqlalchemy.orm import Session

from reputation.models.reply import Reply, ReplyState
from reputation.models.review import Review
from reputation.records import ReplyRecord

# https://developers.google.com/my-business/content/latest-updates: a reply is shown once approved.
STATES = {"pending": ReplyState.SENT, "rejected": ReplyState.REJECTED}
UNSENT = (ReplyState.DRAFT, ReplyState.AWAITING_APPROVAL, ReplyState.QUEUED)
NOT_YET_THERE = (*UNSENT, ReplyState.MARKED)


def settle_answer(
    session: Session, review: Review, reply: Reply | None, shown: ReplyRecord | None, now: dt.datetime
) -> None:
    """Bring the stored reply in line with the one the source shows.

    Words of ours that the source hasn't got yet are kept: a draft, one in the outbox, one that was
    sent after what the source still shows.
    """
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
    elif not _same_words(reply.text, shown.text) and (reply.state in UNSENT or _is_older(shown, reply)):
        return
    if reply.state is not ReplyState.QUEUED:
        _take_over(reply, shown, now)


def _same_words(first: str, second: str) -> bool:
    # Sources change line ends and double spaces.
    return first.split() == second.split()


def _is_older(shown: ReplyRecord, reply: Reply) -> bool:
    """Whether the source still shows what stood there before ours was sent."""
    waiting = reply.ours and reply.state in (ReplyState.SENT, ReplyState.REJECTED)
    if not waiting or reply.sent_at is None or not isinstance(shown.updated_at, dt.datetime):
        return False
    return shown.updated_at < reply.sent_at


def _gone(session: Session, reply: Reply) -> None:
    if not reply.ours:
        session.delete(reply)
    elif reply.state is ReplyState.PUBLISHED:
        reply.state = ReplyState.REJECTED
        reply.detail = "The source no longer shows it."


def _take_over(reply: Reply, shown: ReplyRecord, now: dt.datetime) -> None:
    if not _same_words(reply.text, shown.text):
        reply.text = shown.text
        reply.ours = False
    state = STATES.get((shown.state or "").lower(), ReplyState.PUBLISHED)
    if reply.state is not state:
        reply.state = state
        reply.published_at = now if state is ReplyState.PUBLISHED else None
        reply.detail = _why_rejected(shown) if state is ReplyState.REJECTED else None
    if reply.source_state != shown.state:
        reply.source_state = shown.state
    updated = shown.updated_at
    if isinstance(updated, dt.datetime) and reply.source_updated_at != updated:
        reply.source_updated_at = updated


def _why_rejected(shown: ReplyRecord) -> str:
    why = f": {shown.reason}" if shown.reason else ""
    return f"The source decided not to publish it{why}. Change the words and send it again."
