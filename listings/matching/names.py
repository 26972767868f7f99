"""Name comparisons: shared words by what they weigh, spelling, first word, service, store number."""

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from listings.matching.levels import HEAD, KIND, NAME, STORE_NUMBER, WORDING, Grades
from listings.matching.overlap import Overlap, overlap
from listings.matching.people import person_level
from listings.matching.sides import Aligned, Floats, Mask

_SLIP_RATIO = 75
"""One letter of four: in a shorter name it is no slip."""

_SPELLING_CUTS = (45, 58, 70, 80, 89, 97)


def name_levels(pairs: Aligned) -> dict[str, Grades]:
    """The levels of the name comparisons."""
    words = overlap(pairs)
    wide, other = pairs.left.wide["core"][pairs.i], pairs.right.wide["core"][pairs.j]
    known = pairs.both("core") & (wide == other)
    ratio = pairs.alike("compact", fuzz.ratio, cutoff=50)
    # Scripts without spaces hide where a word ends.
    part = pairs.alike("compact", fuzz.partial_ratio, cutoff=100, where=wide & other) == 100
    name = np.where(known, _name(words, ratio, pairs.same("compact") | pairs.same("name"), part), 0)
    slip = _slips(pairs, words, name, ratio)
    name[slip] = NAME.at("slip")
    likeness = pairs.alike("core", fuzz.token_set_ratio, cutoff=_SPELLING_CUTS[0])
    spelling = np.where(known, 1 + np.digitize(likeness, _SPELLING_CUTS).astype(np.uint8), 0)
    return {
        "name": name,
        "spelling": spelling,
        "head": _head(pairs, known, slip),
        "kind": np.where(known & ~slip, _kind(words), 0),
        "wording": _wording(words, name, wide | slip),
        "person": np.where(known & ~slip, person_level(pairs, words), 0),
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


def _slips(pairs: Aligned, words: Overlap, name: Grades, ratio: Floats) -> Mask:
    """Which names differ by one letter, left out, added, replaced or swapped, and not by a number."""
    slip = (
        (name > 0)
        & (name < NAME.at("same"))
        & (ratio >= _SLIP_RATIO)
        & ~words.marks_left
        & ~words.marks_right
    )
    rows = np.flatnonzero(slip)
    slip[rows] = pairs.part(rows).alike("compact", OSA.distance, cutoff=1) == 1
    return slip


def _head(pairs: Aligned, known: Mask, slip: Mask) -> Grades:
    left, right = pairs.left.name_words[pairs.i][0], pairs.right.name_words[pairs.j][0]
    alike = pairs.same("prefix") | slip
    tests = (("missing", ~known), ("same", left == right), ("alike", alike))
    return HEAD.first(tests, "other")


def _kind(words: Overlap) -> Grades:
    part = words.shared > 0
    tests = (
        ("other", part & words.kinds_left & words.kinds_right),
        ("one_sided", part & (words.kinds_left | words.kinds_right)),
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
