"""Whether two street addresses lead to the same door."""

import re
from collections.abc import Callable

from listings.comparing.umlauts import either_umlaut_spelling
from listings.comparing.verdicts import Comparison, compatible, different, equivalent, same
from listings.normalize.address import AddressForm, address_form, region_form
from listings.normalize.address_tokens import address_tokens
from listings.normalize.street_words import DEFAULT_TYPES, PREFIX_ONLY, STOP_WORDS, TITLES, name_tokens
from listings.normalize.text import MAX_LENGTH

_ANY_HIGHWAY = frozenset({"highway", "us_highway", "state_highway", "route"})
_AND = re.compile(r"\s(?:&|and|at|y|und|et|e)\s", re.IGNORECASE)
_CORNER_OF = re.compile(r"^\s*(?:(?:the\s)?corner\s(?:of\s)?|cnr\s(?:of\s)?)", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"(?<!\d) | (?!\d)")
_SOFT_WORDS = TITLES | {"junior", "senior"}
_LETTERS_ARE_UNITS = frozenset({"US", "CA", "PR"})
"""Where "12a" is usually a suite at number 12; elsewhere it is another house."""


@either_umlaut_spelling
def compare_street(left: str, right: str, country: str | None = None) -> Comparison:
    """The record's street against the listing's; `country` is ISO 3166-1 alpha-2 or None."""
    if left.strip() == right.strip():
        return same("street")
    ours, theirs = address_form(left, country), address_form(right, country)
    if ours.key == theirs.key and ours.tail == theirs.tail and (ours.key or ours.tail):
        return equivalent("street.format")
    first, second = sorted((_flat(left), _flat(right)), key=len)
    if first == second:
        return equivalent("street.format")
    if not first.isascii() and len(first) > 4 and second.endswith(first):
        return compatible("street.extra_words")  # East Asian addresses go from the region to the door
    if _is_fragment(ours) or _is_fragment(theirs):
        fragment = _compare_fragment(ours, theirs)
        if fragment:
            return fragment
    corners = _corner(left, country), _corner(right, country)
    if None not in corners:
        return equivalent("street.format") if corners[0] == corners[1] else different("street.other_name")
    return _compare_parts(ours, theirs, country)


def _corner(text: str, country: str | None) -> frozenset[str] | None:
    """The two streets of "Main St & 5th Ave" in any order; None for an address with a number."""
    sides = _AND.split(_CORNER_OF.sub("", text[:MAX_LENGTH], count=1))
    if len(sides) != 2:
        return None
    forms = [address_form(side, country) for side in sides]
    named = all(form.name and form.number is None and form.street_type for form in forms)
    return frozenset(form.key for form in forms) if named else None


def _compare_parts(ours: AddressForm, theirs: AddressForm, country: str | None) -> Comparison:
    if _number_is_name(ours, theirs) or _number_is_name(theirs, ours):
        return equivalent("street.name_only")
    found = [
        _compare_box(ours, theirs),
        _compare_number(ours, theirs, country),
        _compare_name(ours, theirs),
        _compare_type(ours, theirs),
        _compare_direction(ours, theirs),
        _compare_unit(ours, theirs),
        _compare_tail(ours, theirs),
    ]
    told = [comparison for comparison in found if comparison]
    for verdict in ("different", "compatible"):
        for comparison in told:
            if comparison.verdict == verdict:
                return comparison
    return told[0] if told else equivalent("street.format")


def _flat(text: str) -> str:
    """All words of an address in one spelling and one string, for forms no parser tells apart."""
    words = name_tokens([token for token in address_tokens(text) if token[0].isalnum()])
    # A space stays between digits: "1 23rd St" is not "12 3rd St"
    return _BETWEEN_WORDS.sub("", " ".join(words))


def _is_fragment(form: AddressForm) -> bool:
    """Whether only one part is there: a bare number, a bare name, a bare unit."""
    parts = (form.number, form.predirectional, form.name, form.street_type, form.postdirectional, form.unit)
    return sum(part is not None for part in (*parts, form.po_box)) == 1 and form.tail is None


def _compare_fragment(ours: AddressForm, theirs: AddressForm) -> Comparison | None:
    """A fragment against an address that has no more than that part says the same."""
    if ours.name and theirs.name and not (ours.number or theirs.number):
        if _names_agree(_without_soft(ours.name), _without_soft(theirs.name)):
            return equivalent("street.name_only")
        return None
    named = {form.name for form in (ours, theirs) if form.number is None}
    numbered = {form.number for form in (ours, theirs) if _is_fragment(form)}
    if named == numbered - {None}:
        return equivalent("street.name_only")  # "East 6th Street" and "6"
    bare = [form.number or form.name for form in (ours, theirs) if form.unit is None and form.po_box is None]
    marked = [form.unit or form.po_box for form in (ours, theirs) if form.unit or form.po_box]
    lone = _is_fragment(ours) and _is_fragment(theirs)
    if not (lone and len(bare) == len(marked) == 1 and bare[0] and marked[0]):
        return None
    if marked[0].split()[-1] == bare[0]:
        return equivalent("street.number_only")
    return different("street.other_unit")


def _number_is_name(first: AddressForm, second: AddressForm) -> bool:
    """Whether "25 Aprile" of the one is the street's name of the other, "Via XXV Aprile"."""
    alone = first.street_type is None and first.unit is None and second.number is None
    return alone and bool(first.number and first.name) and f"{first.number} {first.name}" == second.name


def _compare_box(ours: AddressForm, theirs: AddressForm) -> Comparison | None:
    if ours.po_box == theirs.po_box:
        return None
    if ours.po_box and theirs.po_box:
        return different("street.other_po_box")
    boxed, other = (ours, theirs) if ours.po_box else (theirs, ours)
    if other.name and not boxed.name:
        return different("street.po_box")
    return compatible("street.po_box_missing")


def _compare_number(ours: AddressForm, theirs: AddressForm, country: str | None) -> Comparison | None:
    if ours.number == theirs.number:
        return None
    if ours.number is None or theirs.number is None:
        return compatible("street.number_missing")
    first, second = sorted((ours.number, theirs.number), key=len)
    if second[:-1] == first and second[-1].isalpha():
        return _compare_letter(ours, theirs, second[-1], country)
    whole, _, flat = second.partition("/")
    if whole == first and flat:
        unit = f"unit {flat}" in (ours.unit, theirs.unit)
        return equivalent("street.format") if unit else compatible("street.unit_missing")
    if second.replace("-", "") == first:
        return equivalent("street.format")  # "37-20" and "3720" in Queens
    if first in second.split("-"):
        return compatible("street.number_range")
    return different("street.other_number")


def _compare_letter(
    ours: AddressForm, theirs: AddressForm, letter: str, country: str | None
) -> Comparison | None:
    """ "12a" against "12": the letter may be the unit of the other side."""
    if f"unit {letter}" in (ours.unit, theirs.unit):
        return equivalent("street.format")
    if (country or "US") in _LETTERS_ARE_UNITS:
        return compatible("street.unit_missing")
    return different("street.other_number")


def _compare_name(ours: AddressForm, theirs: AddressForm) -> Comparison | None:
    if ours.name == theirs.name:
        return None
    if ours.name is None or theirs.name is None:
        return compatible("street.name_missing")
    if _names_agree(ours.name, theirs.name) or _names_agree(_whole(ours), _whole(theirs)):
        return equivalent("street.format")
    if _type_cut_short(ours, theirs):
        return equivalent("street.format")
    for agrees, reason in _NEARLY:
        if agrees(ours, theirs):
            return compatible(reason)
    return different("street.other_name")


def _type_cut_short(ours: AddressForm, theirs: AddressForm) -> bool:
    """Whether one name ends in the first letter of the other's type: "Vesterbrog." of "Vesterbrogade"."""
    if (ours.street_type is None) == (theirs.street_type is None):
        return False
    typed, bare = (ours, theirs) if ours.street_type else (theirs, ours)
    return f"{typed.name}{(typed.street_type or '')[0]}" == bare.name


def _type_read_as_name(ours: AddressForm, theirs: AddressForm) -> bool:
    """Whether one name is the other's name and type: "Fort Hill" may be a hill or "Fort Hill St"."""
    return (
        f"{ours.name} {ours.street_type}" == theirs.name or f"{theirs.name} {theirs.street_type}" == ours.name
    )


def _title_left_out(ours: AddressForm, theirs: AddressForm) -> bool:
    return _names_agree(_without_soft(ours.name or ""), _without_soft(theirs.name or ""))


def _whole(form: AddressForm) -> str:
    """Direction, name and type in one: a word may be read as a type on one side only."""
    parts = (form.predirectional, form.name, form.street_type, form.postdirectional)
    return " ".join(part for part in parts if part)


def _names_agree(first: str, second: str) -> bool:
    """Whether two names differ in nothing but spaces, small words and the order of words."""
    if first == second or first.replace(" ", "") == second.replace(" ", ""):
        return True
    return _essence(first) == _essence(second) != "" or sorted(first.split()) == sorted(second.split())


def _essence(name: str) -> str:
    return "".join(word for word in name.split() if word not in STOP_WORDS) or name.replace(" ", "")


def _without_soft(name: str) -> str:
    return " ".join(word for word in name.split() if word not in _SOFT_WORDS) or name


def _shortened(ours: AddressForm, theirs: AddressForm) -> bool:
    """Whether a person's street keeps only the family name: "Via Matteotti" of "Via Giacomo Matteotti"."""
    kinds = {ours.street_type, theirs.street_type} - {None}
    if len(kinds) != 1 or not kinds <= PREFIX_ONLY:
        return False
    first, second = (_without_soft(form.name or "").split() for form in (ours, theirs))
    short, long = sorted((first, second), key=len)
    return bool(short) and len(short[-1]) > 4 and long[-len(short) :] == short


def _initials_agree(ours: AddressForm, theirs: AddressForm) -> bool:
    first, second = (ours.name or "").split(), (theirs.name or "").split()
    if len(first) != len(second):
        return False
    pairs = list(zip(first, second, strict=True))
    agree = all(a == b or (a[0] == b[0] and 1 in (len(a), len(b))) for a, b in pairs)
    return agree and any(a == b and len(a) > 2 for a, b in pairs)


_NEARLY: tuple[tuple[Callable[[AddressForm, AddressForm], bool], str], ...] = (
    (_type_read_as_name, "street.type_missing"),
    (_title_left_out, "street.title_missing"),
    (_shortened, "street.shortened"),
    (_initials_agree, "street.initials"),
)
"""What makes two names one street with a part left out, and the reason it gives."""


def _compare_type(ours: AddressForm, theirs: AddressForm) -> Comparison | None:
    kinds = {ours.street_type, theirs.street_type}
    if None in kinds and kinds & DEFAULT_TYPES:
        return None
    if len(kinds) == 1 or _names_agree(_whole(ours), _whole(theirs)) or _type_cut_short(ours, theirs):
        return None
    if None in kinds:
        return compatible("street.type_missing")
    if kinds <= _ANY_HIGHWAY and kinds & {"highway", "route"}:
        return equivalent("street.highway_form")
    return different("street.other_type")


def _compare_direction(ours: AddressForm, theirs: AddressForm) -> Comparison | None:
    first = {ours.predirectional, ours.postdirectional} - {None}
    second = {theirs.predirectional, theirs.postdirectional} - {None}
    if first == second:
        return None
    if first <= second or second <= first:
        return compatible("street.direction_missing")
    return different("street.other_direction")


def _compare_unit(ours: AddressForm, theirs: AddressForm) -> Comparison | None:
    if ours.unit == theirs.unit:
        return None
    first, second = _units(ours.unit), _units(theirs.unit)
    for kind in first.keys() & second.keys():
        if first[kind] != second[kind] and not _same_unit(first[kind], second[kind]):
            return different("street.other_unit")
    if ours.number != theirs.number and (first.get("unit") or second.get("unit")) in _number_units(
        ours, theirs
    ):
        return None
    return None if first.keys() == second.keys() else compatible("street.unit_missing")


def _number_units(*forms: AddressForm) -> set[str]:
    """What a house number may say of the unit: the "a" of "12a", the "3" of "12/3"."""
    numbers = [form.number for form in forms if form.number]
    return {number[-1] for number in numbers} | {number.partition("/")[2] for number in numbers}


def _units(unit: str | None) -> dict[str, str]:
    """Kind to number."""
    parts = (part.partition(" ") for part in (unit or "").split(", ") if part)
    return {kind: number for kind, _, number in parts}


def _same_unit(first: str, second: str) -> bool:
    return first.replace("-", "").lstrip("0") == second.replace("-", "").lstrip("0")


def _tail_words(form: AddressForm) -> list[str]:
    """The words of the tail; a repeated state may be written out or not."""
    return [region_form(word, "US") for word in (form.tail or "").replace(",", " ").split()]


def _compare_tail(ours: AddressForm, theirs: AddressForm) -> Comparison | None:
    return None if _tail_words(ours) == _tail_words(theirs) else compatible("street.extra_words")
