"""All comparisons of many pairs at once: pairs in, a level per comparison and pair out."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from listings.matching.levels import (
    CATEGORY,
    COMPARISONS,
    DISTANCE,
    FREQUENCY,
    KIND,
    NAME,
    PERSON,
    PHONE,
    PLACE,
    STORE_NUMBER,
    UNIT,
    WEB,
    Comparison,
    Grades,
    first_of,
)
from listings.matching.names import name_levels
from listings.matching.places import place_levels
from listings.matching.sides import Aligned, Hashes, Ints, Mask, Side, mixed
from listings.normalize.columnar.distinct import firsts

Levels = NDArray[np.uint8]
"""One row per comparison in the order of COMPARISONS, one column per pair."""

SAME_NAME, SAME_PLACE = 3, 2
"""The classes of names and places that are the same, as `_classes` counts them."""

MANY = 4
"""A phone, site or page that this many locations have identifies none of them."""


def _one_of(comparison: Comparison, *keys: str) -> Mask:
    """For each level whether it is one of these."""
    return np.isin(np.arange(len(comparison.levels)), [comparison.at(key) for key in keys])


_DEPARTMENT = _one_of(KIND, "department", "department_apart")
_PART = _one_of(KIND, "other", "department", "department_apart", "one_sided")
_PEOPLE = _one_of(PERSON, "others", "at_business", "at_person", "added")
_PERSON_ADDED = _one_of(PERSON, "others", "added")
_PAGE = _one_of(WEB, "page", "own_page")
_TOLD = np.array(
    [
        FREQUENCY.at("branch_told" if level.key.startswith("branch") else "told")
        if level.key not in ("none", "branch_of_one", "one")
        else at
        for at, level in enumerate(FREQUENCY.levels)
    ],
    np.uint8,
)
"""What becomes of each level where a phone or page tells which branch it is."""


SLICE = 150_000
"""Pairs compared at a time: what bounds the memory where many places are alike."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Per location, how many locations have its name core, phone, site, page and pin, itself included.

    0 is unknown: who judges a pair by itself doesn't see the other locations.
    """

    core: Ints
    phone: Ints
    domain: Ints
    page: Ints
    pin: Ints

    @classmethod
    def unknown(cls, size: int) -> "Counts":
        """For pairs that stand alone."""
        nothing = np.zeros(size, np.int64)
        return cls(nothing, nothing, nothing, nothing, nothing)


def counts(locations: Side, but: int = 0) -> Counts:
    """The counts over these locations; `but` is how many of each to leave out, at least one stays."""
    exact = locations.exact
    pins = np.where(
        np.isfinite(locations.latitude) & np.isfinite(locations.longitude),
        mixed([locations.latitude.view(np.uint64), locations.longitude.view(np.uint64)]),
        np.uint64(0),
    )
    columns = (exact["core"], exact["phone"], exact["domain"], exact["page"], pins)
    return Counts(*(_count(column, but) for column in columns))


def _count(values: Hashes, but: int) -> Ints:
    _, at = firsts(values)
    number = np.bincount(at).take(at)
    return np.where(values == 0, 0, np.maximum(number - but, 1))


def compare(pairs: Aligned, known: Counts) -> Levels:
    """The levels of each pair of a listing (left) and a location (right)."""
    starts = range(0, max(len(pairs.i), 1), SLICE)
    parts = (
        Aligned(pairs.left, pairs.right, pairs.i[at : at + SLICE], pairs.j[at : at + SLICE]) for at in starts
    )
    return np.concatenate([_compare(part, known) for part in parts], axis=1)


def _compare(pairs: Aligned, known: Counts) -> Levels:
    """The same of pairs that are few enough to be held with all that is gathered for them.

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
    chain = pairs.left.chain[pairs.i] | pairs.right.chain[pairs.j] | (known.core[pairs.j] >= MANY)
    levels["kind"] = _kind(pairs, levels["kind"], chain, levels["category"])
    levels["place"] = _places(levels["place"], chain)
    names, places, phones = _classes(levels)
    levels["web"] = _pages(levels, places)
    # Near pins tell nothing new of one door or two next to each other, and nothing at all of a crowd at one spot.
    told = (places == SAME_PLACE) | (levels["place"] == PLACE.at("next_door")) | (known.pin[pairs.j] >= MANY)
    levels["distance"] = np.where(told & (levels["distance"] >= DISTANCE.at("100m")), 0, levels["distance"])
    levels["frequency"] = _frequency(names, places, known.core[pairs.j], chain, _told(levels))
    levels["together"] = _together(names, places, phones)
    return np.stack([levels[comparison.name] for comparison in COMPARISONS])


def supposing(column: NDArray[np.uint8], changes: Mapping[str, str]) -> NDArray[np.uint8]:
    """The levels of one pair if some of them were others, with what follows from them.

    `changes` maps a comparison's name to the key of a level.
    """
    levels = {c.name: np.array([level], np.uint8) for c, level in zip(COMPARISONS, column, strict=True)}
    for comparison in COMPARISONS:
        if comparison.name in changes:
            levels[comparison.name] = np.array([comparison.at(changes[comparison.name])], np.uint8)
    names, places, phones = _classes(levels)
    levels["together"] = _together(names, places, phones)
    levels["frequency"] *= (names == SAME_NAME) & (places < SAME_PLACE)
    told, known = _told(levels), levels["frequency"]
    levels["frequency"] = np.where(told & (known > 0), _TOLD[known], known)
    return np.concatenate([levels[comparison.name] for comparison in COMPARISONS])


def _together(names: Grades, places: Grades, phones: Grades) -> Grades:
    return names * 9 + places * 3 + phones


def _phone(pairs: Aligned, count: Ints) -> Grades:
    # A number without its country's prefix ends like the same number with it.
    same = pairs.same("phone") | (pairs.same("phone_end") & ~_countries_differ(pairs))
    listing_free, location_free = pairs.left.central[pairs.i], pairs.right.central[pairs.j]
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
    return PHONE.first(tests, "other")


def _countries_differ(pairs: Aligned) -> NDArray[np.bool_]:
    return pairs.both("country") & ~pairs.same("country")


def _web(pairs: Aligned, sites: Ints, pages: Ints) -> Grades:
    page, site = pairs.same("page"), pairs.same("domain")
    tests = (
        ("shared_page", page & (pages > 1)),
        ("own_page", page & (pages == 1)),
        ("page", page),
        ("other_page", site & pairs.both("page")),
        ("shared_site", site & (sites >= MANY)),
        ("chain_site", site & (pairs.left.chain[pairs.i] | pairs.right.chain[pairs.j])),
        ("own_site", site & (sites == 1)),
        ("site", site),
        ("other", pairs.both("domain")),
    )
    return WEB.first(tests)


def _category(pairs: Aligned) -> Grades:
    both, same = pairs.both("category"), pairs.same("category")
    level = CATEGORY.first((("missing", ~both), ("same", same)), "other")
    rest = np.flatnonzero(both & ~same)
    left, right = pairs.left.category_nodes[pairs.i[rest]], pairs.right.category_nodes[pairs.j[rest]]
    met = (left[:, None] == right) & (left != 0)[:, None]
    first, second = (
        side.words["category"][rows[rest]] for side, rows in ((pairs.left, pairs.i), (pairs.right, pairs.j))
    )
    shared = ((first[:, None] == second) & (first != 0)[:, None]).any(axis=(0, 1))
    tests = (
        ("same", met[0, 0]),
        ("related", shared | met[0].any(axis=0) | met[:, 0].any(axis=0)),
        # A node without any above it is one the tree doesn't know.
        ("akin", met.any(axis=(0, 1)) | (left[1] == 0) | (right[1] == 0)),
    )
    level[rest] = CATEGORY.first(tests, "other")
    return level


def _places(place: Grades, chain: Mask) -> Grades:
    """Of many branches in a town, one has the number of a stranger's house by chance."""
    return np.where(chain & (place == PLACE.at("number_only")), PLACE.at("same_town"), place)


def _pages(levels: dict[str, Grades], places: Grades) -> Grades:
    """Departments and people are listed with the page of the place they are in, branches with the brand's site."""
    web, site = levels["web"], WEB.at("site")
    guest = _DEPARTMENT[levels["kind"]] | _PEOPLE[levels["person"]]
    elsewhere = (web == WEB.at("own_site")) & (places == 0)
    return np.where((guest & (web >= site)) | elsewhere, np.minimum(web, site), web)


def _kind(pairs: Aligned, kind: Grades, chain: Mask, category: Grades) -> Grades:
    """A service that only one name has: a chain's department, or no more than the other's category says."""
    department = KIND.first((("department_apart", category == CATEGORY.at("other")),), "department")
    kind = np.where((kind == KIND.at("one_sided")) & chain, department, kind)
    rows = np.flatnonzero(kind == KIND.at("one_sided"))
    some = pairs.part(rows)
    left, right = some.left.name_words[some.i], some.right.name_words[some.j]
    met = left[:, None] == right
    described = _described(
        left, some.left.name_kinds[some.i] & ~met.any(axis=1), some.right.words["category"][some.j]
    )
    described &= _described(
        right, some.right.name_kinds[some.j] & ~met.any(axis=0), some.left.words["category"][some.i]
    )
    kind[rows[described]] = KIND.at("described")
    return kind


def _described(words: Hashes, kinds: Mask, category: Hashes) -> Mask:
    """Whether the other record's category has all of a name's words for a service."""
    known = (words[:, None] == category).any(axis=1)
    said: Mask = (known | ~kinds).all(axis=0)
    return said


def _classes(levels: dict[str, Grades]) -> tuple[Grades, Grades, Grades]:
    """Which of the classes of TOGETHER name, place and phone are in.

    A number that many share and a suite that differs make a likeness unclear.
    """
    name, place, phone, kind = levels["name"], levels["place"], levels["phone"], levels["kind"]
    other_unit = levels["unit"] == UNIT.at("other")
    part = (
        _PART[kind] | (levels["store_number"] == STORE_NUMBER.at("other")) | _PERSON_ADDED[levels["person"]]
    )
    alike = name >= NAME.at("contains")
    unclear_name = (name == 0) | (name == NAME.at("partly")) | (name == NAME.at("contains"))
    names = first_of([alike & part, unclear_name, alike], [1, 2, 3])
    unclear_place = (place == 0) | (place >= PLACE.at("number_only"))
    same_place = (place >= PLACE.at("alike")) & (place != PLACE.at("door_other_town")) & ~other_unit
    places = first_of([same_place, unclear_place], [2, 1])
    unclear_phone = (phone == 0) | (phone == PHONE.at("shared")) | (phone == PHONE.at("central"))
    phones = first_of([unclear_phone, phone >= PHONE.at("extension")], [1, 2])
    return names, places, phones


def _told(levels: dict[str, Grades]) -> Mask:
    """Whether a phone or a page says which branch it is."""
    told: Mask = (levels["phone"] >= PHONE.at("same")) | _PAGE[levels["web"]]
    return told


def _frequency(names: Grades, places: Grades, count: Ints, chain: Mask, told: Mask) -> Grades:
    """How many locations bear the name, for equal names whose places aren't the same.

    What a file can't tell, the name may: a chain has more branches than those in it. Where something
    else tells the branch, the number says nothing.
    """
    tests = (count > 9, count > 1, chain, count > 0)
    apart = ("branch_of_many", "branch_of_several", "branch_of_chain", "branch_of_one")
    unclear = ("many", "several", "chain", "one")
    levels = (FREQUENCY.first(list(zip(keys, tests, strict=True))) for keys in (apart, unclear))
    alike = (names == SAME_NAME) & (places < SAME_PLACE)
    found = np.where(alike, np.where(places == 0, *levels), np.uint8(0))
    return np.where(told, _TOLD[found], found)
