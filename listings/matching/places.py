"""The place comparison: number, street, town and distance judged together, then unit and distance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from listings.matching.levels import DISTANCE, PLACE, UNIT, Grades
from listings.matching.sides import Aligned, Mask

NEXT_DOOR = 12
"""House numbers this close in one street are often one building, or a slip of the source."""

_EARTH_M = 6_371_008.8
_DISTANCE_CUTS = (20_000, 5_000, 1_000, 300, 100)


def distances(pairs: Aligned) -> NDArray[np.float64]:
    """Metres between the pins of each pair (haversine), NaN where one has none."""
    lat1, lat2 = np.radians(pairs.left.latitude[pairs.i]), np.radians(pairs.right.latitude[pairs.j])
    lon = np.radians(pairs.right.longitude[pairs.j] - pairs.left.longitude[pairs.i])
    chord = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin(lon / 2) ** 2
    metres: NDArray[np.float64] = 2 * _EARTH_M * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    return metres


@dataclass(frozen=True, slots=True)
class Town:
    """Whether the two are in one town: agreed, contradicted, or neither."""

    same: Mask
    other: Mask
    postal: Mask


def town(pairs: Aligned, metres: NDArray[np.float64]) -> Town:
    """Postal code, city and distance decide together: one of them wrong doesn't move a place.

    A city in two scripts says nothing.
    """
    postal = pairs.same("postal")
    wide, other = pairs.left.wide["city"][pairs.i], pairs.right.wide["city"][pairs.j]
    near, far = np.nan_to_num(metres, nan=np.inf) < 1_000, np.nan_to_num(metres, nan=0.0) > 20_000
    open_still = ~(postal | near | far)
    city = pairs.alike("city", fuzz.token_set_ratio, cutoff=85, where=open_still) >= 85
    city |= pairs.alike("city", fuzz.partial_ratio, cutoff=100, where=open_still & wide & other) == 100
    same = (postal | city | near) & ~far
    towns = pairs.both("city") & (wide == other)
    apart = (pairs.both("postal") | towns | np.isfinite(metres)) & ~same
    return Town(same, apart, postal)


@dataclass(frozen=True, slots=True)
class Door:
    """How the street lines agree, apart from the town."""

    known: Mask
    door: Mask
    nearly: Mask
    street: Mask
    alike: Mask
    next_door: Mask
    number_only: Mask
    other_number: Mask


def door(pairs: Aligned, same_town: Mask) -> Door:
    """Number and street judged together; the whole line as text where it has no clear parts.

    `other_number` is told of one town only: elsewhere another number needs no look at the street.
    """
    clash = _differs(pairs, "street_type") | _differs(pairs, "direction")
    number, numbers = pairs.same("number"), pairs.both("number")
    gap = np.abs(pairs.left.number[pairs.i] - pairs.right.number[pairs.j])
    likeness = pairs.alike(
        "street", fuzz.ratio, cutoff=72, where=same_town | number | ~numbers | (gap <= NEXT_DOOR)
    )
    street = (likeness >= 90) & ~clash
    close = (likeness >= 72) | (pairs.alike("street", fuzz.token_set_ratio, cutoff=90, where=number) >= 90)
    agree = ~(numbers & ~number)
    line = pairs.alike("address", fuzz.token_set_ratio, cutoff=88, where=agree) >= 88
    return Door(
        known=pairs.both("address"),
        door=(number & street) | (pairs.same("address") & (number | ~numbers)),
        nearly=number & (close | ~pairs.both("street")),
        street=street & ~numbers,
        alike=line & agree,
        next_door=numbers & street & (gap <= NEXT_DOOR),
        number_only=number,
        other_number=numbers & close & same_town,
    )


def _differs(pairs: Aligned, column: str) -> Mask:
    return pairs.both(column) & ~pairs.same(column)


def place_levels(pairs: Aligned) -> dict[str, Grades]:
    """The levels of place, unit and distance."""
    metres = distances(pairs)
    where = town(pairs, metres)
    line = door(pairs, where.same)
    tests = (
        ("door", line.door & where.same),
        ("door_other_town", line.door & where.other),
        ("door_no_town", line.door),
        ("nearly", line.nearly & where.same),
        ("street", line.street & where.same),
        ("alike", line.alike & where.same),
        ("next_door", line.next_door & where.same),
        ("doubtful", line.nearly | line.street | line.alike | line.next_door),
        ("number_only", line.number_only & where.same),
        ("other_number", line.other_number),
        ("same_postal", line.known & where.postal),
        ("same_town", line.known & where.same),
        ("elsewhere", line.known & where.other),
        ("other_address", line.known),
        ("town_only", where.same),
        ("other_town", where.other),
    )
    return {"place": PLACE.first(tests), "unit": _unit(pairs, line), "distance": _distance(metres)}


def _unit(pairs: Aligned, line: Door) -> Grades:
    left, right = pairs.left.exact["unit"][pairs.i], pairs.right.exact["unit"][pairs.j]
    tests = (
        ("none", ~(line.door | line.nearly) | ((left == 0) & (right == 0))),
        ("one_sided", (left == 0) | (right == 0)),
        ("same", left == right),
    )
    return UNIT.first(tests, "other")


def _distance(metres: NDArray[np.float64]) -> Grades:
    step = np.digitize(np.nan_to_num(metres), _DISTANCE_CUTS[::-1]).astype(np.uint8)
    return np.where(np.isfinite(metres), DISTANCE.at("here") - step, 0)
