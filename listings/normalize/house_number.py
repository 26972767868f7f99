"""House numbers: in front of the street or behind it, with letters, fractions and ranges."""

import re

from listings.normalize.highways import read_highway
from listings.normalize.number_words import is_ordinal
from listings.normalize.street_words import PREFIXES, STRONG, SUFFIXES, is_direction, is_type
from listings.normalize.tables import word_set

_NUMBER_MARKS = word_set("streets", "number_marks") | {"#"}
_REPEATS = frozenset({"bis", "ter", "quater"})
"""French letters of a number, written in short as its first letter: "12 bis" is "12b"."""
_GRID_NUMBER = re.compile(r"[nsew]\d+[nsew]?\d*")


def is_number(token: str) -> bool:
    """Whether a token may be a house number: it begins with a digit and is no ordinal."""
    return token[0].isdigit() and not is_ordinal(token)


def take_number(street: list[str], behind: list[list[str]]) -> tuple[str | None, list[str], list[list[str]]]:
    """The house number, the street without it, and the segments behind without it.

    `behind` are the segments that follow the street's, among them perhaps the number itself
    ("Via Roma, 5").
    """
    number, rest = _take_outer(street)
    if number is not None:
        return number, rest, behind
    number, rest, left = _take_inner(rest)
    if number is not None:
        return number, rest, [left, *behind]
    if behind and is_number(behind[0][0]):
        number, left = _take_outer([*behind[0], ""])
        return number, rest, [[word for word in left if word], *behind[1:]]
    return None, rest, behind


def _take_outer(tokens: list[str]) -> tuple[str | None, list[str]]:
    """The house number, in front or behind, and the other tokens."""
    if len(tokens) < 2:
        alone = bool(tokens) and is_number(tokens[0])
        return (tokens[0], []) if alone else (None, tokens)
    if is_number(tokens[0]) or _GRID_NUMBER.fullmatch(tokens[0]):
        if len(tokens) == 2 and SUFFIXES.get(tokens[1]) in STRONG:
            return None, tokens
        if tokens[1] in _REPEATS:
            return tokens[0] + tokens[1][0], tokens[2:]
        if "/" in tokens[1] and len(tokens) > 2 and tokens[1][0].isdigit():
            return f"{tokens[0]} {tokens[1]}", tokens[2:]
        return tokens[0], tokens[1:]
    return _take_last_number(tokens)


def without_marks(tokens: list[str]) -> list[str]:
    """The tokens without "no" and "#" before a digit."""
    if _NUMBER_MARKS.isdisjoint(tokens):
        return tokens
    kept: list[str] = []
    for token in reversed(tokens):
        if not (token in _NUMBER_MARKS and kept and kept[-1][0].isdigit()):
            kept.append(token)
    return kept[::-1]


def _take_last_number(tokens: list[str]) -> tuple[str | None, list[str]]:
    letter, end = "", len(tokens)
    if end > 2 and (len(tokens[-1]) == 1 or tokens[-1] in _REPEATS) and tokens[-2].isdigit():
        letter, end = tokens[-1][0], end - 1
    if not is_number(tokens[end - 1]) or read_highway(tokens):
        return None, tokens
    before = tokens[: end - 1]
    if len(before) == 1 and (before[0] in SUFFIXES or before[0] in PREFIXES):
        return None, tokens  # "Calle 8": the number is the name
    return tokens[end - 1] + letter, before


def _take_inner(tokens: list[str]) -> tuple[str | None, list[str], list[str]]:
    """The number that ends a street which begins with its type, and the words behind it."""
    if len(tokens) > 3 and is_type(tokens[0]) and not read_highway(tokens):
        for position in range(2 if tokens[0] in PREFIXES or tokens[0] in SUFFIXES else 1, len(tokens)):
            if is_number(tokens[position]):
                behind = tokens[position + 1 :]
                directed = 1 if behind and is_direction(behind[0]) else 0
                return tokens[position], tokens[:position] + behind[:directed], behind[directed:]
    return None, tokens, []
