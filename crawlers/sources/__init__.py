"""The sources that can be read: every adapter, by its source's name."""

from collections.abc import Mapping

from crawlers.source import Adapter
from crawlers.sources.bbb import Bbb
from crawlers.sources.bing import Bing
from crawlers.sources.google import Google
from crawlers.sources.google_places import GooglePlaces
from crawlers.sources.website import Website
from crawlers.sources.yahoo import Yahoo
from crawlers.sources.yelp import Yelp

ADAPTERS: Mapping[str, type[Adapter]] = {
    adapter.source: adapter for adapter in (Google, GooglePlaces, Website, Yelp, Bbb, Bing, Yahoo)
}
