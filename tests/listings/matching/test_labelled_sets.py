import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from listings.commands.match import match

SETS = Path(__file__).resolve().parents[3] / ".." / "shared" / "matching" / "data"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def labelled(name: str) -> Path:
    folder = SETS / name
    if not folder.exists():
        pytest.skip(f"{folder} is absent: the labelled sets may not be copied into this repository")
    return folder


def f1(found: set[tuple[str, str]], gold: set[tuple[str, str]]) -> float:
    return 2 * len(found & gold) / (len(found) + len(gold))


def test_restaurants_of_two_guides_are_linked(tmp_path: Path) -> None:
    folder, out = labelled("fodors_zagats"), tmp_path / "out.csv"
    arguments = [str(folder / "locations.csv"), str(folder / "listings.csv"), "-o", str(out)]
    assert CliRunner().invoke(match, arguments).exit_code == 0
    found = {(row["location_id"], row["listing_id"]) for row in rows(out) if row["decision"] == "match"}
    assert f1(found, {(row["location_id"], row["listing_id"]) for row in rows(folder / "gold.csv")}) >= 0.98


def test_restaurants_listed_twice_are_found(tmp_path: Path) -> None:
    folder, out = labelled("restaurant_duplicates"), tmp_path / "out.csv"
    assert (
        CliRunner().invoke(match, ["--duplicates", str(folder / "listings.csv"), "-o", str(out)]).exit_code
        == 0
    )
    found = {(row["left_id"], row["right_id"]) for row in rows(out) if row["decision"] == "match"}
    assert f1(found, {(row["left_id"], row["right_id"]) for row in rows(folder / "gold.csv")}) >= 0.97
