"""One side of a comparison, laid out so that any pairs of rows can be gathered in arrays."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import process

from listings.matching.chains import FINDER, hashed
from listings.matching.name_words import NameWords, name_words
from listings.normalize.category import line
from listings.normalize.phone_kinds import central_pattern

NAME_WORDS = 8
PLACE_WORDS = {"city": 4, "street": 6, "region": 2}
"""Words of a name, and of each part of a place, that are compared one by one; longer ones are compared as
text too."""

WORDS = {**PLACE_WORDS, "category": NAME_WORDS}
"""Columns that are compared by their words."""

CATEGORY_NODES = 6
"""Nodes of the category tree that are compared: a category's own and those above it."""

LONGEST_TEXT = 120
"""Characters of a text that fuzzy scorers see, so that no name of any length is slow."""

TEXTS = ("name", "core", "compact", "address", "street", "city")
EXACT = (
    "name", "core", "compact", "prefix", "store_number", "number", "street", "street_type", "direction", "address",
    "unit", "postal", "city", "region", "country", "phone", "phone_end", "extension", "domain", "page", "category",
)  # fmt: skip

WIDE = ("core", "city", "address")
"""Columns whose script is told."""

_WIDE = r"[^\x00-\u024f\u1e00-\u1eff]"
_DIGITS, _LEADING_DIGITS = r"^\d+$", r"^(\d{1,9})"

NAME_KEY = ("name", "core", "store_number")
"""What a name comes down to: its other forms follow from these."""

_FEW = 20
"""Rows that are sooner read one by one than by calls for a column."""

_FEW_TEXTS = 100
"""Texts that are sooner fetched one by one."""

_ODD = np.uint64(0x9E3779B97F4A7C15)

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Degrees = NDArray[np.float64]


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
    name_words: Hashes
    name_weights: Floats
    name_kinds: Mask
    name_marks: Mask
    name_own: Mask
    name_given: Mask
    name_titles: Mask
    name_things: Mask
    chain: Mask
    wide: dict[str, Mask]
    place_words: Hashes
    category_words: Hashes
    category_nodes: Hashes
    number: Ints
    central: Mask
    latitude: Degrees
    longitude: Degrees
    name_key: Hashes
    place_key: Hashes


def side(frame: pl.DataFrame) -> Side:
    """The arrays of a normalised frame (listings.normalize.columns.NORMAL_SCHEMA)."""
    if frame.height <= _FEW:
        return few_side(list(frame.iter_rows(named=True)))
    hashes = hashed(pl.concat([frame[column] for column in EXACT])).reshape(len(EXACT), frame.height)
    exact = dict(zip(EXACT, hashes, strict=True))
    told = frame.select(
        pl.col(column).str.contains(pattern).fill_null(value=False).alias(name)
        for name, (column, pattern) in _patterns().items()
    )
    return _side(
        exact=exact,
        texts=frame.select(pl.col(TEXTS).str.slice(0, LONGEST_TEXT)).to_dict(),
        told={name: told[name].to_numpy() for name in told.columns},
        names=_names_of(frame["tokens"], exact["core"]),
        words={column: _words(frame[column], exact[column], most) for column, most in WORDS.items()},
        nodes=_nodes(frame["category"], exact["category"]),
        number=_numbers_of(frame["number"], exact["number"]),
        pins=(frame["latitude"].to_numpy(), frame["longitude"].to_numpy()),
    )


def few_side(rows: Sequence[Mapping[str, Any]]) -> Side:
    """The same of a few normalised rows, read one by one: for them a column's calls are what takes the time."""
    lists = [row["tokens"] or [] for row in rows]
    lists += [(row[column] or "").split(" ") for column in WORDS for row in rows]
    lists += [list(line(row["category"] or "")) for row in rows]
    texts = [row[column] for column in EXACT for row in rows]
    hashes = hashed(pl.Series([*texts, *chain.from_iterable(lists)], dtype=pl.String))
    exact = dict(zip(EXACT, hashes[: len(texts)].reshape(len(EXACT), len(rows)), strict=True))
    words = hashes[len(texts) :]
    digits = [bool(re.search(_DIGITS, word)) for word in chain.from_iterable(lists[: len(rows)])]
    tokens, *parts, nodes = _laid_out(lists, words, (NAME_WORDS, *WORDS.values(), CATEGORY_NODES))
    leading = [re.search(_LEADING_DIGITS, row["number"] or "") for row in rows]
    return _side(
        exact=exact,
        texts={
            text: pl.Series([(row[text] or "")[:LONGEST_TEXT] for row in rows], dtype=pl.String)
            for text in TEXTS
        },
        told={
            name: np.array([bool(re.search(pattern, row[column] or "")) for row in rows], bool)
            for name, (column, pattern) in _patterns().items()
        },
        names=name_words(tokens, _known(words[: len(digits)][np.array(digits, bool)])),
        words=dict(zip(WORDS, parts, strict=True)),
        nodes=nodes,
        number=np.array([int(found[1]) if found else -1 for found in leading], np.int64),
        pins=(_degrees(rows, "latitude"), _degrees(rows, "longitude")),
    )


def _degrees(rows: Sequence[Mapping[str, Any]], axis: str) -> Degrees:
    return np.array([np.nan if row[axis] is None else row[axis] for row in rows], np.float64)


@cache
def _patterns() -> dict[str, tuple[str, str]]:
    """What a pattern tells of a record: the column and the pattern, which polars and Python read alike."""
    wide = {f"wide_{column}": (column, _WIDE) for column in WIDE}
    return {"central": ("phone", central_pattern()), "finder": ("page", FINDER), **wide}


def _side(
    *,
    exact: dict[str, Hashes],
    texts: dict[str, pl.Series],
    told: dict[str, Mask],
    names: NameWords,
    words: dict[str, Hashes],
    nodes: Hashes,
    number: Ints,
    pins: tuple[Degrees, Degrees],
) -> Side:
    latitude, longitude = _pins(*pins)
    return Side(
        size=len(number),
        exact=exact,
        texts=texts,
        name_words=names.words,
        name_weights=names.weights,
        name_kinds=names.kinds,
        name_marks=names.marks,
        name_own=names.own,
        name_given=names.given,
        name_titles=names.titles,
        name_things=names.things,
        chain=names.chain | told["finder"],
        wide={column: told[f"wide_{column}"] for column in WIDE},
        place_words=np.concatenate([words[column] for column in PLACE_WORDS], axis=1),
        category_words=words["category"],
        category_nodes=nodes,
        number=number,
        central=told["central"],
        latitude=latitude,
        longitude=longitude,
        name_key=mixed([exact[column] for column in NAME_KEY]),
        place_key=mixed([exact[column] for column in PLACE_WORDS]),
    )


def _pins(latitude: Degrees, longitude: Degrees) -> tuple[Degrees, Degrees]:
    """The pins, NaN where both coordinates end after two decimals: that is a town's middle, not a door."""
    known = np.isfinite(latitude) & np.isfinite(longitude)
    fine = known & ~(_ends_early(latitude, known) & _ends_early(longitude, known))
    return np.where(fine, latitude, np.nan), np.where(fine, longitude, np.nan)


def _ends_early(degrees: Degrees, known: Mask) -> Mask:
    hundreds = np.where(known, degrees, 0.0) * 100
    early: Mask = np.abs(hundreds - np.rint(hundreds)) < 1e-6
    return early


def mixed(parts: Sequence[Hashes]) -> Hashes:
    """One hash of several, the order counts."""
    found = np.zeros(len(parts[0]), np.uint64)
    for part in parts:
        found = (found ^ part) * _ODD
        found ^= found >> np.uint64(29)
    return found


def _names_of(tokens: pl.Series, cores: Hashes) -> NameWords:
    first, back = _firsts(cores)
    tokens = tokens.gather(first)
    words = tokens.explode(empty_as_null=False)
    numbers = words.filter(words.str.contains(_DIGITS))
    return name_words(_padded(tokens, NAME_WORDS), _known(hashed(numbers))).of(back)


def _words(texts: pl.Series, hashes: Hashes, width: int) -> Hashes:
    """The first `width` words of each text as hashes, 0 where it has fewer."""
    first, back = _firsts(hashes)
    words: Hashes = _padded(texts.gather(first).str.split(" "), width)[back]
    return words


def _numbers_of(numbers: pl.Series, hashes: Hashes) -> Ints:
    first, back = _firsts(hashes)
    read: Ints = (
        numbers.gather(first).str.extract(_LEADING_DIGITS).cast(pl.Int64).fill_null(-1).to_numpy()[back]
    )
    return read


def _nodes(categories: pl.Series, hashes: Hashes) -> Hashes:
    """The node of each category and those above it, hashed."""
    first, back = _firsts(hashes)
    lines = [list(line(category or "")) for category in categories.gather(first)]
    nodes: Hashes = _padded(pl.Series(lines, dtype=pl.List(pl.String)), CATEGORY_NODES)[back]
    return nodes


def _firsts(hashes: Hashes) -> tuple[Ints, Ints]:
    """A row of each distinct hash, and for every row which of them is its own: each text is read once.

    np.unique wants the first row of each, and so a stable sort, which takes six times as long.
    """
    order = np.argsort(hashes)
    ordered = hashes[order]
    new = np.append(True, ordered[1:] != ordered[:-1])[: len(order)]
    back = np.empty(len(order), np.int64)
    back[order] = np.cumsum(new) - 1
    return order[new], back


def _padded(lists: pl.Series, width: int) -> Hashes:
    lists = lists.fill_null([])
    length = lists.list.len().to_numpy().astype(np.int64)
    return _rows_of(hashed(lists.explode(empty_as_null=False)), length, width)


def _laid_out(lists: Sequence[Sequence[str]], words: Hashes, widths: Sequence[int]) -> Iterator[Hashes]:
    """The hashed words of lists that come in as many groups as there are widths: rows of its width per group."""
    lengths = np.array([len(each) for each in lists], np.int64).reshape(len(widths), -1)
    groups = np.split(words, np.cumsum(lengths.sum(axis=1))[:-1])
    return map(_rows_of, groups, lengths, widths)


def _rows_of(words: Hashes, length: Ints, width: int) -> Hashes:
    """A row of `width` hashes for each list of these lengths, 0 where it has fewer."""
    row = np.repeat(np.arange(len(length)), length)
    place = np.arange(len(words)) - np.repeat(np.cumsum(length) - length, length)
    keep = place < width
    padded = np.zeros((len(length), width), np.uint64)
    padded[row[keep], place[keep]] = words[keep]
    return padded


def _known(hashes: Hashes) -> Hashes:
    """Hashes to look up, sorted; never empty."""
    return np.sort(np.append(hashes, np.uint64(1)))


@dataclass(frozen=True, slots=True)
class Aligned:
    """Two sides and the rows to compare: row `i[k]` of `left` with row `j[k]` of `right`."""

    left: Side
    right: Side
    i: Ints
    j: Ints

    def same(self, column: str) -> Mask:
        """Where both have the value and it is equal."""
        left, right = self.left.exact[column][self.i], self.right.exact[column][self.j]
        equal: Mask = (left == right) & (left != 0)
        return equal

    def both(self, column: str) -> Mask:
        """Where both have a value."""
        known: Mask = (self.left.exact[column][self.i] != 0) & (self.right.exact[column][self.j] != 0)
        return known

    def part(self, rows: Ints) -> "Aligned":
        """The pairs of these rows."""
        return Aligned(self.left, self.right, self.i[rows], self.j[rows])

    def distinct_names(self) -> tuple["Aligned", Ints]:
        """One of the pairs of each two names, and for every pair which of them has its names.

        Where names differ, a pair also has to have the words of the same two places: whether a word
        of a name only repeats the place is a matter of both.
        """
        left, right = self.left.name_key[self.i], self.right.name_key[self.j]
        differ = left != right
        places = mixed([self.left.place_key[self.i[differ]], self.right.place_key[self.j[differ]]])
        keys = mixed([left, right])
        keys[differ] ^= places
        first, back = _firsts(keys)
        return self.part(first), back

    def alike(self, column: str, scorer: Any, where: Mask | None = None) -> Floats:
        """0 to 100 by a rapidfuzz scorer, computed once per distinct pair.

        0 where one is empty, or where it isn't asked for.
        """
        left, right = self.left.exact[column][self.i], self.right.exact[column][self.j]
        score = np.where((left == right) & (left != 0), np.float32(100), np.float32(0))
        open_pairs = (left != right) & (left != 0) & (right != 0)
        todo = np.flatnonzero(open_pairs if where is None else open_pairs & where)
        if not len(todo):
            return score
        first, back = _firsts(left[todo] * _ODD + right[todo])
        one = _texts_at(self.left.texts[column], self.i[todo[first]])
        other = _texts_at(self.right.texts[column], self.j[todo[first]])
        score[todo] = process.cpdist(one, other, scorer=scorer, dtype=np.float32)[back]
        return score


def _texts_at(texts: pl.Series, rows: Ints) -> list[str | None]:
    return [texts[row] for row in rows.tolist()] if len(rows) < _FEW_TEXTS else texts.gather(rows).to_list()
