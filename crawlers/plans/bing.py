"""Bing: a search by name round each location's pin, or the page that its owner has named."""

from collections.abc import Sequence

from crawlers.plan import Access, Delivered, Fetch, Plan, Sending, Stopped, Target, refused
from crawlers.source import Outcome
from crawlers.sources.bing import Bing, without_key

_REFUSED = (Outcome.BLOCKED, Outcome.QUOTA)
_SEATTLE = (47.6062, -122.3321)


def plan(adapter: Bing, access: Access, targets: Sequence[Target], *, narrowed: bool) -> Plan:
    """Each location's named page where pages may be read, else a search; a place without a pin can't be asked for."""
    del narrowed
    key = access.get("api_key")
    reads_pages = str(access.get("pages", "")).casefold() == "yes"
    for target in targets:
        if reads_pages and target.given_url:
            reading = yield Fetch(adapter.page(target.given_url), target=target, polite=True)
            # A wall stands before every page; the search may go on.
            reads_pages = reading.outcome not in (*_REFUSED, Outcome.CONSENT_WALL)
        elif key and target.pin is not None:
            yield from _searched(adapter, key, target, target.pin)


def _searched(adapter: Bing, key: str, target: Target, pin: tuple[float, float]) -> Plan:
    request = adapter.local_search(key, target.name, *pin)
    reading = yield Fetch(request, target=target, candidates=True, stored_as=without_key(request.url))
    if reading.outcome in _REFUSED:
        raise Stopped(reading.outcome, reading.detail or str(reading.outcome))


def attempt(adapter: Bing, access: Access) -> Sending:
    """One search; tells whether the key may make it."""
    key = access.get("api_key")
    if not key:
        return Delivered(done=True, again=False, detail="No key is stored: only named pages can be read.")
    found = yield Fetch(adapter.local_search(key, "coffee", *_SEATTLE))
    if found.outcome is not Outcome.OK:
        return refused(found)
    return Delivered(done=True, again=False, detail="The key may search for places.")
