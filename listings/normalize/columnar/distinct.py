"""Forms of whole columns: each distinct row once, and only those rows that no expression can decide."""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
from polars.datatypes import DataType, DataTypeClass

Schema = Mapping[str, DataType | DataTypeClass]
Row = tuple[Any, ...]


def distinct(frame: pl.DataFrame, form: Callable[..., Row], schema: Schema) -> pl.DataFrame:
    """`form` of each row's texts as a frame of `schema`, computed once per distinct row."""
    given = frame.rename(lambda name: f"given {name}")
    known = given.unique()
    forms = _table([form(*texts) for texts in known.iter_rows()], schema)
    return spread(given, known, forms)


def spread(given: pl.DataFrame, known: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    """The row of `forms` that belongs to each row of `given`, where `known` are its distinct rows."""
    both = pl.concat([known, forms], how="horizontal")
    joined = given.join(both, on=given.columns, how="left", nulls_equal=True, maintain_order="left")
    return joined.select(forms.columns)


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
    at = pl.when(~usual).then((~usual).cum_sum() - 1)
    rows = pl.select(at=at)["at"]
    return pl.select(
        pl.when(usual).then(quick[name]).otherwise(rest[name].gather(rows)).alias(name)
        for name in rest.columns
    )


def _table(rows: list[Row], schema: Schema) -> pl.DataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pl.DataFrame(
        [
            pl.Series(name, column, dtype=kind)
            for (name, kind), column in zip(schema.items(), columns, strict=True)
        ]
    )
