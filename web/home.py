"""Home: what waits for this person, worst first, and how it stands."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue

from listings.access import scoped
from listings.models.listing import Listing
from listings.models.organization import Organization
from listings.severity import Severity
from web import home_list, home_rail
from web.frame import addresses, shell
from web.mismatch_query import Tab, Wanted, facets
from web.screens.elements import Act, Empty
from web.screens.home import HomeView, TodoSection
from web.wording import count, date

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The to-do list, with the numbers beside it."""
    found = facets(g.db, g.actor, Wanted(), g.now)
    back = sum(facet.count for facet in found if facet.tab is Tab.CAME_BACK)
    worst = sum(
        facet.count for facet in found if facet.tab is Tab.OPEN and facet.severity is Severity.CRITICAL
    )
    sections = (
        home_list.came_back(g.db, g.actor, g.now, total=back),
        home_list.critical(g.db, g.actor, g.now, total=worst),
        home_list.waiting(g.db, g.actor, g.now),
        home_list.ill_sources(g.db, g.actor, g.now),
    )
    filled = _next_best(tuple(section for section in sections if section.todos))
    stats = home_rail.stats(g.db, g.actor, found, g.now)
    zone = g.db.scalar(sa.select(Organization.time_zone).where(Organization.id == g.actor.organization_id))
    today = g.now.astimezone(ZoneInfo(zone or "UTC"))
    view = HomeView(
        heading=f"{today:%A, %B} {today.day}",
        fact=_fact(filled),
        sections=filled,
        stats=stats,
        done_since=date(g.now - home_rail.LATELY, g.now),
        done=home_rail.done(g.db, g.actor, g.now),
        empty=None if filled else _empty(),
    )
    return render_template("home.html", shell=shell("home"), view=view)


def _next_best(sections: tuple[TodoSection, ...]) -> tuple[TodoSection, ...]:
    """The same with the very first act as the screen's one filled button."""
    if not sections:
        return ()
    first = sections[0]
    todo = replace(first.todos[0], act=replace(first.todos[0].act, style="filled"))
    return (replace(first, todos=(todo, *first.todos[1:])), *sections[1:])


def _fact(sections: tuple[TodoSection, ...]) -> str:
    things = sum(section.count for section in sections)
    if not things:
        return "Nothing waits for you."
    return f"{count(things, 'thing')} {'waits' if things == 1 else 'wait'} for you. The rest is running."


def _empty() -> Empty:
    if g.db.scalar(sa.select(scoped(g.actor, Listing).exists())):
        return Empty(
            "Nothing waits for you", "What comes back, breaks or asks for an answer stands here at once."
        )
    sources = addresses().get("sources", "")
    act = Act("Connect a source", sources, "get", "filled") if sources else None
    return Empty(
        "Nothing was read yet",
        "Import your locations and connect a source; we compare what it says about each place with your record. "
        "The first differences show minutes after the first read.",
        act,
        Act("Locations", url_for("locations.index"), "get"),
    )
