"""Countries, cities, regions, postal codes, categories and pins in columns."""

import polars as pl

from listings.normalize.columnar.distinct import Row, distinct, merged, usually
from listings.normalize.geo import is_point
from listings.normalize.locality import ZIP_COUNTRIES, city_form, postal_code_form, region_form
from listings.normalize.text import fold, words

_ZIP = r"^([0-9]{5})(?:-[0-9]{4})?$"


def countries(country: pl.Series) -> pl.Series:
    """Codes of two capitals, null for anything else."""
    texts = pl.DataFrame({"text": country})
    return distinct(texts, country_row, {"country": pl.String})["country"]


def localities(texts: pl.DataFrame) -> pl.DataFrame:
    """The columns postal, city and region of a frame with postal_code, city, region and country."""
    return pl.concat(
        [
            _postal(texts.select("postal_code", "country")),
            distinct(texts.select("city"), city_row, {"city": pl.String}),
            distinct(texts.select("region", "country"), region_row, {"region": pl.String}),
        ],
        how="horizontal",
    )


def categories(category: pl.Series) -> pl.Series:
    """The words of each category."""
    texts = pl.DataFrame({"text": category})
    return distinct(texts, category_row, {"category": pl.String})["category"]


def points(latitude: pl.Series, longitude: pl.Series) -> pl.DataFrame:
    """The columns latitude and longitude, both null where they are no usable point."""
    schema = {"latitude": pl.Float64, "longitude": pl.Float64}
    texts = pl.DataFrame({"latitude": latitude, "longitude": longitude})
    numbers = texts.select(pl.all().cast(pl.Float64, strict=False))
    read = numbers["latitude"].is_not_null() & numbers["longitude"].is_not_null()
    usual = read | texts["latitude"].is_null() | texts["longitude"].is_null()
    point = _on_earth()
    quick = numbers.select(pl.when(point).then(pl.all()))
    return quick if usual.all() else merged(quick, usual, distinct(texts.filter(~usual), point_row, schema))


def _on_earth() -> pl.Expr:
    """listings.normalize.geo.is_point of a column."""
    finite = pl.col("latitude").is_finite() & pl.col("longitude").is_finite()
    latitude, longitude = pl.col("latitude").abs(), pl.col("longitude").abs()
    return finite & (latitude <= 90) & (longitude <= 180) & ~((latitude < 1e-4) & (longitude < 1e-4))


def point_row(latitude: str | None, longitude: str | None) -> Row:
    """Both coordinates of one pin as numbers, or neither."""
    try:
        lat, lon = float(latitude or "nan"), float(longitude or "nan")
    except ValueError:
        return None, None
    return (lat, lon) if is_point(lat, lon) else (None, None)


def _postal(texts: pl.DataFrame) -> pl.DataFrame:
    american = pl.col("country").is_null() | pl.col("country").is_in(ZIP_COUNTRIES)
    digits = pl.when(american).then(pl.col("postal_code").str.extract(_ZIP))
    quick = texts.select(postal=digits, usual=digits.is_not_null() | pl.col("postal_code").is_null())
    return usually(quick, texts, postal_row, {"postal": pl.String})


def postal_row(code: str | None, country: str | None) -> Row:
    """The postal code."""
    return (postal_code_form(code or "", country) or None,)


def city_row(city: str | None) -> Row:
    """The city."""
    return (city_form(city or "") or None,)


def region_row(region: str | None, country: str | None) -> Row:
    """The region."""
    return (region_form(region or "", country) or None,)


def country_row(text: str | None) -> Row:
    """The country."""
    code = (text or "").strip().upper()
    return (code if len(code) == 2 else None,)


def category_row(category: str | None) -> Row:
    """The words of the category."""
    return (" ".join(words(fold(category or "").replace("_", " "))) or None,)
