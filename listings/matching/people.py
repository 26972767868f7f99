"""Names of persons: who works at a place is listed with its door and its phone, and is no listing of it."""

from dataclasses import dataclass

import numpy as np

from listings.matching.levels import PERSON, Grades
from listings.matching.overlap import Overlap, some
from listings.matching.sides import Aligned, Ints, Mask, Side

_FEWEST, _MOST = 2, 3
"""Words of a person's name that begins with a given name, initials not counted."""

_MOST_TITLED = 4
"""The same of a name with a title, such as "Dr" or "DDS"."""


@dataclass(frozen=True, slots=True)
class _Who:
    """Of one side of some pairs: whether the name is a person's, and whether the other has its family name.

    `given` tells whether it has a given name that the other hasn't, `words` how many words of its own.
    """

    person: Mask
    family: Mask
    given: Mask
    words: Ints


def person_level(pairs: Aligned, words: Overlap) -> Grades:
    """The level of PERSON.

    A name is a person's if it begins with a given name or has a title, and none of its words is a thing's
    that doesn't repeat the place.
    """
    level = np.zeros(len(pairs.i), np.uint8)
    rows = np.flatnonzero(_personal(pairs.left, pairs.i) | _personal(pairs.right, pairs.j))
    these, shared = pairs.part(rows), (words.own_shared | words.kinds_shared)[rows]
    left = _who(these.left, these.i, words.met_left[:, rows], words.lone_left[:, rows])
    right = _who(these.right, these.j, words.met_right[:, rows], words.lone_right[:, rows])
    one, both = left.person ^ right.person, left.person & right.person
    tests = (
        ("others", (left.given | right.given) & (left.words > 1) & (right.words > 1) & (shared | both)),
        ("others", both & ~left.family & (left.words > 0) & (right.words > 0)),
        ("at_business", left.person & ~shared),
        ("at_person", right.person & ~shared),
        ("named_after", one),
        ("same", both & shared),
        ("added", shared & ((left.given & (left.words > 1)) ^ (right.given & (right.words > 1)))),
    )
    level[rows] = PERSON.first(tests)
    return level


def _personal(side: Side, rows: Ints) -> Mask:
    return some(side.name_given[rows] | side.name_titles[rows])


def _who(side: Side, rows: Ints, met: Mask, lone: Mask) -> _Who:
    given, titles = side.name_given[rows], side.name_titles[rows]
    plain = side.name_own[rows] & ~side.name_marks[rows] & (met | lone)
    number = plain.sum(axis=0)
    first = given[plain.argmax(axis=0), np.arange(len(rows))]
    named = (first & (number >= _FEWEST) & (number <= _MOST)) | (
        some(titles) & (number > 0) & (number <= _MOST_TITLED)
    )
    things = some(side.name_things[rows] & ~titles & (met | lone))
    only = plain & lone
    return _Who(
        person=named & ~things,
        family=some(plain & met & ~given),
        given=some(only & given),
        words=only.sum(axis=0),
    )
