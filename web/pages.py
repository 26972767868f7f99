"""Pages & widgets: every location's public page, and the widgets for other people's pages."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from listings import audit
from listings.access import Act as May
from listings.access import scoped
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.organization import Organization
from listings.records import OpenStatus
from reputation.models.widget import Widget
from reputation.publish import PUBLIC_SOURCES
from reputation.widgets import WidgetOptions, change, create
from web import widget_form
from web.frame import say, shell
from web.places import place
from web.request import one_or_404
from web.screens.elements import Act, Banner, Empty, Link
from web.screens.pages import PageRow, PagesView
from web.widget_data import absolute
from web.widget_editor import WIDTHS, editor
from web.widget_form import Given
from web.wording import count, number

blueprint = Blueprint("pages", __name__)

AT_ONCE = 100
"""Location pages on one screen."""


@blueprint.get("/pages")
def index() -> ResponseReturnValue:
    """The first widget with everything about it, then the location pages."""
    first = g.db.scalar(scoped(g.actor, Widget).order_by(Widget.id).limit(1))
    return _page(first)


@blueprint.get("/pages/widgets/<int:widget_id>")
def show(widget_id: int) -> ResponseReturnValue:
    """One widget."""
    return _page(one_or_404(Widget, widget_id))


@blueprint.post("/pages/widgets")
def add() -> ResponseReturnValue:
    """A new widget of every location, to be changed next."""
    widget = create(
        g.db, g.actor.organization_id, name="Reviews", location_ids=[], options=WidgetOptions(), now=g.now
    )
    audit.record(g.db, g.actor, "widget.created", widget, g.now)
    say("A new widget; choose what it shows")
    return redirect(url_for("pages.show", widget_id=widget.id), 303)


@blueprint.post("/pages/widgets/<int:widget_id>")
def save(widget_id: int) -> ResponseReturnValue:
    """Take the options of a form; the widget's address stays."""
    widget = one_or_404(Widget, widget_id)
    given = widget_form.read(request.form, {each.code: each for each in _locations()}, widget)
    if given.errors or given.options is None:
        return make_response(_page(widget, given), 422)
    change(widget, given.name, given.location_ids, given.options, g.now)
    audit.record(g.db, g.actor, "widget.changed", widget, g.now)
    say("Saved; pages that embed it show it on their next load")
    return redirect(url_for("pages.show", widget_id=widget.id), 303)


def _page(widget: Widget | None, given: Given | None = None) -> str:
    locations = _locations()
    total = len(locations)
    widgets = g.db.scalars(scoped(g.actor, Widget).order_by(Widget.id)).all()
    view = PagesView(
        fact=f"{count(total, 'location page')}, {count(len(widgets), 'widget')}",
        pages=_rows(locations),
        widget=editor(g.db, g.actor, widget, locations, width=_width(), now=g.now, given=given)
        if widget is not None
        else None,
        acts=_acts(widgets, widget),
        banner=_banner(total),
        empty=_empty(total),
    )
    return render_template("pages/index.html", shell=shell("pages"), view=view)


def _width() -> int:
    wanted = request.args.get("w", "")
    return int(wanted) if wanted in {str(each) for each in WIDTHS} else 600


def _acts(widgets: Sequence[Widget], shown: Widget | None) -> tuple[Act, ...]:
    others = tuple(
        Act(widget.name, url_for("pages.show", widget_id=widget.id), "get", "quiet")
        for widget in widgets[:5]
        if shown is None or widget.id != shown.id
    )
    if not g.actor.may(May.PUBLISH):
        return others
    return (*others, Act("New widget", url_for("pages.add"), icon="plus"))


def _locations() -> Sequence[Location]:
    found: Sequence[Location] = g.db.scalars(scoped(g.actor, Location).order_by(Location.code)).all()
    return found


def _after() -> str:
    return request.args.get("after", "")


def _rows(locations: Sequence[Location]) -> tuple[PageRow, ...]:
    page = [location for location in locations if location.code > _after()][:AT_ONCE]
    organization = g.db.get_one(Organization, g.actor.organization_id)
    query = (
        sa.select(Listing.location_id, sa.func.sum(Listing.review_count))
        .where(
            Listing.location_id.in_([each.id for each in page]),
            Listing.source.in_(PUBLIC_SOURCES),
            Listing.missing_since.is_(None),
        )
        .group_by(Listing.location_id)
    )
    totals = {place_id: total or 0 for place_id, total in g.db.execute(query)}
    return tuple(
        PageRow(
            code=each.code,
            place=place(each),
            edit=url_for("locations.one", location_id=each.id),
            public=Link("Open", absolute("public.location", site=organization.public_id, code=each.code)),
            state="Permanently closed" if each.status == OpenStatus.CLOSED else "Public",
            reviews=f"{number(totals.get(each.id, 0))} at the source",
        )
        for each in page
    )


def _banner(total: int) -> Banner | None:
    left = [each for each in _locations() if each.code > _after()] if total > AT_ONCE else []
    if len(left) <= AT_ONCE:
        return None
    more = url_for(
        request.endpoint or "pages.index", **(request.view_args or {}), after=left[AT_ONCE - 1].code
    )
    return Banner("wait", f"{AT_ONCE} of {number(total)} location pages stand here.", link=Link("More", more))


def _empty(total: int) -> Empty | None:
    if total:
        return None
    return Empty("No location page yet", "Each location gets its page as soon as locations are imported.")
