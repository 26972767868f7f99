"""The layers in which an HTML page may say what business it is about, from the surest to plain text."""

import re
from collections.abc import Callable, Iterator
from functools import cached_property

from bs4 import BeautifulSoup
from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.formats import hcard, microdata, rdfa, visible
from crawlers.formats.html_page import depth_of
from crawlers.formats.schema_business import businesses
from crawlers.jsonld import Node, nodes_of

MARKED_UP = ("json-ld", "microdata", "rdfa", "h-card")
"""The layers that are written for programs."""
EVERY = ("json-ld", "microdata", "rdfa", "meta", "h-card", "visible")
_LD_JSON = re.compile(r"application/ld\s*\+\s*json", re.IGNORECASE)
_MICRODATA, _RDFA = re.compile("itemscope", re.IGNORECASE), re.compile("typeof", re.IGNORECASE)
_HCARD, _ANYTHING = re.compile("h-card|vcard"), re.compile("")
_DEEPEST = 1000
"""Real pages nest some tens of elements; the time a parser takes grows with the square."""
_MANY_TAGS = 20_000


def too_deep(text: str) -> bool:
    """Whether a page nests so deep that reading it would take too long."""
    return text.count("<") > _MANY_TAGS and depth_of(text) > _DEEPEST


class PageLayers:
    """One page; each layer is read when it is its turn.

    `url` is where the page came from, else the address it gives itself. Ask `too_deep` before.
    """

    def __init__(self, text: str, url: str, own_address: Callable[[str], bool] = bool) -> None:
        """`own_address` tells whether an address that the page gives itself may be believed."""
        self.text = text
        self.tree = LexborHTMLParser(text)
        self.url = url or self._canonical(own_address)

    def _canonical(self, believed: Callable[[str], bool]) -> str:
        url = visible.canonical(self.tree)
        return url if believed(url) else ""

    @cached_property
    def blocks(self) -> list[str]:
        """The texts of its JSON-LD scripts."""
        return [
            node.text(deep=True)
            for node in self.tree.css("script[type]")
            if _LD_JSON.match(script_type(node))
        ]

    @cached_property
    def linked(self) -> tuple[list[Node], list[str]]:
        """The nodes of its JSON-LD, and what was broken in it."""
        return nodes_of(self.blocks)

    @cached_property
    def _soup(self) -> BeautifulSoup:
        """The page for the layers that need every element; empty when it nests too deep to be one."""
        return BeautifulSoup(self.text if depth_of(self.text) <= _DEEPEST else "", "lxml")

    def layers(self, names: tuple[str, ...] = EVERY) -> Iterator[tuple[str, list[Node]]]:
        """The business nodes of each of the layers in their order, those without any left out."""
        for name in names:
            sign, read = self._readers[name]
            nodes = read() if sign.search(self.text) else []
            if nodes:
                yield name, nodes

    @cached_property
    def _readers(self) -> dict[str, tuple[re.Pattern[str], Callable[[], list[Node]]]]:
        """By layer the sign without which a page has none of it, and its reader."""
        base = self.url
        return {
            "json-ld": (_ANYTHING, lambda: businesses(self.linked[0], base)),
            "microdata": (_MICRODATA, lambda: businesses(microdata.items_of(self._soup, base), base)),
            "rdfa": (_RDFA, lambda: businesses(rdfa.items_of(self._soup, base), base)),
            "meta": (_ANYTHING, lambda: _some(visible.meta_node(self.tree))),
            "h-card": (_HCARD, lambda: hcard.cards_of(self._soup, base)),
            "visible": (_ANYTHING, lambda: _some(visible.visible_node(self.tree))),
        }


def script_type(script: LexborNode) -> str:
    """The type attribute of a script, "" without one."""
    return (script.attributes.get("type") or "").strip()


def _some(node: Node | None) -> list[Node]:
    return [] if node is None else [node]
