"""Values that a source shows no more for most listings: a person says whether that is really so.

A crawl that finds them leaves their names in SourceState.drift and believes none of it.
"""

from collections.abc import Sequence

from listings.models.crawl import SourceState


def drifted_fields(state: SourceState | None) -> Sequence[str]:
    """The fields that are doubted at a source, in alphabetical order."""
    told = state.drift if state is not None else None
    return tuple((told or {}).get("fields", ()))


def accept_drift(state: SourceState) -> Sequence[str]:
    """The source shows them no more: the next crawl takes them away from its listings. Returns which."""
    fields = drifted_fields(state)
    told = state.drift or {}
    state.drift = {**told, "fields": [], "accepted": sorted({*told.get("accepted", ()), *fields})}
    return fields


def doubt_again(state: SourceState) -> Sequence[str]:
    """Take that word back; what a crawl has taken away meanwhile comes with the next good answer."""
    told = state.drift or {}
    fields = tuple(told.get("accepted", ()))
    state.drift = {**told, "fields": sorted({*told.get("fields", ()), *fields}), "accepted": []}
    return fields
