"""Values that a source shows no more for most listings: a person says whether that is really so.

A crawl that finds them leaves their names in SourceState.drift and believes none of it.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from listings.fill_history import turn
from listings.models.crawl import SourceState

_WORDS = {
    "latitude": "the pin",
    "categories": "the category",
    "listings": "the number of listings",
    "found": "what its search finds",
    "reviews.rating": "the reviews’ stars",
    "reviews.text": "the reviews’ words",
    "reviews.author": "the reviews’ authors",
    "reviews.created_at": "the reviews’ dates",
}


def word(name: str) -> str:
    """What people call a watched field, such as "postal code" or "the pin"."""
    return _WORDS.get(name, name.replace("_", " "))


def drifted_fields(state: SourceState | None) -> Sequence[str]:
    """The fields that are doubted at a source, in alphabetical order."""
    told = state.drift if state is not None else None
    return tuple((told or {}).get("fields", ()))


def accept_drift(session: Session, state: SourceState) -> Sequence[str]:
    """The source shows them no more: the next crawl takes them away from its listings. Returns which.

    From now on the crawls in which they were doubted are the usual ones, and those before are not.
    """
    fields = drifted_fields(state)
    told = state.drift or {}
    state.drift = {**told, "fields": [], "accepted": sorted({*told.get("accepted", ()), *fields})}
    turn(session, state.organization_id, state.source, fields)
    return fields


def doubt_again(session: Session, state: SourceState) -> Sequence[str]:
    """Take that word back; what a crawl has taken away meanwhile comes with the next good answer."""
    told = state.drift or {}
    fields = tuple(told.get("accepted", ()))
    state.drift = {**told, "fields": sorted({*told.get("fields", ()), *fields}), "accepted": []}
    turn(session, state.organization_id, state.source, fields)
    return fields
