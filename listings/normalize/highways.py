"""Numbered roads: "US-19", "US Hwy 19" and "U.S. Highway 19" are one."""

import re

from listings.normalize.street_words import is_direction
from listings.normalize.tables import word_map, word_set

_DESIGNATORS = {
    tuple(spelling.split("_")): canonical for spelling, canonical in word_map("streets", "highways").items()
}
_STARTS = frozenset(words[0] for words in _DESIGNATORS)
_PREFIXES = word_set("streets", "highway_prefixes")
_STATE_NAMES = word_set("streets", "state_names")
_HIGHWAYS = frozenset({"highway", "hwy", "route", "rte"})
_ROADS = _HIGHWAYS | {"rt", "road", "rd"}
_MARKS = frozenset({"no", "number", "#"})
_NUMBER = re.compile(r"\d+[a-z]?")
_STATES = word_set("streets", "state_codes")


def read_highway(tokens: list[str]) -> tuple[str, str, int, int] | None:
    """Kind ("us_highway"), number and the tokens [start, end) that say so; None for other streets."""
    for start, token in enumerate(tokens[:3]):
        if token in _STARTS:
            for length in (5, 4, 3, 2, 1):
                kind = _DESIGNATORS.get(tuple(tokens[start : start + length]))
                number = _number_at(tokens, start + length) if kind else None
                if kind and number:
                    return kind, tokens[number - 1], start, number
        named = token in _STATE_NAMES and tokens[start + 1 : start + 2] and tokens[start + 1] in _HIGHWAYS
        if token in _STATES or named:
            return _state_road(tokens, start)
        if token not in _PREFIXES:
            return None
    return None


def _state_road(tokens: list[str], start: int) -> tuple[str, str, int, int] | None:
    """ "FL-7" and "KY Route 550", begun by a state's code."""
    says_road = bool(tokens[start + 1 : start + 2]) and tokens[start + 1] in _ROADS
    number = _number_at(tokens, start + 1 + says_road)
    if number is None or not (says_road or all(map(is_direction, tokens[number:]))):
        return None
    return "state_highway", tokens[number - 1], start, number


def _number_at(tokens: list[str], position: int) -> int | None:
    """The position behind the road's number, or None when no number stands there."""
    if position < len(tokens) and tokens[position] in _MARKS:
        position += 1
    return position + 1 if position < len(tokens) and _NUMBER.fullmatch(tokens[position]) else None
