"""Work on all cores of this machine."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import polars as pl

Piece = TypeVar("Piece")
Done = TypeVar("Done")


def at_once(work: Callable[[Piece], Done], pieces: Iterable[Piece]) -> list[Done]:
    """`work` on every piece, in order, in as many threads as polars takes of cores.

    It pays where nearly all of the work is array code outside the interpreter's lock.
    """
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        return list(pool.map(work, pieces))
