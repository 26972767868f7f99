"""Normalised records laid out as a side of a comparison, by the column or, when they are few, one by one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
import polars as pl

from listings.matching.chains import FINDER, hashed
from listings.matching.name_words import NameWords, name_words
from listings.matching.sides import (
    CATEGORY_NODES,
    NAME_WORDS,
    PLACE_WORDS,
    WORDS,
    Degrees,
    Encoded,
    Hashes,
    Ints,
    Mask,
    Side,
    mixed,
)
from listings.normalize.category import line
from listings.normalize.columnar.distinct import firsts
from listings.normalize.phone_kinds import central_pattern

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

Words = Encoded[np.uint64]


def side(frame: pl.DataFrame) -> Side:
    """The arrays of a normalised frame (listings.normalize.columns.NORMAL_SCHEMA)."""
    if frame.height <= _FEW:
        return few_side(list(frame.iter_rows(named=True)))
    exact = {column: hashed(frame[column]) for column in EXACT}
    told = frame.select(
        pl.col(column).str.contains(pattern).fill_null(value=False).alias(name)
        for name, (column, pattern) in _patterns().items()
    )
    first, at = firsts(exact["core"])
    return _side(
        exact=exact,
        texts=frame.select(pl.col(TEXTS).str.slice(0, LONGEST_TEXT)).to_dict(),
        told={name: told[name].to_numpy() for name in told.columns},
        names=(_names(frame["tokens"].gather(first)), at),
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
    tokens, *parts, nodes = _grouped(lists, hashes[len(texts) :], 2 + len(WORDS))
    digits = np.array(
        [bool(re.search(_DIGITS, word)) for word in chain.from_iterable(lists[: len(rows)])], bool
    )
    leading = [re.search(_LEADING_DIGITS, row["number"] or "") for row in rows]
    alone = np.arange(len(rows))
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
        names=(name_words(tokens[0], digits, _places(tokens[1], NAME_WORDS)), alone),
        words={
            column: Encoded(_padded(*part, most), alone)
            for (column, most), part in zip(WORDS.items(), parts, strict=True)
        },
        nodes=Encoded(_padded(*nodes, CATEGORY_NODES), alone),
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
    names: tuple[NameWords, Ints],
    words: dict[str, Words],
    nodes: Words,
    number: Ints,
    pins: tuple[Degrees, Degrees],
) -> Side:
    latitude, longitude = _pins(*pins)
    said, at = names
    return Side(
        size=len(number),
        exact=exact,
        texts=texts,
        name_words=Encoded(said.words, at),
        name_weights=Encoded(said.weights, at),
        name_kinds=Encoded(said.kinds, at),
        name_marks=Encoded(said.marks, at),
        name_own=Encoded(said.own, at),
        name_given=Encoded(said.given, at),
        name_titles=Encoded(said.titles, at),
        name_things=Encoded(said.things, at),
        chain=said.chain.take(at) | told["finder"],
        wide={column: told[f"wide_{column}"] for column in WIDE},
        words=words,
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


def _names(tokens: pl.Series) -> NameWords:
    words, lengths = _flat(tokens)
    digits = words.str.contains(_DIGITS).to_numpy()
    return name_words(hashed(words), digits, _places(lengths, NAME_WORDS))


def _words(texts: pl.Series, hashes: Hashes, most: int) -> Words:
    """The first words of each text, as hashes."""
    first, at = firsts(hashes)
    words, lengths = _flat(texts.gather(first).str.split(" "))
    return Encoded(_padded(hashed(words), lengths, most), at)


def _nodes(categories: pl.Series, hashes: Hashes) -> Words:
    """The node of each category and those above it, hashed."""
    first, at = firsts(hashes)
    lines = [list(line(category or "")) for category in categories.gather(first)]
    nodes, lengths = _flat(pl.Series(lines, dtype=pl.List(pl.String)))
    return Encoded(_padded(hashed(nodes), lengths, CATEGORY_NODES), at)


def _numbers_of(numbers: pl.Series, hashes: Hashes) -> Ints:
    first, at = firsts(hashes)
    read: Ints = numbers.gather(first).str.extract(_LEADING_DIGITS).cast(pl.Int64).fill_null(-1).to_numpy()
    return read.take(at)


def _flat(lists: pl.Series) -> tuple[pl.Series, Ints]:
    """The items of all lists one after the other, and how many each has."""
    lists = lists.fill_null([])
    return lists.explode(empty_as_null=False), lists.list.len().to_numpy().astype(np.int64)


def _grouped(lists: Sequence[Sequence[str]], words: Hashes, groups: int) -> Iterator[tuple[Hashes, Ints]]:
    """The hashed words of lists that come in so many groups of the same size, with each list's length."""
    lengths = np.array([len(each) for each in lists], np.int64).reshape(groups, -1)
    return zip(np.split(words, np.cumsum(lengths.sum(axis=1))[:-1]), lengths, strict=True)


def _places(lengths: Ints, most: int) -> Ints:
    """Where the words of each list of these lengths stand when all are laid end to end: a column a list.

    Beyond a list's end stands the place behind all words.
    """
    step = np.arange(most)[:, None]
    ends = np.cumsum(lengths)
    return np.where(step < lengths, ends - lengths + step, ends[-1] if len(ends) else 0)


def _padded(words: Hashes, lengths: Ints, most: int) -> Hashes:
    """The first `most` words of each list of these lengths, a column a list, 0 where it has fewer."""
    return np.append(words, np.uint64(0)).take(_places(lengths, most))
