"""Business names: what is left when spelling, legal form, article and place are taken off."""

import re
from dataclasses import dataclass

from listings.normalize.tables import phrases, word_set
from listings.normalize.text import fold, words

_LEGAL = word_set("names", "legal_forms")
_LEGAL_PHRASES = phrases("names", "legal_phrases")
ARTICLES = word_set("names", "articles")
_NUMBER_WORDS = word_set("names", "number_words")
_DEPARTMENT_WORDS = word_set("names", "department_words")
_DEPARTMENT_PHRASES = phrases("names", "department_phrases")
_CATEGORY_WORDS = word_set("names", "category_words")
_CONTAINERS = word_set("names", "containers")
_TENANTS = word_set("names", "tenants")

MEANINGFUL_ENDS = (
    {"the"}
    | _LEGAL
    | _DEPARTMENT_WORDS
    | _TENANTS
    | {phrase[-1] for phrase in _LEGAL_PHRASES | _DEPARTMENT_PHRASES}
)
"""A name that ends with another word is taken as it stands, but for a number or its city."""

_LEGAL_ENDS = _LEGAL | {phrase[-1] for phrase in _LEGAL_PHRASES}

_AND = re.compile(r"[&+]")
_ELISION = re.compile(r"\b([dl])'(?=[a-z])")
_MARKED_NUMBER = re.compile(r"#\s{0,3}([a-z]{0,2}\d{1,6})\b")


@dataclass(frozen=True, slots=True)
class NameForm:
    """A business name in its normal forms.

    `full` is folded, with "and" for "&" and without punctuation; `core` is what names the
    business: without legal form, leading article, store number and city tail; `tokens` are its
    words; `store_number` is the chain's own number; `department` names the part of a bigger place.
    """

    full: str
    core: str
    tokens: tuple[str, ...]
    store_number: str | None
    department: str | None


def name_form(name: str, city: str | None = None) -> NameForm:
    """The normal forms of a name; with `city`, a tail naming that city leaves the core."""
    text = fold(name.replace("SpA", "S.p.A."))
    if "'" in text:
        text = _ELISION.sub(r"\1 ", text).replace("'", "")
    full = core = _words(text)
    store_number = None
    if "#" in text and (marked := _MARKED_NUMBER.search(text)):
        store_number = marked[1]
        core = _words(f"{text[: marked.start()]} {text[marked.end() :]}") or full
    core = without_legal_form(core)
    if city:
        core = _without_city(core, words(fold(city)))
    if store_number is None:
        core, store_number = _without_number(core)
    core = without_legal_form(core)
    if len(core) > 1 and core[-1] == "the":
        core = core[:-1]  # "Apple Pan, The", as sorted lists write it
    if len(core) > 1 and core[0] in ARTICLES:
        core = core[1:]
    return NameForm(" ".join(full), " ".join(core), tuple(core), store_number, _department(core))


def _words(text: str) -> list[str]:
    return words(_AND.sub(" and ", text) if "&" in text or "+" in text else text)


def without_legal_form(tokens: list[str]) -> list[str]:
    """The words without the legal forms they end with, never without the last word."""
    end = len(tokens)
    while end > 1 and tokens[end - 1] in _LEGAL_ENDS:
        for length in (5, 4, 3, 2):
            if end > length and tuple(tokens[end - length : end]) in _LEGAL_PHRASES:
                end -= length
                break
        else:
            if tokens[end - 1] not in _LEGAL:
                break
            end -= 1
    return tokens[:end]


def is_category_tail(tokens: list[str]) -> bool:
    """Whether the words only say what kind of business it is."""
    return bool(tokens) and _CATEGORY_WORDS.issuperset(tokens)


def _without_city(tokens: list[str], city: list[str]) -> list[str]:
    rest = len(tokens) - len(city)
    if city and rest > 0 and tokens[rest:] == city:
        cut = rest - 1 if rest > 1 and tokens[rest - 1] in ("of", "in", "de", "at") else rest
        return tokens[:cut]
    return tokens


def _without_number(tokens: list[str]) -> tuple[list[str], str | None]:
    if len(tokens) > 2 and tokens[-1].isdigit() and tokens[-2] in _NUMBER_WORDS:
        return tokens[:-2], tokens[-1]
    return tokens, None


def _department(tokens: list[str]) -> str | None:
    for length in (3, 2):
        if len(tokens) > length and tuple(tokens[-length:]) in _DEPARTMENT_PHRASES:
            return " ".join(tokens[-length:])
    if len(tokens) < 2:
        return None
    last = tokens[-1]
    if tokens[-2] in ("with", "and", "con", "avec", "mit"):
        return None  # "Branch with ATM" is the branch
    if last in _DEPARTMENT_WORDS:
        return last
    return last if last in _TENANTS and not _CONTAINERS.isdisjoint(tokens[:-1]) else None
