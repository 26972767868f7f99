"""What carries out a match over whole files, and how one of them is started by its name."""

import importlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import polars as pl

from listings.engines.registry import ENGINES


class Unavailable(Exception):
    """The engine can't work here; the message is one line that says what to do."""


class Engine(Protocol):
    """Raw records in (listings.normalize.columns.RAW_COLUMNS), SCORED_SCHEMA out; every engine gives the same.

    A run that fails raises Unavailable.
    """

    def link(self, locations: pl.DataFrame, listings: pl.DataFrame) -> pl.DataFrame:
        """The best candidates of each listing, before any contest."""

    def duplicates(self, records: pl.DataFrame, sources: Sequence[str | None]) -> pl.DataFrame:
        """The pairs within each source to match or review."""

    def aligned(self, left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
        """Row k of one beside row k of the other."""


def start(name: str, master: str | None) -> AbstractContextManager[Engine]:
    """The engine of that name for as long as the block lasts; `master` is the cluster it works on.

    Raises Unavailable when what it needs isn't installed.
    """
    try:
        module = importlib.import_module(ENGINES[name])
    except ImportError as error:
        raise Unavailable(
            f"the {name} engine needs {error.name}, which isn't installed; "
            f"install it with: pip install 'goodstanding[{name}]'"
        ) from error
    engine: AbstractContextManager[Engine] = module.start(master)
    return engine
