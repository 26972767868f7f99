"""Matching on this machine, in memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import polars as pl

from listings.engines.engine import Engine
from listings.matching.block import match_block, score_aligned
from listings.matching.duplicates import find_duplicates
from listings.normalize.columns import normalise_columns


class Local:
    """The engine that needs nothing."""

    def link(self, locations: pl.DataFrame, listings: pl.DataFrame) -> pl.DataFrame:
        """The best candidates of each listing, before any contest."""
        return match_block(normalise_columns(locations), normalise_columns(listings))

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
