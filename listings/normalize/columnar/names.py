"""Business names in columns: most have neither legal form nor article, number, department or city."""

from functools import lru_cache

import polars as pl

from listings.normalize.columnar.distinct import Row, once, usually
from listings.normalize.name import ARTICLES, MEANINGFUL_ENDS, name_form
from listings.normalize.text import MAX_LENGTH

_SCHEMA = {"name": pl.String, "core": pl.String, "store_number": pl.String, "department": pl.String}
_KEPT = 1 << 16
"""Answers that are kept, as the listings' names are mostly those of the locations."""


def names(name: pl.Series, city: pl.Series) -> pl.DataFrame:
    """The columns name, core, compact, prefix, tokens, store_number and department."""
    given = pl.DataFrame({"text": name, "city": city})
    plain = pl.concat(
        [once(given.select("text"), _plain), once(given.select("city"), _endings)], how="horizontal"
    )
    in_town = pl.col("full").str.contains(pl.col("ending"), literal=True) | ~pl.col("ascii")
    # A city that the name doesn't say makes no difference to it.
    city_said = pl.when(in_town).then("city")
    told = pl.concat([given, plain], how="horizontal").with_columns(city=city_said)
    return once(told, _forms, by=("text", "city"))


def _forms(texts: pl.DataFrame) -> pl.DataFrame:
    quick = texts.select(
        name="full",
        core="full",
        store_number=pl.lit(None, pl.String),
        department=pl.lit(None, pl.String),
        usual=pl.col("city").is_null() & pl.col("plain"),
    )
    forms = usually(quick, texts.select("text", "city"), name_row, _SCHEMA)
    return pl.concat([forms, once(forms.select("core"), _spellings)], how="horizontal")


def _spellings(cores: pl.DataFrame) -> pl.DataFrame:
    core = pl.col("core")
    return cores.select(
        compact=core.str.replace_all(" ", "", literal=True),
        tokens=core.str.split(" ").list.unique(maintain_order=True).fill_null([]),
    ).with_columns(prefix=pl.col("compact").str.slice(0, 5))


def _plain(names: pl.DataFrame) -> pl.DataFrame:
    """Folded names, and whether each is taken as it stands when it doesn't say its city."""
    text = pl.col("text")
    folded = text.str.to_lowercase().str.replace_all("'", "", literal=True)
    folded = (
        folded.str.replace_all(r"[&+]", " and ").str.replace_all(r"[^a-z0-9_]+", " ").str.strip_chars(" ")
    )
    words = pl.col("full").str.split(" ")
    first, last = words.list.first(), words.list.last()
    odd = text.str.contains(r"[^\x00-\x7f]|#|SpA|(?:^|[^A-Za-z0-9_])[dDlL]'[A-Za-z]")
    long = text.str.len_bytes() > MAX_LENGTH
    meaning = first.is_in(ARTICLES) | last.is_in(MEANINGFUL_ENDS) | last.str.contains(r"^[0-9]*$")
    return names.select("text", full=folded).select(
        "full", plain=~odd & ~long & ~meaning, ascii=~text.str.contains(r"[^\x00-\x7f]")
    )


def _endings(cities: pl.DataFrame) -> pl.DataFrame:
    """The last word of each city; what no name has where there is none, and all have beyond ASCII."""
    city = pl.col("city").fill_null("").str.to_lowercase()
    word = city.str.extract(r"([a-z0-9_]+)[^a-z0-9_]*$").fill_null(" none")
    return cities.select(ending=pl.when(city.str.contains(r"[^\x00-\x7f]")).then(pl.lit("")).otherwise(word))


@lru_cache(maxsize=_KEPT)
def name_row(name: str | None, city: str | None) -> Row:
    """The columns of _SCHEMA of one name."""
    form = name_form(name or "", city)
    return form.full or None, form.core or None, form.store_number, form.department
