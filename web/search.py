"""Search over everything a person may see: screens, locations, reviews."""

import sqlalchemy as sa
from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from listings.access import scoped
from listings.models.location import Location
from reputation.models.review import Review
from web.frame import addresses, shell
from web.location_list import Search, found
from web.places import address, place
from web.screens.search import Hit, HitGroup, SearchView
from web.screens.shell import MAIN

blueprint = Blueprint("search", __name__)

SHOWN = 8
"""Hits of one kind; more are a link away."""
LONGEST = 200
EXCERPT = 160


@blueprint.get("/search")
def index() -> ResponseReturnValue:
    """What the words lead to; a store code leads straight to its location."""
    words = request.args.get("q", "").strip()[:LONGEST]
    if words:
        code = g.db.scalar(scoped(g.actor, Location).where(Location.code == words))
        if code is not None:
            return redirect(url_for("locations.one", location_id=code.id), 303)
    groups = (_screens(words), _locations(words), _reviews(words)) if words else ()
    view = SearchView(words, url_for("search.index"), tuple(group for group in groups if group.hits))
    return render_template("search.html", shell=shell("search"), view=view)


def _screens(words: str) -> HitGroup:
    known = addresses()
    hits = (
        Hit(each.label, "", known[each.key])
        for _, places in MAIN
        for each in places
        if each.key in known and words.casefold() in each.label.casefold()
    )
    return HitGroup("Screens", tuple(hits))


def _locations(words: str) -> HitGroup:
    query = found(g.actor, Search(words)).order_by(Location.code).limit(SHOWN + 1)
    rows = g.db.scalars(query).all()
    hits = tuple(
        Hit(
            f"{row.code} {place(row)}",
            f"{row.name}, {address(row)}",
            url_for("locations.one", location_id=row.id),
        )
        for row in rows[:SHOWN]
    )
    return HitGroup("Locations", hits, url_for("locations.index", q=words) if len(rows) > SHOWN else "")


def _reviews(words: str) -> HitGroup:
    inbox = addresses().get("inbox", "")
    if not inbox:
        return HitGroup("Reviews", ())
    query = (
        scoped(g.actor, Review)
        .where(
            sa.or_(Review.expires_at.is_(None), Review.expires_at > g.now),
            sa.or_(
                Review.text.icontains(words, autoescape=True), Review.author.icontains(words, autoescape=True)
            ),
        )
        .order_by(Review.written_at.desc(), Review.id.desc())
        .limit(SHOWN)
    )
    hits = tuple(
        Hit(row.author or "A customer", (row.text or "")[:EXCERPT], f"{inbox}/{row.id}")
        for row in g.db.scalars(query)
    )
    every = url_for("inbox.index", tab="all", q=words) if len(hits) == SHOWN else ""
    return HitGroup("Reviews", hits, every)
