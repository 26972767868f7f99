"""Name comparisons: shared words by what they weigh, spelling, first word, service, store number."""

from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from listings.matching.levels import HEAD, KIND, NAME, STORE_NUMBER, WORDING, Grades
from listings.matching.sides import Aligned, Floats, Hashes, Mask

PLACE_WEIGHT = 0.15
"""What an unshared word weighs that only repeats where the place is."""

_SPELLING_CUTS = (45, 58, 70, 80, 89, 97)


@dataclass(frozen=True, slots=True)
class Overlap:
    """The words two names share and those only one has, by weight and by kind word."""

    shared: Floats
    only_left: Floats
    only_right: Floats
    own_shared: Mask
    kinds_shared: Mask
    kinds_left: Mask
    kinds_right: Mask
    marks_left: Mask
    marks_right: Mask


def overlap(pairs: Aligned) -> Overlap:
    """Word by word: which are shared, and what the others weigh."""
    left, right = pairs.left.name_words[pairs.i], pairs.right.name_words[pairs.j]
    left_met, right_met = _met(left, right)
    left_weights, right_weights = pairs.left.name_weights[pairs.i], pairs.right.name_weights[pairs.j]
    left_placed, right_placed = _placed(left, left_met, pairs), _placed(right, right_met, pairs)
    left_kinds: Mask = pairs.left.name_kinds[pairs.i] & ~left_met & ~left_placed
    right_kinds: Mask = pairs.right.name_kinds[pairs.j] & ~right_met & ~right_placed
    return Overlap(
        shared=(left_weights * left_met).sum(axis=0),
        only_left=_rest(left_weights, left_met, left_placed),
        only_right=_rest(right_weights, right_met, right_placed),
        own_shared=_some(pairs.left.name_own[pairs.i] & left_met),
        kinds_shared=_some(pairs.left.name_kinds[pairs.i] & left_met),
        kinds_left=_some(left_kinds),
        kinds_right=_some(right_kinds),
        marks_left=_some(pairs.left.name_marks[pairs.i] & ~left_met),
        marks_right=_some(pairs.right.name_marks[pairs.j] & ~right_met),
    )


def _met(left: Hashes, right: Hashes) -> tuple[Mask, Mask]:
    """Which words of each side the other has too."""
    known: Mask = left != 0
    left_met: Mask = np.zeros(left.shape, bool)
    right_met: Mask = np.zeros(right.shape, bool)
    for place, word in enumerate(right):
        same = (left == word) & known
        left_met |= same
        right_met[place] = _some(same)
    return left_met, right_met


def _some(marked: Mask) -> Mask:
    """Which columns have a mark."""
    found: Mask = np.logical_or.reduce(marked, axis=0)
    return found


def _placed(words: Hashes, met: Mask, pairs: Aligned) -> Mask:
    """Which unshared words are words of either place; looked up only where there are any."""
    placed = np.zeros(words.shape, bool)
    word, pair = np.nonzero((words != 0) & ~met)
    some, unshared = pairs.part(pair), words[word, pair]
    for side, rows in ((some.left, some.i), (some.right, some.j)):
        placed[word, pair] |= _some(side.place_words(rows) == unshared)
    return placed


def _rest(weights: Floats, met: Mask, placed: Mask) -> Floats:
    rest: Floats = (np.where(placed, np.minimum(weights, np.float32(PLACE_WEIGHT)), weights) * ~met).sum(
        axis=0
    )
    return rest


def name_levels(pairs: Aligned) -> dict[str, Grades]:
    """The levels of the name comparisons."""
    words = overlap(pairs)
    wide, other = pairs.left.wide["core"][pairs.i], pairs.right.wide["core"][pairs.j]
    known = pairs.both("core") & (wide == other)
    ratio = pairs.alike("compact", fuzz.ratio)
    # Scripts without spaces hide where a word ends.
    part = pairs.alike("compact", fuzz.partial_ratio, where=wide & other) == 100
    name = np.where(known, _name(words, ratio, pairs.same("compact") | pairs.same("name"), part), 0)
    step = np.digitize(pairs.alike("core", fuzz.token_set_ratio), _SPELLING_CUTS).astype(np.uint8)
    spelling = np.where(known, 1 + step, 0)
    return {
        "name": name,
        "spelling": spelling,
        "head": _head(pairs, known),
        "kind": np.where(known, _kind(words), 0),
        "wording": _wording(words, name, wide),
        "store_number": _store_number(pairs, words),
    }


def _name(words: Overlap, ratio: Floats, equal: Mask, part: Mask) -> Grades:
    rest = words.only_left + words.only_right
    every = np.maximum(words.shared + rest, 0.01)
    jaccard = words.shared / every
    contained = words.shared / np.maximum(words.shared + np.minimum(words.only_left, words.only_right), 0.01)
    tests = (
        ("same", equal),
        ("near", (jaccard >= 0.8) | (ratio >= 90)),
        ("similar", ((contained >= 0.9) & (jaccard >= 0.55)) | (ratio >= 80)),
        ("contains", ((contained >= 0.9) & (words.shared >= 0.9)) | part),
        ("partly", (jaccard >= 0.4) | (ratio >= 65)),
        ("little", (words.shared >= 0.9) | (jaccard >= 0.2) | (ratio >= 50)),
    )
    return NAME.first(tests, "other")


def _head(pairs: Aligned, known: Mask) -> Grades:
    left, right = pairs.left.name_words[pairs.i][0], pairs.right.name_words[pairs.j][0]
    alike = pairs.same("prefix")
    tests = (("missing", ~known), ("same", left == right), ("alike", alike))
    return HEAD.first(tests, "other")


def _kind(words: Overlap) -> Grades:
    tests = (
        ("other", words.kinds_left & words.kinds_right),
        ("one_sided", words.kinds_left | words.kinds_right),
        ("same", words.kinds_shared),
    )
    return KIND.first(tests)


def _wording(words: Overlap, name: Grades, wide: Mask) -> Grades:
    alike = name >= NAME.at("contains")
    return WORDING.first((("none", ~alike), ("own", words.own_shared | wide)), "everyday")


def _store_number(pairs: Aligned, words: Overlap) -> Grades:
    same, both = pairs.same("store_number"), pairs.both("store_number")
    tests = (
        ("same", same),
        ("other", both | (words.marks_left & words.marks_right)),
        ("one_sided", words.marks_left | words.marks_right),
    )
    return STORE_NUMBER.first(tests)
