"""Locations and listings in, scored candidate pairs out: what one machine or one of many computes."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import pairwise

import numpy as np
import polars as pl
from polars.datatypes import DataType, DataTypeClass

from listings.matching.candidates import KeyIndex
from listings.matching.features import Counts, Levels, compare, counts
from listings.matching.layout import side
from listings.matching.levels import COMPARISONS
from listings.matching.ngrams import NgramIndex
from listings.matching.scorecard import Points, Scorecard, Task, shipped
from listings.matching.sides import Aligned, Ints, Side

KEPT = 5
"""Candidates kept per listing; one further down never wins, nor counts in the contest."""

CHUNK = 20_000
"""Listings compared at a time: what bounds the memory however many there are."""

PART = 200_000
"""Listings whose forms are laid out at a time: the more, the more often a name or street is read only once."""

Chunk = tuple[Ints, Ints]
Best = tuple[Ints, Ints, Points, Levels]

SCORED_SCHEMA: dict[str, DataType | DataTypeClass] = {
    "listing": pl.Int64,
    "location": pl.Int64,
    "log_odds": pl.Float64,
    "levels": pl.Array(pl.UInt8, len(COMPARISONS)),
}
"""Rows of the two frames, the calibrated log-odds of their being one place, and the level of each
comparison; sorted by listing, the best candidate first."""


class MatchIndex:
    """The locations, ready to be asked about listings.

    Built once from their normalised frame (listings.normalize.columns); read-only and safe to share
    between threads.
    """

    def __init__(self, locations: pl.DataFrame, scorecard: Scorecard | None = None) -> None:
        self.ids: list[str] = locations["id"].to_list()
        # Row -1 stands for no location.
        self.named = np.array([*self.ids, ""], dtype=object)
        self.scorecard = scorecard or shipped()
        self._compact = locations["compact"]
        self._side = side(locations)
        self._keys = KeyIndex(self._side, sparing=True)
        self._counts = counts(self._side)

    @cached_property
    def _ngrams(self) -> NgramIndex:
        return NgramIndex(self._compact)

    def score(self, listings: pl.DataFrame) -> pl.DataFrame:
        """The best KEPT candidates of each normalised listing, as SCORED_SCHEMA."""
        parts = [
            self._score_part(listings[start : start + PART], start)
            for start in range(0, max(listings.height, 1), PART)
        ]
        return pl.concat(parts)

    def _score_part(self, listings: pl.DataFrame, offset: int) -> pl.DataFrame:
        records = side(listings)
        i, j = self._candidates(records)
        cuts = np.searchsorted(i, np.arange(0, max(listings.height, 1) + CHUNK, CHUNK))
        chunks = [(i[start:end], j[start:end]) for start, end in pairwise(cuts.tolist())]
        best = _at_once(lambda chunk: self._best(records, *chunk), chunks)
        i, j, log_odds, levels = (np.concatenate(column, axis=-1) for column in zip(*best, strict=True))
        return scored(i + offset, j, log_odds, levels)

    def best(self, listings: Side) -> Best:
        """The best KEPT candidates of a few listings, as the arrays of SCORED_SCHEMA; levels by column."""
        return self._best(listings, *self._candidates(listings))

    def _best(self, records: Side, i: Ints, j: Ints) -> Best:
        log_odds, levels = self.judge(records, i, j)
        # Candidates come sorted by both rows, and sorting keeps the order of what is equal.
        order = np.lexsort((-log_odds, i))
        rank = np.arange(len(order)) - np.searchsorted(i, i)
        kept = order[rank < KEPT]
        return i[kept], j[kept], log_odds[kept], levels[:, kept]

    def judge(self, listings: Side, i: Ints, j: Ints) -> tuple[Points, Levels]:
        """The calibrated log-odds and the levels of listing rows `i` beside location rows `j`."""
        levels = compare(Aligned(listings, self._side, i, j), self._counts)
        return self.scorecard.log_odds(levels, "link"), levels

    def _candidates(self, records: Side) -> tuple[Ints, Ints]:
        """The candidates of every listing, sorted by both rows."""
        i, j = self._keys.pairs(records)
        missed = records.exact["compact"] != 0
        missed[i] = False
        left_out = np.flatnonzero(missed)
        if not len(left_out) or not self.ids:
            return i, j
        row, found = self._ngrams.pairs(records.texts["compact"].gather(left_out))
        i, j = np.concatenate([i, left_out[row]]), np.concatenate([j, found])
        order = np.lexsort((j, i))
        return i[order], j[order]


def _at_once(work: Callable[[Chunk], Best], chunks: Sequence[Chunk]) -> list[Best]:
    """`work` on every chunk, in order, on all cores: nearly all of it is array code outside the interpreter's lock."""
    if len(chunks) < 2:
        return [work(chunk) for chunk in chunks]
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        return list(pool.map(work, chunks))


def scored(listing: Ints, location: Ints, log_odds: Points, levels: Levels) -> pl.DataFrame:
    """A SCORED_SCHEMA frame of arrays."""
    columns = {"listing": listing, "location": location, "log_odds": log_odds, "levels": levels.T}
    return pl.DataFrame(columns, schema=SCORED_SCHEMA)


def match_block(locations: pl.DataFrame, listings: pl.DataFrame) -> pl.DataFrame:
    """The scored candidates of normalised listings among normalised locations, as SCORED_SCHEMA.

    Pure and free of any engine: it gives the same rows wherever it runs.
    """
    return MatchIndex(locations).score(listings)


def score_aligned(
    left: pl.DataFrame, right: pl.DataFrame, task: Task, scorecard: Scorecard | None = None
) -> pl.DataFrame:
    """Row k of `left` against row k of `right`, both normalised, as SCORED_SCHEMA.

    A pair is judged by itself: how often a name or phone occurs in the file tells nothing.
    """
    card = scorecard or shipped()
    rows = np.arange(left.height, dtype=np.int64)
    levels = compare(Aligned(side(right), side(left), rows, rows), Counts.unknown(left.height))
    return scored(rows, rows, card.log_odds(levels, task), levels)
