import polars as pl

from listings.normalize.address import address_form
from listings.normalize.columns import NORMAL_SCHEMA, normalise_columns
from listings.normalize.name import name_form
from listings.normalize.phone import phone_form
from listings.normalize.web_address import web_form

NAMES = [
    "The Blue Door, LLC",
    "Café Zürich",
    "7-Eleven #3312",
    "鮨 さいとう",
    "مطعم النخيل",
    "🍕 Pizza",
    "x" * 10_000,
    None,
]
STREETS = [
    "12 N. Main St., Ste 4",
    "Hauptstraße 5",
    "P.O. Box 12",
    "Rua São Bento, 45",
    "",
    "?",
    "1 " + "a " * 5_000,
    None,
]
PHONES = ["(212) 555-0142", "+49 30 901820", "1-800-FLOWERS", "12", "", "abc", "9" * 10_000, None]
SITES = [
    "https://www.example.com/a?utm_source=x",
    "facebook.com/blue",
    "not a url",
    "",
    "http://[",
    "a" * 9_999,
    "example.org",
    None,
]


def raw() -> pl.DataFrame:
    columns = {"name": NAMES, "street": STREETS, "phone": PHONES, "website": SITES}
    return pl.DataFrame({"id": [str(k) for k in range(len(NAMES))], **columns}, strict=False)


def test_a_column_and_a_single_record_have_one_form() -> None:
    table = normalise_columns(raw()).to_dicts()
    for row, name, street, phone, site in zip(table, NAMES, STREETS, PHONES, SITES, strict=True):
        named, placed = name_form(name or "", None), address_form(street or "", None)
        called, found = phone_form(phone or "", None), web_form(site or "")
        assert (row["name"] or "", row["core"] or "") == (named.full, named.core)
        assert row["tokens"] == list(dict.fromkeys(named.tokens))
        assert (row["number"], row["street"], row["unit"]) == (placed.number, placed.name, placed.unit)
        if called.e164:
            assert row["phone"] == called.e164[1:]
        assert row["domain"] == (found.domain if found and not found.aggregator else None)


def test_one_row_at_a_time_gives_the_same_frame() -> None:
    table = raw()
    whole = normalise_columns(table)
    assert whole.equals(pl.concat([normalise_columns(table[row]) for row in range(table.height)]))


def test_absent_columns_are_empty_columns() -> None:
    table = normalise_columns(pl.DataFrame({"id": ["a"]}))
    assert dict(table.schema) == NORMAL_SCHEMA
    assert table.select(pl.exclude("id", "tokens")).null_count().sum_horizontal().item() == table.width - 2


def test_no_rows_make_an_empty_frame() -> None:
    assert normalise_columns(pl.DataFrame({"id": []}, schema={"id": pl.String})).height == 0


def test_null_island_and_words_are_no_coordinates() -> None:
    table = pl.DataFrame(
        {"id": ["a", "b", "c"], "latitude": ["0", "north", "91"], "longitude": ["0", "1", "1"]}
    )
    assert normalise_columns(table)["latitude"].to_list() == [None, None, None]
