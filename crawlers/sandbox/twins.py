"""Every source the sandbox can play, in one place. Another source joins with one file and one line."""

from collections.abc import Callable, Mapping
from typing import Protocol

from crawlers.sandbox import bbb, bing, google, places, website, yahoo, yelp
from crawlers.sandbox.planting import Listing
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.wire import Answered, Asked
from crawlers.sandbox.world import World


class Twin(Protocol):
    """A module that speaks one source's wire format at the hosts it names."""

    SOURCE: str
    HOSTS: frozenset[str]

    def source_id(self, world: World, entry: Listing) -> str:
        """The entry's id as the source itself writes it."""

    def answer(self, sandbox: Sandbox, asked: Asked) -> Answered:
        """The answer to a request at one of HOSTS; never raises for what a client may send."""


TWINS: dict[str, Twin] = {
    "google": google,
    "google_places": places,
    "website": website,
    "yelp": yelp,
    "bing": bing,
    "bbb": bbb,
    "yahoo": yahoo,
}

MISHAPS: Mapping[str, Mapping[str, Callable[[Asked, Answered], Answered]]] = {
    "yelp": yelp.MISHAPS,
    "bing": bing.MISHAPS,
    "bbb": bbb.MISHAPS,
    "yahoo": yahoo.MISHAPS,
}
"""What bad days look like at a source where they don't look as everywhere, by source and kind."""


def twin_of(host: str) -> Twin | None:
    """The twin that serves a host; None when nobody does."""
    return next((twin for twin in TWINS.values() if host in twin.HOSTS), None)
