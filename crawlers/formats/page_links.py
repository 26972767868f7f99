"""Where a page leads on its own site: what finds a location's page in a store locator."""

from dataclasses import dataclass
from urllib.parse import urldefrag, urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawlers.formats.links import joined
from crawlers.formats.visible import canonical

MOST = 2_000
_LONGEST_WORDS = 200
_FILES = (
    ".pdf",
    ".jpg",
    ".jpeg",
    ".png",
    ".gif",
    ".svg",
    ".webp",
    ".zip",
    ".ics",
    ".mp4",
    ".css",
    ".js",
    ".xml",
)


@dataclass(frozen=True, slots=True)
class PageLink:
    """One link: its address without the fragment, its words, whether it leads to the list's next page."""

    url: str
    words: str
    is_next: bool = False


@dataclass(frozen=True, slots=True)
class PageLinks:
    """What a page says of addresses; read only when somebody asks."""

    tree: LexborHTMLParser
    at: str

    def canonical(self) -> str | None:
        """The page's own word for its address, on the same site; None without a usable one.

        A page that calls the site's front page its own is mistaken.
        """
        own = urldefrag(canonical(self.tree))[0]
        if not own or not same_site(own, self.at):
            return None
        return None if urlsplit(own).path in {"", "/"} and urlsplit(self.at).path not in {"", "/"} else own

    def links(self) -> list[PageLink]:
        """The links to other pages of the same site, in order, each address once."""
        found: dict[str, PageLink] = {}
        for tag in self.tree.css("a[href], link[rel=next][href]")[:MOST]:
            url = urldefrag(joined(self.at, tag.attributes.get("href") or ""))[0]
            if url not in found and url != self.at and same_site(url, self.at) and not _is_file(url):
                words = " ".join(tag.text(deep=True, separator=" ").split())[:_LONGEST_WORDS]
                found[url] = PageLink(url, words, "next" in (tag.attributes.get("rel") or "").split())
        return list(found.values())


def same_site(one: str, other: str) -> bool:
    """Whether two web addresses are of one host, with or without www."""
    hosts = [_host(url) for url in (one, other)]
    return hosts[0] is not None and hosts[0] == hosts[1]


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    return host if parts.scheme in {"http", "https"} and host else None


def _is_file(url: str) -> bool:
    return urlsplit(url).path.lower().endswith(_FILES)
