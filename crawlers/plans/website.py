"""The business's own site: each location's own page, politely."""

from collections.abc import Sequence

from crawlers.plan import Access, Fetch, Plan, Target
from crawlers.sources.website import Website


def plan(adapter: Website, access: Access, targets: Sequence[Target], *, narrowed: bool) -> Plan:
    """Every distinct page once; one that several locations share speaks for whichever it matches."""
    del access, narrowed
    sharing: dict[str, list[Target]] = {}
    for target in targets:
        if target.website:
            sharing.setdefault(target.website, []).append(target)
    for address, owners in sharing.items():
        only = owners[0] if len(owners) == 1 else None
        yield Fetch(adapter.page(address), target=only, candidates=only is None, polite=True)
