"""The business's own site: each location's own page, politely; looked for where no record names it."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from crawlers.formats.page_links import same_site
from crawlers.plan import Access, Fetch, Listed, Plan, Target
from crawlers.plans.site_search import SiteSearch
from crawlers.sources.website import Website

_FRONT = frozenset({"", "/", "/index.html", "/index.htm", "/index.php", "/home"})


def plan(adapter: Website, access: Access, targets: Sequence[Target], *, narrowed: bool) -> Plan:
    """Every distinct page once; one that several locations share speaks for whichever it matches.

    A location whose record names a page that isn't its own (the site's front page, or one that
    others share) is read at the page that was found for it, and looked for where none was.
    """
    del access, narrowed
    sharing: dict[str, list[Target]] = {}
    for target in targets:
        if target.website:
            sharing.setdefault(target.website, []).append(target)
    found: dict[str, None] = {}
    searches: dict[str, tuple[str, list[Target]]] = {}
    for address, owners in sharing.items():
        if len(owners) == 1 and not is_front(address):
            yield Fetch(adapter.page(address), target=owners[0], polite=True)
            continue
        pages = {owner.key: found_page(owner, address) for owner in owners}
        found |= dict.fromkeys(page for page in pages.values() if page is not None)
        unknown = [owner for owner in owners if pages[owner.key] is None]
        if unknown:
            found.setdefault(address)
            searches.setdefault(site_of(address), (address, []))[1].extend(unknown)
    for page in found:
        yield Fetch(adapter.page(page), candidates=True, polite=True)
    for site, (start, looked_for) in searches.items():
        yield from _searched(SiteSearch(adapter, site, start), looked_for)


def _searched(search: SiteSearch, targets: Sequence[Target]) -> Plan:
    missing = []
    for target in targets:
        if not (yield Listed(target.key)).extra["listed"]:
            missing.append(target)  # noqa: PERF401 - a comprehension can't ask
    if missing:
        yield from search.find(missing)


def is_front(address: str) -> bool:
    """Whether an address is a site's front page: it says nothing of which location is meant."""
    parts = urlsplit(address)
    return parts.path.lower() in _FRONT and not parts.query


def site_of(address: str) -> str:
    """The origin of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def found_page(target: Target, address: str) -> str | None:
    """The page of the same site from which the location's listing was read, if any."""
    for page in (target.source_id, target.read_at):
        if page and "#" not in page and same_site(page, address):
            return page
    return None
