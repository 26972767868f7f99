"""Google's public view: known places by their id, unknown ones by a search for the location.

What a request costs is decided by its field mask, so an unknown place is first looked for by a search
that answers ids only, which Google doesn't charge for: nobody there costs nothing, one find is
asked for its details, and only several are told apart by a search with everything.
https://developers.google.com/maps/documentation/places/web-service/usage-and-billing
"""

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

from crawlers.plan import (
    Access,
    Belongs,
    Delivered,
    Fetch,
    Gone,
    Plan,
    Renamed,
    Sending,
    Step,
    Stopped,
    Target,
    refused,
)
from crawlers.source import Outcome, Reading
from crawlers.sources.google_places import FIND_MASK, GooglePlaces

REFUSED = (Outcome.BLOCKED, Outcome.QUOTA)
FINDS = 5
"""So many places are told apart; the right one comes first or second."""
MOVES = 3
"""How many times in a row a place may have moved."""
NEAR = 2_000.0
"""Metres round the location's pin within which a find is preferred."""


def plan(adapter: GooglePlaces, access: Access, targets: Sequence[Target], *, narrowed: bool) -> Plan:
    """One details request per known place; one that has moved is followed, one that is no more searched for."""
    del narrowed
    key = access["api_key"]
    for target in targets:
        if target.source_id is None or not (yield from _known(adapter, key, target, target.source_id)):
            yield from _found(adapter, key, replace(target, source_id=None))


def _known(adapter: GooglePlaces, key: str, target: Target, source_id: str) -> Generator[Step, Reading, bool]:
    """Look at a known place; False when the location has to be searched for again."""
    reading = yield Fetch(adapter.details(source_id, key), target=target)
    _stop_when_refused(reading)
    if reading.outcome is Outcome.MOVED:
        yield Gone(source_id)
        return (yield from _moved(adapter, key, replace(target, source_id=None), reading))
    if reading.outcome is Outcome.NOT_FOUND:
        yield Gone(source_id)
        return False
    now = reading.listings[0].source_id if reading.listings else None
    if now is not None and now != source_id:
        # Google answers an outdated id with the place's new one.
        yield Renamed(source_id, now)
    return True


def _moved(
    adapter: GooglePlaces, key: str, target: Target, reading: Reading
) -> Generator[Step, Reading, bool]:
    """Follow a place to where it has moved; whether what stands there is our location."""
    for _ in range(MOVES):
        new_id = str(reading.extra["new_id"])
        reading = yield Fetch(adapter.details(new_id, key), target=target, candidates=True)
        _stop_when_refused(reading)
        if reading.outcome is not Outcome.MOVED:
            return reading.outcome is Outcome.OK and bool((yield Belongs(new_id)).extra["belongs"])
    return False


def _found(adapter: GooglePlaces, key: str, target: Target) -> Plan:
    """Search for a location: by ids alone, then for as much as it takes to tell the finds apart."""
    more = _more(target)
    ids = yield Fetch(adapter.search_text(query(target), key, FIND_MASK, size=FINDS, **more), lookup=True)
    _stop_when_refused(ids)
    found = [listing.source_id for listing in ids.listings if listing.source_id]
    if not found:
        return
    if len(found) == 1:
        request = adapter.details(found[0], key)
    else:
        request = adapter.search_text(query(target), key, size=FINDS, **more)
    reading = yield Fetch(request, target=target, candidates=True)
    _stop_when_refused(reading)


def _more(target: Target) -> dict[str, Any]:
    """Where to look first; Google wants the same in every request of one search."""
    more: dict[str, Any] = {"includePureServiceAreaBusinesses": True}
    if target.country:
        more["regionCode"] = target.country
    if target.pin is not None:
        middle = {"latitude": target.pin[0], "longitude": target.pin[1]}
        more["locationBias"] = {"circle": {"center": middle, "radius": NEAR}}
    return more


def attempt(adapter: GooglePlaces, access: Access) -> Sending:
    """One search; tells whether the key may make it."""
    found = yield Fetch(adapter.search_text("Googleplex", access["api_key"], size=1), lookup=True)
    if found.outcome is not Outcome.OK:
        return refused(found)
    return Delivered(done=True, again=False, detail="The key may search for places.")


def query(target: Target) -> str:
    """What somebody would type to find the place."""
    parts = (target.name, target.street, target.city, target.region, target.postal_code)
    return ", ".join(part for part in parts if part)


def _stop_when_refused(reading: Reading) -> None:
    # A refused key refuses every place; asking on would only burn quota.
    if reading.outcome in REFUSED:
        raise Stopped(reading.outcome, reading.detail or str(reading.outcome))
