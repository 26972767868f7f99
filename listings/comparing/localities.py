"""Cities, regions and postal codes of record and listing."""

from rapidfuzz.distance import OSA

from listings.comparing.umlauts import either_umlaut_spelling
from listings.comparing.verdicts import Comparison, compatible, different, equivalent, same
from listings.normalize.locality import city_form, is_known_region, postal_code_form, region_form


@either_umlaut_spelling
def compare_city(left: str, right: str, country: str | None = None) -> Comparison:  # noqa: ARG001
    """The record's city against the listing's."""
    if left.strip() == right.strip():
        return same("city")
    ours, theirs = city_form(left), city_form(right)
    if ours == theirs or ours.replace(" ", "") == theirs.replace(" ", ""):
        return equivalent("city.format")
    first, second = sorted((ours.split(), theirs.split()), key=len)
    if first and (second[: len(first)] == first or second[-len(first) :] == first):
        return compatible("city.part")
    if OSA.distance(ours, theirs, score_cutoff=1) == 1 and len(ours) > 5:
        return different("city.spelling")
    return different("city.other")


def compare_region(left: str, right: str, country: str | None = None) -> Comparison:
    """The record's state or province against the listing's."""
    if left.strip() == right.strip():
        return same("region")
    if region_form(left, country) == region_form(right, country):
        return equivalent("region.format")
    if is_known_region(left, country) != is_known_region(right, country):
        return compatible("region.not_known")
    if (len(left.strip()) > 3) != (len(right.strip()) > 3) and not is_known_region(left, country):
        return compatible("region.not_known")
    return different("region.other")


def compare_postal_code(left: str, right: str, country: str | None = None) -> Comparison:
    """The record's postal code against the listing's."""
    if left.strip() == right.strip():
        return same("postal_code")
    ours, theirs = postal_code_form(left, country), postal_code_form(right, country)
    if ours == theirs:
        return equivalent("postal_code.format")
    if _opens(left, right) or _opens(right, left):
        return compatible("postal_code.part")
    return different("postal_code.other")


def _opens(short: str, long: str) -> bool:
    """Whether one code is the first half of the other: "SW1A" of "SW1A 1AA", "1000" of "1000-205"."""
    first = long.replace("-", " ").split()[:1]
    return len(long.split()) + long.count("-") > 1 and first == [short.strip().upper()]
