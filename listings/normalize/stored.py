"""Normal forms as they are kept beside the record they come from, with the version that made them.

A form is a JSON object of the columns of NORMAL_SCHEMA that hold something, without the id. A column
that a version doesn't know yet is absent, and one that it no longer knows is left out, so old
forms can be read until they are made anew.
"""

import json
from collections.abc import Sequence

import polars as pl

from listings.normalize.columns import NORMAL_SCHEMA, normalise_columns

NORMAL_VERSION = 1
"""Raised when a normal form changes: what was made by an older version is then made anew."""

_STORED = pl.Struct({name: kind for name, kind in NORMAL_SCHEMA.items() if name != "id"})


def stored_forms(raw: pl.DataFrame) -> list[str]:
    """The form of each raw row (listings.normalize.columns.RAW_COLUMNS), as it is kept."""
    forms = normalise_columns(raw).drop("id")
    return [_written(row) for row in forms.iter_rows(named=True)]


def _written(row: dict[str, object]) -> str:
    held = {name: value for name, value in row.items() if value is not None and value != []}
    return json.dumps(held, ensure_ascii=False, separators=(",", ":"))


def read_forms(ids: Sequence[str], forms: Sequence[str]) -> pl.DataFrame:
    """The NORMAL_SCHEMA frame of kept forms."""
    frame = pl.Series(forms, dtype=pl.String).str.json_decode(_STORED).struct.unnest()
    frame = frame.with_columns(pl.col("tokens").fill_null([]), id=pl.Series(ids, dtype=pl.String))
    return frame.select(list(NORMAL_SCHEMA))
