"""All comparisons of many pairs at once: pairs in, a level per comparison and pair out."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from listings.matching.levels import CATEGORY, COMPARISONS, FREQUENCY, KIND, NAME, PHONE, PLACE, UNIT, WEB
from listings.matching.names import name_levels
from listings.matching.places import place_levels
from listings.matching.sides import Aligned, Hashes, Ints, Side

Levels = NDArray[np.uint8]
"""One row per comparison in the order of COMPARISONS, one column per pair."""

MANY = 4
"""A phone, site or page that this many locations have identifies none of them."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Per location, how many locations have its name core, phone, site and page, itself included.

    0 is unknown: who judges a pair by itself doesn't see the other locations.
    """

    core: Ints
    phone: Ints
    domain: Ints
    page: Ints

    @classmethod
    def unknown(cls, size: int) -> "Counts":
        """For pairs that stand alone."""
        nothing = np.zeros(size, np.int64)
        return cls(nothing, nothing, nothing, nothing)


def counts(locations: Side, but: int = 0) -> Counts:
    """The counts over these locations; `but` is how many of each to leave out, at least one stays."""
    exact = locations.exact
    return Counts(*(_count(exact[column], but) for column in ("core", "phone", "domain", "page")))


def _count(values: Hashes, but: int) -> Ints:
    _, back, number = np.unique(values, return_inverse=True, return_counts=True)
    return np.where(values == 0, 0, np.maximum(number[back] - but, 1))


def compare(pairs: Aligned, known: Counts) -> Levels:
    """The levels of each pair of a listing (left) and a location (right).

    name_levels sees each pair of names once (Aligned.distinct_names), so it may read nothing of a
    record but its name forms and the words of its place.
    """
    named, which = pairs.distinct_names()
    levels = {
        **{comparison: level[which] for comparison, level in name_levels(named).items()},
        **place_levels(pairs),
        "phone": _phone(pairs, known.phone[pairs.j]),
        "web": _web(pairs, known.domain[pairs.j], known.page[pairs.j]),
        "category": _category(pairs),
    }
    names, places, phones = _classes(levels)
    levels["frequency"] = _frequency(names, places, known.core[pairs.j])
    levels["together"] = _together(names, places, phones)
    return np.stack([levels[comparison.name] for comparison in COMPARISONS]).astype(np.uint8)


def supposing(column: NDArray[np.uint8], changes: Mapping[str, str]) -> NDArray[np.uint8]:
    """The levels of one pair if some of them were others, with what follows from them.

    `changes` maps a comparison's name to the key of a level.
    """
    levels = {c.name: np.array([level], np.int64) for c, level in zip(COMPARISONS, column, strict=True)}
    for comparison in COMPARISONS:
        if comparison.name in changes:
            levels[comparison.name] = np.array([comparison.at(changes[comparison.name])], np.int64)
    names, places, phones = _classes(levels)
    levels["together"] = _together(names, places, phones)
    levels["frequency"] *= (names == 2) & (places < 2)
    return np.concatenate([levels[comparison.name] for comparison in COMPARISONS]).astype(np.uint8)


def _together(names: Ints, places: Ints, phones: Ints) -> Ints:
    return names * 9 + places * 3 + phones


def _phone(pairs: Aligned, count: Ints) -> Ints:
    # A number without its country's prefix ends like the same number with it.
    same = pairs.same("phone") | (pairs.same("phone_end") & ~_countries_differ(pairs))
    listing_free, location_free = pairs.left.toll_free[pairs.i], pairs.right.toll_free[pairs.j]
    tests = (
        ("missing", ~pairs.both("phone")),
        ("extension", same & pairs.both("extension") & ~pairs.same("extension")),
        ("shared", same & (count >= MANY)),
        ("central", same & location_free),
        ("few", same & (count > 1)),
        ("own", same & (count == 1)),
        ("same", same),
        ("toll_free", listing_free != location_free),
    )
    return np.select([test for _, test in tests], [PHONE.at(key) for key, _ in tests], PHONE.at("other"))


def _countries_differ(pairs: Aligned) -> NDArray[np.bool_]:
    return pairs.both("country") & ~pairs.same("country")


def _web(pairs: Aligned, sites: Ints, pages: Ints) -> Ints:
    page, site = pairs.same("page"), pairs.same("domain")
    tests = (
        ("shared_page", page & (pages > 1)),
        ("own_page", page & (pages == 1)),
        ("page", page),
        ("other_page", site & pairs.both("page")),
        ("shared_site", site & (sites >= MANY)),
        ("site", site),
        ("other", pairs.both("domain")),
    )
    return np.select([test for _, test in tests], [WEB.at(key) for key, _ in tests], 0)


def _category(pairs: Aligned) -> Ints:
    both, same = pairs.both("category"), pairs.same("category")
    level = np.where(both, np.where(same, CATEGORY.at("same"), CATEGORY.at("other")), 0)
    rest = np.flatnonzero(both & ~same)
    left, right = pairs.left.category_words[pairs.i[rest]], pairs.right.category_words[pairs.j[rest]]
    shared = ((left[:, :, None] == right[:, None, :]) & (left != 0)[:, :, None]).any(axis=(1, 2))
    level[rest[shared]] = CATEGORY.at("related")
    return level


def _classes(levels: dict[str, Ints]) -> tuple[Ints, Ints, Ints]:
    """Whether name, place and phone are other (0), unclear (1) or the same (2).

    A number that many share and a suite that differs make a likeness unclear.
    """
    name, place, phone = levels["name"], levels["place"], levels["phone"]
    other_kind, other_unit = levels["kind"] == KIND.at("other"), levels["unit"] == UNIT.at("other")
    part = levels["kind"] == KIND.at("one_sided")
    unclear_name = (
        (name == 0)
        | (name == NAME.at("partly"))
        | (name == NAME.at("contains"))
        | (part & (name >= NAME.at("similar")))
    )
    names = np.select([unclear_name, (name >= NAME.at("similar")) & ~other_kind], [1, 2], 0)
    unclear_place = (place == 0) | (place >= PLACE.at("town_only"))
    places = np.select([(place >= PLACE.at("alike")) & ~other_unit, unclear_place], [2, 1], 0)
    unclear_phone = (phone == 0) | (phone == PHONE.at("shared")) | (phone == PHONE.at("central"))
    phones = np.select([unclear_phone, phone >= PHONE.at("extension")], [1, 2], 0)
    return names, places, phones


def _frequency(names: Ints, places: Ints, count: Ints) -> Ints:
    """How many locations bear the name, for equal names whose places aren't the same."""
    bearers = np.select([count > 9, count > 1], [0, 1], 2)
    level = np.where(places == 0, FREQUENCY.at("branch_of_many"), FREQUENCY.at("many")) + bearers
    return np.where((names == 2) & (places < 2) & (count > 0), level, 0)
