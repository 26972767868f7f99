"""Matching on this machine, in memory."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import polars as pl

from listings.engines.engine import Engine
from listings.matching.block import MatchIndex, score_aligned
from listings.matching.duplicates import find_duplicates
from listings.normalize.columns import normalise_columns


class Local:
    """The engine that needs nothing."""

    def link(self, locations: pl.DataFrame, listings: pl.DataFrame) -> pl.DataFrame:
        """The best candidates of each listing, before any contest."""
        with ThreadPoolExecutor(1) as beside:
            records = beside.submit(normalise_columns, listings)
            index = MatchIndex(normalise_columns(locations))
            return index.score(records.result())

    def duplicates(self, records: pl.DataFrame, sources: Sequence[str | None]) -> pl.DataFrame:
        """The pairs within each source to match or review."""
        return find_duplicates(normalise_columns(records), sources)

    def aligned(self, left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
        """Row k of one beside row k of the other."""
        return score_aligned(normalise_columns(left), normalise_columns(right), "pairs")


@contextmanager
def start(master: str | None) -> Iterator[Engine]:  # noqa: ARG001 - engines are started alike
    """This machine; it has no master."""
    yield Local()
