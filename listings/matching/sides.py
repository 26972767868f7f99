"""One side of a comparison, laid out so that any pairs of rows can be gathered in arrays."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import process

from listings.matching.candidates import Hashes, Ints, hashed

NAME_WORDS = 8
PLACE_WORDS = 12
"""Words of a name or a place that are compared one by one; longer ones are compared as text too."""

LONGEST_TEXT = 120
"""Characters of a text that fuzzy scorers see, so that no name of any length is slow."""

TEXTS = ("name", "core", "compact", "address", "street", "city")
EXACT = (
    "name", "core", "compact", "prefix", "store_number", "number", "street", "street_type", "direction", "address",
    "unit", "postal", "city", "region", "country", "phone", "phone_end", "extension", "domain", "page", "category",
)  # fmt: skip

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Side:
    """Normalised records in arrays: hashes (0 is empty), texts, words of name, place and category.

    `number` is the house number as an integer, -1 where there is none or it has letters only.
    """

    size: int
    exact: dict[str, Hashes]
    texts: dict[str, NDArray[Any]]
    name_words: Hashes
    place_words: Hashes
    category_words: Hashes
    number: Ints
    toll_free: Mask
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]


def side(frame: pl.DataFrame) -> Side:
    """The arrays of a normalised frame (listings.normalize.columns.NORMAL_SCHEMA)."""
    place = pl.concat_str(["city", "street", "region"], separator=" ", ignore_nulls=True).str.split(" ")
    words = frame.select("tokens", place.alias("place"), pl.col("category").str.split(" "))
    number = frame["number"].str.extract(r"^(\d{1,9})").cast(pl.Int64).fill_null(-1)
    return Side(
        size=frame.height,
        exact={column: hashed(frame[column]) for column in EXACT},
        texts={column: frame[column].fill_null("").str.slice(0, LONGEST_TEXT).to_numpy() for column in TEXTS},
        name_words=_padded(words["tokens"], NAME_WORDS),
        place_words=_padded(words["place"], PLACE_WORDS),
        category_words=_padded(words["category"].fill_null([]), NAME_WORDS),
        number=number.to_numpy(),
        toll_free=frame["phone"]
        .str.contains(r"^1?8(?:00|33|44|55|66|77|88)\d{7}$")
        .fill_null(value=False)
        .to_numpy(),
        latitude=frame["latitude"].to_numpy(),
        longitude=frame["longitude"].to_numpy(),
    )


def _padded(lists: pl.Series, width: int) -> Hashes:
    """The first `width` words of each row as hashes, 0 where a row has fewer."""
    frame = pl.DataFrame({"words": lists}).with_row_index("row").explode("words", empty_as_null=False)
    place = frame.select((pl.int_range(pl.len()).over("row")).alias("at"))["at"].to_numpy()
    keep = place < width
    padded = np.zeros((len(lists), width), np.uint64)
    padded[frame["row"].to_numpy()[keep], place[keep]] = hashed(frame["words"])[keep]
    return padded


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

    def alike(self, column: str, scorer: Any) -> Floats:
        """0 to 100 by a rapidfuzz scorer, computed once per distinct pair; 0 where one is empty."""
        left, right = self.left.exact[column][self.i], self.right.exact[column][self.j]
        score = np.where((left == right) & (left != 0), np.float32(100), np.float32(0))
        todo = np.flatnonzero((left != right) & (left != 0) & (right != 0))
        if not len(todo):
            return score
        codes = left[todo] * np.uint64(0x9E3779B97F4A7C15) + right[todo]
        _, first, back = np.unique(codes, return_index=True, return_inverse=True)
        one = self.left.texts[column][self.i[todo[first]]]
        other = self.right.texts[column][self.j[todo[first]]]
        workers = 2 if len(first) > 5000 else 1
        score[todo] = process.cpdist(one, other, scorer=scorer, dtype=np.float32, workers=workers)[back]
        return score
