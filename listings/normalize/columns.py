"""Normal forms in columns: what the single-record functions say of every row, computed a column at a time."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from listings.normalize.columnar.localities import categories, countries, localities, points
from listings.normalize.columnar.names import names
from listings.normalize.columnar.phones import phones
from listings.normalize.columnar.rows import FEW, forms_of, row_by_row
from listings.normalize.columnar.sites import sites
from listings.normalize.columnar.streets import streets

RAW_COLUMNS = (
    "id", "name", "street", "city", "region", "postal_code", "country", "phone", "website", "category",
    "latitude", "longitude",
)  # fmt: skip
"""What a raw frame may hold, all as text; any column but id may be absent or hold nulls."""

NORMAL_SCHEMA: dict[str, DataType | DataTypeClass] = {
    "id": pl.String,
    "name": pl.String,
    "core": pl.String,
    "compact": pl.String,
    "prefix": pl.String,
    "tokens": pl.List(pl.String),
    "store_number": pl.String,
    "department": pl.String,
    "number": pl.String,
    "street": pl.String,
    "street_type": pl.String,
    "direction": pl.String,
    "address": pl.String,
    "unit": pl.String,
    "postal": pl.String,
    "city": pl.String,
    "region": pl.String,
    "country": pl.String,
    "phone": pl.String,
    "phone_end": pl.String,
    "extension": pl.String,
    "domain": pl.String,
    "page": pl.String,
    "category": pl.String,
    "latitude": pl.Float64,
    "longitude": pl.Float64,
}
"""The normalised frame: one row per raw row in its order, null where there is nothing to compare.

`compact` is the core without spaces and `prefix` its first five characters; `address` is the
street line without its unit; `phone` is the international number in digits (the digits as shown
when no plan knows the number) and `phone_end` its last eight; `domain` is the registrable domain of
the business's own site, `page` host and path below the home page, of whatever site.
"""


def normalise_row(raw: Mapping[str, str | None]) -> dict[str, Any]:
    """What normalise_columns says of one row that has all of RAW_COLUMNS, by the names of NORMAL_SCHEMA."""
    return dict(zip(NORMAL_SCHEMA, forms_of(raw), strict=True))


def normalise_columns(raw: pl.DataFrame) -> pl.DataFrame:
    """The NORMAL_SCHEMA frame of a frame of RAW_COLUMNS."""
    texts = raw.select(
        (pl.col(column).cast(pl.String) if column in raw.columns else pl.lit(None, pl.String)).alias(column)
        for column in RAW_COLUMNS
    )
    if texts.height <= FEW:
        return row_by_row(texts, NORMAL_SCHEMA)
    texts = texts.with_columns(countries(texts["country"]))
    work: list[Callable[[], pl.DataFrame]] = [
        lambda: streets(texts["street"], texts["country"]),
        lambda: names(texts["name"], texts["city"]),
        lambda: sites(texts["website"]),
        lambda: phones(texts["phone"], texts["country"]),
        lambda: localities(texts),
        lambda: categories(texts["category"]).to_frame(),
        lambda: points(texts["latitude"], texts["longitude"]),
    ]
    # While one of them reads texts one by one, another has its expressions computed.
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        running = [pool.submit(each) for each in work]
        parts = [each.result() for each in running]
    forms = pl.concat([texts.select("id", "country"), *parts], how="horizontal")
    return forms.select(pl.col(name).cast(kind) for name, kind in NORMAL_SCHEMA.items())
