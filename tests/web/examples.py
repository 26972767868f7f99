"""What the matrix puts into addresses and forms.

A route whose address has a parameter that `World.places` doesn't name needs a row in PARAMETERS; a
route that takes ids in its form needs one in FORMS.
"""

from tests.web.world import World

PARAMETERS: dict[str, str] = {
    "filename": "app.css",
    "token": "not-a-token",
    "secret": "the-address-that-yelp-would-be-told",
    "source": "google",
    "directory": "bbb",
    "act": "accept",
}
"""URL parameters that belong to no place, with a value for everybody."""

FORMS: dict[str, dict[str, str]] = {
    "decisions.many": {"marks": "mismatch_id"},
    "belonging.yes": {"location_id": "location_id"},
    "belonging.second": {"location_id": "location_id"},
    "belonging.no": {"location_id": "location_id"},
}
"""Endpoint to its form fields that hold ids: field name to the name of the id in `World.places`."""

UNBOUND = frozenset({"widget_id", "person_id", "public_id", "organization_id", "site"})
"""Ids of things that belong to the organization and to no single place of it."""


def address_of(world: World, place: str, names: set[str]) -> dict[str, int | str]:
    """Values for the parameters of an address, of place "a", "b" or "other". Raises KeyError by name."""
    known = {**PARAMETERS, **world.places[place]}
    return {name: known[name] for name in names}


def form_of(world: World, place: str, endpoint: str) -> dict[str, int | str]:
    """The id fields of a form, pointing to that place."""
    return {field: world.places[place][name] for field, name in FORMS.get(endpoint, {}).items()}
