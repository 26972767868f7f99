"""What the world sees without a log-in: an organization's locations and each one's own page."""

import sqlalchemy as sa
from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from listings.models.location import Location
from listings.models.organization import Organization
from listings.records import OpenStatus
from web.public_page import address_lines, public_page, title_of
from web.screens.public import PublicIndex, PublicPlace
from web.widget_data import absolute

blueprint = Blueprint("public", __name__)

AT_ONCE = 200
"""Locations on one page of the list."""


@blueprint.get("/p/<site>")
def index(site: str) -> ResponseReturnValue:
    """Every location with the way to its page."""
    organization = _organization(site)
    after = request.args.get("after", "")
    query = sa.select(Location).where(
        Location.organization_id == organization.id,
        Location.status != OpenStatus.CLOSED,
        Location.duplicate_of.is_(None),
        Location.code > after,
    )
    found = g.db.scalars(query.order_by(Location.code).limit(AT_ONCE + 1)).all()
    view = PublicIndex(
        brand=organization.name,
        canonical=absolute("public.index", site=site),
        places=tuple(
            PublicPlace(
                title_of(location),
                ", ".join(address_lines(location)),
                absolute("public.location", site=site, code=location.code),
            )
            for location in found[:AT_ONCE]
        ),
        more=found[AT_ONCE - 1].code if len(found) > AT_ONCE else "",
        language=organization.locale.replace("_", "-"),
    )
    return revalidated(render_template("public/index.html", view=view))


@blueprint.get("/p/<site>/<path:code>")
def location(site: str, code: str) -> ResponseReturnValue:
    """One location: how to reach it, when, and what customers say."""
    organization = _organization(site)
    found = g.db.scalar(
        sa.select(Location).where(Location.organization_id == organization.id, Location.code == code)
    )
    if found is None:
        abort(404)
    if found.duplicate_of is not None:
        kept = g.db.get_one(Location, found.duplicate_of)
        return redirect(url_for("public.location", site=site, code=kept.code), 302)
    view = public_page(g.db, organization, found, g.now)
    return revalidated(render_template("public/location.html", view=view))


def revalidated(body: str) -> Response:
    """An answer that caches may keep but have to ask about each time: it holds customers' words."""
    response = make_response(body)
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def _organization(site: str) -> Organization:
    found: Organization | None = g.db.scalar(sa.select(Organization).where(Organization.public_id == site))
    if found is None:
        abort(404)
    return found
