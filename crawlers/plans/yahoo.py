"""Yahoo: the listing pages that owners named, and nothing else; there is no search to ask."""

from collections.abc import Sequence

from crawlers.plan import Access, Fetch, Plan, Stopped, Target
from crawlers.source import Outcome
from crawlers.sources.yahoo import Yahoo

_REFUSED = (Outcome.BLOCKED, Outcome.CONSENT_WALL, Outcome.QUOTA)


def plan(adapter: Yahoo, access: Access, targets: Sequence[Target], *, narrowed: bool) -> Plan:
    """Every named page once; a wall stands before all of them, so the first one ends the crawl."""
    del access, narrowed
    sharing: dict[str, list[Target]] = {}
    for target in targets:
        if target.given_url:
            sharing.setdefault(target.given_url, []).append(target)
    for page, owners in sharing.items():
        only = owners[0] if len(owners) == 1 else None
        reading = yield Fetch(adapter.page(page), target=only, candidates=only is None, polite=True)
        if reading.outcome in _REFUSED:
            raise Stopped(reading.outcome, reading.detail or str(reading.outcome))
