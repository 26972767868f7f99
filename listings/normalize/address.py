"""Streets in parts: number, directionals, name, type, unit, whatever the country's order is.

The words are those of USPS Publication 28 and of the usual languages; the tables stand in
data/streets.txt.
"""

from dataclasses import dataclass

from listings.normalize.address_tokens import SEPARATOR, address_tokens
from listings.normalize.address_units import bare_unit, take_box, take_tail, take_units
from listings.normalize.east_asia import east_asian_line
from listings.normalize.highways import read_highway
from listings.normalize.house_number import is_number, take_number, without_marks
from listings.normalize.locality import city_form, postal_code_form, region_form
from listings.normalize.street_words import (
    DEFAULT_TYPES,
    STRONG,
    SUFFIXES,
    Street,
    is_direction,
    is_type,
    name_tokens,
    read_street,
)

__all__ = ["AddressForm", "address_form", "city_form", "postal_code_form", "region_form"]

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
        kind = None if self.street_type in DEFAULT_TYPES else self.street_type
        parts = (self.number, self.predirectional, self.name, kind, self.postdirectional)
        box = f"pobox {self.po_box}" if self.po_box else None
        return " ".join(part for part in (*parts, self.unit, box) if part)


def address_form(street: str, country: str | None = None) -> AddressForm:
    """The parts of a street address; `country` (ISO 3166-1 alpha-2) settles what words mean.

    Without a country the words of all languages count. Any text has a form; what can't be told
    apart stays in `name`.
    """
    tokens = address_tokens(east_asian_line(street))
    box, tokens = take_box(tokens)
    unit, tokens = take_units(tokens)
    tail, tokens = take_tail(without_marks(tokens))
    segments = _segments(tokens)
    if not segments:
        return AddressForm(unit=unit, po_box=box, tail=tail)
    main = _main(segments)
    number, words, behind = take_number(segments[main], segments[main + 1 :])
    if unit is None and number:
        unit, number = _unit_first(number, country)
    if unit is None and number:
        unit, behind = bare_unit(behind)
    read = _read(words, country)
    tails = [" ".join(segment) for segment in (*segments[:main], *behind) if segment]
    return AddressForm(
        number=number,
        predirectional=read.predirectional,
        name=read.name,
        street_type=read.street_type,
        postdirectional=read.postdirectional,
        unit=unit or read.unit,
        po_box=box,
        tail=", ".join(part for part in (*tails, read.tail, tail) if part) or None,
    )


def _segments(tokens: list[str]) -> list[list[str]]:
    """The tokens between the separators; a number of its own joins what follows it."""
    found: list[list[str]] = [[]]
    for token in tokens:
        if token != SEPARATOR:
            found[-1].append(token)
        elif found[-1] and not (len(found) == 1 and len(found[0]) == 1 and is_number(found[0][0])):
            found.append([])
    return [segment for segment in found if segment]


def _rank(segment: list[str]) -> int:
    """How much a segment looks like the street: a number in front, a word for a street."""
    numbered = is_number(segment[0]) and any(len(word) > 2 or word in SUFFIXES for word in segment[1:])
    strong = any(SUFFIXES.get(word) in STRONG for word in segment[1:])
    typed = strong or any(is_type(word) for word in segment)
    return 4 * numbered + 2 * typed + strong + (is_number(segment[-1]) and len(segment) > 1)


def _main(segments: list[list[str]]) -> int:
    """The position of the segment that is the street."""
    if len(segments) == 1:
        return 0
    return max(range(len(segments)), key=lambda position: (_rank(segments[position]), -position))


def _unit_first(number: str, country: str | None) -> tuple[str | None, str]:
    """Unit and number of "3/12" where that is the order."""
    if country not in _UNIT_FIRST or number.count("/") != 1:
        return None, number
    first, last = number.split("/")
    return f"unit {first}", last


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
