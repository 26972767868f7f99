"""Phone numbers in columns: those of North America by their shape, all others one by one."""

import polars as pl

from listings.normalize.columnar.distinct import Row, distinct, merged
from listings.normalize.phone import NANP, NANP_SHAPE, VALID_NANP, phone_form

_SCHEMA = {"phone": pl.String, "phone_end": pl.String, "extension": pl.String}
_LONGEST = 40


def phones(phone: pl.Series, country: pl.Series) -> pl.DataFrame:
    """The columns phone, phone_end and extension."""
    texts = pl.DataFrame({"text": phone, "country": country})
    american = pl.col("country").is_null() | pl.col("country").is_in(NANP)
    shaped = pl.col("text").str.strip_chars(" ").str.extract_groups(NANP_SHAPE)
    parts = pl.concat_str(shaped.struct.field(field) for field in ("1", "2", "3"))
    short = pl.col("text").str.len_bytes() < _LONGEST
    nothing = pl.col("text").is_null()
    quick = texts.select(
        "text", "country", nothing=nothing, national=pl.when(american & short).then(parts)
    ).with_columns(valid=pl.col("national").str.contains(f"^(?:{VALID_NANP})$"))
    found = quick.select(
        phone="1" + pl.col("national"),
        phone_end=pl.col("national").str.slice(2),
        extension=pl.lit(None, pl.String),
        usual=pl.col("valid") | pl.col("nothing"),
    )
    usual = found["usual"].fill_null(value=False)
    if usual.all():
        return found.select(list(_SCHEMA))
    return merged(found, usual, distinct(texts.filter(~usual), phone_row, _SCHEMA))


def phone_row(phone: str | None, country: str | None) -> Row:
    """The columns of `phones` of one number."""
    form = phone_form(phone or "", country)
    digits = form.e164[1:] if form.e164 else form.digits.lstrip("0")
    if len(digits) < 6:
        return None, None, None
    return digits, digits[-8:], form.extension
