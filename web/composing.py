"""Where an answer is written: its drafts, its limit, and what the conscience says to it."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.access import scoped
from listings.models.organization import Organization
from listings.models.person import Person
from reputation.conscience import LAST_REPLIES, Doubt, doubts
from reputation.drafts import drafts
from reputation.models.reply import Reply, ReplyState
from reputation.models.review import Review
from web.inbox_query import address
from web.inbox_thread import Chosen, act_at
from web.screens.elements import Act
from web.screens.inbox import Composer, Draft, Hint
from web.values import phone

NOTE_BYTES = 4000
STANDING = (ReplyState.QUEUED, ReplyState.SENT, ReplyState.PUBLISHED, ReplyState.MARKED)
OTHERS_LOOKED_AT = 200


def composer(
    db: Session,
    chosen: Chosen,
    kind: str,
    *,
    text: str | None = None,
    error: str = "",
    found: Sequence[Doubt] = (),
    asked: bool = False,
) -> Composer | None:
    """The composer of a review for this person; None where there is nothing to write.

    `kind` is "reply", "note" or "" for what comes next. With `asked` the person has seen what
    speaks against the text, and the button sends it all the same.
    """
    if not chosen.answerable:
        return None
    by_api = chosen.by_api
    reply = chosen.row.reply
    answered = reply is not None and reply.state in STANDING
    if kind == "note" or not by_api or (answered and kind != "reply" and not error):
        return _note(chosen, by_api=by_api, text=text or "", error=error)
    kept = reply.text if reply is not None and (not answered or kind == "reply") else ""
    values = (("sure", "yes"),) if asked else ()
    return Composer(
        draft_key=f"review-{chosen.review.id}",
        send=Act(
            "Send all the same" if asked else "Send reply",
            act_at(chosen, "answering.send"),
            style="filled",
            values=values,
        ),
        limit=chosen.source.reply_max_bytes or NOTE_BYTES,
        shown_as=f"Shown on {chosen.source.label} as {_brand(db, chosen)}",
        text=kept if text is None else text,
        reply_href=_kind(chosen, "reply"),
        note_href=_kind(chosen, "note"),
        drafts=tuple(Draft(each.label, each.text) for each in _drafts(db, chosen)),
        hints=hints(found),
        error=error,
        check=act_at(chosen, "answering.check"),
    )


def _note(chosen: Chosen, *, by_api: bool, text: str, error: str) -> Composer:
    return Composer(
        draft_key=f"note-{chosen.review.id}",
        send=Act("Save note", act_at(chosen, "answering.note"), style="outlined"),
        limit=NOTE_BYTES,
        shown_as="Only your team reads this",
        text=text,
        kind="note",
        reply_href=_kind(chosen, "reply") if by_api else "",
        note_href=_kind(chosen, "note") if by_api else "",
        error=error,
    )


def _kind(chosen: Chosen, kind: str) -> str:
    values = chosen.wanted.values() | {"kind": kind}
    return address("inbox.show", chosen.wanted, values, review_id=chosen.review.id)


def hints(found: Sequence[Doubt]) -> tuple[Hint, ...]:
    """What the conscience says, as the composer shows it."""
    return tuple(
        Hint(
            doubt.breaks_rule, doubt.strong, f"{doubt.text} (“{doubt.words}”)" if doubt.words else doubt.text
        )
        for doubt in found
    )


def conscience(db: Session, chosen: Chosen, text: str, now: dt.datetime) -> list[Doubt]:
    """What speaks against a text as the answer to this review."""
    review = chosen.review
    return doubts(
        text,
        author=review.author,
        review_text=review.text,
        other_authors=_other_authors(db, review),
        staff=db.scalars(
            sa.select(Person.name).where(Person.organization_id == review.organization_id)
        ).all(),
        last_replies=_last_replies(db, chosen, now),
    )


def _other_authors(db: Session, review: Review) -> Sequence[str]:
    query = (
        sa.select(Review.author)
        .where(
            Review.organization_id == review.organization_id,
            Review.location_id == review.location_id,
            Review.author.is_not(None),
            Review.id != review.id,
        )
        .order_by(Review.written_at.desc(), Review.id.desc())
        .limit(OTHERS_LOOKED_AT)
    )
    return [name for name in db.scalars(query) if name is not None]


def _last_replies(db: Session, chosen: Chosen, now: dt.datetime) -> Sequence[str]:
    query = (
        scoped(chosen.actor, Reply)
        .where(Reply.review_id != chosen.review.id, Reply.state.in_(STANDING), Reply.created_at <= now)
        .where(Reply.ours.is_(True))
        .order_by(Reply.created_at.desc(), Reply.id.desc())
        .limit(LAST_REPLIES)
        .with_only_columns(Reply.text)
    )
    return db.scalars(query).all()


def _brand(db: Session, chosen: Chosen) -> str:
    if chosen.location is not None:
        return chosen.location.name
    return db.get_one(Organization, chosen.review.organization_id).name


def _drafts(db: Session, chosen: Chosen) -> Sequence[Draft]:
    location, review = chosen.location, chosen.review
    number = phone(location.phone, location.country) if location and location.phone else ""
    made = drafts(author=review.author, rating=review.rating, place=_brand(db, chosen), phone=number)
    return [Draft(each.label, each.text) for each in made]
