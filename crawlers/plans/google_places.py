"""Google's public view: known places by their id, unknown ones by a search for the location."""

from collections.abc import Sequence

from crawlers.plan import Access, Delivered, Fetch, Gone, Plan, Sending, Stopped, Target, refused
from crawlers.source import Outcome, Reading
from crawlers.sources.google_places import GooglePlaces

REFUSED = (Outcome.BLOCKED, Outcome.QUOTA)


def plan(adapter: GooglePlaces, access: Access, targets: Sequence[Target], *, narrowed: bool) -> Plan:
    """One details request per known place; a place id that went out of use is searched for again."""
    del narrowed
    key = access["api_key"]
    for target in targets:
        if target.source_id is not None:
            reading = yield Fetch(adapter.details(target.source_id, key), target=target)
            _stop_when_refused(reading)
            if reading.outcome not in (Outcome.NOT_FOUND, Outcome.MOVED):
                continue
            yield Gone(target.source_id)
        reading = yield Fetch(adapter.search_text(query(target), key), target=target, candidates=True)
        _stop_when_refused(reading)


def attempt(adapter: GooglePlaces, access: Access) -> Sending:
    """One search; tells whether the key may make it."""
    found = yield Fetch(adapter.search_text("Googleplex", access["api_key"]))
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
