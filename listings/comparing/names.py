"""Whether two names name the same business, the same part of it."""

import re

from rapidfuzz.distance import OSA

from listings.comparing.verdicts import Comparison, compatible, different, equivalent, same
from listings.normalize.name import NameForm, is_category_tail, name_form, without_legal_form
from listings.normalize.number_words import plain_ordinal, with_digits
from listings.normalize.tables import word_map

_ABBREVIATIONS = word_map("names", "abbreviations")
_SEPARATOR = re.compile(r"\s[-–—|@/•·:]\s|[(|,:]|\s(?:at|in|of|by)\s")


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
    if _sound(first) != _sound(second) and sorted(first) != sorted(second):
        return None
    if ours.store_number != theirs.store_number:
        both = ours.store_number and theirs.store_number
        return different("name.other_store_number") if both else compatible("name.store_number")
    if ours.full.startswith(ours.core) and theirs.full.startswith(theirs.core):
        place = _without_place(ours) != _without_place(theirs)
        return compatible("name.place") if place else equivalent("name.format")
    return equivalent("name.format")


def _sound(tokens: list[str]) -> str:
    """The words without spaces and with German umlauts in one spelling."""
    return "".join(tokens).replace("ae", "a").replace("oe", "o").replace("ue", "u")


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
    first, second = _plain(ours.tokens), _plain(theirs.tokens)
    if ours.department != theirs.department and _same_house(ours, theirs):
        return different("name.department")
    short, long = sorted((first, second), key=len)
    if short and long[: len(short)] == short:
        return _compare_tail(long[len(short) :], short, left if long is first else right)
    if short and long[-len(short) :] == short and not is_category_tail(short):
        return compatible("name.brand_in_front") if len(short) > 1 else different("name.other_name")
    singular = [[word.removesuffix("s") for word in words] for words in (first, second)]
    if singular[0] == singular[1] != []:
        return compatible("name.ending")
    if OSA.normalized_similarity("".join(first), "".join(second)) >= 0.85:
        return different("name.spelling")
    return different("name.other_name")


def _same_house(ours: NameForm, theirs: NameForm) -> bool:
    """Whether two names are one place's up to the department."""
    first, second = _house(ours), _house(theirs)
    length = min(len(first), len(second))
    return length > 0 and first[:length] == second[:length]


def _house(form: NameForm) -> list[str]:
    cut = len((form.department or "").split())
    return _plain(form.tokens[: len(form.tokens) - cut])


def _compare_tail(tail: list[str], head: list[str], long_text: str) -> Comparison:
    """The longer name goes on after the shorter one ends."""
    if is_category_tail(tail) and not is_category_tail(head):
        return compatible("name.category")
    if _SEPARATOR.search(long_text):
        return compatible("name.place")
    if is_category_tail(head) or (len(head) == 1 and len(tail) > 1):
        return different("name.other_name")
    return compatible("name.extra_words")
