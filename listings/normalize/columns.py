"""Normal forms in columns: the single-record functions mapped once over each distinct value."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from listings.normalize.address import address_form, city_form, postal_code_form, region_form
from listings.normalize.geo import is_point
from listings.normalize.name import name_form
from listings.normalize.phone import phone_form
from listings.normalize.text import fold, words
from listings.normalize.web_address import web_form

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

Form = TypeVar("Form")
Texts = Sequence[str | None]
Row = tuple[str | None, ...]


def normalise_columns(raw: pl.DataFrame) -> pl.DataFrame:
    """The NORMAL_SCHEMA frame of a frame of RAW_COLUMNS."""
    texts = {column: _texts(raw, column) for column in RAW_COLUMNS}
    country = _mapped(_country, texts["country"])
    groups: list[tuple[tuple[str, ...], Sequence[Sequence[Any]]]] = [
        (("name", "core", "compact", "prefix", "tokens", "store_number", "department"),
         _mapped(_name, texts["name"], texts["city"])),
        (("number", "street", "street_type", "direction", "address", "unit"),
         _mapped(_address, texts["street"], country)),
        (("postal",), _mapped(_postal, texts["postal_code"], country)),
        (("city",), _mapped(_city, texts["city"])),
        (("region",), _mapped(_region, texts["region"], country)),
        (("phone", "phone_end", "extension"), _mapped(_phone, texts["phone"], country)),
        (("domain", "page"), _mapped(_site, texts["website"])),
        (("category",), _mapped(_category, texts["category"])),
        (("latitude", "longitude"), _mapped(_point, texts["latitude"], texts["longitude"])),
    ]  # fmt: skip
    columns: dict[str, Any] = {"id": texts["id"], "country": country}
    for names, rows in groups:
        columns.update({name: [row[at] for row in rows] for at, name in enumerate(names)})
    written = {**NORMAL_SCHEMA, "tokens": pl.String}
    frame = pl.DataFrame(columns, schema_overrides=written).select(list(written))
    return frame.with_columns(pl.col("tokens").str.split(" ").list.drop_nulls().fill_null([]))


def _texts(raw: pl.DataFrame, column: str) -> Texts:
    if column not in raw.columns:
        return [None] * raw.height
    return raw[column].cast(pl.String).to_list()


def _mapped(form: Callable[..., Form], *columns: Texts) -> list[Form]:
    """`form` of each row, computed once per distinct combination of values."""
    known: dict[tuple[str | None, ...], Form] = {}
    forms = []
    for values in zip(*columns, strict=True):
        found = known.get(values)
        if found is None:
            known[values] = found = form(*values)
        forms.append(found)
    return forms


def _country(text: str | None) -> str | None:
    code = (text or "").strip().upper()
    return code if len(code) == 2 else None


def _name(name: str | None, city: str | None) -> Row:
    form = name_form(name or "", city)
    compact = form.core.replace(" ", "")
    tokens = " ".join(dict.fromkeys(form.tokens))
    return (
        form.full or None, form.core or None, compact or None, compact[:5] or None, tokens or None,
        form.store_number, form.department,
    )  # fmt: skip


def _address(street: str | None, country: str | None) -> Row:
    form = address_form(street or "", country)
    box = f"pobox {form.po_box}" if form.po_box else None
    parts = (form.number, form.predirectional, form.name, form.street_type, form.postdirectional, box)
    line = " ".join(part for part in parts if part)
    direction = form.predirectional or form.postdirectional
    return form.number, form.name, form.street_type, direction, line or None, form.unit


def _postal(code: str | None, country: str | None) -> Row:
    return (postal_code_form(code or "", country) or None,)


def _city(city: str | None) -> Row:
    return (city_form(city or "") or None,)


def _region(region: str | None, country: str | None) -> Row:
    return (region_form(region or "", country) or None,)


def _phone(phone: str | None, country: str | None) -> Row:
    form = phone_form(phone or "", country)
    digits = form.e164[1:] if form.e164 else form.digits.lstrip("0")
    if len(digits) < 6:
        return None, None, None
    return digits, digits[-8:], form.extension


def _site(address: str | None) -> Row:
    form = web_form(address or "")
    if form is None:
        return None, None
    page = form.host + form.path if form.path not in ("", "/") else None
    return None if form.aggregator else form.domain, page


def _category(category: str | None) -> Row:
    return (" ".join(words(fold(category or "").replace("_", " "))) or None,)


def _point(latitude: str | None, longitude: str | None) -> tuple[float | None, float | None]:
    try:
        lat, lon = float(latitude or "nan"), float(longitude or "nan")
    except ValueError:
        return None, None
    return (lat, lon) if is_point(lat, lon) else (None, None)
