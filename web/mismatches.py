"""Mismatches: one list of differences, and the pane beside it that proves and mends one."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from flask import Blueprint, abort, g, render_template, request
from flask.typing import ResponseReturnValue

from listings.models.crawl import SourceState
from web import mismatch_list as lists
from web.ages import age_of
from web.frame import shell
from web.mismatch_list import Listed, around
from web.mismatch_pane import pane
from web.mismatch_query import (
    CLOSED,
    PAGE,
    TAB_OF,
    Found,
    Wanted,
    facets,
    groups,
    key_of,
    one,
    rows,
    wanted_from,
)
from web.screens.mismatches import MismatchesView
from web.wording import count

blueprint = Blueprint("mismatches", __name__)


@blueprint.get("/mismatches")
def index() -> ResponseReturnValue:
    """The list, its first open row in the pane."""
    return _page(wanted_from(request.args), None)


@blueprint.get("/mismatches/<int:mismatch_id>")
def show(mismatch_id: int) -> ResponseReturnValue:
    """One row in the pane; on a phone alone."""
    found = one(g.db, g.actor, mismatch_id)
    if found is None:
        abort(404)
    wanted = wanted_from(request.args)
    if "state" not in request.args:
        wanted = replace(wanted, tab=TAB_OF[found.mismatch.state])
    return _page(wanted, found)


def _page(wanted: Wanted, chosen: Found | None) -> str:
    db, actor, now = g.db, g.actor, g.now
    page = groups(db, actor, wanted, now)
    opened = wanted.opened or (key_of(chosen.mismatch, wanted.by) if chosen is not None else "")
    if not opened and page:
        opened = page[0].key
    shown = rows(db, actor, wanted, opened, now) if opened not in ("", CLOSED) else []
    detail = chosen is not None
    if chosen is None and shown:
        chosen = shown[0]
    listed = Listed(
        actor=actor,
        now=now,
        wanted=wanted,
        facets=facets(db, actor, wanted, now),
        groups=page,
        opened=opened,
        rows=shown,
        selected=chosen.mismatch.id if chosen else None,
    )
    view = _view(listed, chosen, detail=detail)
    return render_template("mismatches/index.html", shell=shell("mismatches"), view=view)


def _view(listed: Listed, chosen: Found | None, *, detail: bool) -> MismatchesView:
    sources, read_at = _read()
    empty, nothing_found = lists.nothing(listed, read=read_at is not None)
    shown = pane(g.db, listed, chosen, around(listed.rows[:PAGE], chosen.mismatch.id)) if chosen else None
    return MismatchesView(
        fact=f"{count(sources, 'source')} · read {age_of(read_at, g.now).text} ago"
        if read_at
        else "nothing read yet",
        tabs=lists.tabs(listed),
        grouping=lists.grouping(listed),
        severities=lists.severities(listed),
        sources=lists.sources(listed),
        groups=lists.groups(listed),
        more_groups=lists.more_groups(listed),
        pane=shown,
        detail=detail,
        acts=(shown.check,) if shown and shown.check else (),
        bulk=lists.bulk(listed),
        empty=empty if chosen is None else None,
        nothing_found=nothing_found,
    )


def _read() -> tuple[int, dt.datetime | None]:
    """How many sources were ever read, and when the last one was."""
    state = SourceState
    query = sa.select(sa.func.count(), sa.func.max(state.last_ok_at)).where(
        state.organization_id == g.actor.organization_id, state.last_ok_at.is_not(None)
    )
    sources, read_at = g.db.execute(query).one()
    return sources, read_at
