"""Which faults stand where: at each source, by the slot that a location has drawn in its block of 24."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Plant:
    """One wrong field: since which day of the world, and whether a first fix is overwritten later."""

    kind: str
    from_day: int = 0
    comes_back: bool = False


@dataclass(frozen=True, slots=True)
class Staged:
    """What one source gets wrong, by the slot a location has drawn in its block.

    `faults` are wrong fields of the location's own entry, `missing` has none, `duplicated` a second
    one, `replaced` that of another business at the same address, `kiosk` one of a stand near by that
    may be the location's or not: only a person can tell. The user's file names the entry's page for
    `named`, and for `company` the page of the head office, which speaks for the whole chain.
    """

    faults: Mapping[int, tuple[Plant, ...]] = field(default_factory=dict)
    missing: frozenset[int] = frozenset()
    duplicated: frozenset[int] = frozenset()
    replaced: frozenset[int] = frozenset()
    kiosk: frozenset[int] = frozenset()
    named: frozenset[int] = frozenset()
    company: frozenset[int] = frozenset()


STAGED: Mapping[str, Staged] = {
    "google": Staged(
        faults={
            0: (Plant("phone"),),
            1: (Plant("phone"),),
            2: (Plant("address"),),
            3: (Plant("hours", comes_back=True),),
            4: (Plant("hours"), Plant("special_hours")),
            5: (Plant("special_hours"),),
            6: (Plant("special_hours"),),
            7: (Plant("closed"),),
            8: (Plant("name"),),
            9: (Plant("website"),),
            10: (Plant("pin"),),
            11: (Plant("category"),),
            13: (Plant("suite"),),
            21: (Plant("phone", from_day=2),),
            22: (Plant("closed_for_now", from_day=1, comes_back=True),),
        },
        missing=frozenset({17}),
        duplicated=frozenset({13, 14}),
        kiosk=frozenset({18}),
    ),
    "google_places": Staged(
        faults={
            1: (Plant("phone"),),
            12: (Plant("hours"),),
            14: (Plant("closed_for_now"),),
            15: (Plant("phone"),),
            17: (Plant("address"),),
            19: (Plant("website"), Plant("pin")),
            20: (Plant("name"),),
        },
        missing=frozenset({16}),
        duplicated=frozenset({21}),
        replaced=frozenset({16}),
    ),
    "website": Staged(
        faults={
            5: (Plant("address"),),
            12: (Plant("phone"),),
            15: (Plant("phone"),),
            18: (Plant("hours"),),
        },
        missing=frozenset({23}),
    ),
    "yelp": Staged(
        faults={
            0: (Plant("hours"),),
            2: (Plant("phone"),),
            4: (Plant("closed"),),
            6: (Plant("address"),),
            8: (Plant("special_hours"),),
            10: (Plant("category"),),
            11: (Plant("closed_for_now"),),
            13: (Plant("pin"),),
            15: (Plant("website"),),
            16: (Plant("suite"),),
            17: (Plant("name"),),
            22: (Plant("phone", from_day=1),),
        },
        missing=frozenset({7}),
        duplicated=frozenset({3}),
    ),
    "bbb": Staged(
        # Slots 2, 5, 8 … are pages of the older build, which show neither website nor category nor status.
        faults={
            0: (Plant("phone"),),
            3: (Plant("address"),),
            4: (Plant("closed"),),
            7: (Plant("website"),),
            8: (Plant("phone"),),
            10: (Plant("phone", from_day=1),),
            12: (Plant("name"),),
            13: (Plant("suite"),),
            14: (Plant("address"),),
            18: (Plant("pin"),),
            19: (Plant("category"),),
        },
        missing=frozenset({6, 16, 17, 21, 22, 23}),
        named=frozenset({0, 3, 4, 5, 7, 8, 9, 10, 12, 13, 14, 17, 18, 19}),
        company=frozenset({6, 21, 23}),
    ),
    "bing": Staged(
        # The service shows neither hours nor status, and finds nothing under another name.
        faults={
            1: (Plant("phone"),),
            5: (Plant("phone"),),
            10: (Plant("website"),),
            12: (Plant("address"),),
            19: (Plant("pin"),),
            20: (Plant("category"),),
            21: (Plant("phone", from_day=2),),
            22: (Plant("suite"),),
        },
        missing=frozenset({0}),
        duplicated=frozenset({18}),
        replaced=frozenset({2}),
        named=frozenset({5}),
    ),
    "yahoo": Staged(
        # Slots 2, 5, 8 … are pages without markup, whose hours nobody can read for sure.
        faults={
            1: (Plant("phone"),),
            5: (Plant("phone"),),
            6: (Plant("hours"),),
            8: (Plant("address"),),
            9: (Plant("website"),),
            16: (Plant("name", from_day=2),),
            22: (Plant("suite"),),
        },
        missing=frozenset({20}),
        named=frozenset({1, 3, 5, 6, 8, 9, 11, 13, 16, 18, 20, 22}),
    ),
}
"""What is staged at each source; one that isn't named here shows the truth of every location."""
ALL_RIGHT = Staged()
