"""The frame of a signed-in page, filled from the database: who, where, and the way to every screen."""

import sqlalchemy as sa
from flask import current_app, g, url_for

from listings.access import visible_locations
from listings.models.organization import Organization
from web.screens.shell import Shell, Toast, navigation

ENDPOINTS = {
    key: f"{key}.index"
    for key in ("home", "locations", "mismatches", "sources", "inbox", "pages", "duplicates")
}
"""Place of the navigation to the endpoint of its screen; what isn't there yet is left out."""


def shell(current: str, *, toast: Toast | None = None, status: str = "") -> Shell:
    """The frame round the screen of place `current` ("settings" is in none), for `g.actor`."""
    actor, db = g.actor, g.db
    count = db.scalar(sa.select(sa.func.count()).select_from(visible_locations(actor).subquery()))
    addresses = {
        key: url_for(endpoint)
        for key, endpoint in ENDPOINTS.items()
        if endpoint in current_app.view_functions
    }
    return Shell(
        organization=db.scalar(sa.select(Organization.name).where(Organization.id == actor.organization_id)),
        scope="1 location" if count == 1 else f"{count:,} locations",
        person=actor.name,
        role=actor.role.value,
        navigation=navigation(addresses, current),
        logout=url_for("login.leave"),
        settings=url_for("account.show"),
        toast=toast,
        status=status,
    )
