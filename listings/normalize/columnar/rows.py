"""The normal forms of a few records: row by row, as expressions pay off from some hundred rows on."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from listings.normalize.columnar.distinct import Schema
from listings.normalize.columnar.localities import (
    category_row,
    city_row,
    country_row,
    point_row,
    postal_row,
    region_row,
)
from listings.normalize.columnar.names import name_row
from listings.normalize.columnar.phones import phone_row
from listings.normalize.columnar.sites import site_row
from listings.normalize.columnar.streets import street_row

FEW = 300


def row_by_row(raw: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """The frame of `schema` (listings.normalize.columns.NORMAL_SCHEMA) of text columns."""
    forms = [dict(zip(schema, forms_of(record), strict=True)) for record in raw.iter_rows(named=True)]
    return pl.DataFrame(forms, schema=dict(schema))


def forms_of(record: Mapping[str, str | None]) -> tuple[Any, ...]:
    """The normal forms of one raw record, in the order of NORMAL_SCHEMA."""
    (country,) = country_row(record["country"])
    name, core, number, department = name_row(record["name"], record["city"])
    compact = core.replace(" ", "") if core else None
    tokens = list(dict.fromkeys(core.split(" "))) if core else []
    return (
        record["id"],
        name, core, compact, compact[:5] if compact else None, tokens, number, department,
        *street_row(record["street"], country),
        *postal_row(record["postal_code"], country),
        *city_row(record["city"]),
        *region_row(record["region"], country),
        country,
        *phone_row(record["phone"], country),
        *site_row(record["website"]),
        *category_row(record["category"]),
        *point_row(record["latitude"], record["longitude"]),
    )  # fmt: skip
