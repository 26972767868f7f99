"""Streets in columns: number, street and suite apart, so that each street is read once.

Most addresses are a number, a direction or none, a name, a type, and a suite or none. What each part
comes to is asked of address_form with stand-ins for the other parts, and it is put together where
the answers are that every part stands for itself. A name that doesn't is asked about with the
direction before it. Other numbered addresses are read with stand-ins for number and suite, all that
is left as it is.
"""

import re
from dataclasses import replace
from functools import lru_cache

import polars as pl

from listings.normalize.address import AddressForm, address_form
from listings.normalize.columnar.distinct import Row, Schema, distinct, merged, once
from listings.normalize.street_words import STOP_WORDS, SUFFIXES, is_direction
from listings.normalize.tables import every_word

_SCHEMA: Schema = dict.fromkeys(
    ("number", "street", "street_type", "direction", "address", "unit"), pl.String
)
_NUMBER, _SUITE, _NAME = "9467", "8351", "zorvo"
"""Stand-ins, told from anything else in an address."""

_STRONG, _WEAK = "avenue", "loop"
"""A type that is one wherever it stands, and one that is so only at the end."""

_KIND = r",? (?:(?:ste|suite|unit|apt|apartment)\.? (?:# ?)?|# ?)"
_IN_PARTS = (
    r"^(?<number>[1-9][0-9]{0,4}) (?<before>(?:[nsew]|north|south|east|west)\.? )?"
    r"(?<name>[a-z0-9'.]+(?: [a-z0-9'.]+)*?) (?<type>[a-z]+\.?)"
    rf"(?:(?<kind>{_KIND})(?<suite>[1-9][0-9]{{0,4}}))?$"
)
_NUMBERED = (
    rf"^(?<number>[1-9][0-9]{{0,4}}) (?<rest>[a-z][ -~]*?)(?:(?<kind>{_KIND})(?<suite>[1-9][0-9]{{0,4}}))?$"
)
_LONGEST = 200
_KEPT = 1 << 16
"""Answers that are kept, as the listings' streets are mostly those of the locations."""
_OFTEN = 4
"""A street's name, or one with its direction, is asked about from this many rows on: it takes two questions."""

_COUNTS = (
    every_word("numbers")
    | {"bis", "ter", "quater", "and", "hundred", "cent", "cents", "cento", "cien", "ciento", "cem"}
)  # fmt: skip
"""Words that may belong to a number."""

_WORDS = every_word("streets") | _COUNTS | {"sub", "ground"}
"""Words that an address may mean something by: those of the tables and those the code names."""

_TYPES = frozenset(SUFFIXES) - STOP_WORDS - _COUNTS
"""Types that have to do with no word of the name before them."""

_NAME_WORD = re.compile(r"(?![ivx]+$)[a-z]{3,}")
"""Long enough for no initial, and no Roman numeral."""


def streets(street: pl.Series, country: pl.Series) -> pl.DataFrame:
    """The columns number, street, street_type, direction, address and unit."""
    return once(pl.DataFrame({"text": street, "country": country}), _forms)


def _forms(texts: pl.DataFrame) -> pl.DataFrame:
    found = _composed(texts)
    for read in (_numbered, _whole):
        left = ~found["done"]
        if left.any():
            found = merged(found, ~left, read(texts.filter(left)))
    return found.select(list(_SCHEMA))


def _plain(texts: pl.DataFrame, shape: str) -> pl.DataFrame:
    """The parts of each text by a pattern, null where it doesn't have the shape."""
    short = pl.when(pl.col("text").str.len_bytes() < _LONGEST).then(pl.col("text").str.to_lowercase())
    return texts.select("country", parts=short.str.extract_groups(shape)).unnest("parts")


def _composed(texts: pl.DataFrame) -> pl.DataFrame:
    parts = _plain(texts, _IN_PARTS)
    asked = parts.select("name", "country", often=pl.len().over("name", "country") >= _OFTEN)
    names = distinct(asked, _named, {"street": pl.String})
    ends = distinct(
        parts.select("before", "type", "kind", "country"),
        _ended,
        {"direction": pl.String, "street_type": pl.String},
    )
    whole = _with_heads(pl.concat([parts, names, ends], how="horizontal"))
    line = pl.concat_str("number", "direction", "street", "street_type", separator=" ", ignore_nulls=True)
    known = pl.col("street").is_not_null() & pl.col("street_type").is_not_null()
    return whole.select(
        *(
            pl.when(known).then(column).alias(column)
            for column in ("number", "street", "street_type", "direction")
        ),
        address=pl.when(known).then(line),
        unit=pl.when(known).then("unit " + pl.col("suite")),
        done=known,
    )


def _with_heads(parts: pl.DataFrame) -> pl.DataFrame:
    """The parts with direction and street of those whose name alone told nothing, but their type did."""
    told = (parts["street"].is_not_null() | parts["street_type"].is_null()).rename("told")
    rest = parts.filter(~told).select("before", "name", "country")
    asked = rest.with_columns(often=pl.len().over("before", "name", "country") >= _OFTEN)
    heads = distinct(asked, _headed, {"direction": pl.String, "street": pl.String})
    return parts.with_columns(merged(parts, told, heads))


@lru_cache(maxsize=_KEPT)
def _headed(before: str | None, name: str, country: str | None, often: bool) -> Row:
    """Direction and name if they come to the same beside a type that is strong and one that isn't."""
    if not often:
        return None, None
    head = f"{_NUMBER} {before or ''}{name}"
    alone = address_form(f"{head} {_STRONG}", country)
    amid = address_form(f"{head} {_WEAK}, suite {_SUITE}", country)
    read = AddressForm(number=_NUMBER, predirectional=alone.predirectional, name=alone.name)
    as_headed = (
        alone == replace(read, street_type=_STRONG)
        and amid == replace(read, street_type=_WEAK, unit=f"unit {_SUITE}")
        and _only(read.name, ())
    )
    return (read.predirectional, read.name) if as_headed else (None, None)


@lru_cache(maxsize=_KEPT)
def _named(name: str | None, country: str | None, often: bool) -> Row:
    """The name if it comes to the same beside any type, direction and suite."""
    if name is None:
        return (None,)
    if _is_nothing_else(name.split(" ")):
        return (name,)
    if not often or is_direction(name):
        return (None,)
    alone = address_form(f"{_NUMBER} {name} {_STRONG}", country)
    amid = address_form(f"{_NUMBER} n {name} {_WEAK}, suite {_SUITE}", country)
    read = AddressForm(number=_NUMBER, name=alone.name)
    as_named = (
        alone == replace(read, street_type=_STRONG)
        and amid == replace(read, predirectional="n", street_type=_WEAK, unit=f"unit {_SUITE}")
        and _only(read.name, ())
    )
    return (read.name if as_named else None,)


def _is_nothing_else(words: list[str]) -> bool:
    """Whether all words are just names: in no table, no number, and none twice."""
    if len(set(words)) < len(words) or not _WORDS.isdisjoint(words):
        return False
    return all(map(_NAME_WORD.fullmatch, words))


@lru_cache(maxsize=_KEPT)
def _ended(before: str | None, kind_of_street: str | None, kind: str | None, country: str | None) -> Row:
    """Direction and type if they are read as such, and the suite as one."""
    if kind_of_street is None or kind_of_street.rstrip(".") not in _TYPES:
        return None, None
    suite = f"{kind}{_SUITE}" if kind else ""
    form = address_form(f"{_NUMBER} {before or ''}{_NAME} {kind_of_street}{suite}", country)
    as_ended = form == AddressForm(
        number=_NUMBER,
        predirectional=form.predirectional if before else None,
        name=_NAME,
        street_type=form.street_type,
        unit=f"unit {_SUITE}" if kind else None,
    )
    read = as_ended and form.street_type and bool(before) == bool(form.predirectional)
    return (form.predirectional, form.street_type) if read else (None, None)


def _numbered(texts: pl.DataFrame) -> pl.DataFrame:
    parts = _plain(texts, _NUMBERED)
    schema: Schema = {
        **dict.fromkeys(("street", "street_type", "direction", "line", "unit"), pl.String),
        "done": pl.Boolean,
    }
    forms = distinct(parts.select("rest", "kind", "country"), _numbered_form, schema)
    forms = pl.concat([forms, parts.select("number", "suite")], how="horizontal")
    line = pl.concat_str("number", "line", separator=" ", ignore_nulls=True)
    return forms.select(
        pl.when("done").then("number"),
        "street",
        "street_type",
        "direction",
        address=pl.when("done").then(line),
        unit=pl.when(pl.col("suite").is_not_null()).then("unit " + pl.col("suite")).otherwise("unit"),
        done="done",
    )


@lru_cache(maxsize=_KEPT)
def _numbered_form(rest: str | None, kind: str | None, country: str | None) -> Row:
    nothing = (None, None, None, None, None, False)
    if rest is None:
        return nothing
    form = address_form(f"{_NUMBER} {rest}" + (f"{kind}{_SUITE}" if kind else ""), country)
    unit = f"unit {_SUITE}" if kind else form.unit
    parts = (form.name, form.street_type, form.predirectional, form.postdirectional, form.po_box)
    if form.number != _NUMBER or form.unit != unit or not _only(None if kind else unit, parts):
        return nothing
    return form.name, form.street_type, _direction(form), _line(form, None), None if kind else unit, True


def _only(first: str | None, others: tuple[str | None, ...]) -> bool:
    """Whether no stand-in went where it doesn't belong."""
    held = [part for part in (first, *others) if part]
    return not any(stand_in in part for part in held for stand_in in (_NUMBER, _SUITE))


def _whole(texts: pl.DataFrame) -> pl.DataFrame:
    return distinct(texts, street_row, _SCHEMA).with_columns(done=True)


def street_row(street: str | None, country: str | None) -> Row:
    """The columns of `streets` of one address."""
    form = address_form(street or "", country)
    return form.number, form.name, form.street_type, _direction(form), _line(form, form.number), form.unit


def _direction(form: AddressForm) -> str | None:
    return form.predirectional or form.postdirectional


def _line(form: AddressForm, number: str | None) -> str | None:
    """The street line without its unit."""
    box = f"pobox {form.po_box}" if form.po_box else None
    parts = (number, form.predirectional, form.name, form.street_type, form.postdirectional, box)
    return " ".join(part for part in parts if part) or None
