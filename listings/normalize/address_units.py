"""What a street address says besides the street: suites and floors, PO boxes, words about the way."""

import re

from listings.normalize.address_tokens import SEPARATOR
from listings.normalize.number_words import is_ordinal, plain_ordinal
from listings.normalize.street_words import PREFIXES
from listings.normalize.tables import phrases, word_map, word_set

_KINDS = word_map("streets", "units")
_IDLESS = word_map("streets", "idless_units")
_NUMBER_MARKS = word_set("streets", "number_marks") | {"#"}
_BOXES = phrases("streets", "po_box")
_BOX_STARTS = frozenset(phrase[0] for phrase in _BOXES)
_TAILS = word_set("streets", "tails")
_TAIL_STARTS = _TAILS | {"(", ")"}
_UNIT_STARTS = frozenset(_KINDS) | frozenset(_IDLESS) | _NUMBER_MARKS | {"sub", "m", "ground"}
_SHORT_ID = re.compile(r"[a-z]{0,2}\d+(?:[-/]\d+){0,3}[a-z]{0,2}|[a-z]")
_BARE_ID = re.compile(r"[a-z]?\d{1,3}[a-z]?|[a-z]")
"""Shorter than any postal code, which stands alone behind a street as well."""
_WEAK_STARTS = frozenset({"no", "nr", "num", "number", "#"})
_WHOLE = {"g": "floor ground", "gf": "floor ground", "ground": "floor ground"}

Taken = tuple[str | None, list[str]]
"""What was taken out of the tokens, and the tokens that are left."""


def take_box(tokens: list[str]) -> Taken:
    """The number of a PO box in any of the usual languages."""
    if _BOX_STARTS.isdisjoint(tokens):
        return None, tokens
    for start in range(len(tokens)):
        for length in (4, 3, 2, 1):
            end = start + length
            if tuple(tokens[start:end]) not in _BOXES:
                continue
            while end < len(tokens) and tokens[end] in _NUMBER_MARKS:
                end += 1
            if end < len(tokens) and any(c.isdigit() for c in tokens[end]):
                grouped = tokens[end + 1 : end + 2] if tokens[end + 2 : end + 3] in ([], [SEPARATOR]) else []
                number = tokens[end] + "".join(token for token in grouped if token.isdigit())
                used = end + 1 + (number != tokens[end])
                return number, [*tokens[:start], SEPARATOR, *tokens[used:]]
    return None, tokens


def take_tail(tokens: list[str]) -> Taken:
    """Cross streets, landmarks and what stands in brackets."""
    if _TAIL_STARTS.isdisjoint(tokens):
        return None, tokens
    inside: list[str] = []
    kept: list[str] = []
    depth = 0
    for position, word in enumerate(tokens):
        if word == "(":
            depth += 1
        elif word == ")":
            depth = 0
        elif depth:
            inside.append(word)
        elif word in _TAILS and kept and kept[-1] != SEPARATOR and position + 1 < len(tokens):
            return " ".join([*inside, *tokens[position:]]), kept
        else:
            kept.append(word)
    return " ".join(inside) or None, kept


def take_units(tokens: list[str]) -> Taken:
    """Suite, floor, building and the like as "kind id" joined by ", "."""
    if len(tokens) == 1 and tokens[0] in _WHOLE:
        return _WHOLE[tokens[0]], []
    if _UNIT_STARTS.isdisjoint(tokens):
        return None, tokens
    units: dict[str, str] = {}
    kept: list[str] = []
    position = 0
    while position < len(tokens):
        unit, used = _unit_at(tokens, position, kept)
        if used:
            kind, _, number = unit.partition(" ")
            units.setdefault(kind, number)
            kept.append(SEPARATOR)
        else:
            kept.append(tokens[position])
        position += used or 1
    found = ", ".join(f"{kind} {number}".strip() for kind, number in sorted(units.items()))
    return found or None, kept


def bare_unit(segments: list[list[str]]) -> tuple[str | None, list[list[str]]]:
    """The unit in a segment of nothing but short identifiers ("3º B"), and the other segments."""
    for position, segment in enumerate(segments):
        digits = any(token[0].isdigit() for token in segment)
        if digits and len(segment) < 4 and all(_BARE_ID.fullmatch(token) for token in segment):
            number = " ".join(_plain_id(token) for token in segment)
            return f"unit {number}", segments[:position] + segments[position + 1 :]
    return None, segments


def _plain_id(token: str) -> str:
    """ "3o" of "3º" as "3"."""
    ordinal = len(token) > 1 and token[-1] in "oa" and token[:-1].isdigit()
    return token[:-1] if ordinal else plain_ordinal(token)


def _unit_at(tokens: list[str], position: int, kept: list[str]) -> tuple[str, int]:
    """The unit that begins at `position` and how many tokens it takes (0: none begins there)."""
    word = tokens[position]
    if word not in _UNIT_STARTS:
        return "", 0
    after = tokens[position + 1 : position + 2]
    kind = "unit" if word == "m" and kept and kept[-1][0].isdigit() else _KINDS.get(word)
    if word in ("sub", "ground") and after:
        return _level_at(tokens, position)
    if word == "fl" and kept and after and all(token[0].isdigit() for token in kept + after):
        return "", 0  # "1200 FL-7" is a road of Florida: a floor has a street before it
    if kind == "floor" and (before := _floor_before(kept, alone=len(tokens) == 2)):
        return f"floor {before}", 1
    if kind:
        number, used = _id_at(tokens, position + 1)
        if used and not (word in _WEAK_STARTS and _is_house_number(tokens, position, kept)):
            return f"{kind} {number}", 1 + used
    if word in _IDLESS and _ends_here(tokens, position) and _has_street(kept):
        return _IDLESS[word].replace("_", " "), 1
    return "", 0


def _level_at(tokens: list[str], position: int) -> tuple[str, int]:
    """ "Sub basement 1" or "ground floor"."""
    kind = _KINDS.get(tokens[position + 1])
    if tokens[position] == "sub" and kind == "basement":
        number, used = _id_at(tokens, position + 2)
        return f"sub_basement {number}", 2 + used
    return ("floor ground", 2) if tokens[position] == "ground" and kind == "floor" else ("", 0)


def _floor_before(kept: list[str], *, alone: bool) -> str | None:
    """The number of "2nd floor" or ", 2 OG", taken off `kept`."""
    if not kept or not kept[-1][0].isdigit():
        return None
    fresh = len(kept) > 1 and kept[-2] == SEPARATOR
    if alone or is_ordinal(kept[-1]) or fresh or not kept[-1].isdigit():
        return re.sub(r"[a-z]+$", "", plain_ordinal(kept.pop()))
    return None


def _id_at(tokens: list[str], position: int) -> tuple[str, int]:
    """The identifier of a unit, over "#" and "no"; how many tokens it takes (0: none)."""
    used = 0
    while position + used < len(tokens) and tokens[position + used] in _NUMBER_MARKS and used < 2:
        used += 1
    rest = tokens[position + used : position + used + 2]
    if not rest or not _SHORT_ID.fullmatch(rest[0]):
        return "", 0
    number = plain_ordinal(rest[0])
    if len(number) == 1 and number.isalpha() and len(rest) > 1 and rest[1].isdigit():
        return number + rest[1], used + 2
    return number, used + 1


def _is_house_number(tokens: list[str], position: int, kept: list[str]) -> bool:
    """Whether "no 5" or "#5" is the number of the house: nothing numbered stands before it."""
    numbers = [token for token in kept if token[0].isdigit()]
    if numbers:
        return kept[0] in PREFIXES and len(numbers) == 1 and kept[1] == numbers[0]
    words_before = any(token != SEPARATOR for token in kept)
    _, used = _id_at(tokens, position + 1)
    following = tokens[position + 1 + used : position + 2 + used]
    return words_before or not following or not (following[0] == SEPARATOR or following[0][0].isdigit())


def _ends_here(tokens: list[str], position: int) -> bool:
    return position + 1 == len(tokens) or tokens[position + 1] == SEPARATOR


def _has_street(kept: list[str]) -> bool:
    return sum(token != SEPARATOR for token in kept) > 2
