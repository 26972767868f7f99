"""Normal forms in columns: the single-record functions mapped once over each distinct value."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from listings.normalize.address import AddressForm, address_form, city_form, postal_code_form, region_form
from listings.normalize.geo import is_point
from listings.normalize.name import NameForm, name_form
from listings.normalize.phone import PhoneForm, phone_form
from listings.normalize.text import fold, words
from listings.normalize.web_address import WebForm, web_form

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


def normalise_columns(raw: pl.DataFrame) -> pl.DataFrame:
    """The NORMAL_SCHEMA frame of a frame of RAW_COLUMNS."""
    texts = {column: _texts(raw, column) for column in RAW_COLUMNS}
    country = _mapped(_country, texts["country"])
    columns: dict[str, Sequence[Any]] = {
        "id": texts["id"],
        **_names(texts["name"], texts["city"]),
        **_addresses(texts["street"], country),
        "postal": _mapped(_postal, texts["postal_code"], country),
        "city": _mapped(_city, texts["city"]),
        "region": _mapped(_region, texts["region"], country),
        "country": country,
        **_phones(texts["phone"], country),
        **_sites(texts["website"]),
        "category": _mapped(_category, texts["category"]),
        **_points(texts["latitude"], texts["longitude"]),
    }
    return pl.DataFrame(columns, schema=NORMAL_SCHEMA)


def _texts(raw: pl.DataFrame, column: str) -> Texts:
    if column not in raw.columns:
        return [None] * raw.height
    return raw[column].cast(pl.String).to_list()


def _mapped(form: Callable[..., Form], *columns: Sequence[Hashable]) -> list[Form]:
    """`form` of each row, computed once per distinct combination of values."""
    known: dict[tuple[Hashable, ...], Form] = {}
    forms = []
    for values in zip(*columns, strict=True):
        if values not in known:
            known[values] = form(*values)
        forms.append(known[values])
    return forms


def _country(text: str | None) -> str | None:
    code = (text or "").strip().upper()
    return code if len(code) == 2 else None


def _names(names: Texts, cities: Texts) -> dict[str, list[Any]]:
    forms = _mapped(lambda name, city: name_form(name or "", city), names, cities)
    return {
        "name": [form.full or None for form in forms],
        "core": [form.core or None for form in forms],
        **_picked(forms, {"compact": _compact, "prefix": _prefix, "tokens": _tokens}),
        "store_number": [form.store_number for form in forms],
        "department": [form.department for form in forms],
    }


def _picked(forms: Sequence[Form], pick: dict[str, Callable[[Form], Any]]) -> dict[str, list[Any]]:
    return {column: _mapped(of, forms) for column, of in pick.items()}


def _compact(form: NameForm) -> str | None:
    return form.core.replace(" ", "") or None


def _prefix(form: NameForm) -> str | None:
    return form.core.replace(" ", "")[:5] or None


def _tokens(form: NameForm) -> list[str]:
    return list(dict.fromkeys(form.tokens))


def _addresses(streets: Texts, countries: Texts) -> dict[str, list[Any]]:
    forms = _mapped(lambda street, country: address_form(street or "", country), streets, countries)
    return {
        "number": [form.number for form in forms],
        "street": [form.name for form in forms],
        "street_type": [form.street_type for form in forms],
        **_picked(forms, {"direction": _direction, "address": _address}),
        "unit": [form.unit for form in forms],
    }


def _direction(form: AddressForm) -> str | None:
    return form.predirectional or form.postdirectional


def _address(form: AddressForm) -> str | None:
    box = f"pobox {form.po_box}" if form.po_box else None
    parts = (form.number, form.predirectional, form.name, form.street_type, form.postdirectional, box)
    return " ".join(part for part in parts if part) or None


def _postal(code: str | None, country: str | None) -> str | None:
    return postal_code_form(code or "", country) or None


def _city(city: str | None) -> str | None:
    return city_form(city or "") or None


def _region(region: str | None, country: str | None) -> str | None:
    return region_form(region or "", country) or None


def _phones(phones: Texts, countries: Texts) -> dict[str, list[Any]]:
    forms = _mapped(lambda phone, country: phone_form(phone or "", country), phones, countries)
    numbers = _mapped(_digits, forms)
    return {
        "phone": numbers,
        "phone_end": [number and number[-8:] for number in numbers],
        "extension": [form.extension for form in forms],
    }


def _digits(form: PhoneForm) -> str | None:
    digits = form.e164[1:] if form.e164 else form.digits.lstrip("0")
    return digits if len(digits) >= 6 else None


def _sites(addresses: Texts) -> dict[str, list[Any]]:
    forms = _mapped(lambda address: web_form(address or ""), addresses)
    return {
        "domain": [form.domain if form and not form.aggregator else None for form in forms],
        "page": [_page(form) for form in forms],
    }


def _page(form: WebForm | None) -> str | None:
    return form.host + form.path if form and form.path not in ("", "/") else None


def _category(category: str | None) -> str | None:
    return " ".join(words(fold(category or "").replace("_", " "))) or None


def _points(latitudes: Texts, longitudes: Texts) -> dict[str, list[Any]]:
    points = [_point(lat, lon) for lat, lon in zip(latitudes, longitudes, strict=True)]
    return {"latitude": [point[0] for point in points], "longitude": [point[1] for point in points]}


def _point(latitude: str | None, longitude: str | None) -> tuple[float | None, float | None]:
    try:
        lat, lon = float(latitude or "nan"), float(longitude or "nan")
    except ValueError:
        return None, None
    return (lat, lon) if is_point(lat, lon) else (None, None)
