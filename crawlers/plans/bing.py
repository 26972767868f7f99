"""Bing: a search by name round each location's pin, or the page that its owner has named."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from crawlers.plan import Access, Delivered, Fetch, Plan, Sending, Stopped, Target, Unshown, refused
from crawlers.source import Outcome
from crawlers.sources.bing import MOST, Bing, without_key

_REFUSED = (Outcome.BLOCKED, Outcome.QUOTA)
_SEATTLE = (47.6062, -122.3321)


def plan(adapter: Bing, access: Access, targets: Sequence[Target], *, narrowed: bool) -> Plan:
    """Each location's named page where pages may be read, else a search; a place without a pin can't be asked for."""
    del narrowed
    key = access.get("api_key")
    reads_pages = str(access.get("pages", "")).casefold() == "yes"
    searches = _Searches()
    for target in targets:
        if reads_pages and target.given_url:
            reading = yield Fetch(adapter.page(target.given_url), target=target, polite=True)
            # A wall stands before every page; the search may go on.
            reads_pages = reading.outcome not in (*_REFUSED, Outcome.CONSENT_WALL)
        elif key and target.pin is not None:
            yield from _searched(adapter, key, target, target.pin, searches)
    # A service that finds nothing at all, for anybody, is more likely broken than right.
    if searches.found:
        yield Unshown(tuple(searches.asked), tuple(searches.whole))


@dataclass(slots=True)
class _Searches:
    """Whose listing was searched for with the question that showed it before, and where all was shown."""

    asked: list[int] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    found: bool = False


def _searched(adapter: Bing, key: str, target: Target, pin: tuple[float, float], searches: _Searches) -> Plan:
    request = adapter.local_search(key, target.name, *pin)
    address = without_key(request.url)
    reading = yield Fetch(request, target=target, candidates=True, stored_as=address)
    if reading.outcome in _REFUSED:
        raise Stopped(reading.outcome, reading.detail or str(reading.outcome))
    searches.found |= bool(reading.listings)
    if reading.outcome is Outcome.OK and target.read_at == address:
        searches.asked.append(target.key)
        # A full answer may have cut it off.
        if len(reading.listings) < MOST:
            searches.whole.append(target.key)


def attempt(adapter: Bing, access: Access) -> Sending:
    """One search; tells whether the key may make it."""
    key = access.get("api_key")
    if not key:
        return Delivered(done=True, again=False, detail="No key is stored: only named pages can be read.")
    found = yield Fetch(adapter.local_search(key, "coffee", *_SEATTLE))
    if found.outcome is not Outcome.OK:
        return refused(found)
    return Delivered(done=True, again=False, detail="The key may search for places.")
