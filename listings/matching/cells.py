"""One large match cut into cells that any machine can work on, with the answer of one piece.

Whether a key is crowded, and how many locations bear a name or a phone, has to be known of all
locations at once. Hashes and counts say it, so an `Overview` of them is made first and handed to
everybody. With it the candidates of a listing are known wherever it is read. Records are compared in
cells: a cell has a run of neighbouring locations and the listings that have candidates among them.
"""

import dataclasses
from dataclasses import dataclass

import numpy as np
import polars as pl

from listings.matching.block import CHUNK, KEPT, SCORED_SCHEMA, MatchIndex, scored
from listings.matching.candidates import KeyIndex, Pairs
from listings.matching.features import Counts, compare, counts
from listings.matching.layout import side
from listings.matching.ngrams import NgramIndex
from listings.matching.scorecard import Task, logit, shipped
from listings.matching.sides import Aligned, Ints, Side

NEIGHBOURS = ("country", "postal", "region", "city", "latitude", "longitude")
"""What locations are put in order by before they are cut into cells: it decides how many cells a
listing goes to, never the answer."""


@dataclass(frozen=True, slots=True)
class Overview:
    """What is known of all locations at once, by row.

    `ngrams` is None where records are held against themselves: there only shared keys count. `source`
    is then the source of each row as a number; only records of one source are paired.
    """

    task: Task
    keys: KeyIndex
    ngrams: NgramIndex | None
    counts: Counts
    cell: Ints
    source: Ints | None = None

    def pairs(self, listings: pl.DataFrame, records: Side) -> Pairs:
        """The candidates as (row in `listings`, location row), sorted by both."""
        i, j = self.keys.pairs(records)
        if self.source is not None:
            row = listings["row"].to_numpy()[i]
            apart = (row < j) & (self.source[row] == self.source[j])
            return i[apart], j[apart]
        left_out = np.setdiff1d(np.flatnonzero(records.exact["compact"]), i)
        if self.ngrams is None or not len(left_out) or not len(self.cell):
            return i, j
        row, found = self.ngrams.pairs(listings["compact"].gather(left_out))
        return np.concatenate([i, left_out[row]]), np.concatenate([j, found])


def link_overview(locations: pl.DataFrame, cells: int) -> Overview:
    """The overview for linking listings to normalised locations, cut into so many cells."""
    index = MatchIndex(locations)
    # The parts of the very index that one piece would be asked: they can't drift apart.
    keys, ngrams, known = index._keys, index._ngrams, index._counts  # noqa: SLF001
    return Overview("link", keys, ngrams, known, _cells(locations, cells))


def duplicates_overview(records: pl.DataFrame, source: Ints, cells: int) -> Overview:
    """The overview for finding what is twice among normalised records; `source` numbers the source of each."""
    rows = side(records)
    # The other record of a pair is not a further one that shares its phone or name.
    known = counts(rows, but=1)
    return Overview("duplicates", KeyIndex(rows), None, known, _cells(records, cells), source)


def _cells(locations: pl.DataFrame, cells: int) -> Ints:
    order = locations.select(pl.arg_sort_by(*NEIGHBOURS)).to_series().to_numpy()
    cell = np.empty(len(order), np.int64)
    cell[order] = np.arange(len(order)) * cells // max(len(order), 1)
    return cell


def spread(listings: pl.DataFrame, overview: Overview) -> pl.DataFrame:
    """Normalised listings (with their `row`) once for every cell they have candidates in.

    Added are `cell` and `candidates`, the location rows in that cell.
    """
    i, j = overview.pairs(listings, side(listings))
    found = (
        pl.DataFrame({"at": i, "cell": overview.cell[j], "candidates": j}, schema_overrides=_WHOLE)
        .group_by("at", "cell", maintain_order=True)
        .agg("candidates")
    )
    return listings[found["at"]].with_columns(found["cell"], found["candidates"])


_WHOLE = dict.fromkeys(("at", "cell", "candidates"), pl.Int64)


def match_cell(locations: pl.DataFrame, listings: pl.DataFrame, overview: Overview) -> pl.DataFrame:
    """The scored candidates of one cell's listings (as `spread` gives them) among its locations.

    Both have their `row`; the answer is SCORED_SCHEMA in those rows, the best KEPT of each listing,
    or of records held against themselves all that are to match or review.
    """
    locations = locations.sort("row")
    rows = locations["row"].to_numpy()
    places = side(locations)
    known = _counts_of(overview.counts, rows)
    chunks = [
        _match(listings[start : start + CHUNK], places, rows, known, overview.task)
        for start in range(0, max(listings.height, 1), CHUNK)
    ]
    return pl.concat(chunks)


def _counts_of(known: Counts, rows: Ints) -> Counts:
    return Counts(*(getattr(known, field.name)[rows] for field in dataclasses.fields(known)))


def _match(listings: pl.DataFrame, places: Side, rows: Ints, known: Counts, task: Task) -> pl.DataFrame:
    i = np.repeat(np.arange(listings.height), listings["candidates"].list.len().to_numpy())
    j = np.searchsorted(rows, listings["candidates"].explode(empty_as_null=False).to_numpy())
    levels = compare(Aligned(side(listings), places, i, j), known)
    log_odds = shipped().log_odds(levels, task)
    return best(scored(listings["row"].to_numpy()[i], rows[j], log_odds, levels), task)


def best(candidates: pl.DataFrame, task: Task) -> pl.DataFrame:
    """Of scored candidates, from one cell or from all, those that the task keeps, in its order."""
    if task == "link":
        ranked = candidates.sort("listing", "log_odds", "location", descending=[False, True, False])
        return ranked.group_by("listing", maintain_order=True).head(KEPT).select(list(SCORED_SCHEMA))
    least = logit(shipped().calibrations[task].review)
    return candidates.filter(pl.col("log_odds") >= least).sort("listing", "location")
