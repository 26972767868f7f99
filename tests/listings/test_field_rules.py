"""Each rule of how fields are compared, with examples of our own beside the wording it comes from."""

import csv
from pathlib import Path

import pytest

from listings.compare import FIELDS, Verdict, compare_field

HERE = Path(__file__).resolve()
EXAMPLES = list(csv.DictReader((HERE.parent / "data" / "field_rules.csv").read_text("utf-8").splitlines()))
RULES = HERE.parents[2] / ".." / "shared" / "matching" / "field_rules.md"
ROWS = {
    "name": ["name"], "address": ["street"], "phone": ["phone"], "website": ["website"], "hours": ["hours"],
    "category": ["category"], "lat/lon": ["coordinates"],
}  # fmt: skip
"""The rows of the rules' table, and the fields they speak of."""


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: f"{row['field']}-{row['left']}-{row['right']}")
def test_an_example_of_a_rule_gets_its_verdict(row: dict[str, str]) -> None:
    found = compare_field(row["field"], row["left"], row["right"], row["country"]).verdict
    assert found == row["want"] or (row["want"] == "equivalent" and found is Verdict.SAME)


@pytest.mark.parametrize("field", [field for fields in ROWS.values() for field in fields])
@pytest.mark.parametrize("want", ["equivalent", "compatible", "different"])
def test_every_field_has_an_example_of_every_verdict(field: str, want: str) -> None:
    assert field in FIELDS
    assert any(row["field"] == field and row["want"] == want for row in EXAMPLES)


def test_no_row_of_the_written_rules_is_without_examples() -> None:
    if not RULES.exists():
        pytest.skip(f"{RULES} is absent: the written rules can't be read")
    table = RULES.read_text("utf-8").partition("| field |")[2].partition("\n\n")[0]
    named = {line.split("|")[1].strip() for line in table.splitlines()[2:] if line.startswith("|")}
    assert named == ROWS.keys()
