"""A listing's page at a directory whose layout nobody promises: structured data first, visible text last.

A field that the page doesn't say is not shown: whether the directory has it elsewhere can't be told.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.formats import hcard, microdata, rdfa, visible
from crawlers.formats.error_page import titled_error
from crawlers.formats.html_page import breaks_off, depth_of, looks_like_html
from crawlers.formats.http_answer import wall
from crawlers.formats.schema_business import businesses
from crawlers.formats.schema_listing import listing
from crawlers.jsonld import Node, nodes_of
from crawlers.source import Outcome, Reading
from listings.records import ListingRecord

_LD_JSON = re.compile(r"application/ld\s*\+\s*json", re.IGNORECASE)
_END = re.compile(r"</\s*(?:html|body)\s*>", re.IGNORECASE)
_BARE = frozenset(
    {"Organization", "Corporation", "WebSite", "Brand", "OnlineBusiness", "NewsMediaOrganization"}
)
_DEEPEST = 1000
"""Real pages nest some tens of elements; the time a parser takes grows with the square."""
_MANY_TAGS = 20_000


@dataclass(frozen=True, slots=True)
class Directory:
    """Whose page it is: the source's name, its domain, and what its own organization is called."""

    source: str
    domain: str
    own_name: re.Pattern[str]
    hidden: frozenset[str] = frozenset()
    """Fields that aren't the directory's own: stars that it shows for somebody else."""
    visible: bool = False
    """Whether plain text may be read where nothing is marked up."""


def read_page(text: str, url: str, directory: Directory) -> Reading:
    """The listings of a page (an HTML page or a JSON-LD document), or why it shows none."""
    if too_deep(text):
        return Reading(Outcome.UNREADABLE, detail="the page nests too deep to be one")
    url = url or own_address(text, directory)
    found = structured(text, url, directory)
    if found or not looks_like_html(text):
        return _reading(found, "the document names no business")
    error, cut = titled_error(text), breaks_off(text) or not ends(text)
    if error is not None:
        return error
    if directory.visible and not cut:
        found = _plain(LexborHTMLParser(text), url, directory)
    if not found and (barrier := wall(text)) is not None:
        return barrier
    return _reading(found, "the page breaks off" if cut else "the page shows no business that can be read")


def _reading(found: list[ListingRecord], otherwise: str) -> Reading:
    return Reading(Outcome.OK, tuple(found)) if found else Reading(Outcome.UNREADABLE, detail=otherwise)


def structured(text: str, url: str, directory: Directory) -> list[ListingRecord]:
    """The listings that a page marks up: JSON-LD, microdata, RDFa or h-cards, the first that has any."""
    return [_record(node, layer, url, directory) for layer, node in marked_up(text, url, directory)]


def marked_up(text: str, url: str, directory: Directory) -> list[tuple[str, Node]]:
    """The business nodes of a page with the layer they stand in."""
    if not looks_like_html(text):
        return [("json-ld", node) for node in _own(businesses(nodes_of([text])[0], url), directory)]
    scripts = LexborHTMLParser(text).css("script[type]")
    blocks = [node.text(deep=True) for node in scripts if _LD_JSON.match(_type(node))]
    found = _own(businesses(nodes_of(blocks)[0], url), directory)
    if found or breaks_off(text) or depth_of(text) > _DEEPEST:
        return [("json-ld", node) for node in found]
    soup = BeautifulSoup(text, "lxml")
    layers: tuple[tuple[str, Callable[[], list[Node]]], ...] = (
        ("microdata", lambda: businesses(microdata.items_of(soup, url), url)),
        ("rdfa", lambda: businesses(rdfa.items_of(soup, url), url)),
        ("h-card", lambda: hcard.cards_of(soup, url)),
    )
    for layer, nodes in layers:
        found = _own(nodes(), directory)
        if found:
            return [(layer, node) for node in found]
    return []


def too_deep(text: str) -> bool:
    """Whether a page nests so deep that reading it would take too long."""
    return text.count("<") > _MANY_TAGS and depth_of(text) > _DEEPEST


def own_address(text: str, directory: Directory) -> str:
    """The address that a saved page gives itself, "" when it isn't one of the directory's."""
    if not looks_like_html(text):
        return ""
    url = visible.canonical(LexborHTMLParser(text))
    return url if on_domain(url, directory.domain) else ""


def ends(text: str) -> bool:
    """Whether a page has its end: without it a text may be half a text."""
    return bool(_END.search(text[-4000:]))


def host_of(url: str | None) -> str:
    """The host of an address in lower case, "" for none."""
    try:
        return (urlsplit(url or "").hostname or "").lower()
    except ValueError:
        return ""


def on_domain(url: str | None, domain: str) -> bool:
    """Whether an address is on a domain or below it."""
    host = host_of(url)
    return host == domain or host.endswith(f".{domain}")


def _own(nodes: Iterable[Node], directory: Directory) -> list[Node]:
    """The nodes without the directory's own organization."""
    return [node for node in nodes if not _is_directory(node, directory)]


def _is_directory(node: Node, directory: Directory) -> bool:
    if not set(node.get("@type", ())) <= _BARE:
        return False
    name, url = node.get("name"), node.get("url")
    return (isinstance(name, str) and bool(directory.own_name.match(name))) or (
        isinstance(url, str) and on_domain(url, directory.domain)
    )


def _record(node: Node, layer: str, url: str, directory: Directory) -> ListingRecord:
    record = listing(node, url, layer, directory.source)
    website = None if on_domain(record.website, directory.domain) else record.website
    page = url or (record.website if website is None else None)
    record = replace(record, website=website, url=page, source_id=page)
    said = {field for field in record.shown if getattr(record, field) is not None} - directory.hidden
    return replace(record, shown=frozenset(said))


def _plain(tree: LexborHTMLParser, url: str, directory: Directory) -> list[ListingRecord]:
    """The business that a page's only headline names, with its tel: link, its address, its meta tags."""
    headlines = [" ".join(tag.text(deep=True).split()) for tag in tree.css("h1")]
    names = [name for name in headlines if name]
    node = {**(visible.visible_node(tree) or {}), **(visible.meta_node(tree) or {})}
    if len(names) != 1 or not node.keys() & {"telephone", "address"}:
        return []
    return [_record({**node, "name": names[0]}, "visible", url, directory)]


def _type(script: LexborNode) -> str:
    return (script.attributes.get("type") or "").strip()
