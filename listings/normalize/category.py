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
_PARENTS = {child: parent for parent, children in word_groups("categories", "parents") for child in children}
_NODES = frozenset(_PARENTS) | frozenset(_PARENTS.values()) | frozenset(_SPELLINGS.values())
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
    name = "_".join(words(fold(_HUMP.sub(" ", text)).replace("&", " and ").replace("_", " ")))
    if not name or name in _NOT_NAMED:
        return None
    for spelling in (name, name.replace("_", ""), name.removesuffix("s"), re.sub(r"ies$", "y", name)):
        if spelling in _SPELLINGS:
            return _SPELLINGS[spelling]
        if spelling in _NODES:
            return spelling
    return name.removesuffix("s") if name.endswith(("shops", "stores", "restaurants", "services")) else name


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
    return Relation.DIFFERENT if _parent(first) and _parent(second) else Relation.UNKNOWN


def _line(start: str) -> list[str]:
    """The ancestors of a node, nearest first."""
    found: list[str] = []
    parent = _parent(start)
    while parent and parent not in found:
        found.append(parent)
        parent = _parent(parent)
    return found


def _parent(child: str) -> str | None:
    """The node above, by the tree or by the last words of the name."""
    if child in _PARENTS:
        return _PARENTS[child]
    parts = child.split("_")
    for start in range(1, len(parts)):
        tail = "_".join(parts[start:])
        known = _SPELLINGS.get(tail, tail)
        if known in _NODES and known != child:
            return known
    return child if child in _NODES and child in _PARENTS.values() else None
