"""Answers as collectors keep them: alone, in lists, in wrappers, or in a mapping by id."""

from collections.abc import Iterator, Mapping
from typing import Any

from crawlers.formats.json_answer import answers_in


def collected(document: Any, known: frozenset[str]) -> Iterator[Any]:
    """The answers in a saved document; `known` are the keys of which every answer has one."""
    for one in answers_in(document, known):
        yield from _values(one, known)


def _values(document: Any, known: frozenset[str]) -> Iterator[Any]:
    """The values of a mapping from ids (or from one name) to answers; anything else as it is."""
    values = list(document.values()) if isinstance(document, Mapping) else []
    if values and known.isdisjoint(document) and all(_is_answer(value, known) for value in values):
        yield from values
    else:
        yield document


def _is_answer(value: Any, known: frozenset[str]) -> bool:
    return isinstance(value, Mapping) and not known.isdisjoint(value)
