"""Which adapter and which conversations belong to a source: the one registry of the crawling door."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from crawlers.plan import Access, AttributeWish, Correction, Plan, ReplyText, Sending, Target
from crawlers.plans import (
    bbb,
    bing,
    google,
    google_attributes,
    google_changes,
    google_places,
    website,
    yahoo,
    yelp,
    yelp_answer,
)
from crawlers.source import Adapter
from crawlers.sources import ADAPTERS
from listings.sources import BBB, BING, GOOGLE, GOOGLE_PLACES, WEBSITE, YAHOO, YELP


class Planner(Protocol):
    """Makes the plan of one crawl of one source."""

    def __call__(self, adapter: Any, access: Access, targets: Sequence[Target], /, *, narrowed: bool) -> Plan:
        """The plan, not yet begun."""
        ...


@dataclass(frozen=True, slots=True)
class Plans:
    """What can be talked about with a source.

    `attempt` tries an access, `correct` sends a correction, `answer` a reply,
    `change_attribute` what no field of a listing is: each where the
    source's facts say that there is such a thing.
    """

    crawl: Planner
    attempt: Callable[[Any, Access], Sending] | None = None
    correct: Callable[[Any, Access, Correction], Sending] | None = None
    answer: Callable[[Any, Access, ReplyText], Sending] | None = None
    change_attribute: Callable[[Any, Access, AttributeWish], Sending] | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """One source's wire format and its conversations."""

    adapter: Adapter
    plans: Plans


PLANS: Mapping[str, Plans] = {
    GOOGLE: Plans(
        google.plan,
        google_changes.attempt,
        google_changes.correct,
        google_changes.answer,
        google_attributes.change,
    ),
    GOOGLE_PLACES: Plans(google_places.plan, google_places.attempt),
    YELP: Plans(yelp.plan, yelp.attempt, answer=yelp_answer.answer),
    BING: Plans(bing.plan, bing.attempt),
    WEBSITE: Plans(website.plan),
    BBB: Plans(bbb.plan, bbb.attempt),
    YAHOO: Plans(yahoo.plan),
}

READERS: Mapping[str, Reader] = {source: Reader(ADAPTERS[source](), PLANS[source]) for source in PLANS}
