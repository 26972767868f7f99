"""Forms of whole columns: each distinct row once, and only those rows that no expression can decide."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.datatypes import DataType, DataTypeClass

Schema = Mapping[str, DataType | DataTypeClass]
Row = tuple[Any, ...]


def distinct(frame: pl.DataFrame, form: Callable[..., Row], schema: Schema) -> pl.DataFrame:
    """`form` of each row's texts as a frame of `schema`, computed once per distinct row."""
    return once(frame, lambda known: _table([form(*texts) for texts in known.iter_rows()], schema))


def once(
    frame: pl.DataFrame, forms: Callable[[pl.DataFrame], pl.DataFrame], by: Sequence[str] = ()
) -> pl.DataFrame:
    """The row of `forms` that belongs to each row of the frame, computed once per distinct row.

    `by` are the columns that the others follow from, where they aren't all needed to tell rows apart.
    """
    first, at = firsts((frame.select(by) if by else frame).hash_rows().to_numpy())
    return forms(frame[first])[at]


def firsts(hashes: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """A row of each distinct hash, and for every row the position of its own among those.

    Hashes of 64 bits stand for what they were made of: that two of a million texts meet has a chance
    of 1 in 10 million, and joining the texts themselves takes four times as long. np.unique wants the
    first row of each, and so a stable sort, which takes six times as long.
    """
    order = np.argsort(hashes)
    ordered = hashes.take(order)
    new = np.append(True, ordered[1:] != ordered[:-1])[: len(order)]
    at = np.empty(len(order), np.int64)
    at[order] = np.cumsum(new) - 1
    return order[new], at


def usually(
    quick: pl.DataFrame, texts: pl.DataFrame, form: Callable[..., Row], schema: Schema
) -> pl.DataFrame:
    """The columns of `quick` where its `usual` is true, `form` of the row's `texts` elsewhere."""
    usual = quick["usual"].fill_null(value=False)
    if usual.all():
        return quick.select(list(schema))
    return merged(quick, usual, distinct(texts.filter(~usual), form, schema))


def merged(quick: pl.DataFrame, usual: pl.Series, rest: pl.DataFrame) -> pl.DataFrame:
    """The rows of `quick` where `usual`, and in the other places those of `rest`, one after the other."""
    taken = usual.to_numpy()
    at = np.where(taken, np.arange(len(taken)), len(taken) - 1 + np.cumsum(~taken))
    return pl.concat([quick.select(rest.columns), rest])[at]


def _table(rows: list[Row], schema: Schema) -> pl.DataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pl.DataFrame(
        [
            pl.Series(name, column, dtype=kind)
            for (name, kind), column in zip(schema.items(), columns, strict=True)
        ]
    )
