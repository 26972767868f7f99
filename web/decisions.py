"""What people decide about mismatches: one row, marked rows or a whole cause, and back again.

Every form goes to an address that carries the list it came from, so that the answer is the list
again, at the next row. What was done is told by a toast that takes it back.
"""

import datetime as dt
from collections.abc import Callable

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from listings import audit, link
from listings import fix as domain
from listings.access import Actor
from listings.crawl_plan import ask, connected
from listings.models.mismatch import Mismatch, MismatchState
from listings.sources import facts
from reputation.ingest import follow_listing
from web.frame import say, shell
from web.marked import Marked, marked_rows
from web.mismatch_preview import preview
from web.mismatch_query import Found, one, wanted_from
from web.places import place
from web.refusals import refuse
from web.screens.elements import Act
from web.source_words import at_start, source_words
from web.taking_back import take_back, taken_back_at
from web.values import FIELD_NAMES
from web.wording import count

blueprint = Blueprint("decisions", __name__)

ASK_FROM = 50
"""More rows than this are shown before anything is done to them."""
AT_ONCE = 200
"""Rows that one request may decide: more would hold the database's only write lock too long."""


def _fix(db: Session, actor: Actor, found: Found, now: dt.datetime) -> None:
    domain.send_fix(db, found.mismatch, person_id=actor.person_id, now=now)


def _accept(db: Session, actor: Actor, found: Found, now: dt.datetime) -> None:
    domain.accept(db, found.mismatch, person_id=actor.person_id, now=now)


def _dismiss(db: Session, actor: Actor, found: Found, now: dt.datetime) -> None:
    domain.dismiss(db, found.mismatch, person_id=actor.person_id, now=now)


def _record_wrong(db: Session, actor: Actor, found: Found, now: dt.datetime) -> None:
    domain.record_is_wrong(db, found.mismatch, person_id=actor.person_id, now=now)
    for source in connected(db, actor.organization_id):
        _look_again(db, found.location.id, source.key, now)


def _not_ours(db: Session, actor: Actor, found: Found, now: dt.datetime) -> None:
    if found.listing.location_id != found.location.id:
        raise domain.Refused("This listing doesn’t belong to this location any more.")
    link.rule(db, found.listing, found.location.id, False, actor.person_id, now)
    follow_listing(db, found.listing)


def _reopen(db: Session, actor: Actor, found: Found, now: dt.datetime) -> None:
    take_back(db, actor, found.mismatch, now)


Decide = Callable[[Session, Actor, Found, dt.datetime], None]

DECISIONS: dict[str, tuple[Decide, str]] = {
    "fix": (_fix, "Fix under way"),
    "accept": (_accept, "Accepted"),
    "dismiss": (_dismiss, "Dismissed"),
    "record_wrong": (_record_wrong, "Record changed"),
    "not_ours": (_not_ours, "Not ours"),
    "reopen": (_reopen, "Open again"),
}
"""What can be decided: how it is done, and the first words of its toast."""
FOR_MANY = ("fix", "accept", "reopen")


@blueprint.post("/mismatches/<int:mismatch_id>/fix")
def fix(mismatch_id: int) -> ResponseReturnValue:
    """Send the record's value to the source, or note that somebody entered it there."""
    return _one(mismatch_id, "fix")


@blueprint.post("/mismatches/<int:mismatch_id>/accept")
def accept(mismatch_id: int) -> ResponseReturnValue:
    """This pair of values may stay."""
    return _one(mismatch_id, "accept")


@blueprint.post("/mismatches/<int:mismatch_id>/dismiss")
def dismiss(mismatch_id: int) -> ResponseReturnValue:
    """No mismatch at all."""
    return _one(mismatch_id, "dismiss")


@blueprint.post("/mismatches/<int:mismatch_id>/record-wrong")
def record_wrong(mismatch_id: int) -> ResponseReturnValue:
    """The source is right: its value goes into the record, and every source is asked again."""
    return _one(mismatch_id, "record_wrong")


@blueprint.post("/mismatches/<int:mismatch_id>/not-ours")
def not_ours(mismatch_id: int) -> ResponseReturnValue:
    """The listing describes another place: all its rows go."""
    return _one(mismatch_id, "not_ours")


@blueprint.post("/mismatches/<int:mismatch_id>/undo")
def undo(mismatch_id: int) -> ResponseReturnValue:
    """Take back what a person last decided on this row."""
    return _one(mismatch_id, "reopen")


@blueprint.post("/mismatches/<int:mismatch_id>/check")
def check(mismatch_id: int) -> ResponseReturnValue:
    """Ask the source again now; the answer comes by a worker."""
    found = _seen(mismatch_id)
    source = facts(found.mismatch.source)
    if source not in connected(g.db, g.actor.organization_id):
        return _refuse(f"{at_start(source_words(source.key))} isn’t connected, so it can’t be asked.")
    _look_again(g.db, found.location.id, source.key, g.now)
    audit.record(g.db, g.actor, "mismatch.checked", found.mismatch, g.now)
    say(
        f"{at_start(source_words(source.key))} is asked again about {found.location.code}; it takes some seconds"
    )
    values = wanted_from(request.args).values()
    return redirect(url_for("mismatches.show", mismatch_id=mismatch_id, **values), 303)


@blueprint.post("/mismatches/many/<any(fix, accept, reopen):act>")
def many(act: str) -> ResponseReturnValue:
    """Do it to every marked row: ids, and keys of whole groups. Many are shown before they are done."""
    marked = marked_rows(
        g.db, g.actor, request.form.getlist("marks"), wanted_from(request.args), g.now, limit=AT_ONCE
    )
    if marked is None:
        abort(404)
    if not marked.rows:
        return _refuse("Nothing is marked. Mark rows first.")
    if marked.total > ASK_FROM and "confirmed" not in request.form:
        return _ask(act, marked)
    return _all(act, marked)


@blueprint.post("/mismatches/undo")
def undo_moment() -> ResponseReturnValue:
    """Take back everything this person decided in one go, told by its moment."""
    try:
        at = dt.datetime.fromisoformat(request.form.get("at", ""))
    except ValueError:
        return _refuse("The page that asked for this is too old. Nothing was changed.")
    if at.tzinfo is None:
        return _refuse("The page that asked for this is too old. Nothing was changed.")
    rows, refused = taken_back_at(g.db, g.actor, at, g.now)
    if not rows:
        return _refuse(refused or "It was taken back already.")
    audit.record_all(g.db, g.actor, "mismatch.undone", [(row, {"state": row.state}) for row in rows], g.now)
    say(f"Taken back: {count(len(rows), 'row')} as before")
    values = wanted_from(request.args).values()
    return redirect(url_for("mismatches.show", mismatch_id=rows[0].id, **values), 303)


def _one(mismatch_id: int, name: str) -> ResponseReturnValue:
    found = _seen(mismatch_id)
    decide, said = DECISIONS[name]
    try:
        decide(g.db, g.actor, found, g.now)
    except domain.Refused as refused:
        return _refuse(str(refused))
    _note(name, found.mismatch)
    row = found.mismatch
    where = f"{found.location.code} {place(found.location)} on {source_words(row.source)}"
    say(f"{_said(said, row)}: {FIELD_NAMES[row.field]} of {where}", None if name == "reopen" else _undo())
    return redirect(_next(), 303)


def _said(said: str, row: Mismatch) -> str:
    if row.state is MismatchState.FIX_SENT:
        return "Fix sent"
    return "Waits for the source" if row.state is MismatchState.WAITING else said


def _all(name: str, marked: Marked) -> ResponseReturnValue:
    decide, said = DECISIONS[name]
    done: list[Mismatch] = []
    reason = ""
    for found in marked.rows:
        try:
            decide(g.db, g.actor, found, g.now)
        except domain.Refused as refused:
            reason = str(refused)
            continue
        done.append(found.mismatch)
    if not done:
        return _refuse(reason)
    told = [(row, {"state": row.state}) for row in done]
    audit.record_all(g.db, g.actor, f"mismatch.{name}", told, g.now)
    left = marked.total - len(done)
    rest = f"; {count(left, 'row')} left as before" if left else ""
    say(f"{said}: {count(len(done), 'row')}{rest}", None if name == "reopen" else _undo())
    return redirect(url_for("mismatches.index", **wanted_from(request.args).values(after=None, shown=0)), 303)


def _ask(name: str, marked: Marked) -> ResponseReturnValue:
    values = wanted_from(request.args).values()
    action = url_for("decisions.many", act=name, **values)
    view = preview(name, marked, action, url_for("mismatches.index", **values), at_once=AT_ONCE, now=g.now)
    return render_template("mismatches/preview.html", shell=shell("mismatches"), view=view)


def _seen(mismatch_id: int) -> Found:
    found = one(g.db, g.actor, mismatch_id)
    if found is None:
        abort(404)
    return found


def _note(name: str, row: Mismatch) -> None:
    audit.record(g.db, g.actor, f"mismatch.{name}", row, g.now, detail={"state": row.state})


def _undo() -> Act:
    values = wanted_from(request.args).values()
    action = url_for("decisions.undo_moment", **values)
    return Act("Undo", action, style="text", key="u", values=(("at", g.now.isoformat()),))


def _next() -> str:
    """The next row of the list, as the page knew it; the list when nothing comes after."""
    values = wanted_from(request.args).values()
    following = request.args.get("next", "")
    if following.isascii() and following.isdigit() and one(g.db, g.actor, int(following[:18])) is not None:
        return url_for("mismatches.show", mismatch_id=int(following[:18]), **values)
    # Without a next one the first group opens again: the one that was open may be empty now.
    return url_for("mismatches.index", **wanted_from(request.args).values(opened="", after=None, shown=0))


def _look_again(db: Session, location_id: int, source: str, now: dt.datetime) -> None:
    # Pressed twice within a minute it is one question.
    ask(
        db, g.actor.organization_id, facts(source), f"asked {now:%Y-%m-%dT%H:%M} {location_id}", [location_id]
    )


def _refuse(why: str) -> ResponseReturnValue:
    return refuse(why, "mismatches", "Back to the mismatches")
