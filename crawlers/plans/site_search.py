"""Looking for locations' pages on a business's own site: its sitemaps first, then its store locator.

Pages are judged by their addresses, fetched politely and within a budget, and taken only where
the matcher says that they speak of a location. The owner's record is never changed by it.
"""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from crawlers.formats.page_links import PageLinks, same_site
from crawlers.formats.sitemap import Sitemap
from crawlers.plan import Fetch, Listed, Renamed, Step, Target
from crawlers.plans.page_choice import LIKELY, is_locator, key_words, plain, points, words_of
from crawlers.source import Outcome, Reading
from crawlers.sources.website import Website

PAGES = 200
"""Fetches of one search of one site, sitemaps apart."""
PAGES_EACH = 5
"""Pages that are tried for one location by their words."""
SITEMAPS = 50
LOCATORS = 10
"""Pages of the store locator that are opened before any location is looked for."""
COMMON = 2_000
"""Pages with a word from which on it isn't looked for."""
MOST_KNOWN = 200_000
"""Addresses that are kept in mind."""

Going = Generator[Step, Reading, None]


@dataclass(slots=True)
class SiteSearch:
    """One search of one site; `site` is its origin, `start` the page that the records name."""

    adapter: Website
    site: str
    start: str
    _known: dict[str, list[str]] = field(default_factory=dict)
    _by_word: dict[str, list[str]] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)
    _left: int = PAGES

    def find(self, targets: Sequence[Target]) -> Going:
        """Look for the pages of these locations; what is found is recorded on the way."""
        yield from self._sitemaps()
        missing = yield from self._tried(targets)
        if not missing:
            return
        yield from self._locators()
        missing = yield from self._tried(missing)
        # What addresses don't tell, pages may: what else the site lists as locations.
        for url in [url for url in self._known if is_locator(url) and _depth(url) > 1]:
            if not missing or self._left <= 0:
                return
            if (yield from self._open(url)):
                missing = yield from self._unlisted(missing)

    def _tried(self, targets: Iterable[Target]) -> Generator[Step, Reading, list[Target]]:
        """Open the likeliest pages of each location until it has one; those that have none after that."""
        missing = []
        for target in targets:
            if (yield Listed(target.key)).extra["listed"]:
                continue
            for _ in range(PAGES_EACH):
                url = self._likeliest(target)
                if url is None or self._left <= 0:
                    missing.append(target)
                    break
                yield from self._open(url)
                if (yield Listed(target.key)).extra["listed"]:
                    break
            else:
                missing.append(target)
        return missing

    def _unlisted(self, targets: Iterable[Target]) -> Generator[Step, Reading, list[Target]]:
        missing = []
        for target in targets:
            if not (yield Listed(target.key)).extra["listed"]:
                missing.append(target)  # noqa: PERF401 - a comprehension can't ask
        return missing

    def _likeliest(self, target: Target) -> str | None:
        best, most = None, LIKELY
        lists = (self._by_word.get(word, []) for word in key_words(target))
        # A word of thousands of pages ("street") tells none of them apart.
        named = dict.fromkeys(url for urls in lists if len(urls) <= COMMON for url in urls)
        for url in named:
            if url in self._seen:
                continue
            found = points(target, self._known[url])
            # Of equals the longer one is the more exact: a town's page leads to its stores' pages.
            if found > most or (found == most and (best is None or len(url) > len(best))):
                best, most = url, found
        return best

    def _open(self, url: str) -> Generator[Step, Reading, bool]:
        """Read one page for whatever location it speaks of; whether it shows a business."""
        if url in self._seen:
            return False
        self._seen.add(url)
        self._left -= 1
        reading = yield Fetch(self.adapter.page(url), candidates=True, polite=True)
        links = reading.extra.get("links")
        if reading.outcome is not Outcome.OK or not isinstance(links, PageLinks):
            return False
        yield from self._renamed(url, links, reading)
        if len(reading.listings) != 1:
            self._learn((link.url, link.words) for link in links.links())
        return bool(reading.listings)

    def _renamed(self, url: str, links: PageLinks, reading: Reading) -> Going:
        """A page goes by the address that it gives itself, or that the site has sent us on to."""
        address = links.canonical() or (links.at if same_site(links.at, url) else url)
        self._seen.add(address)
        if address != url and len(reading.listings) == 1:
            yield Renamed(url, address)

    def _sitemaps(self) -> Going:
        robots = yield Fetch(self.adapter.robots(self.site), lookup=True)
        waiting = list(_listed(robots, "sitemaps")) or [f"{self.site}/sitemap.xml"]
        asked: set[str] = set()
        while waiting and len(asked) < SITEMAPS:
            url = waiting.pop(0)
            if url in asked:
                continue
            asked.add(url)
            reading = yield Fetch(self.adapter.sitemap(url), lookup=True, polite=True)
            waiting += [one for one in _listed(reading, "sitemaps") if same_site(one, url)]
            self._learn((page, "") for page in _listed(reading, "pages"))

    def _locators(self) -> Going:
        """Open the site's list of locations, page by page."""
        waiting = [self.start]
        opened = 0
        while waiting and opened < LOCATORS and self._left > 0:
            url = waiting.pop(0)
            if url in self._seen:
                continue
            self._seen.add(url)
            self._left -= 1
            opened += 1
            reading = yield Fetch(self.adapter.page(url), candidates=True, polite=True)
            links = reading.extra.get("links")
            if not isinstance(links, PageLinks):
                continue
            found = links.links()
            self._learn((link.url, link.words) for link in found)
            here = urlsplit(url).path
            waiting += [
                link.url
                for link in found
                if link.is_next
                or (is_locator(link.url, link.words) and _depth(link.url) <= max(1, _depth(here)))
            ]

    def _learn(self, found: Iterable[tuple[str, str]]) -> None:
        for url, words in found:
            if len(self._known) >= MOST_KNOWN:
                return
            if not same_site(url, self.site):
                continue
            said = words_of(url, words)
            self._known.setdefault(url, []).extend(said)
            for word in dict.fromkeys(plain(one) for one in said):
                self._by_word.setdefault(word, []).append(url)


def _listed(reading: Reading, part: str) -> tuple[str, ...]:
    found: Any = reading.extra.get("sitemap")
    return getattr(found, part) if isinstance(found, Sitemap) else ()


def _depth(url: str) -> int:
    return len([part for part in urlsplit(url).path.split("/") if part])
