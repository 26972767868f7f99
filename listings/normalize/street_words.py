"""The street itself: its name, its type and its directions, in the word order of any country."""

import re
from dataclasses import dataclass

from listings.normalize.number_words import plain_ordinal, plain_roman
from listings.normalize.tables import word_map, word_set

SUFFIXES = word_map("streets", "suffix_types")
PREFIXES = word_map("streets", "prefix_types")
PREFIX_ONLY = frozenset(PREFIXES.values()) - frozenset(SUFFIXES.values())
"""Canonical types of languages that put the type first."""
STRONG = word_set("streets", "strong_types")
STOP_WORDS = word_set("streets", "stop_words")
TITLES = word_set("streets", "titles")
_TITLE_WORDS = word_map("streets", "title_words")
_LETTERS = word_map("streets", "letter_types")
_COMPOUNDS = word_map("streets", "compound_types")
DEFAULT_TYPES = word_set("streets", "default_types")
_DIRECTIONS = word_map("streets", "directionals")
_NAME_WORDS = word_map("streets", "name_words")
_DIAGONALS = frozenset({"ne", "nw", "se", "sw"})
_LONG_DIRECTIONS = {word: short for word, short in _DIRECTIONS.items() if len(word) > 2}
_ENGLISH = frozenset({"US", "CA", "GB", "IE", "AU", "NZ", "ZA", "IN", "SG", "HK", "PH", "MY", "NG", "KE"})
_UNIT_LIKE = re.compile(r"[a-z]?\d+[a-z]?|[a-z]")
_COMPOUND = re.compile(r"(\w{3,})(" + "|".join(sorted(_COMPOUNDS, key=len, reverse=True)) + ")")
_FRENCH = frozenset({"FR", "BE", "CH", "LU", "CA"})
_FRENCH_WORDS = frozenset({"de", "du", "des", "la", "le", "les", "l"})
_GLUED_LETTERS = {"v": ("IT", "CH"), "r": ("PT", "BR", *_FRENCH), "c": ("ES", "MX", "AD")}


@dataclass(slots=True)
class Street:
    """The parts of a street while it is being read; `unit` and `tail` are what stood behind it."""

    predirectional: str | None = None
    name: str | None = None
    street_type: str | None = None
    postdirectional: str | None = None
    unit: str | None = None
    tail: str | None = None


def is_type(token: str) -> bool:
    """Whether the word may be the type of a street in some language."""
    return token in SUFFIXES or token in PREFIXES or _compound(token) is not None


def is_direction(token: str) -> bool:
    """Whether the word is a direction in some language."""
    return token in _DIRECTIONS


def read_street(tokens: list[str], country: str | None) -> Street:
    """The street in tokens that hold no house number and no designated unit."""
    street = Street()
    tokens = _take_pre(street, list(tokens))
    tokens = _take_post(street, tokens)
    for take in (_prefix, _suffix, _compound_end, _letter, _inner):
        left = take(street, tokens, country)
        if left is not None:
            tokens = left
            break
    street.name = " ".join(name_tokens(tokens)) or None
    return street


def _take_pre(street: Street, tokens: list[str]) -> list[str]:
    if len(tokens) < 2 or tokens[0] not in _DIRECTIONS:
        return tokens
    first = _DIRECTIONS[tokens[0]]
    joined = first + _DIRECTIONS.get(tokens[1], "")
    if len(tokens) > 2 and joined != first and joined in _DIAGONALS and not _only_type(tokens[2:]):
        street.predirectional = joined
        return tokens[2:]
    rest = tokens[1:-1] if tokens[-1] in _DIRECTIONS else tokens[1:]
    if _only_type(rest) or not rest:
        return tokens
    street.predirectional = first
    return tokens[1:]


def _take_post(street: Street, tokens: list[str]) -> list[str]:
    if len(tokens) > 2 and tokens[-1] == "o" and tokens[0] in PREFIXES:
        street.postdirectional = "w"  # "Ouest", "Oeste"
        return tokens[:-1]
    if len(tokens) < 2 or tokens[-1] not in _DIRECTIONS or _only_type(tokens[:-1], PREFIXES):
        return tokens
    if tokens[-1] == "est" and tokens[-2] in (
        "ind",
        "industrial",
        "trading",
        "business",
        "housing",
        "retail",
    ):
        return tokens
    last = _DIRECTIONS[tokens[-1]]
    joined = _DIRECTIONS.get(tokens[-2], "") + last
    if len(tokens) > 3 and joined != last and joined in _DIAGONALS:
        street.postdirectional = joined
        return tokens[:-2]
    street.postdirectional = last
    return tokens[:-1]


def _only_type(tokens: list[str], types: dict[str, str] = SUFFIXES) -> bool:
    return len(tokens) == 1 and types.get(tokens[0]) in STRONG


def _prefix(street: Street, tokens: list[str], country: str | None) -> list[str] | None:
    if len(tokens) < 2 or tokens[0] not in PREFIXES:
        return None
    ends_as_street = tokens[-1] in SUFFIXES and tokens[1] not in STOP_WORDS
    if ends_as_street and (tokens[0] in SUFFIXES or country in _ENGLISH):
        return None
    street.street_type = PREFIXES[tokens[0]]
    return tokens[1:]


def _suffix(street: Street, tokens: list[str], country: str | None) -> list[str] | None:  # noqa: ARG001
    if len(tokens) < 2:
        return None
    if tokens[-1] in SUFFIXES:
        street.street_type = SUFFIXES[tokens[-1]]
        return tokens[:-1]
    if tokens[-1] == "la":
        street.street_type = "lane"  # in the middle of a name it is an article
        return tokens[:-1]
    if tokens[0] in SUFFIXES and len(tokens) == 2 and tokens[1][0].isdigit():
        street.street_type = SUFFIXES[tokens[0]]
        return tokens[1:]
    return None


def _compound_end(street: Street, tokens: list[str], country: str | None) -> list[str] | None:  # noqa: ARG001
    parts = _compound(tokens[-1]) if tokens else None
    if parts is None:
        return None
    street.street_type = parts[1]
    return [*tokens[:-1], parts[0]]


def _compound(token: str) -> tuple[str, str] | None:
    found = _COMPOUND.fullmatch(token) if len(token) > 5 else None
    return (found[1], _COMPOUNDS[found[2]]) if found else None


def _letter(street: Street, tokens: list[str], country: str | None) -> list[str] | None:
    if len(tokens) < 2 or tokens[0] not in _LETTERS or len(tokens[1]) < 2:
        return None
    if country is not None and country not in _GLUED_LETTERS[tokens[0]]:
        return None
    french = country in _FRENCH or (country is None and tokens[1] in _FRENCH_WORDS)
    street.street_type = "rue" if tokens[0] == "r" and french else _LETTERS[tokens[0]]
    return tokens[1:]


def _inner(street: Street, tokens: list[str], country: str | None) -> list[str] | None:  # noqa: ARG001
    """A strong type with something behind it: a direction, a bare unit, a city."""
    for position in range(len(tokens) - 2, 0, -1):
        if SUFFIXES.get(tokens[position]) in STRONG:
            street.street_type = SUFFIXES[tokens[position]]
            _read_rest(street, tokens[position + 1 :])
            return tokens[:position]
    return None


def _read_rest(street: Street, rest: list[str]) -> None:
    if len(rest) > 1 and rest[0] in _DIRECTIONS and street.postdirectional is None:
        street.postdirectional = _DIRECTIONS[rest[0]]
        rest = rest[1:]
    if len(rest) == 1 and _UNIT_LIKE.fullmatch(rest[0]):
        street.unit = f"unit {rest[0]}"
    else:
        street.tail = " ".join(rest)


def name_tokens(tokens: list[str]) -> list[str]:
    """The words of a street's name in one spelling: "Mt" as "mount", "5th" as "5", "XX" as "20"."""
    found: list[str] = []
    last = len(tokens) - 1
    for position, token in enumerate(tokens):
        opening = position < last and len(found) == position
        title = _TITLE_WORDS.get(token) if opening and all(word in TITLES for word in found) else None
        word = title or _plain_word(token, is_last=position == last)
        found.append(plain_roman(plain_ordinal(word)))
    parts = " ".join(found).replace("_", " ").split()
    # "MLK" brings its own "junior"; a name says no word twice in a row
    return [word for word, before in zip(parts, ["", *parts], strict=False) if word != before]


def _plain_word(token: str, *, is_last: bool) -> str:
    if is_last and token in ("st", "str"):
        return "street"
    return _NAME_WORDS.get(token) or _LONG_DIRECTIONS.get(token) or SUFFIXES.get(token, token)
