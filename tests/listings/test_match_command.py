import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from listings.commands.match import match

LOCATIONS = """id,name,street,city,postal_code,phone
elm,Harbor Dental,120 Elm Street,Springfield,62701,217-555-0142
oak,Harbor Dental,9 Oak Avenue,Peoria,61602,309-555-0177
"""
LISTINGS = """id,name,street,city,postal_code,phone,source,colour
b,HARBOR DENTAL LLC,9 Oak Ave,Peoria,61602,(309) 555-0177,google,red
a,Harbor Dental,120 Elm St,Springfield,62701,,google,
c,Harbor Dental,120 Elm St.,Springfield,62701,+12175550142,google,
d,Aurora Glass,4 Pier Road,Bangor,04401,207-555-0100,google,
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "locations.csv").write_text(LOCATIONS, encoding="utf-8")
    (tmp_path / "listings.csv").write_text(LISTINGS, encoding="utf-8")
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(match, [str(argument) for argument in arguments])


def linked(folder: Path, *options: str) -> list[dict[str, str]]:
    out = folder / "out.csv"
    result = run(folder / "locations.csv", folder / "listings.csv", "-o", out, *options)
    assert result.exit_code == 0, result.output
    with out.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def test_every_listing_comes_back_in_input_order(files: Path) -> None:
    rows = linked(files)
    assert [(row["listing_id"], row["location_id"], row["decision"]) for row in rows] == [
        ("b", "oak", "match"), ("a", "elm", "review"), ("c", "elm", "match"), ("d", "", "no_match"),
    ]  # fmt: skip
    assert list(rows[0]) == ["listing_id", "location_id", "probability", "decision", "duplicate_of"]


def test_the_loser_of_a_source_names_the_winner(files: Path) -> None:
    assert [row["duplicate_of"] for row in linked(files)] == ["", "c", "", ""]


def test_probabilities_have_four_decimals(files: Path) -> None:
    assert all(len(row["probability"].partition(".")[2]) == 4 for row in linked(files))


def test_the_same_input_gives_the_same_bytes(files: Path) -> None:
    linked(files, "--explain")
    first = (files / "out.csv").read_bytes()
    linked(files, "--explain")
    assert (files / "out.csv").read_bytes() == first


def test_reasons_are_json_in_plain_words(files: Path) -> None:
    reasons = json.loads(linked(files, "--explain")[0]["reasons"])
    assert "Same phone number" in {reason["says"] for reason in reasons["for"]}


def test_code_serves_as_id_and_a_byte_order_mark_is_no_letter(files: Path) -> None:
    (files / "locations.csv").write_text("﻿" + LOCATIONS.replace("id,", "code,", 1), encoding="utf-8")
    assert linked(files)[0]["location_id"] == "oak"


def test_only_ids_and_names_are_enough(files: Path) -> None:
    (files / "listings.csv").write_text("id,name\nx,Harbor Dental\ny,\n", encoding="utf-8")
    assert [row["decision"] for row in linked(files)] in (["review", "no_match"], ["no_match", "no_match"])


def test_a_file_without_rows_gives_a_file_without_rows(files: Path) -> None:
    (files / "listings.csv").write_text("id,name\n", encoding="utf-8")
    assert linked(files) == []


def test_pairs_are_scored_in_input_order(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(
        "pair_id,left_name,left_street,left_city,left_phone,right_name,right_street,right_city,right_phone\n"
        "p2,Harbor Dental,120 Elm St,Springfield,217-555-0142,Harbor Dental,120 Elm St,Springfield,217-555-0142\n"
        "p1,Harbor Dental,120 Elm St,Springfield,217-555-0142,Aurora Glass,4 Pier Rd,Bangor,207-555-0100\n",
        encoding="utf-8",
    )
    assert run("--pairs", pairs, "-o", tmp_path / "out.csv").exit_code == 0
    rows = [line.split(",") for line in (tmp_path / "out.csv").read_text().splitlines()]
    assert rows[0] == ["pair_id", "probability", "decision"]
    assert [(row[0], row[2]) for row in rows[1:]] == [("p2", "match"), ("p1", "no_match")]


def test_duplicates_name_the_earlier_row_first(files: Path) -> None:
    assert run("--duplicates", files / "listings.csv", "-o", files / "out.csv").exit_code == 0
    header, *rows = (files / "out.csv").read_text().splitlines()
    assert header == "left_id,right_id,probability,decision"
    assert [row.split(",")[:2] for row in rows] == [["a", "c"]]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"id,name\n1,Caf\xe9\n", "line 2 isn't UTF-8"),
        (b"name\nA\n", "no id or code column"),
        (b"id,name\na,A\nb,B\na,C\n", "row 3 has the id 'a' of row 1"),
        (b"id,name\na,A\n,B\n", "row 2 has no id"),
        (b"id,name\na,A,too,many\n", "as many values in each row"),
        (b"", "is empty"),
        (b"PK\x03\x04\0\0", "isn't a text file"),
    ],
)
def test_an_unusable_file_is_named_in_one_line_and_nothing_is_written(
    files: Path, content: bytes, says: str
) -> None:
    (files / "listings.csv").write_bytes(content)
    result = run(files / "locations.csv", files / "listings.csv", "-o", files / "out.csv")
    assert result.exit_code == 2
    assert says in result.output
    assert "listings.csv" in result.output
    assert len(result.output.strip().splitlines()) == 1
    assert not (files / "out.csv").exists()


def test_an_absent_file_and_a_missing_folder_are_named(files: Path) -> None:
    assert run(files / "none.csv", files / "listings.csv", "-o", files / "out.csv").exit_code == 2
    result = run(files / "locations.csv", files / "listings.csv", "-o", files / "no" / "out.csv")
    assert (result.exit_code, "can't be written" in result.output) == (2, True)


def test_half_an_order_is_refused(files: Path) -> None:
    assert run(files / "locations.csv", "-o", files / "out.csv").exit_code == 2
    assert run("-o", files / "out.csv").exit_code == 2


def test_a_master_without_spark_is_refused(files: Path) -> None:
    result = run(
        files / "locations.csv", files / "listings.csv", "-o", files / "out.csv", "--master", "local[2]"
    )
    assert (result.exit_code, "--master is the cluster of --engine spark" in result.output) == (2, True)


def test_the_summary_can_be_read_by_a_script(files: Path) -> None:
    result = run(files / "locations.csv", files / "listings.csv", "-o", files / "out.csv", "--json")
    assert json.loads(result.stdout)["decisions"] == {"match": 2, "no_match": 1, "review": 1}
