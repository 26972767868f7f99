"""Which adapter and which plan belong to a source: the one registry of the crawling door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from crawlers.plan import Access, Plan, Target
from crawlers.plans import google, google_places, website
from crawlers.source import Adapter
from crawlers.sources import ADAPTERS
from listings.sources import GOOGLE, GOOGLE_PLACES, WEBSITE


class Planner(Protocol):
    """Makes the plan of one crawl of one source."""

    def __call__(self, adapter: Any, access: Access, targets: Sequence[Target], /, *, narrowed: bool) -> Plan:
        """The plan, not yet begun."""
        ...


@dataclass(frozen=True, slots=True)
class Reader:
    """One source's wire format and order of requests."""

    adapter: Adapter
    plan: Planner


PLANNERS: Mapping[str, Planner] = {
    GOOGLE: google.plan,
    GOOGLE_PLACES: google_places.plan,
    WEBSITE: website.plan,
}

READERS: Mapping[str, Reader] = {source: Reader(ADAPTERS[source](), PLANNERS[source]) for source in PLANNERS}
