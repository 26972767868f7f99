"""A widget's contents from the database, in the form that every way to embed it shows."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from flask import current_app, url_for
from sqlalchemy.orm import Session

from listings.models.location import Location
from listings.models.organization import Organization
from reputation.models.widget import Widget
from reputation.publish import Selection
from reputation.widgets import WidgetOptions
from web.published import Shown, grades, shown
from web.screens.elements import Link
from web.screens.public import Accent, WidgetData


def options_of(widget: Widget) -> WidgetOptions:
    """The widget's options, the defaults where none was set. Raises BadOptions for what is none."""
    return WidgetOptions.parse(widget.options)


def selection_of(session: Session, widget: Widget) -> Selection:
    """Which reviews a widget asks for; without locations of its own those of the whole organization."""
    options = options_of(widget)
    # The second record of a place stands for the one that stays.
    place = sa.func.coalesce(Location.duplicate_of, Location.id)
    wanted = sa.select(place).where(Location.organization_id == widget.organization_id)
    if widget.location_ids:
        wanted = wanted.where(Location.id.in_(widget.location_ids))
    ids = tuple(session.scalars(wanted.distinct().order_by(place)))
    return Selection(ids, options.limit, options.min_rating, options.with_text_only)


def contents(session: Session, widget: Widget, now: dt.datetime) -> tuple[WidgetData, Shown]:
    """What the widget shows now."""
    organization = session.get_one(Organization, widget.organization_id)
    selection = selection_of(session, widget)
    found = shown(session, organization.id, selection, now, by=f"Answer of {organization.name}")
    options = options_of(widget)
    ratings = found.ratings
    if len(selection.location_ids) == 1:
        # A grade is one location's: among several it would stand for none of them.
        ratings += grades(session, organization.id, selection.location_ids[0], now)
    data = WidgetData(
        public_id=widget.public_id,
        name=f"Reviews of {organization.name}",
        kind=options.kind,
        head=ratings[0] if ratings else None,
        others=ratings[1:],
        reviews=found.reviews if options.kind == "list" else (),
        selection=found.words,
        read_all=Link("Read all", home_of(session, widget, organization)),
        accent=Accent(options.accent, options.on_dark),
        language=organization.locale.replace("_", "-"),
    )
    return data, found


def home_of(session: Session, widget: Widget, organization: Organization) -> str:
    """The page of ours with more than the widget shows: the location's own, or the list of them."""
    if len(widget.location_ids) == 1:
        location = session.get(Location, widget.location_ids[0])
        if location is not None and location.organization_id == organization.id:
            return absolute("public.location", site=organization.public_id, code=location.code)
    return absolute("public.index", site=organization.public_id)


def absolute(endpoint: str, **values: Any) -> str:
    """The address of a public page as the world knows this installation."""
    return str(current_app.config["PUBLIC_URL"]) + url_for(endpoint, **values)
