"""Names for listings that their source gives none: what a search shows without id and without address.

The listing of a location goes by the location, so that it stays the same one when the source
corrects its address; what belongs to nobody goes by what it says of name and place.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace

from listings.link import Decided
from listings.matching.decision import Decision
from listings.observe import Named
from listings.records import ListingRecord


def is_unnamed(record: ListingRecord) -> bool:
    """Whether the source gives the listing neither an id nor an address."""
    return not record.source_id and not record.url


def at_location(location_id: int) -> str:
    """The name of the one listing of a location at such a source."""
    return f"location:{location_id}"


def by_content(record: ListingRecord) -> str:
    """The name of a listing that is no location's (yet)."""
    said = (record.name, record.street, record.city, record.postal_code)
    text = "|".join((part or "").casefold() for part in said)
    return f"shown:{hashlib.sha256(text.encode()).hexdigest()[:20]}"


def content_named(found: Sequence[Named], *, searched: bool) -> Sequence[Named]:
    """What a search found, with names that the order of its answer doesn't change."""
    if not searched:
        return found
    return [
        replace(one, source_id=by_content(one.record)) if is_unnamed(one.record) else one for one in found
    ]


def location_named(
    decided: Sequence[tuple[Named, Decided]], taken: Collection[str]
) -> list[tuple[Named, Decided]]:
    """The same with the surest one of each location named after it, unless one of both names is `taken`."""
    used = set(taken)
    named = []
    for one, decision in sorted(decided, key=lambda pair: -pair[1].probability):
        name = at_location(decision.location_id) if decision.location_id is not None else ""
        ours = is_unnamed(one.record) and decision.decision is Decision.MATCH
        free = ours and not {name, one.source_id} & used
        used |= {name} if free else set()
        named.append((replace(one, source_id=name) if free else one, decision))
    return named
