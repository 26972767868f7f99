"""One side of a comparison in arrays, and pairs of rows of two sides gathered from them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import process

from listings.normalize.columnar.distinct import firsts

NAME_WORDS = 8
PLACE_WORDS = {"city": 4, "street": 6, "region": 2}
"""Words of a name, and of each part of a place, that are compared one by one; longer ones are compared as
text too."""

WORDS = {**PLACE_WORDS, "category": NAME_WORDS}
"""Columns that are compared by their words."""

CATEGORY_NODES = 6
"""Nodes of the category tree that are compared: a category's own and those above it."""

_FEW_TEXTS = 100
"""Texts that are sooner fetched one by one."""

_ODD = np.uint64(0x9E3779B97F4A7C15)

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Degrees = NDArray[np.float64]

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Encoded(Generic[Scalar]):
    """A column that keeps each distinct value once: row k has that of position `at[k]`.

    A value is a column of `values`, one or several numbers of it below each other: comparing words
    position by position is then the work of long rows, not of eight numbers at a time.
    """

    values: NDArray[Scalar]
    at: Ints

    def __getitem__(self, rows: Ints) -> NDArray[Scalar]:
        """The values of these rows, a column each."""
        return self.values.take(self.at.take(rows), axis=-1)


@dataclass(frozen=True, slots=True)
class Side:
    """Normalised records in arrays: hashes (0 is empty), words of name, place and category; texts as columns.

    `name_kinds` marks the words that name a service or department (data/words.txt), `name_marks` numbers
    and the letters that number one of several (B, III), `name_own` the words that say who it is;
    `name_given` given names, `name_titles` a person's titles, `name_things` what no person's name has.
    `chain` marks a chain's records, `wide` names, cities and addresses in another script than the Latin
    one, `central` phones that stand for no place.
    `number` is the house number as an integer, -1 where there is none or it has letters only.
    `name_key` and `place_key` are equal where all of the name, or all words of the place, are.
    """

    size: int
    exact: dict[str, Hashes]
    texts: dict[str, pl.Series]
    name_words: Encoded[np.uint64]
    name_weights: Encoded[np.float32]
    name_kinds: Encoded[np.bool_]
    name_marks: Encoded[np.bool_]
    name_own: Encoded[np.bool_]
    name_given: Encoded[np.bool_]
    name_titles: Encoded[np.bool_]
    name_things: Encoded[np.bool_]
    chain: Mask
    wide: dict[str, Mask]
    words: dict[str, Encoded[np.uint64]]
    category_nodes: Encoded[np.uint64]
    number: Ints
    central: Mask
    latitude: Degrees
    longitude: Degrees
    name_key: Hashes
    place_key: Hashes

    def place_words(self, rows: Ints) -> Hashes:
        """The words of these rows' places, a column each."""
        return np.concatenate([self.words[column][rows] for column in PLACE_WORDS])


def mixed(parts: Sequence[Hashes]) -> Hashes:
    """One hash of several, the order counts."""
    found = np.zeros(len(parts[0]), np.uint64)
    for part in parts:
        found = (found ^ part) * _ODD
        found ^= found >> np.uint64(29)
    return found


@dataclass(frozen=True, slots=True)
class Aligned:
    """Two sides and the rows to compare: row `i[k]` of `left` with row `j[k]` of `right`."""

    left: Side
    right: Side
    i: Ints
    j: Ints
    _gathered: dict[str, tuple[Hashes, Hashes]] = field(default_factory=dict, repr=False, compare=False)

    def values(self, column: str) -> tuple[Hashes, Hashes]:
        """The hashes of both, gathered once however often they are asked for."""
        if column not in self._gathered:
            left, right = self.left.exact[column], self.right.exact[column]
            self._gathered[column] = left.take(self.i), right.take(self.j)
        return self._gathered[column]

    def same(self, column: str) -> Mask:
        """Where both have the value and it is equal."""
        left, right = self.values(column)
        equal: Mask = (left == right) & (left != 0)
        return equal

    def both(self, column: str) -> Mask:
        """Where both have a value."""
        left, right = self.values(column)
        known: Mask = (left != 0) & (right != 0)
        return known

    def part(self, rows: Ints) -> "Aligned":
        """The pairs of these rows."""
        return Aligned(self.left, self.right, self.i.take(rows), self.j.take(rows))

    def distinct_names(self) -> tuple["Aligned", Ints]:
        """One of the pairs of each two names, and for every pair which of them has its names.

        Where names differ, a pair also has to have the words of the same two places: whether a word
        of a name only repeats the place is a matter of both.
        """
        left, right = self.left.name_key.take(self.i), self.right.name_key.take(self.j)
        differ = left != right
        places = mixed([self.left.place_key[self.i[differ]], self.right.place_key[self.j[differ]]])
        keys = mixed([left, right])
        keys[differ] ^= places
        first, back = firsts(keys)
        return self.part(first), back

    def alike(self, column: str, scorer: Any, cutoff: float, where: Mask | None = None) -> Floats:
        """0 to 100 by a rapidfuzz scorer, computed once per distinct pair.

        0 where one is empty, or where it isn't asked for. `cutoff` is what the caller tells apart: the
        scorer stops once it can't get there, and says 0 (a distance: one more).
        """
        left, right = self.values(column)
        score = np.where((left == right) & (left != 0), np.float32(100), np.float32(0))
        open_pairs = (left != right) & (left != 0) & (right != 0)
        todo = np.flatnonzero(open_pairs if where is None else open_pairs & where)
        if not len(todo):
            return score
        first, back = firsts(left.take(todo) * _ODD + right.take(todo))
        todo_once = todo.take(first)
        one = _texts_at(self.left.texts[column], self.i.take(todo_once))
        other = _texts_at(self.right.texts[column], self.j.take(todo_once))
        found = process.cpdist(one, other, scorer=scorer, score_cutoff=cutoff, dtype=np.float32)
        score[todo] = found.take(back)
        return score


def _texts_at(texts: pl.Series, rows: Ints) -> list[str | None]:
    return [texts[row] for row in rows.tolist()] if len(rows) < _FEW_TEXTS else texts.gather(rows).to_list()
