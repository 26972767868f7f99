"""JSON-LD as websites really write it: broken markup repaired, nodes linked, names in one spelling.

https://www.w3.org/TR/json-ld11/ and https://schema.org/docs/datamodel.html. A node is a dict: "@type"
holds a tuple of type names without their vocabulary's address, "@id" the identifier, every other key
is a property's name in lower case, for sites spell them in any case.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

Node = dict[str, Any]

_STRING = r'"(?:[^"\\]|\\.)*+(?:"|\Z)'
"""A string up to its closing quote or the end: an unclosed one must not be tried again and again."""
_COMMENT = re.compile(rf"({_STRING})|/\*.*?(?:\*/|\Z)|(?<![:\w])//[^\n]*", re.DOTALL)
_TRAILING_COMMA = re.compile(rf"({_STRING})|,(?=\s*(?:,|\]|\}}))", re.DOTALL)
_BAD_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|(.))', re.DOTALL)
_OPENERS = ("<![CDATA[", "<!--", "/*<![CDATA[*/")
_CLOSERS = ("]]>", "-->", "/*]]>*/", ";", "//")
_AFTER = re.compile(r"[\s;}\]]*")
_VOCABULARY = re.compile(r"^(?:(?:https?:)?//(?:www\.)?schema\.org/|schema:)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_HOLDERS = ("@value", "@list", "@set")
_DEPTH = 60


class BrokenMarkup(ValueError):
    """The block holds no JSON that a repair can read."""


def nodes_of(blocks: Iterable[str]) -> tuple[list[Node], list[str]]:
    """The top nodes of a page's JSON-LD blocks, references resolved, and what was wrong with the rest.

    A node that only another one refers to is still a top node: which one is meant is the reader's
    choice.
    """
    found: list[Node] = []
    broken: list[str] = []
    for block in blocks:
        try:
            for document in documents(block):
                found.extend(_top(document))
        except BrokenMarkup as error:
            broken.append(str(error))
    return linked(found), broken


def documents(block: str) -> list[Any]:
    """The JSON values of one block: as it is, else repaired the way forgiving readers do.

    Raises BrokenMarkup for what stays broken.
    """
    text = block.strip("\ufeff\u200b \t\r\n")
    if not text:
        return []
    error: ValueError = BrokenMarkup("empty")
    for repair in (_as_is, _unwrapped, _tidied, _unescaped):
        try:
            return _values(repair(text))
        except (ValueError, RecursionError) as failure:
            error = failure if isinstance(failure, ValueError) else BrokenMarkup("nested too deep")
    raise BrokenMarkup(f"JSON-LD that can't be read: {error}") from error


def _as_is(text: str) -> str:
    return text


def _unwrapped(text: str) -> str:
    """Without the comment or CDATA marks that hide scripts from old browsers."""
    previous = None
    while previous != text:
        previous, text = text, text.strip()
        inner = text.removeprefix("//").lstrip()
        for mark in _OPENERS:
            if inner.startswith(mark):
                text = inner.removeprefix(mark)
        for mark in _CLOSERS:
            text = text.removesuffix(mark)
    return text


def _tidied(text: str) -> str:
    """Without comments, trailing commas and escapes that JSON doesn't know."""
    text = _COMMENT.sub(lambda match: match[1] or " ", _unwrapped(text))
    text = _BAD_ESCAPE.sub(lambda match: match[0] if match[1] else match[2], text)
    previous = None
    while previous != text:
        previous, text = text, _TRAILING_COMMA.sub(lambda match: match[1] or "", text)
    return text


def _unescaped(text: str) -> str:
    """With the HTML entities of a block that was escaped as a whole turned back."""
    return _tidied(unescaped(text))


def _values(text: str) -> list[Any]:
    decoder = json.JSONDecoder(strict=False, parse_constant=lambda _: None)
    values: list[Any] = []
    position = 0
    while position < len(text):
        value, end = decoder.raw_decode(text, position)
        values.append(value)
        after = _AFTER.match(text, end)
        position = after.end() if after else end
        if position < len(text) and text[position] == ",":
            position += 1
        while position < len(text) and text[position].isspace():
            position += 1
    return values


def _top(document: Any) -> Iterator[Node]:
    for item in _flat(document):
        if not isinstance(item, Mapping):
            continue
        node = _node(item, _DEPTH)
        graph = [child for child in as_list(node.pop("@graph", None)) if isinstance(child, dict)]
        if set(node) - {"@context", "@id"}:
            yield node
        for child in graph:
            inner = child.pop("@graph", None)
            yield child
            yield from (one for one in as_list(inner) if isinstance(one, dict))


def _flat(document: Any, depth: int = 5) -> Iterator[Any]:
    if isinstance(document, list) and depth:
        for item in document:
            yield from _flat(item, depth - 1)
    else:
        yield document


def _node(raw: Mapping[str, Any], depth: int) -> Node:
    node: Node = {}
    for key, value in raw.items():
        name = _property(key)
        if name in {"@context", "@reverse"} or (name == "@type" and "@type" in node):
            continue
        node[name] = type_names(value) if name == "@type" else _value(value, depth - 1)
    return node


def _value(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return unescaped(value)
    if depth <= 0 or not isinstance(value, dict | list):
        return value if isinstance(value, int | float) else None
    if isinstance(value, list):
        return [_value(item, depth - 1) for item in value]
    held = {name: item for key, item in value.items() if (name := key.lower()) in _HOLDERS}
    for holder in _HOLDERS:
        if holder in held:
            return _value(held[holder], depth - 1)
    return _node(value, depth)


# A page repeats a few names in each of its reviews.
@lru_cache(maxsize=4096)
def _property(key: str) -> str:
    name = local_name(key).lower()
    return {"type": "@type", "id": "@id"}.get(name, name)


def unescaped(text: str) -> str:
    """The text with its HTML entities turned into characters.

    Only whole ones: "&copy=1" in an address is a parameter, not a copyright sign.
    """
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text


def local_name(name: str) -> str:
    """A name of the schema.org vocabulary without the vocabulary's address or prefix."""
    return _VOCABULARY.sub("", name.strip()).strip("/ ")


def type_names(value: Any) -> tuple[str, ...]:
    """The type names in a string of one or more names, or a list of such."""
    words = (word for item in as_list(value) if isinstance(item, str) for word in item.split())
    return tuple(dict.fromkeys(name for name in map(local_name, words) if name))


def as_list(value: Any) -> list[Any]:
    """A list as it is, None as an empty list, anything else as a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def linked(found: list[Node]) -> list[Node]:
    """The same nodes, each mention {"@id": x} of another one replaced by that node.

    Nodes of one "@id" are one node; the first statement of a property counts.
    """
    by_id: dict[str, Node] = {}
    top: list[Node] = []
    for node in found:
        identifier = node.get("@id")
        if not isinstance(identifier, str):
            top.append(node)
        elif identifier not in by_id:
            top.append(node)
            by_id[identifier] = node
        else:
            by_id[identifier] |= {key: value for key, value in node.items() if not by_id[identifier].get(key)}
    below = _below(top)
    for child in below:
        identifier = child.get("@id")
        if isinstance(identifier, str) and len(child) > 1:
            # Nested nodes count too: an address may be written once and be mentioned elsewhere.
            by_id.setdefault(identifier, child)
    for node in [*top, *below]:
        _resolve(node, by_id)
    return top


def _resolve(node: Node, by_id: Mapping[str, Node]) -> None:
    for key, value in node.items():
        if isinstance(value, list):
            node[key] = [_target(item, by_id) for item in value]
        elif key != "@type":
            node[key] = _target(value, by_id)


def _below(top: list[Node]) -> list[Node]:
    """The nodes inside these, however deep; only to be used while they are trees."""
    found: list[Node] = []
    waiting = list(top)
    while waiting:
        children = _children(waiting.pop())
        found.extend(children)
        waiting.extend(children)
    return found


def _target(value: Any, by_id: Mapping[str, Node]) -> Any:
    if isinstance(value, dict) and set(value) == {"@id"}:
        return by_id.get(value["@id"], value) if isinstance(value["@id"], str) else value
    return value


def _children(node: Node) -> list[Node]:
    return [
        child
        for key, value in node.items()
        if key != "@type"
        for child in as_list(value)
        if isinstance(child, dict)
    ]
