"""A column gets what its values get one by one, usual and odd ones, whichever way they are computed."""

import random
from collections.abc import Callable

import polars as pl
import pytest

from listings.normalize.columnar.rows import FEW, row_by_row
from listings.normalize.columnar.streets import street_row, streets
from listings.normalize.columns import NORMAL_SCHEMA, RAW_COLUMNS, normalise_columns
from listings.normalize.street_words import SUFFIXES
from listings.normalize.tables import every_word

ROWS = 4_000
WORDS = (
    "main", "elm", "oak", "harbor", "st.", "louis", "mount", "pleasant", "martin", "luther", "king",
    "park", "lake", "shore", "the", "grand", "5th", "third", "42", "b", "of", "north", "west", "e", "s",
    "highway", "us", "state", "route", "county", "road", "fm", "i-35", "old", "broadway", "court",
    "o'hare", "mccarthy", "ii", "xx", "jr", "saint", "avenue", "court", "plaza", "la", "de", "rue",
    "calle", "strasse", "hauptstraße", "émile", "12th", "a", "alley", "bis", "twelve", "hundred", "san",
    "juan",
)  # fmt: skip
TYPES = (
    "st", "street", "ave", "avenue.", "blvd", "rd", "Road", "dr", "ln", "pl", "ct", "pkwy", "hwy",
    "highway", "way", "circle", "trl", "plaza", "str", "weg",
)  # fmt: skip
UNITS = (
    "", "", "", " ste 4", ", Suite 210", " #12", " # 3", ", apt 5b", " unit 7", " 2nd floor", " fl 3", " Rm 12",
    ", bldg 2 ste 9",
)  # fmt: skip
ENDS = (
    "", "", "", " LLC", ", Inc.", " #123", " 24", " Springfield", " - Springfield", " of Reno", " Pharmacy", ", The",
    " S.A.",
)  # fmt: skip
ODD = (
    None, "", " ", "?", "-", "\x00", "\u202eabc", "東京都千代田区1-2-3", "مطعم النخيل", "🍕", "x" * 3_000, "1 " * 2_000,
    "１２３ Ｍａｉｎ", "a\nb", "12 Main St\n", "N/A", "0", "ſt", "İ", "12 o'clock rd", "l'd'a", "Café d'l'Ann",
    "SpA", "&", "+",
)  # fmt: skip


def words(draw: random.Random, most: int) -> str:
    return " ".join(draw.choice(WORDS) for _ in range(draw.randint(1, most)))


def name(draw: random.Random) -> str:
    text = (
        draw.choice(("", "", "The ", "Le ", "A "))
        + words(draw, 3)
        + draw.choice(("", " & Sons", "'s", " + Co"))
        + draw.choice(ENDS)
    )
    return draw.choice((text, text.title(), text.upper()))


def street(draw: random.Random) -> str:
    number = draw.choice(
        (str(draw.randint(1, 99_999)), str(draw.randint(1, 300)), "012", "12-14", "12b", "one", "")
    )
    before = draw.choice(("", "", "N ", "s. ", "East ", "NW "))
    kind = draw.choice((*TYPES, ""))
    text = f"{number} {before}{words(draw, 3)} {kind}{draw.choice(('', '', '', ' N', ' SW'))}{draw.choice(UNITS)}"
    return draw.choice((text, text.title(), text.strip(), text + ", Reno", "PO Box 12, " + text))


def phone(draw: random.Random) -> str:
    area, office, line = draw.randint(200, 999), draw.randint(100, 999), draw.randint(0, 9999)
    shape = draw.choice(
        ("({}) {}-{:04}", "+1 {} {} {:04}", "{}{}{:04}", "1-{}.{}.{:04}", "{}-{}-{:04} x12",
            "+44 {} {} {:04}", " {}/{} {:04} ",
         "{}-FLY-{}-{}")
    )  # fmt: skip
    return shape.format(area, office, line)


def website(draw: random.Random) -> str:
    host = draw.choice(("acme.com", "www.Acme.com", "m.acme.co.uk", "shop.acme.github.io",
        "facebook.com", "www2.x.org", "acme",
                        "1.2.3.4", "xn--bcher-kva.example", "www.com", "acme.com:8080",
                        "us.yelp.com", "m.www.acme.org"))  # fmt: skip
    path = draw.choice(
        ("", "/", "/Springfield/", "/a/index.html", "/default.aspx", "/caf%C3%A9", "//", "/a//b/", "/a;b")
    )
    query = draw.choice(
        (
            "",
            "",
            "?utm_source=x&utm_medium=y",
            "?id=5",
            "?utm_source=g&id=5",
            "?",
            "?utm_campaign=",
            "#top",
            "?gclid=1",
        )
    )
    return (
        draw.choice(("https://", "http://", "", "HTTP://", "ftp://", "//", " https://")) + host + path + query
    )


def code(draw: random.Random) -> str:
    return draw.choice(
        (f"{draw.randint(0, 99_999):05}", "62701-1234", "627011234", "SW1A 1AA", "D-10115", "501", "FR75001")
    )


MAKERS: dict[str, Callable[[random.Random], str | None]] = {
    "name": name,
    "street": street,
    "city": lambda draw: draw.choice(("Springfield", "Reno", "St. Louis", "Coeur d'Alene", "Köln", "O'Fallon", None)),
    "region": lambda draw: draw.choice(("IL", "Illinois", "Nev.", "Bayern", None)),
    "postal_code": code,
    "country": lambda draw: draw.choice((None, None, "US", "us", "CA", "DE", "FR", "AU", "Germany", "MX")),
    "phone": phone,
    "website": website,
    "category": lambda draw: draw.choice(("Dentist", "pet_store", "Café", None)),
    "latitude": lambda draw: draw.choice(
        (str(draw.uniform(-95, 95)), "0", "1e1", " 5", "1_0", "nan", "inf", "north", None)
    ),
    "longitude": lambda draw: draw.choice((str(draw.uniform(-185, 185)), "0", "00", "-1", "infinity", None)),
}  # fmt: skip


def records(seed: int) -> pl.DataFrame:
    draw = random.Random(seed)
    columns = {
        column: [draw.choice(ODD) if draw.random() < 0.03 else make(draw) for _ in range(ROWS)]
        for column, make in MAKERS.items()
    }
    # Some values come often: columns read those in another way.
    for column in ("name", "street", "website"):
        columns[column][: ROWS // 2] = draw.choices(columns[column][:200], k=ROWS // 2)
    return pl.DataFrame(
        {"id": [str(row) for row in range(ROWS)], **columns}, schema=dict.fromkeys(RAW_COLUMNS, pl.String)
    )


def heads(seed: int) -> pl.DataFrame:
    """Streets of words that mean something, each several times with other types and suites."""
    draw = random.Random(seed)
    said = sorted(filter(str.isascii, every_word("streets") | every_word("numbers")))
    types = [*sorted(filter(str.isascii, SUFFIXES)), "la", "rue", "est", "ave.", "st."]
    texts, countries = [], []
    for _ in range(300):
        head = draw.choice(("", "n ", "s. ", "east ", "w ")) + " ".join(
            draw.choice(draw.choice((said, WORDS))) for _ in range(draw.randint(1, 3))
        )
        country = draw.choice((None, None, "US", "CA", "GB", "FR", "DE", "IT", "AU", "ES"))
        for _ in range(draw.choice((1, 5, 8))):
            unit = draw.choice(("", "", " ste 1", ", suite 24", " #3", ", apt 512"))
            texts.append(f"{draw.randint(1, 99_999)} {head} {draw.choice(types)}{unit}")
            countries.append(country)
    return pl.DataFrame(
        {"text": texts, "country": countries}, schema=dict.fromkeys(("text", "country"), pl.String)
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_streets_put_together_are_those_read_as_a_whole(seed: int) -> None:
    given = heads(seed)
    together = streets(given["text"], given["country"])
    for texts, form in zip(given.iter_rows(), together.iter_rows(), strict=True):
        assert form == street_row(*texts), texts


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_long_column_has_the_forms_of_its_values(seed: int) -> None:
    raw = records(seed)
    columns, rows = normalise_columns(raw), row_by_row(raw, NORMAL_SCHEMA)
    for name, kind in NORMAL_SCHEMA.items():
        differs = (
            columns[name].ne_missing(rows[name])
            if kind != pl.List(pl.String)
            else columns[name].list.join(" ").ne_missing(rows[name].list.join(" "))
        )
        left = raw.with_columns(column=columns[name], alone=rows[name]).filter(differs)
        assert not left.height, left.row(0, named=True)


def test_the_same_street_under_many_numbers_is_read_once_and_right() -> None:
    draw = random.Random(4)
    numbers = [str(draw.randint(1, 99_999)) for _ in range(FEW * 2)]
    raw = pl.DataFrame(
        {"id": numbers, "street": [f"{number} W Elm Street, Suite {number}" for number in numbers]}
    )
    table = normalise_columns(raw)
    assert table["number"].to_list() == numbers
    assert table["unit"].to_list() == [f"unit {number}" for number in numbers]
    assert set(table.select("direction", "street", "street_type").rows()) == {("w", "elm", "street")}
