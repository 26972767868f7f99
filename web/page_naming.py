"""Naming the page of a location's listing at a source: set, taken away, taken back."""

import datetime as dt

from flask import Blueprint, abort, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from listings.crawl_plan import ask, connected
from listings.given_urls import Overtaken, give, take_away, take_back
from listings.listing_pages import BadListingPage
from listings.models.location import Location
from listings.sources import SOURCES, SourceFacts
from web import locations
from web.frame import say
from web.named_pages import Refused, taking_pages
from web.refusals import refuse
from web.request import one_or_404
from web.screens.elements import Act

blueprint = Blueprint("named_pages", __name__)


@blueprint.post("/locations/<int:location_id>/pages/<directory>")
def save(location_id: int, directory: str) -> ResponseReturnValue:
    """Name the page of this place at a source, and read it."""
    location, source = _of(location_id, directory)
    typed = request.form.get(f"page-{source.key}", "")
    try:
        give(g.db, location, source.key, typed, g.now, actor=g.actor)
    except BadListingPage as bad:
        return make_response(locations.page(location, Refused(source.key, typed, str(bad))), 422)
    _read(source, location)
    _said(f"{source.label} page of {location.code} named; it is read now", location, source)
    return _back(location)


@blueprint.post("/locations/<int:location_id>/pages/<directory>/remove")
def remove(location_id: int, directory: str) -> ResponseReturnValue:
    """Name no page any more; what was read from it stays until the source is read again."""
    location, source = _of(location_id, directory)
    take_away(g.db, location, source.key, g.now, actor=g.actor)
    _said(f"{source.label} page of {location.code} taken away", location, source)
    return _back(location)


@blueprint.post("/locations/<int:location_id>/pages/<directory>/undo")
def undo(location_id: int, directory: str) -> ResponseReturnValue:
    """Put back what stood there before the change of the form's moment."""
    location, source = _of(location_id, directory)
    try:
        changed_at = dt.datetime.fromisoformat(request.form.get("at", ""))
        take_back(g.db, location, source.key, changed_at, actor=g.actor, now=g.now)
    except ValueError:
        abort(400)
    except Overtaken as why:
        return refuse(str(why), "locations", "Back to the locations")
    _read(source, location)
    say(f"{source.label} page of {location.code} is as it was before")
    return _back(location)


def _of(location_id: int, directory: str) -> tuple[Location, SourceFacts]:
    location = one_or_404(Location, location_id)
    source = SOURCES.get(directory)
    if source is None or source not in taking_pages():
        abort(404)
    return location, source


def _read(source: SourceFacts, location: Location) -> None:
    if source in connected(g.db, location.organization_id):
        slot = f"named {g.now:%Y-%m-%dT%H:%M:%S} {location.id}"
        ask(g.db, location.organization_id, source, slot, [location.id])


def _said(text: str, location: Location, source: SourceFacts) -> None:
    back = url_for("named_pages.undo", location_id=location.id, directory=source.key)
    say(text, Act("Undo", back, values=(("at", g.now.isoformat()),)))


def _back(location: Location) -> ResponseReturnValue:
    return redirect(url_for("locations.one", location_id=location.id, _anchor="pages"), 303)
