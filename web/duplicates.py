"""Duplicates: what stands twice, side by side, what is done about it, and back again."""

from collections.abc import Callable, Iterable

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from listings import audit
from listings import duplicate_acts as domain
from listings.access import Act as May
from listings.crawl_plan import ask, connected
from listings.duplicates import visible
from listings.models.duplicate import Duplicate, DuplicateKind, DuplicateState
from listings.models.listing import Listing
from listings.models.location import Location
from reputation.ingest import follow_listing
from web.duplicate_list import empty, pairs
from web.found_tabs import DUPLICATE_TABS, limits_act, tabs
from web.frame import say, shell
from web.refusals import refuse
from web.request import one_or_404
from web.screens.duplicates import DuplicatesView
from web.screens.elements import Act
from web.source_words import at_start, source_words
from web.wording import date

blueprint = Blueprint("duplicates", __name__)


@blueprint.get("/duplicates")
def index() -> ResponseReturnValue:
    """The pairs of one state, grouped by source and place."""
    key = request.args.get("tab", "")
    key = key if key in DUPLICATE_TABS else ""
    after = request.args.get("after", default=0, type=int)
    location_id = request.args.get("location", type=int)
    cards, last = pairs(key, after=after, location_id=location_id)
    shown_tabs = tabs(key)
    more = url_for("duplicates.index", tab=key or None, after=last, location=location_id) if last else ""
    view = DuplicatesView(
        fact="One place that stands twice",
        tabs=shown_tabs,
        cards=cards,
        more=more,
        acts=(limits_act(),),
        empty=empty(key, shown_tabs) if not cards and not after else None,
    )
    return render_template("duplicates/index.html", shell=shell("duplicates"), view=view)


@blueprint.post("/duplicates/<int:duplicate_id>/not-duplicate")
def not_duplicate(duplicate_id: int) -> ResponseReturnValue:
    """The two are different places; this pair is never found again."""
    return _decide(
        duplicate_id,
        "not_duplicate",
        lambda row: domain.not_duplicate(g.db, row, person_id=g.actor.person_id, now=g.now),
        "Remembered: this pair is no duplicate and is never found again",
    )


@blueprint.post("/duplicates/<int:duplicate_id>/reported")
def reported(duplicate_id: int) -> ResponseReturnValue:
    """A person has told the source; now it is watched whether it goes."""
    row = _seen(duplicate_id)

    def report(row: Duplicate) -> list[Listing]:
        domain.report(g.db, row, person_id=g.actor.person_id, now=g.now)
        return []

    name = at_start(source_words(row.source)) if row.source else ""
    return _decide(
        duplicate_id, "reported", report, f"{name} was told. We look at each reading whether it is gone"
    )


@blueprint.post("/duplicates/<int:duplicate_id>/keep-other")
def keep_other(duplicate_id: int) -> ResponseReturnValue:
    """Follow the second listing; the first becomes the second."""
    return _decide(
        duplicate_id,
        "kept_other",
        lambda row: domain.keep_other(g.db, row, person_id=g.actor.person_id, now=g.now),
        "The other one is followed now; what was followed before is the duplicate",
    )


@blueprint.post("/duplicates/<int:duplicate_id>/keep/<int:location_id>")
def merge(duplicate_id: int, location_id: int) -> ResponseReturnValue:
    """Two own records are one place: this one stays, the other is neither read nor published."""
    row = _seen(duplicate_id)
    kept = next((one for one in _records(row) if one.id == location_id), None)
    if kept is None:
        _seen_location(location_id)
        return _refused("These are not two records of your own.")
    answer = _decide(
        duplicate_id,
        "merged",
        lambda row: domain.merge(g.db, row, location_id, person_id=g.actor.person_id, now=g.now),
        f"{kept.code} stays. The other record is kept, but neither read nor published",
    )
    _look_again(row)
    return answer


@blueprint.post("/duplicates/<int:duplicate_id>/undo")
def undo(duplicate_id: int) -> ResponseReturnValue:
    """Take back what a person last decided about this pair."""
    row = _seen(duplicate_id)
    was_merged = row.state is DuplicateState.MERGED
    if was_merged and not g.actor.may(May.EDIT_LOCATIONS):
        abort(403)
    try:
        touched = domain.undo(g.db, row, now=g.now)
    except domain.Refused as why:
        return _refused(str(why))
    _follow(touched)
    audit.record(g.db, g.actor, "duplicate.undone", row, g.now, detail={"state": row.state})
    if was_merged:
        _look_again(row)
    say("Taken back: the pair stands as before")
    return redirect(_list_of(row), 303)


def _decide(
    duplicate_id: int, act: str, decide: Callable[[Duplicate], list[Listing]], said: str
) -> ResponseReturnValue:
    row = _seen(duplicate_id)
    back = _list_of(row)
    try:
        touched = decide(row)
    except domain.Refused as why:
        return _refused(str(why))
    _follow(touched)
    audit.record(g.db, g.actor, f"duplicate.{act}", row, g.now, detail={"state": row.state})
    until = f" by {date(row.expected_by, g.now)}" if row.expected_by else ""
    action = url_for("duplicates.undo", duplicate_id=row.id)
    say(said + until, Act("Undo", action, style="text", key="u"))
    return redirect(back, 303)


def _seen(duplicate_id: int) -> Duplicate:
    row: Duplicate | None = g.db.scalar(visible(g.actor).where(Duplicate.id == duplicate_id))
    if row is None:
        abort(404)
    return row


def _seen_location(location_id: int) -> None:
    one_or_404(Location, location_id)


def _records(row: Duplicate) -> list[Location]:
    ids = [one for one in (row.location_id, row.other_location_id) if one is not None]
    if row.kind is not DuplicateKind.LOCATION:
        return []
    return [g.db.get_one(Location, one) for one in ids]


def _follow(touched: Iterable[Listing]) -> None:
    for listing in touched:
        follow_listing(g.db, listing)


def _look_again(row: Duplicate) -> None:
    """What the sources say is compared with the record that stays, and later with both again."""
    ids = [one.id for one in _records(row)]
    for source in connected(g.db, g.actor.organization_id):
        slot = f"asked {g.now:%Y-%m-%dT%H:%M} duplicate {row.id}"
        ask(g.db, g.actor.organization_id, source, slot, ids)


def _list_of(row: Duplicate) -> str:
    """The tab on which a pair stands now."""
    for key, (_, state, kind) in DUPLICATE_TABS.items():
        if state is row.state and kind in (None, row.kind):
            return url_for("duplicates.index", tab=key or None)
    return url_for("duplicates.index")


def _refused(why: str) -> ResponseReturnValue:
    return refuse(why, "duplicates", "Back to the duplicates")
