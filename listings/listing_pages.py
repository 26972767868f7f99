"""The addresses of listings' own pages per source, so that one which an owner pastes can be checked.

The shapes are those of the sources' public pages (docs/sources/). Pure.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from listings.sources import BBB, BING, YAHOO, YELP

MAX_LENGTH = 2000
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_UNFIT = re.compile(r"[\s\x00-\x1f\x7f<>\"\\^`{|}]")


class BadListingPage(ValueError):
    """A text is no address of a listing's page at the source; the message says what one looks like."""


@dataclass(frozen=True, slots=True)
class ListingPage:
    """How the address of one listing's page looks at a source.

    `hosts` and `page` are matched whole against the host and against the path with its query;
    the groups of `page` fill in `canonical`.
    """

    label: str
    hosts: re.Pattern[str]
    page: re.Pattern[str]
    canonical: str
    example: str


_YELP_DOMAINS = (
    r"(?:com|ca|ie|at|be|ch|cl|cz|de|dk|es|fi|fr|it|my|nl|no|pl|pt|se|co\.(?:jp|nz|uk)"
    r"|com\.(?:ar|au|br|hk|mx|ph|sg|tr|tw))"
)

LISTING_PAGES: Mapping[str, ListingPage] = {
    BBB: ListingPage(
        "BBB",
        re.compile(r"(?:www\.)?bbb\.org"),
        # A profile is one business at one bureau; below it stand its addresses and further pages.
        re.compile(
            r"(?P<profile>/(?:us|ca)/[^/?]+/[^/?]+/profile/[^/?]+/[^/?]+-\d{4}-\d+)"
            r"(?P<address>/addressId/\d+)?(?:/[^?]*)?(?:\?.*)?",
            re.IGNORECASE,
        ),
        "https://www.bbb.org{profile}{address}",
        "https://www.bbb.org/us/oh/columbus/profile/bakery/elm-bakery-0302-70001234",
    ),
    YAHOO: ListingPage(
        "Yahoo",
        re.compile(r"local\.yahoo\.com"),
        re.compile(r"(?P<page>/info-\d+(?:-[^/?]*)?)/?(?:\?.*)?"),
        "https://local.yahoo.com{page}",
        "https://local.yahoo.com/info-12345678-elm-bakery-columbus",
    ),
    BING: ListingPage(
        "Bing",
        re.compile(r"(?:www\.)?bing\.com"),
        # The number that Bing gives a place, wherever in the address it stands.
        re.compile(r"/[^?]*\?(?:.*[^0-9A-Za-z])?(?P<id>YN\d+x\d+)(?:[^0-9].*)?"),
        "https://www.bing.com/maps?ss=ypid.{id}",
        "https://www.bing.com/maps?ss=ypid.YN123x456789",
    ),
    YELP: ListingPage(
        "Yelp",
        re.compile(rf"(?:www\.|m\.|[a-z]{{2}}\.)?yelp\.{_YELP_DOMAINS}"),
        re.compile(r"(?:/[a-z]{2})?/biz/(?P<alias>[^/?]+)/?(?:\?.*)?"),
        "https://www.yelp.com/biz/{alias}",
        "https://www.yelp.com/biz/elm-bakery-columbus",
    ),
}
"""The sources at which an owner may name the page of a location's listing."""


def listing_page(source: str, text: str) -> str:
    """The canonical address of the listing's page that a pasted text names.

    Raises BadListingPage when it names none, and KeyError for a source without pages of that kind.
    """
    form = LISTING_PAGES[source]
    shown = text.strip()
    looks_like = f"It looks like {form.example}"
    host, page = _host_and_page(shown, looks_like)
    if not form.hosts.fullmatch(host):
        raise BadListingPage(f"“{_short(shown)}” is no address at {form.label}. {looks_like}")
    match = form.page.fullmatch(page) or form.page.fullmatch(unquote(page))
    if match is None:
        raise BadListingPage(
            f"“{_short(shown)}” is at {form.label}, but not the page of one listing. {looks_like}"
        )
    return form.canonical.format_map({name: value or "" for name, value in match.groupdict().items()})


def _host_and_page(text: str, looks_like: str) -> tuple[str, str]:
    address = text if _SCHEME.match(text) and "://" in text else f"https://{text}"
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    usable = parts.scheme in {"http", "https"} and "." in host and "@" not in parts.netloc
    if not usable or port not in {None, 80, 443} or len(text) > MAX_LENGTH or _UNFIT.search(text):
        raise BadListingPage(f"“{_short(text)}” is no web address. {looks_like}")
    return host, parts.path + (f"?{parts.query}" if parts.query else "")


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
