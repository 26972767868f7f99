"""Microdata (https://html.spec.whatwg.org/multipage/microdata.html) as nodes like crawlers.jsonld's."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from crawlers.formats.links import joined
from crawlers.jsonld import Node, local_name, type_names

_DEPTH = 40
_MOST = 500
"""Top items that are looked at."""
_SPACE = re.compile(r"\s+")
_BY_ADDRESS = {
    "a": "href", "area": "href", "link": "href", "audio": "src", "embed": "src", "iframe": "src",
    "img": "src", "source": "src", "track": "src", "video": "src", "object": "data",
}  # fmt: skip


def items_of(soup: BeautifulSoup, base: str) -> list[Node]:
    """The top items of a page; addresses are resolved against `base`."""
    tops = [tag for tag in soup.find_all(itemscope=True) if not tag.has_attr("itemprop")]
    by_id: dict[str, Tag] = {}
    for tag in soup.find_all(id=True):
        by_id.setdefault(attribute(tag, "id") or "", tag)
    return [_item(tag, by_id, base, _DEPTH) for tag in tops[:_MOST]]


def value_of(tag: Tag, base: str) -> str:
    """The value an element stands for: its content attribute, an address, a time, or its text.

    A content attribute counts on every element, for schema.org's own examples write it so.
    """
    content = attribute(tag, "content")
    if content is not None:
        return content.strip()
    address = attribute(tag, _BY_ADDRESS.get(tag.name, ""))
    if address is not None:
        return joined(base, address)
    if tag.name in {"data", "meter"} and tag.has_attr("value"):
        return (attribute(tag, "value") or "").strip()
    if tag.name == "time" and tag.has_attr("datetime"):
        return (attribute(tag, "datetime") or "").strip()
    return text_of(tag)


def text_of(tag: Tag) -> str:
    """The text of an element as a reader sees it: single spaces, a line break where a <br> stands."""
    pieces = []
    for piece in tag.descendants:
        if isinstance(piece, Tag):
            pieces.append("\n" if piece.name == "br" else "")
        elif type(piece) is NavigableString:
            pieces.append(_SPACE.sub(" ", piece))
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def attribute(tag: Tag, name: str) -> str | None:
    """An attribute as one string, None when the element has none of that name."""
    value = tag.get(name) if name else None
    return " ".join(value) if isinstance(value, list) else value


def _item(tag: Tag, by_id: Mapping[str, Tag], base: str, depth: int) -> Node:
    node: Node = {}
    if tag.has_attr("itemtype"):
        node["@type"] = type_names(attribute(tag, "itemtype"))
    identifier = attribute(tag, "itemid")
    if identifier:
        node["@id"] = joined(base, identifier)
    for name, owner in _properties(tag, by_id):
        value: Any = None
        if not owner.has_attr("itemscope"):
            value = value_of(owner, base)
        elif depth:
            value = _item(owner, by_id, base, depth - 1)
        add(node, name, value)
    return node


def add(node: Node, name: str, value: Any) -> None:
    """Say one more value of a property."""
    key = local_name(name).lower()
    if key in node:
        known = node[key]
        node[key] = [*known, value] if isinstance(known, list) else [known, value]
    else:
        node[key] = value


def _properties(tag: Tag, by_id: Mapping[str, Tag]) -> Iterator[tuple[str, Tag]]:
    """The property elements of an item, those its itemref names included."""
    roots = [tag, *(by_id.get(name) for name in (attribute(tag, "itemref") or "").split())]
    seen = {id(tag)}
    for root in roots:
        if root is None:
            continue
        if root is not tag:
            yield from _named(root, seen)
        if root is tag or not root.has_attr("itemscope"):
            yield from _within(root, seen)


def _within(root: Tag, seen: set[int]) -> Iterator[tuple[str, Tag]]:
    for child in root.find_all(recursive=False):
        yield from _named(child, seen)
        if not child.has_attr("itemscope"):
            yield from _within(child, seen)


def _named(tag: Tag, seen: set[int]) -> Iterator[tuple[str, Tag]]:
    if id(tag) in seen:
        return
    seen.add(id(tag))
    for name in (attribute(tag, "itemprop") or "").split():
        yield name, tag
