"""Addresses of BBB profiles, which say the country and, together, who the business is."""

import re
from typing import Any

from crawlers.formats import shown

SITE = "https://www.bbb.org"
_PATH = re.compile(r"^(?:https?://)?(?:[\w.-]*bbb\.org)?/(us|ca)/", re.IGNORECASE)
_IDS = re.compile(r"/profile/[^/?#]+/[^/?#]*?-(\d{4})-(\d+)(?:/addressId/(\d+))?", re.IGNORECASE)
_ADDRESS = re.compile(r"/addressId/\d+", re.IGNORECASE)
_REVIEWS = re.compile(r"/customer-reviews/?(?:\?(?:[^#]*&)?page=(\d+)\b)?", re.IGNORECASE)
_SUB_PAGE = re.compile(r"/(?:details|more-info|customer-reviews|complaints|leave-a-review)/?(?:[?#].*)?$")


def absolute(value: Any) -> str | None:
    """The address of a path of BBB's site, or an address as it is."""
    url = shown.text(value)
    return SITE + url if url and url.startswith("/") else url


def country_in(url: str | None) -> str | None:
    """The country in a profile's address: BBB is in the USA and Canada only."""
    match = _PATH.match(url or "")
    return match[1].upper() if match else None


def key_in(url: str | None) -> str | None:
    """BBB, business and, where given, address as one key, "0121_134716_93156"; None without them."""
    match = _IDS.search(url or "")
    return "_".join(part for part in match.groups() if part) if match else None


def profile_of(url: str) -> str:
    """The address of a profile from that of one of its pages."""
    return _SUB_PAGE.sub("", url)


def reviews_page(url: str, page: str) -> str:
    """The address of a page of reviews: they are the business's, whichever of its addresses was looked at."""
    first = f"{_ADDRESS.sub('', profile_of(url)).rstrip('/')}/customer-reviews"
    return first if page == "1" else f"{first}?page={page}"


def page_in(url: str) -> int | None:
    """Which page of reviews an address names; None for the address of another page."""
    match = _REVIEWS.search(url)
    return int(match[1] or 1) if match else None
