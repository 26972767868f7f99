"""Categories of all sources on one small tree, so that they can be compared.

Understood are Google's gcid and display names, Yelp's aliases, schema.org types and snake_case
names of open place data; the tree stands in data/categories.txt.
"""

import re
from enum import StrEnum
from functools import lru_cache

from listings.normalize.tables import word_groups, word_map
from listings.normalize.text import fold, words

_SPELLINGS = word_map("categories", "spellings")
_TREE = tuple(word_groups("categories", "parents"))
_TOPS = frozenset(parent for parent, _ in _TREE)
_PARENTS = {
    child: frozenset(parent for parent, others in _TREE if child in others)
    for _, children in _TREE
    for child in children
}
_NODES = _TOPS | frozenset(_PARENTS) | frozenset(_SPELLINGS.values())
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_NAMED = frozenset(
    {"localbusiness", "local_business", "business", "organization", "place", "establishment"}
)
"""Types that every business has: they say nothing."""


class Relation(StrEnum):
    """How a second category stands to a first one."""

    SAME = "same"
    PARENT = "parent"
    CHILD = "child"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@lru_cache(maxsize=16384)
def node(category: str, source: str | None = None) -> str | None:  # noqa: ARG001 - sources may differ one day
    """The node of the tree that a source's category means; None when it says nothing of the trade.

    A category the tree doesn't know is a node of its own, below the node its last words name.
    """
    text = category[:200].strip()
    text = text.rpartition("/")[2] if "schema.org" in text else text.removeprefix("gcid:")
    text = text.rpartition(" > ")[2].replace("'", "").replace("’", "")
    name = "_".join(words(fold(_HUMP.sub(" ", text)).replace("&", " and ").replace("_", " ")))
    if not name or name in _NOT_NAMED:
        return None
    for spelling in (name, name.replace("_", ""), name.removesuffix("s"), re.sub(r"ies$", "y", name)):
        if spelling in _SPELLINGS:
            return _SPELLINGS[spelling]
        if spelling in _NODES:
            return spelling
    return name.removesuffix("s") if name.endswith(("shops", "stores", "restaurants", "services")) else name


@lru_cache(maxsize=16384)
def line(category: str) -> tuple[str, ...]:
    """The node of a category and all nodes above it; a text of words without a comma is one category."""
    start = node(category)
    return (start, *sorted(_line(start))) if start else ()


def relation(a: str, b: str) -> Relation:
    """How category `b` stands to `a`; UNKNOWN when one of them has no place in the tree."""
    first, second = node(a), node(b)
    if first is None or second is None:
        return Relation.UNKNOWN
    if first == second:
        return Relation.SAME
    if second in _line(first):
        return Relation.PARENT
    if first in _line(second):
        return Relation.CHILD
    return Relation.DIFFERENT if _is_placed(first) and _is_placed(second) else Relation.UNKNOWN


def _is_placed(found: str) -> bool:
    return found in _TOPS or bool(_parents(found))


def _line(start: str) -> set[str]:
    """The ancestors of a node."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        parents = _parents(waiting.pop()) - found
        found |= parents
        waiting.extend(parents)
    return found


def _parents(child: str) -> frozenset[str]:
    """The nodes above, by the tree or by the last words of the name."""
    if child in _PARENTS:
        return _PARENTS[child]
    parts = child.split("_")
    for start in range(1, len(parts)):
        tail = "_".join(parts[start:])
        known = _SPELLINGS.get(tail, tail)
        if known in _NODES and known != child:
            return frozenset({known})
    return frozenset()
