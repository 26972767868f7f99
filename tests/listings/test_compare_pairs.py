import csv
from pathlib import Path

import pytest

from listings.compare import FIELDS, Verdict, compare_field, sentence

HERE = Path(__file__).resolve()
PAIRS = list(csv.DictReader((HERE.parent / "data" / "field_pairs.csv").read_text("utf-8").splitlines()))
LIBPOSTAL = HERE.parents[2] / ".." / "shared" / "matching" / "data" / "libpostal_equivalent_addresses_dev.csv"
ALIKE = {Verdict.SAME, Verdict.EQUIVALENT}


def is_right(row: dict[str, str]) -> bool:
    found = compare_field(row["field"], row["left"], row["right"], row.get("country")).verdict
    return found == row["want"] or (row["want"] == "equivalent" and found in ALIKE)


@pytest.mark.parametrize("row", PAIRS, ids=lambda row: f"{row['field']}-{row['left']}-{row['right']}")
def test_an_authored_pair_gets_its_verdict(row: dict[str, str]) -> None:
    assert compare_field(row["field"], row["left"], row["right"], row["country"]).verdict == row["want"]


def test_the_authored_pairs_cover_all_fields_many_countries_and_mostly_differences() -> None:
    assert {row["field"] for row in PAIRS} == set(FIELDS)
    assert len({row["country"] for row in PAIRS}) >= 10
    assert len(PAIRS) >= 150
    assert sum(row["want"] not in ALIKE for row in PAIRS) * 2 >= len(PAIRS)


def test_every_reason_has_a_sentence() -> None:
    for row in PAIRS:
        words = sentence(compare_field(row["field"], row["left"], row["right"], row["country"]))
        assert words.endswith(".")
        assert "{" not in words


def test_equivalent_addresses_of_many_languages_are_recognised() -> None:
    if not LIBPOSTAL.exists():
        pytest.skip("../shared is absent: the labelled address pairs can't be read")
    rows = list(csv.DictReader(LIBPOSTAL.read_text("utf-8").splitlines()))
    assert sum(map(is_right, rows)) / len(rows) >= 0.97
