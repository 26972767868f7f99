"""What people do with a review: answer it, take the answer back, note, assign, close."""

from flask import Blueprint, abort, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from listings import audit
from listings.models.person import Person
from listings.source_terms import Door
from reputation import reply as domain
from reputation.inbox import add_note, one, set_status
from reputation.models.reply import Reply, ReplyState
from reputation.models.review import Review, ReviewEvent, ReviewStatus
from web.composing import NOTE_BYTES, conscience, hints
from web.frame import say
from web.inbox import again, seen
from web.inbox_query import address, sight, wanted_from
from web.inbox_thread import Chosen, act_at, chosen_of
from web.refusals import refuse
from web.request import own_transactions, transactions
from web.screens.elements import Act

blueprint = Blueprint("answering", __name__)


@blueprint.post("/inbox/<int:review_id>/reply")
def send(review_id: int) -> ResponseReturnValue:
    """Put the answer into the outbox. What breaks a rule is asked about once, and noted."""
    chosen, text = _chosen(review_id), request.form.get("text", "")
    if chosen.review.supplied_by is not None:
        return again(
            chosen, "note", text, error="It came in a file, so no source takes an answer to it here."
        )
    found = conscience(g.db, chosen, text, g.now)
    broken = sum(doubt.breaks_rule for doubt in found)
    if broken and "sure" not in request.form:
        return again(chosen, "reply", text, found=found, asked=True)
    try:
        reply = domain.send(g.db, chosen.review, text, person_id=g.actor.person_id, now=g.now)
    except domain.Refused as refused:
        return again(chosen, "reply", text, error=str(refused), found=found)
    audit.record(g.db, g.actor, "reply.queued", reply, g.now, detail={"rules_overruled": broken})
    return _back(chosen)


@blueprint.post("/inbox/<int:review_id>/take-back")
def take_back(review_id: int) -> ResponseReturnValue:
    """Stop the answer while it is in the outbox; it stays as a draft."""
    chosen = _chosen(review_id)
    reply = chosen.row.reply
    if reply is None or not domain.take_back(g.db, reply, g.now):
        return refuse("The reply has left already, or was taken back before.", "inbox", "Back to the inbox")
    _event(chosen, "taken_back")
    audit.record(g.db, g.actor, "reply.taken_back", reply, g.now)
    say("Taken back; the text is kept as a draft")
    return _back(chosen)


@blueprint.post("/inbox/<int:review_id>/note")
def note(review_id: int) -> ResponseReturnValue:
    """Write a note for the team."""
    chosen, text = _chosen(review_id), request.form.get("text", "")
    if len(text.encode()) > NOTE_BYTES:
        return again(chosen, "note", text, error=f"A note holds {NOTE_BYTES:,} bytes. Shorten it.")
    try:
        written = add_note(g.db, chosen.review, text, person_id=g.actor.person_id, now=g.now)
    except ValueError as empty:
        return again(chosen, "note", text, error=str(empty))
    audit.record(g.db, g.actor, "review.noted", chosen.review, g.now, detail={"note_id": written.id})
    return _back(chosen)


@blueprint.post("/inbox/<int:review_id>/close")
def close(review_id: int) -> ResponseReturnValue:
    """Nothing more is to be done about it."""
    chosen = _chosen(review_id)
    set_status(g.db, chosen.review, ReviewStatus.CLOSED, person_id=g.actor.person_id, now=g.now)
    audit.record(g.db, g.actor, "review.closed", chosen.review, g.now)
    undo = Act("Undo", act_at(chosen, "answering.reopen"), style="text", key="u")
    say(f"Closed: {chosen.review.author or 'review'}", undo)
    return redirect(address("inbox.index", chosen.wanted), 303)


@blueprint.post("/inbox/<int:review_id>/reopen")
def reopen(review_id: int) -> ResponseReturnValue:
    """It is open again."""
    chosen = _chosen(review_id)
    set_status(g.db, chosen.review, ReviewStatus.OPEN, person_id=g.actor.person_id, now=g.now)
    audit.record(g.db, g.actor, "review.reopened", chosen.review, g.now)
    return _back(chosen)


@blueprint.post("/inbox/<int:review_id>/assign")
def assign(review_id: int) -> ResponseReturnValue:
    """Take a review for oneself, or give it back."""
    chosen = _chosen(review_id)
    released = request.form.get("to") == "nobody"
    chosen.review.assigned_to = None if released else g.db.get_one(Person, g.actor.person_id).id
    _event(chosen, "released" if released else "assigned")
    audit.record(g.db, g.actor, "review.released" if released else "review.assigned", chosen.review, g.now)
    say("Given back" if released else f"Assigned to {g.actor.name}")
    return _back(chosen)


@blueprint.post("/inbox/<int:review_id>/mark")
def mark(review_id: int) -> ResponseReturnValue:
    """It was answered on the source's own page."""
    chosen = _chosen(review_id)
    if chosen.source.reply is Door.API and chosen.review.supplied_by is None:
        return refuse(
            "This source shows answers itself; the next read brings them.", "inbox", "Back to the inbox"
        )
    reply = chosen.row.reply
    if reply is None:
        reply = Reply(
            organization_id=chosen.review.organization_id,
            review_id=chosen.review.id,
            text="",
            created_at=g.now,
            person_id=g.actor.person_id,
        )
        g.db.add(reply)
    reply.state = ReplyState.MARKED
    g.db.flush()
    audit.record(g.db, g.actor, "reply.marked", reply, g.now)
    say("Marked as answered there")
    return _back(chosen)


@blueprint.post("/inbox/<int:review_id>/check")
@own_transactions
def check(review_id: int) -> ResponseReturnValue:
    """What the conscience says to a text while it is typed; reads only, so it never waits for a writer."""
    with transactions().database.read() as db:
        row = one(db, sight(db, g.actor), review_id, g.now)
        if row is None:
            abort(404)
        chosen = chosen_of(db, g.actor, row, wanted_from(request.args))
        found = conscience(db, chosen, request.form.get("text", ""), g.now)
    return render_template("inbox/hints.html", hints=hints(found))


def _chosen(review_id: int) -> Chosen:
    return seen(review_id, wanted_from(request.args))


def _back(chosen: Chosen) -> ResponseReturnValue:
    return redirect(act_at(chosen, "inbox.show"), 303)


def _event(chosen: Chosen, kind: str) -> None:
    review: Review = chosen.review
    g.db.add(ReviewEvent(review_id=review.id, at=g.now, kind=kind, person_id=g.actor.person_id))
    g.db.flush()
