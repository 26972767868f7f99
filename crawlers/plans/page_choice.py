"""Which page of a site may be a location's: judged by the words of addresses and links alone."""

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from crawlers.plan import Target
from listings.normalize.text import fold

LIKELY = 2.0
"""Points from which a page is worth a look: a town says as much, a street's name too."""
_WORD = re.compile(r"\w+")
_LOCATOR = frozenset(
    {
        "location", "locations", "store", "stores", "branch", "branches", "shop", "shops", "office", "offices",
        "clinic", "clinics", "restaurant", "restaurants", "locator", "finder", "storelocator", "storefinder",
        "findus", "directions", "dealer", "dealers", "outlets", "filiale", "filialen", "standort", "standorte",
        "magasin", "magasins", "agence", "agences", "tienda", "tiendas", "sucursal", "sucursales", "ubicaciones",
        "negozi", "sedi", "winkels", "vestigingen", "butik", "butiker",
    }
)  # fmt: skip
_LOCATOR_PAIRS = ("find us", "find a", "our locations", "our stores", "near me", "visit us", "where to find")


def words_of(url: str, words: str = "") -> list[str]:
    """The words of an address's path and of a link's text, folded."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return []
    return _WORD.findall(fold(f"{unquote(parts.path)} {parts.query} {words}").replace("_", " "))


def points(target: Target, words: Iterable[str]) -> float:
    """How much the words speak for the location: its code, postal code, street and town.

    A region or a common word alone says nothing.
    """
    said = list(words)
    there = frozenset(said)
    street = _WORD.findall(fold((target.street or "").partition(",")[0]))
    name = [word for word in street[1:] if len(word) > 2]
    total = 0.0
    if target.code and plain(target.code) in {plain(word) for word in said}:
        total += 4.0
    if target.postal_code and all(word in there for word in _WORD.findall(fold(target.postal_code))):
        total += 3.0
    if name and all(word in there for word in name[:2]):
        total += 2.0 + (1.0 if street[0] in there else 0.0)
    city = _WORD.findall(fold(target.city or ""))
    if city and all(word in there for word in city):
        total += 2.0
    if total and fold(target.region or "") in there:
        total += 0.5
    return total


def key_words(target: Target) -> frozenset[str]:
    """The words of which a page's address must hold one to be likely for the location."""
    street = _WORD.findall(fold((target.street or "").partition(",")[0]))[1:]
    named = " ".join((target.postal_code or "", target.city or ""))
    return frozenset(
        {plain(target.code or ""), *_WORD.findall(fold(named)), *(word for word in street if len(word) > 2)}
    ) - {""}


def plain(code: str) -> str:
    """A store code without the zeros in front of it: sites write "117" where files write "0117"."""
    folded = fold(code)
    return folded.lstrip("0") or folded


def is_locator(url: str, words: str = "") -> bool:
    """Whether an address or a link looks like the list of a site's locations, or a part of it."""
    said = words_of(url, words)
    return not _LOCATOR.isdisjoint(said) or any(pair in " ".join(said) for pair in _LOCATOR_PAIRS)
