"""A small chain, two strangers, and how sources list them."""

from typing import Any

import polars as pl

from listings.normalize.columns import normalise_columns
from listings.records import ListingRecord

CHAIN = [
    {"id": "elm", "name": "Harbor Dental", "street": "120 Elm Street", "city": "Springfield", "region": "IL",
     "postal_code": "62701", "phone": "(217) 555-0142", "website": "https://harbordental.example/springfield",
     "latitude": "39.7990", "longitude": "-89.6440"},
    {"id": "oak", "name": "Harbor Dental", "street": "9 Oak Avenue Suite 4", "city": "Peoria", "region": "IL",
     "postal_code": "61602", "phone": "309-555-0177", "website": "https://harbordental.example/peoria",
     "latitude": "40.6936", "longitude": "-89.5890"},
    {"id": "bakery", "name": "Nowak & Sons Bakery", "street": "77 Mill Road", "city": "Springfield", "region": "IL",
     "postal_code": "62703", "phone": "217-555-0123", "website": "https://nowakbakery.example",
     "latitude": "39.7650", "longitude": "-89.6300"},
]  # fmt: skip


def frame(*records: dict[str, str]) -> pl.DataFrame:
    """Raw records as normalised columns; absent ones are empty."""
    columns = dict.fromkeys(key for record in records for key in record)
    return normalise_columns(pl.DataFrame(list(records), schema=dict.fromkeys(columns, pl.String)))


def chain() -> pl.DataFrame:
    """The locations."""
    return frame(*CHAIN)


def listed(of: str, /, **changed: str) -> dict[str, str]:
    """The location of that id as a source lists it, with some fields changed."""
    record = next(record for record in CHAIN if record["id"] == of)
    return {**record, "id": f"listing-{of}", **changed}


def record(of: str, /, **changed: str) -> ListingRecord:
    """The same as a source's reader gives it; "" takes a field away."""
    values: dict[str, Any] = {key: value for key, value in listed(of, **changed).items() if value}
    pin: dict[str, Any] = {key: float(values.pop(key)) for key in ("latitude", "longitude") if key in values}
    return ListingRecord(
        source="google", source_id=values.pop("id"), url=None, shown=frozenset(), **pin, **values
    )
