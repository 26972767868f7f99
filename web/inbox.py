"""Inbox: what customers wrote, as a list to work through, and one of them with its answer."""

from flask import Blueprint, abort, g, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from listings.access import Act as May
from listings.access import scoped
from reputation.conscience import Doubt
from reputation.inbox import Row, Tab, one
from reputation.models.reply import Reply, ReplyState
from reputation.models.review import Review
from reputation.reply import OUTBOX
from web import inbox_list as lists
from web.composing import composer
from web.frame import shell
from web.inbox_list import Listed, listed
from web.inbox_query import Wanted, address, sight, wanted_from
from web.inbox_thread import Chosen, chosen_of, thread
from web.screens.elements import Act, Link, NothingFound
from web.screens.inbox import Composer, InboxView, Outbox, ThreadView
from web.wording import count, number

blueprint = Blueprint("inbox", __name__)


@blueprint.get("/inbox")
def index() -> ResponseReturnValue:
    """The list, with its first review beside it."""
    wanted = wanted_from(request.args)
    page = listed(g.db, g.actor, wanted, g.now)
    chosen = chosen_of(g.db, g.actor, page.rows[0], wanted) if page.rows else None
    return _page(page, chosen, detail=False)


@blueprint.get("/inbox/<int:review_id>")
def show(review_id: int) -> ResponseReturnValue:
    """One review; on a phone alone."""
    wanted = wanted_from(request.args)
    return _page(listed(g.db, g.actor, wanted, g.now), seen(review_id, wanted), detail=True)


def seen(review_id: int, wanted: Wanted) -> Chosen:
    """The review of that id in the actor's sight; 404 otherwise."""
    row = one(g.db, sight(g.db, g.actor), review_id, g.now)
    if row is None:
        abort(404)
    return chosen_of(g.db, g.actor, row, wanted)


def again(
    chosen: Chosen,
    kind: str,
    text: str,
    *,
    error: str = "",
    found: list[Doubt] | None = None,
    asked: bool = False,
) -> ResponseReturnValue:
    """The thread with what was typed, and why it was not taken (422: nothing was changed)."""
    written = composer(g.db, chosen, kind, text=text, error=error, found=found or (), asked=asked)
    page = listed(g.db, g.actor, chosen.wanted, g.now)
    return make_response(_page(page, chosen, detail=True, written=written), 422)


def _page(page: Listed, chosen: Chosen | None, *, detail: bool, written: Composer | None = None) -> str:
    pane = _thread(page, chosen, written) if chosen else None
    empty, nothing = lists.nothing(g.db, g.actor, page, sight(g.db, g.actor), g.now)
    if empty and pane:
        everything = Link("All reviews", address("inbox.index", page.wanted, {"tab": "all"}))
        empty, nothing = None, NothingFound("Nothing else waits here.", everything)
    view = InboxView(
        fact=_fact(page),
        tabs=lists.tabs(page),
        rows=lists.list_rows(page, chosen.review.id if chosen else None, g.now),
        chips=lists.chips(g.db, g.actor, page, g.now),
        thread=pane,
        detail=detail,
        outbox=_outbox(page.wanted),
        older=lists.older(page),
        empty=empty,
        nothing_found=nothing,
        search=lists.search(page),
    )
    return render_template("inbox/index.html", shell=shell("inbox"), view=view)


def _fact(page: Listed) -> str:
    return f"{number(page.counts[Tab.UNANSWERED])} unanswered"


def _thread(page: Listed, chosen: Chosen, written: Composer | None) -> ThreadView:
    kind = request.args.get("kind", "")
    if written is None:
        written = composer(g.db, chosen, kind if kind in ("reply", "note") else "")
    return thread(g.db, chosen, written, _neighbours(page.rows, chosen, page.wanted), g.now)


def _neighbours(rows: list[Row], chosen: Chosen, wanted: Wanted) -> tuple[str, str]:
    ids = [row.review.id for row in rows]
    if chosen.review.id not in ids:
        return "", ""
    at = ids.index(chosen.review.id)
    links = [
        address("inbox.show", wanted, review_id=ids[other]) if 0 <= other < len(ids) else ""
        for other in (at - 1, at + 1)
    ]
    return links[0], links[1]


def _outbox(wanted: Wanted) -> Outbox | None:
    """The next reply that leaves, as long as it can be taken back, with how many follow it."""
    waiting = g.db.execute(
        scoped(g.actor, Reply)
        .join(Review, Review.id == Reply.review_id)
        .where(Reply.state == ReplyState.QUEUED, Reply.send_after > g.now)
        .order_by(Reply.send_after.desc(), Reply.id.desc())
        .with_only_columns(Reply, Review.author)
    ).all()
    if not waiting or not g.actor.may(May.REPLY):
        return None
    reply, author = waiting[0]
    left = (reply.send_after - g.now).total_seconds()
    more = f", {count(len(waiting) - 1, 'other')} before it" if len(waiting) > 1 else ""
    action = url_for("answering.take_back", review_id=reply.review_id, **wanted.values())
    return Outbox(
        f"Reply to {author or 'somebody'}",
        f"goes out in {max(1, round(left / 60))} min{more}",
        1 - left / OUTBOX.total_seconds(),
        Act("Take back", action, key="u"),
    )
