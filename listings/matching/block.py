"""Locations and listings in, scored candidate pairs out: what one machine or one of many computes."""

from functools import cached_property
from threading import Lock

import numpy as np
import polars as pl
from polars.datatypes import DataType, DataTypeClass

from listings.matching.at_once import at_once
from listings.matching.candidates import KeyIndex, Pairs
from listings.matching.features import Counts, Levels, compare, counts
from listings.matching.layout import side
from listings.matching.levels import COMPARISONS
from listings.matching.ngrams import NgramIndex
from listings.matching.scorecard import Points, Scorecard, Task, shipped
from listings.matching.sides import Aligned, Ints, Side

KEPT = 5
"""Candidates kept per listing; one further down never wins, nor counts in the contest."""

CHUNK = 80_000
"""Listings laid out at a time: what bounds the memory however many there are. The more, the more often a
name or street is read only once."""

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
        self._making = Lock()
        self._side = side(locations)
        self._keys = KeyIndex(self._side, sparing=True)
        self._counts = counts(self._side)

    @cached_property
    def _ngrams(self) -> NgramIndex:
        return NgramIndex(self._compact)

    def _nearest(self, compact: pl.Series) -> Pairs:
        # Several threads may be the first to ask; the index is large and is to be made once.
        with self._making:
            ngrams = self._ngrams
        return ngrams.pairs(compact)

    def score(self, listings: pl.DataFrame) -> pl.DataFrame:
        """The best KEPT candidates of each normalised listing, as SCORED_SCHEMA."""
        starts = range(0, max(listings.height, 1), CHUNK)
        return pl.concat(at_once(lambda start: self._score_chunk(listings, start), starts))

    def _score_chunk(self, listings: pl.DataFrame, start: int) -> pl.DataFrame:
        i, j, log_odds, levels = self.best(side(listings[start : start + CHUNK]))
        return scored(i + start, j, log_odds, levels)

    def best(self, listings: Side) -> Best:
        """The best KEPT candidates of a few listings, as the arrays of SCORED_SCHEMA; levels by column."""
        i, j = self._candidates(listings)
        log_odds, levels = self.judge(listings, i, j)
        kept = _best_of_each(i, log_odds)
        return i.take(kept), j.take(kept), log_odds.take(kept), levels.take(kept, axis=1)

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
        row, found = self._nearest(records.texts["compact"].gather(left_out))
        both = np.concatenate([i, left_out[row]]) * len(self.ids) + np.concatenate([j, found])
        both.sort()
        return both // len(self.ids), both % len(self.ids)


def _best_of_each(listing: Ints, log_odds: Points) -> Ints:
    """Which of the candidates are their listing's best KEPT, the best first.

    They come sorted by both rows, and sorting keeps the order of what is equal.
    """
    at = np.arange(len(listing))
    new = np.append(True, listing[1:] != listing[:-1])[: len(listing)]
    # Most listings have one candidate, which needs no sorting.
    several = np.flatnonzero(~new | ~np.append(new[1:], True)[: len(listing)])
    order = at.copy()
    order[several] = several[np.lexsort((-log_odds.take(several), listing.take(several)))]
    rank = at - np.maximum.accumulate(np.where(new, at, 0))
    return order[rank < KEPT]


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
