"""Streets in parts: number, directionals, name, type, unit, whatever the country's order is.

The words are those of USPS Publication 28 and of the usual languages; the tables stand in
data/streets.txt.
"""

import re
from dataclasses import dataclass

from listings.normalize.address_tokens import SEPARATOR, address_tokens
from listings.normalize.address_units import take_box, take_tail, take_units
from listings.normalize.highways import read_highway
from listings.normalize.locality import city_form, postal_code_form, region_form
from listings.normalize.number_words import is_ordinal
from listings.normalize.street_words import (
    PREFIXES,
    STRONG,
    SUFFIXES,
    Street,
    is_direction,
    is_type,
    name_tokens,
    read_street,
)
from listings.normalize.tables import word_set

__all__ = ["AddressForm", "address_form", "city_form", "postal_code_form", "region_form"]

_NUMBER_MARKS = word_set("streets", "number_marks") | {"#"}
_REPEATS = frozenset({"bis", "ter", "quater"})
"""French letters of a number, written in short as its first letter: "12 bis" is "12b"."""
_GRID_NUMBER = re.compile(r"[nsew]\d+[nsew]?\d*")
_UNIT_FIRST = frozenset({"AU", "NZ"})
"""Where "3/12" means unit 3 at number 12 (AS/NZS 4819)."""


@dataclass(frozen=True, slots=True)
class AddressForm:
    """A street address in parts, each in canonical words, None where the text has none.

    `street_type` is the canonical type ("avenue"), `unit` "kind id" ("floor 3"; a suite, an
    apartment, a room and "#" are all "unit"; several are joined by ", "), `tail` what doesn't
    find the door: cross streets, landmarks, neighbourhoods, a repeated city.
    """

    number: str | None = None
    predirectional: str | None = None
    name: str | None = None
    street_type: str | None = None
    postdirectional: str | None = None
    unit: str | None = None
    po_box: str | None = None
    tail: str | None = None

    @property
    def key(self) -> str:
        """Number, street and unit as one string: equal keys are the same door."""
        parts = (self.number, self.predirectional, self.name, self.street_type, self.postdirectional)
        box = f"pobox {self.po_box}" if self.po_box else None
        return " ".join(part for part in (*parts, self.unit, box) if part)


def address_form(street: str, country: str | None = None) -> AddressForm:
    """The parts of a street address; `country` (ISO 3166-1 alpha-2) settles what words mean.

    Without a country the words of all languages count. Any text has a form; what can't be told
    apart stays in `name`.
    """
    tokens = address_tokens(street)
    box, tokens = take_box(tokens)
    unit, tokens = take_units(tokens)
    tail, tokens = take_tail(_without_marks(tokens))
    segments = _segments(tokens)
    if not segments:
        return AddressForm(unit=unit, po_box=box, tail=tail)
    main = 0 if len(segments) == 1 else max(range(len(segments)), key=lambda n: (_rank(segments[n]), -n))
    number, rest = _take_number(segments[main])
    if number is None:
        number, rest, behind_number = _take_inner_number(rest)
        if behind_number:
            segments.insert(main + 1, behind_number)
    behind = segments[main + 1 :]
    if number is None and behind and _is_number(behind[0][0]):
        number, left = _take_number([*behind[0], ""])
        behind[0] = [word for word in left if word]
    if number and country in _UNIT_FIRST and number.count("/") == 1 and unit is None:
        first, number = number.split("/")
        unit = f"unit {first}"
    read = _read(rest, country)
    tails = [" ".join(words) for words in (*segments[:main], *behind) if words]
    return AddressForm(
        number=number,
        predirectional=read.predirectional,
        name=read.name,
        street_type=read.street_type,
        postdirectional=read.postdirectional,
        unit=unit or read.unit,
        po_box=box,
        tail=", ".join(t for t in (*tails, read.tail, tail) if t) or None,
    )


def _segments(tokens: list[str]) -> list[list[str]]:
    """The tokens between the separators; a number of its own joins what follows it."""
    found: list[list[str]] = [[]]
    for token in tokens:
        if token != SEPARATOR:
            found[-1].append(token)
        elif found[-1] and not (len(found) == 1 and len(found[0]) == 1 and _is_number(found[0][0])):
            found.append([])
    return [segment for segment in found if segment]


def _rank(segment: list[str]) -> int:
    """How much a segment looks like the street: a number in front, a word for a street."""
    numbered = _is_number(segment[0]) and any(len(word) > 2 or word in SUFFIXES for word in segment[1:])
    strong = any(SUFFIXES.get(word) in STRONG for word in segment[1:])
    typed = strong or any(is_type(word) for word in segment)
    return 4 * numbered + 2 * typed + strong + (_is_number(segment[-1]) and len(segment) > 1)


def _is_number(token: str) -> bool:
    return token[0].isdigit() and not is_ordinal(token)


def _take_number(tokens: list[str]) -> tuple[str | None, list[str]]:
    """The house number, in front or behind, and the other tokens."""
    if len(tokens) < 2:
        alone = bool(tokens) and _is_number(tokens[0])
        return (tokens[0], []) if alone else (None, tokens)
    if _is_number(tokens[0]) or _GRID_NUMBER.fullmatch(tokens[0]):
        if len(tokens) == 2 and SUFFIXES.get(tokens[1]) in STRONG:
            return None, tokens
        if tokens[1] in _REPEATS:
            return tokens[0] + tokens[1][0], tokens[2:]
        if "/" in tokens[1] and len(tokens) > 2 and tokens[1][0].isdigit():
            return f"{tokens[0]} {tokens[1]}", tokens[2:]
        return tokens[0], tokens[1:]
    return _take_last_number(tokens)


def _without_marks(tokens: list[str]) -> list[str]:
    """The tokens without "no" and "#" before a digit."""
    if _NUMBER_MARKS.isdisjoint(tokens):
        return tokens
    following = [*tokens[1:], ""]
    kept: list[str] = []
    for token, after in zip(reversed(tokens), reversed(following), strict=True):
        next_kept = kept[-1] if kept else after
        if not (token in _NUMBER_MARKS and next_kept[:1].isdigit()):
            kept.append(token)
    return kept[::-1]


def _take_last_number(tokens: list[str]) -> tuple[str | None, list[str]]:
    letter = ""
    end = len(tokens)
    if end > 2 and (len(tokens[-1]) == 1 or tokens[-1] in _REPEATS) and tokens[-2].isdigit():
        letter, end = tokens[-1][0], end - 1
    words = end - 1 - is_type(tokens[0])
    if words < 1 + (end == 2 and is_type(tokens[0])) or not _is_number(tokens[end - 1]):
        compound = end == 2 and is_type(tokens[0]) and tokens[0] not in SUFFIXES and len(tokens[0]) > 5
        if not (compound and _is_number(tokens[1])):
            return None, tokens
    if read_highway(tokens):
        return None, tokens
    return tokens[end - 1] + letter, tokens[: end - 1]


def _take_inner_number(tokens: list[str]) -> tuple[str | None, list[str], list[str]]:
    """The number that ends a street which begins with its type, and the words behind it."""
    if len(tokens) > 3 and is_type(tokens[0]) and not read_highway(tokens):
        for position in range(2 if tokens[0] in PREFIXES or tokens[0] in SUFFIXES else 1, len(tokens)):
            if _is_number(tokens[position]):
                return tokens[position], tokens[:position], tokens[position + 1 :]
    return None, tokens, []


def _read(tokens: list[str], country: str | None) -> Street:
    road, shift = read_highway(tokens), 0
    if road is None and len(tokens) > 2 and is_direction(tokens[0]):
        road, shift = read_highway(tokens[1:]), 1
    if road is None:
        street = read_street(tokens, country)
        return _bare_unit(street)
    kind, number, start, end = road
    around = read_street([*tokens[: start + shift], number, *tokens[end + shift :]], country)
    around.street_type = kind
    return around


def _bare_unit(street: Street) -> Street:
    """Reads "Broadway 5" behind a house number as unit 5: a name doesn't end in a number."""
    words = (street.name or "").split()
    if street.street_type is None and len(words) > 1 and words[-1].isdigit() and not words[0].isdigit():
        street.name, street.unit = " ".join(name_tokens(words[:-1])), f"unit {words[-1]}"
    return street
