"""Whether two names name the same business, the same part of it."""

import re

from rapidfuzz.distance import OSA

from listings.comparing.umlauts import either_umlaut_spelling
from listings.comparing.verdicts import Comparison, compatible, different, equivalent, same
from listings.normalize.name import NameForm, is_category_tail, name_form, without_legal_form
from listings.normalize.number_words import plain_ordinal, with_digits
from listings.normalize.street_words import STOP_WORDS
from listings.normalize.tables import word_map

_ONE_SPELLING = 0.85
"""How alike two names are that differ by a slip of the pen."""
_ABBREVIATIONS = word_map("names", "abbreviations")
_SEPARATOR = re.compile(r"\s[-–—|@/•·:]\s|[(|,:]|\s(?:at|in|of|by)\s")


@either_umlaut_spelling
def compare_name(
    left: str,
    right: str,
    country: str | None = None,  # noqa: ARG001 - one signature for all fields
    city: str | None = None,
) -> Comparison:
    """The record's name against the listing's; `city` is the record's, which may end either name."""
    if left.strip() == right.strip():
        return same("name")
    ours, theirs = name_form(left, city), name_form(right, city)
    if ours.full == theirs.full != "":
        return equivalent("name.format")
    return _compare_cores(ours, theirs) or _compare_extra(ours, theirs, left, right)


def _compare_cores(ours: NameForm, theirs: NameForm) -> Comparison | None:
    """The verdict where both cores are one name in different spelling; else None."""
    first, second = _plain(ours.tokens), _plain(theirs.tokens)
    if not first or not second:
        return None
    if "".join(first) != "".join(second) and sorted(first) != sorted(second):
        return None
    if ours.store_number != theirs.store_number:
        both = ours.store_number and theirs.store_number
        return different("name.other_store_number") if both else compatible("name.store_number")
    if ours.full.startswith(ours.core) and theirs.full.startswith(theirs.core):
        place = _without_place(ours) != _without_place(theirs)
        return compatible("name.place") if place else equivalent("name.format")
    return equivalent("name.format")


def _without_place(form: NameForm) -> bool:
    """Whether more than a legal form was cut off the end of the name."""
    plain = without_legal_form(form.full.split())
    return len(plain) > len(form.tokens)


def _plain(tokens: tuple[str, ...]) -> list[str]:
    """The words without abbreviations, numbers as digits."""
    long = " ".join(_ABBREVIATIONS.get(token, token) for token in tokens).replace("_", " ").split()
    words = [plain_ordinal(word) for word in with_digits(long)]
    return [word for word in words if word != "and"] or words


def _compare_extra(ours: NameForm, theirs: NameForm, left: str, right: str) -> Comparison:
    """The verdict where one side has words that the other lacks."""
    if _other_department(ours, theirs):
        return different("name.department")
    first, second = _plain(ours.tokens), _plain(theirs.tokens)
    short, long = sorted((first, second), key=len)
    if short and long[: len(short)] == short:
        return _compare_tail(long[len(short) :], short, left if long is first else right)
    if sorted(_without_small(first)) == sorted(_without_small(second)):
        return compatible("name.small_words")
    if len(short) > 1 and _in_order(short, long):
        return compatible("name.extra_words")
    if short and long[-len(short) :] == short and not is_category_tail(short):
        return _compare_head(long[: -len(short)], short, left if long is first else right)
    return _compare_spelling(first, second)


def _compare_head(head: list[str], rest: list[str], long_text: str) -> Comparison:
    """The longer name has words before the shorter one begins."""
    if is_category_tail(head):
        return compatible("name.category")
    if len(rest) > 1 or _SEPARATOR.search(long_text):
        return compatible("name.brand_in_front")
    return different("name.other_name")


def _compare_spelling(first: list[str], second: list[str]) -> Comparison:
    """The verdict where the words themselves differ."""
    if [word.removesuffix("s") for word in first] == [word.removesuffix("s") for word in second] != []:
        return compatible("name.ending")
    short, long = sorted(("".join(first), "".join(second)), key=len)
    if not short.isascii() and len(short) > 1 and long.startswith(short):
        return compatible("name.extra_words")  # scripts without spaces hide where a word ends
    numbers = [{word for word in words if word.isdigit()} for words in (first, second)]
    if numbers[0] == numbers[1] and OSA.normalized_similarity(short, long) >= _ONE_SPELLING:
        return different("name.spelling")
    return different("name.other_name")


def _other_department(ours: NameForm, theirs: NameForm) -> bool:
    """Whether one name is a department of the other's place, or both are different departments."""
    if ours.department == theirs.department:
        return False
    first, second = _house(ours), _house(theirs)
    return bool(first) and first == second


def _house(form: NameForm) -> list[str]:
    """The words of the place that holds the department."""
    cut = len((form.department or "").split())
    return _plain(form.tokens[: len(form.tokens) - cut])


def _without_small(tokens: list[str]) -> list[str]:
    return [token for token in tokens if token not in STOP_WORDS] or tokens


def _in_order(short: list[str], long: list[str]) -> bool:
    """Whether the longer name has all words of the shorter one, in their order, from its first on."""
    following = iter(long)
    return all(token in following for token in short) and short[0] == long[0]


def _compare_tail(tail: list[str], head: list[str], long_text: str) -> Comparison:
    """The longer name goes on after the shorter one ends."""
    if is_category_tail(tail) and not is_category_tail(head):
        return compatible("name.category")
    if _SEPARATOR.search(long_text):
        return compatible("name.place")
    if is_category_tail(head):
        return different("name.other_name")
    return compatible("name.extra_words")
