"""Spark gives the bytes that this machine gives, and says in one line what it misses."""

import os
import shutil
import sys
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from polars.testing import assert_frame_equal

from listings.commands.match import match
from listings.engines import engine
from tests.conftest import IN_CI
from tests.listings.matching import invented

SETS = Path(__file__).resolve().parents[3] / ".." / "shared" / "matching" / "data"
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def java() -> None:
    if shutil.which("java") is None:
        message = "Java is not installed: apt-get install openjdk-17-jre-headless"
        if IN_CI:
            pytest.fail(message)
        pytest.skip(message)


def written(*arguments: object) -> bytes:
    """What `match` writes."""
    result = CliRunner().invoke(match, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return Path(str(arguments[-1])).read_bytes()


def both(folder: Path, *arguments: object) -> tuple[bytes, bytes]:
    """The same by this machine and by a Spark of two threads."""
    spark = ("--engine", "spark", "--master", "local[2]")
    return written(*arguments, "-o", folder / "here.csv"), written(
        *arguments, *spark, "-o", folder / "there.csv"
    )


@pytest.mark.usefixtures("java")
def test_a_chain_is_linked_alike_with_the_same_reasons(tmp_path: Path) -> None:
    places = invented.locations(400, seed=11)
    places.write_csv(tmp_path / "locations.csv")
    invented.listings(places, 1500, seed=12).write_csv(tmp_path / "listings.csv")
    here, there = both(tmp_path, tmp_path / "locations.csv", tmp_path / "listings.csv", "--explain")
    assert here == there
    assert {b"match", b"review", b"no_match"} <= {row.split(b",")[3] for row in here.splitlines()}


@pytest.mark.usefixtures("java")
def test_two_guides_are_linked_alike(tmp_path: Path) -> None:
    folder = SETS / "fodors_zagats"
    if not folder.exists():
        pytest.skip(f"{folder} is absent: the labelled sets may not be copied into this repository")
    here, there = both(tmp_path, folder / "locations.csv", folder / "listings.csv")
    assert here == there


@pytest.mark.usefixtures("java")
def test_duplicates_are_found_alike(tmp_path: Path) -> None:
    invented.listings(invented.locations(60, seed=1), 400, seed=2).write_csv(tmp_path / "listings.csv")
    here, there = both(tmp_path, "--duplicates", tmp_path / "listings.csv")
    assert here == there
    assert here.count(b"\n") > 100


@pytest.mark.usefixtures("java")
def test_pairs_are_scored_alike(tmp_path: Path) -> None:
    places = invented.locations(50, seed=1)
    pairs = pl.concat(
        [
            places.rename(lambda name: "pair_id" if name == "id" else f"left_{name}"),
            invented.listings(places, 50, seed=2).drop("id").rename(lambda name: f"right_{name}"),
        ],
        how="horizontal",
    )
    pairs.write_csv(tmp_path / "pairs.csv")
    here, there = both(tmp_path, "--pairs", tmp_path / "pairs.csv")
    assert here == there


@pytest.mark.usefixtures("java")
def test_a_crowded_cell_is_worked_on_in_parts() -> None:
    places = invented.locations(30, seed=3)
    rows = invented.listings(places, 300, seed=4)
    with engine.start("local", None) as here, engine.start("spark", "local[2]") as there:
        there.crowd = 20  # type: ignore[attr-defined]
        assert_frame_equal(there.link(places, rows), here.link(places, rows))


def refused(folder: Path) -> str:
    """The one line that refuses to start Spark."""
    (folder / "rows.csv").write_text("id,name\na,Elm Books\n", encoding="utf-8")
    rows, out = str(folder / "rows.csv"), str(folder / "out.csv")
    result = CliRunner().invoke(match, [rows, rows, "-o", out, "--engine", "spark"])
    assert (result.exit_code, Path(out).exists()) == (2, False)
    return result.output.strip()


def test_without_the_extra_the_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "listings.engines.spark", raising=False)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    line = refused(tmp_path)
    assert line.endswith("install it with: pip install 'goodstanding[spark]'")
    assert "\n" not in line


def test_without_java_the_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    line = refused(tmp_path)
    assert "apt-get install openjdk-17-jre-headless" in line
    assert "\n" not in line
