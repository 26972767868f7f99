"""Two names word by word: what they share and what only one of them has."""

from dataclasses import dataclass

import numpy as np

from listings.matching.sides import Aligned, Floats, Hashes, Mask

PLACE_WEIGHT = 0.15
"""What an unshared word weighs that only repeats where the place is."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """The words two names share and those only one has, by weight and by kind word.

    Word by word, `met_…` mark those that both have, `lone_…` those that only one has and that don't repeat its place.
    """

    shared: Floats
    only_left: Floats
    only_right: Floats
    own_shared: Mask
    kinds_shared: Mask
    kinds_left: Mask
    kinds_right: Mask
    marks_left: Mask
    marks_right: Mask
    met_left: Mask
    met_right: Mask
    lone_left: Mask
    lone_right: Mask


def overlap(pairs: Aligned) -> Overlap:
    """Word by word: which are shared, and what the others weigh."""
    left, right = pairs.left.name_words[pairs.i], pairs.right.name_words[pairs.j]
    left_met, right_met = _met(left, right)
    left_weights, right_weights = pairs.left.name_weights[pairs.i], pairs.right.name_weights[pairs.j]
    left_placed, right_placed = _placed(pairs, (left, left_met), (right, right_met))
    left_kinds: Mask = pairs.left.name_kinds[pairs.i] & ~left_met & ~left_placed
    right_kinds: Mask = pairs.right.name_kinds[pairs.j] & ~right_met & ~right_placed
    return Overlap(
        shared=(left_weights * left_met).sum(axis=0),
        only_left=_rest(left_weights, left_met, left_placed),
        only_right=_rest(right_weights, right_met, right_placed),
        own_shared=some(pairs.left.name_own[pairs.i] & left_met),
        kinds_shared=some(pairs.left.name_kinds[pairs.i] & left_met),
        kinds_left=some(left_kinds),
        kinds_right=some(right_kinds),
        marks_left=some(pairs.left.name_marks[pairs.i] & ~left_met),
        marks_right=some(pairs.right.name_marks[pairs.j] & ~right_met),
        met_left=left_met,
        met_right=right_met,
        lone_left=(left != 0) & ~left_met & ~left_placed,
        lone_right=(right != 0) & ~right_met & ~right_placed,
    )


def _met(left: Hashes, right: Hashes) -> tuple[Mask, Mask]:
    """Which words of each side the other has too."""
    known: Mask = left != 0
    left_met: Mask = np.zeros(left.shape, bool)
    right_met: Mask = np.zeros(right.shape, bool)
    for place, word in enumerate(right):
        same = (left == word) & known
        left_met |= same
        right_met[place] = some(same)
    return left_met, right_met


def some(marked: Mask) -> Mask:
    """Which columns have a mark."""
    found: Mask = np.logical_or.reduce(marked, axis=0)
    return found


def _placed(pairs: Aligned, *names: tuple[Hashes, Mask]) -> list[Mask]:
    """Which unshared words of each name (its words, and which are shared) are words of either place."""
    unshared = [(words != 0) & ~met for words, met in names]
    # Many pairs have none, and their places needn't be looked at.
    rows = np.flatnonzero(some(np.concatenate(unshared)))
    these = pairs.part(rows)
    places = np.concatenate([these.left.place_words(these.i), these.right.place_words(these.j)])
    placed = []
    for (words, _), rest in zip(names, unshared, strict=True):
        found = np.zeros(words.shape, bool)
        for at, word in enumerate(words):
            found[at, rows] = some(places == word.take(rows))
        placed.append(found & rest)
    return placed


def _rest(weights: Floats, met: Mask, placed: Mask) -> Floats:
    rest: Floats = (np.where(placed, np.minimum(weights, np.float32(PLACE_WEIGHT)), weights) * ~met).sum(
        axis=0
    )
    return rest
