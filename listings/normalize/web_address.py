"""Web addresses: which site, which page of it, and whether the site is the business's own."""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

import tldextract

from listings.normalize.tables import word_set

_MAX_LENGTH = 2048

_split_host = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


@dataclass(frozen=True, slots=True)
class WebForm:
    """A web address without what doesn't choose the page.

    `host` has no "www."; `domain` is the registrable one (Public Suffix List) or the host itself;
    `path` begins with "/" (the home page is "/") and carries the query that is left; `aggregator`
    says that the host is a directory, a social network or a link shortener, so not the
    business's own.
    """

    host: str
    domain: str
    path: str
    aggregator: bool


_TRACKING = word_set("web", "tracking")
_TRACKING_PREFIXES = ("utm_", "hsa_", "pk_", "mtm_", "matomo_", "piwik_", "oly_")
_SOURCE_NAMES = frozenset({"source", "src", "ref", "referrer", "from", "via", "medium", "channel"})
_SOURCE_WORDS = re.compile(r"gmb|gbp|google|yelp|bing|yahoo|facebook|instagram|listing|local|organic|maps")
DIRECTORY_NAMES = word_set("web", "directory_names")
DIRECTORY_DOMAINS = word_set("web", "directory_domains")
HOME_PAGE = r"(?i)/(?:index|default|home)\.(?:html?|php|aspx?|jsp|cfm)$"
_HOME_PAGE = re.compile(HOME_PAGE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,15}://", re.IGNORECASE)
_HOST = re.compile(r"[\w.-]+")
MOBILE = ("www.", "m.", "www2.")
_DEFAULT_PORTS = (None, 80, 443)


@lru_cache(maxsize=65536)
def web_form(url: str) -> WebForm | None:
    """The web address in its normal form; None when there is no host in it.

    Scheme, "www.", default port, fragment, home page file, trailing slash and tracking parameters
    go; other parameters stay, sorted, as they may choose the page.
    """
    text = url[:_MAX_LENGTH].strip()
    if not _SCHEME.match(text):
        text = "http://" + text.lstrip("/")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    host = _plain_host(host)
    if (
        "@" in parts.netloc
        or parts.scheme not in ("http", "https")
        or "." not in host
        or not _HOST.fullmatch(host)
    ):
        return None
    domain = registrable_domain(host)
    shown = host if port in _DEFAULT_PORTS else f"{host}:{port}"
    return WebForm(shown, domain, _plain_path(parts.path, parts.query), is_directory(domain))


def _plain_host(host: str) -> str:
    host = host.strip(".")
    for prefix in MOBILE:
        if host.startswith(prefix) and host.count(".") > 1:
            host = host[len(prefix) :]
    if "xn--" in host:
        try:
            return host.encode("ascii").decode("idna")
        except UnicodeError:
            return host
    return host


def _plain_path(path: str, query: str) -> str:
    plain = _HOME_PAGE.sub("/", unquote(path)).rstrip("/") or "/"
    if not query:
        return plain
    kept = sorted((k, v) for k, v in parse_qsl(query, keep_blank_values=True) if not _is_tracking(k, v))
    return plain + ("?" + "&".join(f"{k}={v}" for k, v in kept) if kept else "")


def _is_tracking(key: str, value: str) -> bool:
    key = key.lower()
    if key in _TRACKING or key.startswith(_TRACKING_PREFIXES):
        return True
    return key in _SOURCE_NAMES and _SOURCE_WORDS.search(value.lower()) is not None


@lru_cache(maxsize=65536)
def registrable_domain(host: str) -> str:
    """The domain one registers (Public Suffix List), or the host itself where there is none."""
    parts = _split_host(host)
    return f"{parts.domain}.{parts.suffix}" if parts.domain and parts.suffix else host


def is_directory(domain: str) -> bool:
    """Whether a registrable domain is a directory, a network, a marketplace or a link shortener."""
    return domain in DIRECTORY_DOMAINS or domain.partition(".")[0] in DIRECTORY_NAMES
