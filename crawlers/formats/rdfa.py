"""RDFa Lite (https://www.w3.org/TR/rdfa-lite/) of the schema.org vocabulary as nodes like crawlers.jsonld's."""

from typing import Any

from bs4 import BeautifulSoup, Tag

from crawlers.formats.links import joined
from crawlers.formats.microdata import add, attribute, value_of
from crawlers.jsonld import Node, local_name, type_names

_DEPTH = 200


def items_of(soup: BeautifulSoup, base: str) -> list[Node]:
    """The top items of a page: those that are no property of another one."""
    walk = _Walk(base)
    if soup.find(typeof=True) is not None:
        walk.below(soup, "", None, _DEPTH)
    return walk.found


class _Walk:
    """One pass down a page, collecting the top items."""

    def __init__(self, base: str) -> None:
        self._base = base
        self.found: list[Node] = []

    def below(self, tag: Tag, vocabulary: str, owner: Node | None, depth: int) -> None:
        """Read the children of an element that speaks of `owner`."""
        for child in tag.find_all(recursive=False):
            vocab = attribute(child, "vocab")
            here = vocabulary if vocab is None else vocab
            inner = self._enter(child, here, owner)
            if depth:
                self.below(child, here, inner, depth - 1)

    def _enter(self, tag: Tag, vocabulary: str, owner: Node | None) -> Node | None:
        """Note what one element says; the node its children speak of."""
        properties = [name for name in (attribute(tag, "property") or "").split() if _ours(name, vocabulary)]
        types = [name for name in (attribute(tag, "typeof") or "").split() if _ours(name, vocabulary)]
        value: Any = self._new(tag, types) if types else None
        if types and (owner is None or not properties):
            self.found.append(value)
        elif owner is not None:
            for name in properties:
                add(owner, name, value if types else value_of(tag, self._base))
        return value if types else owner

    def _new(self, tag: Tag, types: list[str]) -> Node:
        node: Node = {"@type": type_names(types)}
        identifier = attribute(tag, "resource") or attribute(tag, "about")
        if identifier:
            node["@id"] = joined(self._base, identifier)
        return node


def _ours(name: str, vocabulary: str) -> bool:
    """Whether a name belongs to schema.org: by its own prefix, else by the vocabulary in force."""
    if local_name(name) != name:
        return True
    return ":" not in name and "schema.org" in vocabulary
