"""A listing's page at a directory whose layout nobody promises: structured data first, visible text last.

A field that the page doesn't say is not shown: whether the directory has it elsewhere can't be told.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawlers.formats import visible
from crawlers.formats.error_page import titled_error
from crawlers.formats.html_page import breaks_off, looks_like_html
from crawlers.formats.http_answer import wall
from crawlers.formats.page_layers import MARKED_UP, PageLayers, too_deep
from crawlers.formats.schema_business import businesses
from crawlers.formats.schema_listing import listing
from crawlers.jsonld import Node, nodes_of
from crawlers.source import Outcome, Reading
from listings.records import ListingRecord

_END = re.compile(r"</\s*(?:html|body)\s*>", re.IGNORECASE)
_BARE = frozenset(
    {"Organization", "Corporation", "WebSite", "Brand", "OnlineBusiness", "NewsMediaOrganization"}
)


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
    if not looks_like_html(text):
        return _reading(
            [record for record, _ in read_document(text, url, directory)], "the document names no business"
        )
    page = layers_of(text, url, directory)
    found = [record for record, _ in structured(page, directory)]
    if found:
        return _reading(found, "")
    error, cut = titled_error(text), breaks_off(text) or not ends(text)
    if error is not None:
        return error
    if directory.visible and not cut:
        found = _plain(page.tree, page.url, directory)
    if not found and (barrier := wall(text)) is not None:
        return barrier
    return _reading(found, "the page breaks off" if cut else "the page shows no business that can be read")


def _reading(found: list[ListingRecord], otherwise: str) -> Reading:
    return Reading(Outcome.OK, tuple(found)) if found else Reading(Outcome.UNREADABLE, detail=otherwise)


def read_document(text: str, url: str, directory: Directory) -> list[tuple[ListingRecord, Node]]:
    """The listings of a JSON-LD document that was saved without its page, each with its node."""
    nodes = _own(businesses(nodes_of([text])[0], url), directory)
    return [(_record(node, "json-ld", url, directory), node) for node in nodes]


def layers_of(text: str, url: str, directory: Directory) -> PageLayers:
    """A page of the directory; a saved one gives itself its address, where that is one of the directory's."""
    return PageLayers(text, url, lambda own: on_domain(own, directory.domain))


def structured(page: PageLayers, directory: Directory) -> list[tuple[ListingRecord, Node]]:
    """The listings that a page marks up, each with its node, from the first layer that has any.

    Of a page that breaks off only its JSON-LD is whole.
    """
    names = MARKED_UP[:1] if breaks_off(page.text) else MARKED_UP
    for layer, nodes in page.layers(names):
        own = _own(nodes, directory)
        if own:
            return [(_record(node, layer, page.url, directory), node) for node in own]
    return []


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
    hidden: dict[str, Any] = dict.fromkeys(directory.hidden)
    return replace(record, shown=frozenset(said), **hidden)


def _plain(tree: LexborHTMLParser, url: str, directory: Directory) -> list[ListingRecord]:
    """The business that a page's only headline names, with its tel: link, its address, its meta tags."""
    headlines = [" ".join(tag.text(deep=True).split()) for tag in tree.css("h1")]
    names = [name for name in headlines if name]
    node = {**(visible.visible_node(tree) or {}), **(visible.meta_node(tree) or {})}
    if len(names) != 1 or not node.keys() & {"telephone", "address"}:
        return []
    return [_record({**node, "name": names[0]}, "visible", url, directory)]
