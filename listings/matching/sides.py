"""One side of a comparison, laid out so that any pairs of rows can be gathered in arrays."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import process

NAME_WORDS = 8
PLACE_WORDS = 12
"""Words of a name or a place that are compared one by one; longer ones are compared as text too."""

GENERIC_WEIGHT = 0.3
"""What a word of a name weighs that says little, like "center"; every other word weighs 1."""

LONGEST_TEXT = 120
"""Characters of a text that fuzzy scorers see, so that no name of any length is slow."""

TEXTS = ("name", "core", "compact", "address", "street", "city")
EXACT = (
    "name", "core", "compact", "prefix", "store_number", "number", "street", "street_type", "direction", "address",
    "unit", "postal", "city", "region", "country", "phone", "phone_end", "extension", "domain", "page", "category",
)  # fmt: skip

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Side:
    """Normalised records in arrays: hashes (0 is empty), texts, words of name, place and category.

    `name_kinds` marks the words that name a service or department (data/words.txt), `name_numbers`
    those of digits only. `number` is the house number as an integer, -1 where there is none or it has letters only.
    """

    size: int
    exact: dict[str, Hashes]
    texts: dict[str, NDArray[Any]]
    name_words: Hashes
    name_weights: Floats
    name_kinds: Mask
    name_numbers: Mask
    place_words: Hashes
    category_words: Hashes
    number: Ints
    toll_free: Mask
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]


def hashed(values: pl.Series) -> Hashes:
    """64-bit hashes of texts, 0 for null and empty ones; equal in every process of one version."""
    hashes = values.hash(seed=11).to_numpy() | np.uint64(1)
    return np.where((values.is_null() | (values == "")).to_numpy(), np.uint64(0), hashes)


def side(frame: pl.DataFrame) -> Side:
    """The arrays of a normalised frame (listings.normalize.columns.NORMAL_SCHEMA)."""
    # One call hashes all columns: for a single record the calls are what takes the time.
    exact = hashed(pl.concat([frame[column] for column in EXACT])).reshape(len(EXACT), frame.height)
    words = frame.select(
        number=pl.col("number").str.extract(r"^(\d{1,9})").cast(pl.Int64).fill_null(-1),
        toll_free=pl.col("phone").str.contains(r"^1?8(?:00|33|44|55|66|77|88)\d{7}$").fill_null(value=False),
        place=pl.concat_str(["city", "street", "region"], separator=" ", ignore_nulls=True).str.split(" "),
        category=pl.col("category").str.split(" ").fill_null([]),
        **{column: pl.col(column).fill_null("").str.slice(0, LONGEST_TEXT) for column in TEXTS},
    )
    name_words = _padded(frame["tokens"], NAME_WORDS)
    generic = within(name_words, word_hashes("generic"))
    return Side(
        size=frame.height,
        exact=dict(zip(EXACT, exact, strict=True)),
        texts={column: words[column].to_numpy() for column in TEXTS},
        name_words=name_words,
        name_weights=np.where(generic, np.float32(GENERIC_WEIGHT), np.float32(1)) * (name_words != 0),
        name_kinds=within(name_words, word_hashes("kinds")),
        name_numbers=within(name_words, _numbers(frame["tokens"])),
        place_words=_padded(words["place"], PLACE_WORDS),
        category_words=_padded(words["category"], NAME_WORDS),
        number=words["number"].to_numpy(),
        toll_free=words["toll_free"].to_numpy(),
        latitude=frame["latitude"].to_numpy(),
        longitude=frame["longitude"].to_numpy(),
    )


def _padded(lists: pl.Series, width: int) -> Hashes:
    """The first `width` words of each row as hashes, 0 where a row has fewer."""
    length = lists.list.len().to_numpy().astype(np.int64)
    words = hashed(lists.explode(empty_as_null=False))
    row = np.repeat(np.arange(len(lists)), length)
    place = np.arange(len(words)) - np.repeat(np.cumsum(length) - length, length)
    keep = place < width
    padded = np.zeros((len(lists), width), np.uint64)
    padded[row[keep], place[keep]] = words[keep]
    return padded


def _numbers(tokens: pl.Series) -> Hashes:
    """The hashes of the words that are numbers, sorted; never empty."""
    words = tokens.explode(empty_as_null=False)
    numbers = words.filter(words.str.contains(r"^\d+$"))
    return np.unique(np.append(hashed(numbers), np.uint64(1)))


@cache
def word_hashes(section: str) -> Hashes:
    """The hashes of a section of data/words.txt, sorted."""
    text = (files("listings.matching") / "data" / "words.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    start = lines.index(f"[{section}]") + 1
    end = next((at for at in range(start, len(lines)) if lines[at].startswith("[")), len(lines))
    return np.sort(hashed(pl.Series(" ".join(lines[start:end]).split(), dtype=pl.String).unique()))


def within(values: Hashes, known: Hashes) -> Mask:
    """Which of `values` are in `known` (sorted)."""
    at = np.minimum(np.searchsorted(known, values), len(known) - 1)
    found: Mask = known[at] == values
    return found


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
        codes = left[todo] * np.uint64(0x9E3779B97F4A7C15) + right[todo]
        _, first, back = np.unique(codes, return_index=True, return_inverse=True)
        one = self.left.texts[column][self.i[todo[first]]]
        other = self.right.texts[column][self.j[todo[first]]]
        workers = 2 if len(first) > 5000 else 1
        score[todo] = process.cpdist(one, other, scorer=scorer, dtype=np.float32, workers=workers)[back]
        return score
