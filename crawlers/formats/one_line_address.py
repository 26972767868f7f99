"""An address written in one line, taken apart where its country's form leaves no doubt."""

import re

from crawlers.formats.countries import country_code

_US = re.compile(r"(?P<region>[A-Z]{2})\.?,?\s+(?P<code>\d{5}(?:-\d{4})?)$")
_CA = re.compile(r"(?P<region>[A-Z]{2}),?\s+(?P<code>[A-Z]\d[A-Z]\s?\d[A-Z]\d)$", re.IGNORECASE)
_GB = re.compile(
    r"(?P<city>[^,\d]+?),?\s+(?P<code>(?:GIR|[A-Z]{1,2}\d[A-Z\d]?)\s?\d[A-Z]{2})$", re.IGNORECASE
)
_AU = re.compile(r"(?P<city>[^,\d]+?)\s+(?P<region>NSW|QLD|VIC|TAS|ACT|NT|SA|WA)\s+(?P<code>\d{4})$")
_CODE_FIRST = re.compile(r"(?:[A-Z]{1,2}-)?(?P<code>\d{4,5}|\d{3} \d{2})\s+(?P<city>\D[^,]*)$")
_US_STATES = frozenset(
    {
        "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS",
        "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC",
        "ND", "OH", "OK", "OR", "PA", "PR", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI",
        "WY",
    }
)  # fmt: skip
_CA_PROVINCES = frozenset({"AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"})
_LONGEST = 300
"""Characters; a longer text is no address."""
_CODE_FIRST_COUNTRIES = frozenset(
    {"DE", "AT", "CH", "FR", "IT", "ES", "NL", "BE", "DK", "SE", "NO", "FI", "PL", "CZ", "PT"}
)


def address_of(text: str, country: str | None = None) -> dict[str, str | None] | None:
    """street, city, region, postal_code and country of a one-line address; None when in doubt.

    A country at the end of the line counts, else the given one. Without either the form has to be
    one that only one country has (a US state with its ZIP, a Canadian province with its postal
    code); country then stays None, for the line doesn't show it.
    """
    if len(text) > _LONGEST:
        return None
    parts = [part for part in (" ".join(piece.split()) for piece in text.split(",")) if part]
    named = country_code(parts[-1]) if len(parts) > 1 else None
    # A two-letter tail ("CA", "DE") is as often a state as a country.
    if (named is not None and len(parts[-1]) > 2) or (parts and parts[-1] in {"UK", "US"}):
        country, parts = country_code(parts[-1]), parts[:-1]
    parts = _joined_codes(parts)
    if len(parts) < 2:
        return None
    return _north_american(parts, country) or _with_city(parts, country)


def _joined_codes(parts: list[str]) -> list[str]:
    """ "Markham, ON, L3P 7R4" as "Markham, ON L3P 7R4"."""
    if len(parts) > 2 and re.fullmatch(r"[A-Z]{2}", parts[-2]) and re.match(r"[A-Z]?\d", parts[-1]):
        return [*parts[:-2], f"{parts[-2]} {parts[-1]}"]
    return parts


def _north_american(parts: list[str], country: str | None) -> dict[str, str | None] | None:
    for code, form, regions in (("US", _US, _US_STATES), ("CA", _CA, _CA_PROVINCES)):
        match = form.fullmatch(parts[-1]) if country in {None, code} else None
        if match and match["region"].upper() in regions:
            return {
                "street": ", ".join(parts[:-2]) or None, "city": parts[-2], "region": match["region"],
                "postal_code": match["code"], "country": country,
            }  # fmt: skip
    return None


def _with_city(parts: list[str], country: str | None) -> dict[str, str | None] | None:
    form = {"GB": _GB, "AU": _AU}.get(country or "")
    if country in _CODE_FIRST_COUNTRIES:
        form = _CODE_FIRST
    match = form.fullmatch(parts[-1]) if form else None
    if match is None:
        return None
    said = match.groupdict()
    return {
        "street": ", ".join(parts[:-1]), "city": said["city"], "region": said.get("region"),
        "postal_code": said["code"], "country": country,
    }  # fmt: skip
