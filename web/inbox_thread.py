"""One review and everything said about it: the words, the notes, the answer, what happened."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import Session

from listings.access import Act as May
from listings.access import Actor, scoped
from listings.answers import takes_answers
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.person import Person
from listings.retention import readable
from listings.source_terms import Door
from listings.sources import SourceFacts, facts
from reputation.inbox import Row
from reputation.models.reply import Reply, ReplyState
from reputation.models.review import Review, ReviewEvent, ReviewNote, ReviewStatus, ReviewVersion
from web.ages import age_of
from web.inbox_query import Wanted, address
from web.places import place
from web.screens.elements import SOURCE_MARKS, Act, Banner, Event, Fact, Link
from web.screens.inbox import (
    AnswerElsewhere,
    Composer,
    FactGroup,
    FormerWords,
    NoteView,
    ReplyView,
    ReviewView,
    ThreadView,
)
from web.wording import age, count, date, exact

AT_WORK = (ReplyState.QUEUED, ReplyState.SENT, ReplyState.PUBLISHED, ReplyState.MARKED)
EVENTS = {
    "new": "Read for the first time",
    "edited": "Its writer changed it",
    "vanished": "No longer shown by the source",
    "revived": "Shown by the source again",
    "rekeyed": "The source gave it another number",
    "closed": "Closed",
    "reopened": "Opened again",
    "assigned": "Assigned",
    "released": "Given back",
    "taken_back": "Reply taken back",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The review that is shown, in the eyes of one person; `answerable` tells whether they may write."""

    row: Row
    location: Location | None
    listing: Listing
    source: SourceFacts
    wanted: Wanted
    actor: Actor
    by_api: bool
    """Whether an answer goes out from here."""

    @property
    def review(self) -> Review:
        """The review itself."""
        return self.row.review

    @property
    def answerable(self) -> bool:
        """Whether this person may write and the source still shows the review."""
        return self.actor.may(May.REPLY) and self.review.vanished_at is None


def chosen_of(db: Session, actor: Actor, row: Row, wanted: Wanted) -> Chosen:
    """A review with the place and the listing it belongs to."""
    location = db.get(Location, row.review.location_id) if row.review.location_id else None
    listing = db.get_one(Listing, row.review.listing_id)
    source = facts(row.review.source)
    by_api = row.review.supplied_by is None and takes_answers(db, row.review.organization_id, source)
    return Chosen(row, location, listing, source, wanted, actor, by_api)


def thread(
    db: Session, chosen: Chosen, composer: Composer | None, neighbours: tuple[str, str], now: dt.datetime
) -> ThreadView:
    """The whole pane."""
    review, location = chosen.review, chosen.location
    here = f"{location.code} {place(location)}" if location else "not matched to a location"
    return ThreadView(
        title=review.author or "Somebody",
        fact=f"{SOURCE_MARKS[review.source][1]} · {here}",
        back=address("inbox.index", chosen.wanted),
        review=_review(db, chosen, now),
        notes=_notes(db, review, now),
        reply=_reply(db, chosen, now),
        elsewhere=_elsewhere(chosen),
        composer=composer,
        acts=_acts(chosen),
        facts=_facts(db, chosen, now),
        events=_events(db, chosen.row, now),
        previous=neighbours[0],
        next=neighbours[1],
        banner=_banner(chosen, now),
    )


def act_at(chosen: Chosen, endpoint: str) -> str:
    """The address of something done to this review, which keeps the list it came from."""
    return address(endpoint, chosen.wanted, review_id=chosen.review.id)


def link_of(review: Review, listing: Listing) -> str:
    """Where the source shows the review, else where it shows the place; "" when neither is known."""
    return review.url or listing.url or ""


def _review(db: Session, chosen: Chosen, now: dt.datetime) -> ReviewView:
    review, target = chosen.review, link_of(chosen.review, chosen.listing)
    former = db.scalars(
        sa.select(ReviewVersion)
        .where(ReviewVersion.review_id == review.id)
        .order_by(ReviewVersion.replaced_at.desc(), ReviewVersion.id.desc())
    )
    return ReviewView(
        author=review.author or "Somebody",
        source=review.source,  # type: ignore[arg-type]
        when=age_of(review.written_at or review.first_seen_at, now),
        rating=review.rating,
        text=review.text or "",
        language=review.language if review.language and not review.original_text else "",
        original=review.original_text or "",
        original_language=review.language or "",
        link=Link(f"Open on {chosen.source.label}", target) if target else None,
        status=_status(chosen, now),
        supplied=review.supplied_by or "",
        former=tuple(
            FormerWords(age_of(each.replaced_at, now), each.rating, each.text or "") for each in former
        ),
    )


def _status(chosen: Chosen, now: dt.datetime) -> str:
    review, edited = chosen.review, chosen.review.edited_at
    if review.vanished_at is not None:
        return f"Gone from {chosen.source.label} since {date(review.vanished_at, now)}; kept here as it was"
    if edited is not None and review.written_at is not None and edited > review.written_at:
        return f"Edited {date(edited, now)}"
    return ""


def _banner(chosen: Chosen, now: dt.datetime) -> Banner | None:
    gone = chosen.review.vanished_at
    if gone is None:
        return None
    text = f"Complete reads miss it since {date(gone, now)}. It counts nowhere and can’t be answered."
    return Banner("wait", text, strong=f"{chosen.source.label} no longer shows this review.")


def _notes(db: Session, review: Review, now: dt.datetime) -> tuple[NoteView, ...]:
    query = (
        sa.select(ReviewNote, Person.name)
        .join(Person, Person.id == ReviewNote.person_id)
        .where(ReviewNote.review_id == review.id)
        .order_by(ReviewNote.at, ReviewNote.id)
    )
    return tuple(NoteView(name, age_of(note.at, now), note.text) for note, name in db.execute(query))


def _reply(db: Session, chosen: Chosen, now: dt.datetime) -> ReplyView | None:
    reply = chosen.row.reply
    if reply is None or (reply.state is ReplyState.DRAFT and not reply.detail and chosen.answerable):
        return None
    acts: tuple[Act, ...] = ()
    if reply.state is not ReplyState.DRAFT and chosen.answerable and chosen.by_api:
        change = f"{act_at(chosen, 'inbox.show')}{'&' if chosen.wanted.values() else '?'}kind=reply"
        acts = (Act("Change", change, "get", "text"),) if reply.state is not ReplyState.QUEUED else ()
    return ReplyView(
        author=_author(db, reply, chosen.source),
        text=reply.text,
        state=reply.state,
        when=age_of(reply.source_updated_at or reply.sent_at or reply.created_at, now),
        detail=_reply_detail(reply, chosen.source, now),
        acts=acts,
    )


def _author(db: Session, reply: Reply, source: SourceFacts) -> str:
    person = db.get(Person, reply.person_id) if reply.ours and reply.person_id else None
    return person.name if person else f"Answered on {source.label}"


def _reply_detail(reply: Reply, source: SourceFacts, now: dt.datetime) -> str:
    if reply.state is ReplyState.QUEUED and reply.send_after is not None:
        left = max(0, int((reply.send_after - now).total_seconds()))
        return f"Goes out in {max(1, -(-left // 60))} min." if left else "Goes out now."
    if reply.state is ReplyState.SENT and reply.source_state == "pending":
        return f"{source.label} has it and decides whether to publish it."
    if reply.state is ReplyState.SENT and source.reply is Door.LINK:
        return f"{source.label} has taken it; no read shows answers there."
    if reply.state is ReplyState.SENT:
        return f"{source.label} has it; it stands as published once a read shows it."
    if reply.state is ReplyState.DRAFT and reply.detail:
        return f"It was not sent: {reply.detail}"
    return reply.detail or ""


def _elsewhere(chosen: Chosen) -> AnswerElsewhere | None:
    if not chosen.answerable or chosen.by_api:
        return None
    target = link_of(chosen.review, chosen.listing)
    label = chosen.source.label
    if chosen.review.supplied_by:
        why = f"This review came in a file, so it is answered on {label}."
    else:
        why = f"{label} takes answers on its own page only."
    done = Act("Mark as answered", act_at(chosen, "answering.mark"))
    return AnswerElsewhere(why, Link(f"Answer on {label}", target), done)


def _acts(chosen: Chosen) -> tuple[Act, ...]:
    if not chosen.actor.may(May.REPLY):
        return ()
    mine = chosen.review.assigned_to == chosen.actor.person_id
    who = "nobody" if mine else "me"
    open_ = chosen.review.status is ReviewStatus.OPEN
    return (
        Act(
            "Give back" if mine else "Assign to me",
            act_at(chosen, "answering.assign"),
            key="a",
            icon="user",
            values=(("to", who),),
        ),
        Act(
            "Close" if open_ else "Open again",
            act_at(chosen, "answering.close" if open_ else "answering.reopen"),
            key="y",
        ),
    )


def _facts(db: Session, chosen: Chosen, now: dt.datetime) -> tuple[FactGroup, ...]:
    review, location = chosen.review, chosen.location
    about = [Fact("Read", exact(review.first_seen_at))]
    if review.assigned_to is not None:
        person = db.get(Person, review.assigned_to)
        about.append(Fact("Assigned to", person.name if person else "somebody who left"))
    groups = [FactGroup("This review", tuple(about))]
    if location is None:
        return tuple(groups)
    listing = chosen.listing
    shown = []
    if listing.rating is not None and readable(listing, now):
        shown.append(
            Fact(chosen.source.label, f"{listing.rating:.1f} of {count(listing.review_count or 0, 'review')}")
        )
    recent = scoped(chosen.actor, Review).where(
        Review.location_id == location.id,
        Review.written_at > now - dt.timedelta(days=30),
        sa.or_(Review.expires_at.is_(None), Review.expires_at > now),
    )
    number = db.scalar(recent.with_only_columns(sa.func.count())) or 0
    low = db.scalar(recent.where(Review.rating <= 2).with_only_columns(sa.func.count())) or 0
    shown.append(Fact("30 days", f"{count(number, 'review')}, {low} low"))
    groups.append(FactGroup(f"{location.code} {place(location)}", tuple(shown), _location_link(location)))
    return tuple(groups)


def _location_link(location: Location) -> Link:
    return Link("See the location", url_for("locations.one", location_id=location.id))


def _events(db: Session, row: Row, now: dt.datetime) -> tuple[Event, ...]:
    query = (
        sa.select(ReviewEvent, Person.name)
        .outerjoin(Person, Person.id == ReviewEvent.person_id)
        .where(ReviewEvent.review_id == row.review.id)
    )
    found = [
        (event.at, EVENTS.get(event.kind, event.kind) + _rated(event) + (f" by {name}" if name else ""))
        for event, name in db.execute(query)
    ]
    reply = row.reply
    if reply is not None:
        if reply.sent_at is not None:
            found.append((reply.sent_at, "Reply sent"))
        if reply.published_at is not None:
            found.append((reply.published_at, "Reply seen at the source"))
    found.sort(key=lambda event: event[0], reverse=True)
    return tuple(Event(age(at, now), text) for at, text in found)


def _rated(event: ReviewEvent) -> str:
    detail = event.detail or {}
    before, after = detail.get("rating_before"), detail.get("rating_after")
    return f", {before:g} → {after:g} stars" if before and after and before != after else ""
