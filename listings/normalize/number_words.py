"""Numbers written as words in addresses: "twelve oh four", "forty-second", "quatre vingt trois"."""

import re

from listings.normalize.tables import word_map

_CARDINALS = {
    word: int(value) for word, value in word_map("numbers", "cardinals").items() if not word.isdigit()
}
_ORDINALS = {
    word: int(value) for word, value in word_map("numbers", "ordinals").items() if not word.isdigit()
}
_HUNDREDS = frozenset({"hundred", "cent", "cents", "cento", "cien", "ciento", "cem"})
_ZERO = frozenset({"oh", "o", "zero"})
_NUMERIC_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th|er|ere|eme|ieme)")
_ROMAN = re.compile(r"x{0,3}(?:ix|iv|v?i{0,3})")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10}

NUMBER_WORDS = frozenset(_CARDINALS) | frozenset(_ORDINALS)
"""All words that begin a number; a token list without any needs no `with_digits`."""


def with_digits(tokens: list[str]) -> list[str]:
    """The tokens with number words as digits; "forty-second" as "42th"."""
    found: list[str] = []
    position = 0
    while position < len(tokens):
        if tokens[position] in NUMBER_WORDS:
            number, position = _read(tokens, position)
            found.append(number)
        else:
            found.append(tokens[position])
            position += 1
    return found


def _read(tokens: list[str], start: int) -> tuple[str, int]:
    """The number that begins at `start` and the position behind it."""
    if tokens[start] in _ORDINALS and tokens[start] not in _CARDINALS:
        return f"{_ORDINALS[tokens[start]]}th", start + 1
    value, position = _CARDINALS[tokens[start]], start + 1
    while position < len(tokens):
        word = tokens[position]
        if word in _ORDINALS and word not in _CARDINALS:
            tens = _ORDINALS[word] < 10 and value >= 20 and value % 10 == 0
            return (f"{value + _ORDINALS[word]}th", position + 1) if tens else (str(value), position)
        joined, used = _join(value, tokens, position)
        if not used:
            break
        value, position = joined, position + used
    return str(value), position


def _join(value: int, tokens: list[str], position: int) -> tuple[int, int]:
    """`value` with the word at `position`, and how many words that took; 0 when they don't join."""
    word = tokens[position]
    after = _CARDINALS.get(tokens[position + 1], -1) if position + 1 < len(tokens) else -1
    if word in _HUNDREDS and 0 < value < 100:
        return value * 100, 1
    if word in ("and", "et", "y", "e") and 0 < after < 100 and value >= 20 and value % 10 == 0:
        return value + after, 2
    if word in _ZERO and 10 <= value < 100 and 0 < after < 10:
        return value * 100 + after, 2
    return _join_cardinal(value, word)


def _join_cardinal(value: int, word: str) -> tuple[int, int]:
    more = _CARDINALS.get(word, -1)
    if value == 4 and word in ("vingt", "vingts"):
        return 80, 1
    if more < 1:
        return value, 0
    if value >= 100 and value % 100 == 0 and more < 100:
        return value + more, 1
    if 20 <= value < 100 and value % 10 == 0 and (more < 10 or (more < 20 and value in (60, 80))):
        return value + more, 1
    if value > 100 and value % 10 == 0 and value % 100 >= 20 and more < 10:
        return value + more, 1
    if 1 <= value < 100 and 10 <= more < 100:
        return value * 100 + more, 1
    return value, 0


def plain_ordinal(token: str) -> str:
    """ "5th" as "5"; any other token as it is."""
    if not token[0].isdigit():
        return token
    ordinal = _NUMERIC_ORDINAL.fullmatch(token)
    return ordinal[1] if ordinal else token


def is_ordinal(token: str) -> bool:
    """Whether the token is a numeric ordinal like "5th"."""
    return token[0].isdigit() and _NUMERIC_ORDINAL.fullmatch(token) is not None


def plain_roman(token: str) -> str:
    """A Roman numeral from 2 to 39 of at least two letters as digits; any other token as it is."""
    if len(token) < 2 or not _ROMAN.fullmatch(token):
        return token
    total = 0
    for letter, following in zip(token, token[1:] + " ", strict=True):
        value = _ROMAN_VALUES[letter]
        total += -value if _ROMAN_VALUES.get(following, 0) > value else value
    return str(total)
