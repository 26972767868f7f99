"""Addresses of Yelp without what only follows the reader around."""

from urllib.parse import parse_qs, unquote, urlsplit

from crawlers.formats import shown

SITE = "https://www.yelp.com"
_TRACKING = ("adjust_creative=", "utm_", "osq=", "override_cta=")
_REDIRECTS = ("/adredir", "/biz_redir")


def untracked(value: object) -> str | None:
    """An address without Yelp's tracking parameters; a path is one of Yelp's site."""
    url = shown.text(value)
    if url is None:
        return None
    url = SITE + url if url.startswith("/") else url
    page, _, query = url.partition("?")
    kept = [part for part in query.split("&") if part and not part.startswith(_TRACKING)]
    return f"{page}?{'&'.join(kept)}" if kept else page


def outside(value: object) -> str | None:
    """Where a link leads that may go through Yelp's redirects; None when it stays at Yelp."""
    url = shown.text(value)
    for _ in range(3):
        if url is None or not _is_redirect(url):
            break
        query = parse_qs(urlsplit(url).query)
        url = next((query[name][0] for name in ("redirect_url", "url") if name in query), None)
    return url


def biz_page(alias: object) -> str | None:
    """The page of a business by its alias."""
    name = shown.text(alias)
    return f"{SITE}/biz/{name}" if name else None


def business_in(url: str) -> str | None:
    """The id or alias in an address of the API below /businesses/; None for its searches."""
    try:
        parts = urlsplit(url).path.split("/")
    except ValueError:
        return None
    if "businesses" not in parts[:-1]:
        return None
    name = unquote(parts[parts.index("businesses") + 1])
    return name if name not in {"", "search", "matches"} else None


def _is_redirect(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.path in _REDIRECTS and (not parts.netloc or parts.netloc.endswith("yelp.com"))
