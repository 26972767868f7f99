"""Addresses as pages write them, broken ones included."""

from urllib.parse import SplitResult, parse_qs, urljoin, urlsplit

_NOWHERE = urlsplit("")


def joined(base: str, link: str) -> str:
    """The link as seen from `base`; unchanged when either is no URL."""
    try:
        return urljoin(base, link.strip())
    except ValueError:
        return link.strip()


def page_key(url: str) -> str:
    """An address without scheme, www, fragment and closing slash: what tells pages apart."""
    parts = _split(url.strip())
    host = parts.netloc.lower().removeprefix("www.")
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{parts.path.rstrip('/')}{query}"


def is_web(url: str) -> bool:
    """Whether an address leads to a web page: http, https, or no scheme at all."""
    return _split(url).scheme in {"http", "https", ""}


def parameter(url: str, name: str) -> list[str]:
    """The values of one query parameter."""
    return parse_qs(_split(url).query).get(name, [])


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return _NOWHERE
