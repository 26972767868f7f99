"""Spark gives the bytes that this machine gives, and says in one line what it misses."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from click.testing import CliRunner
from polars.testing import assert_frame_equal
from pyspark import SparkContext
from pyspark.sql import SparkSession

from listings.commands.match import match
from listings.engines import engine, spark_errors
from listings.engines.local import Local
from listings.engines.spark import Spark
from tests.conftest import IN_CI
from tests.listings.matching import invented

SETS = Path(__file__).resolve().parents[3] / ".." / "shared" / "matching" / "data"
SETTINGS = """
spark.sql.shuffle.partitions 2
spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
"""
pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("spark")]


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    """Two threads of Spark for all tests, set up for little data as an operator would."""
    if shutil.which("java") is None:
        message = "Java is not installed: apt-get install openjdk-17-jre-headless"
        if IN_CI:
            pytest.fail(message)
        pytest.skip(message)
    folder = tmp_path_factory.mktemp("conf")
    (folder / "spark-defaults.conf").write_text(SETTINGS, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(folder))
        with engine.start("spark", "local[2]") as started:
            assert isinstance(started, Spark)
            yield started
    end_java()


def end_java() -> None:
    """End the Java that Spark leaves behind for the process's next session."""
    gateway = SparkContext._gateway
    assert gateway is not None
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait(timeout=60)
    SparkContext._gateway = SparkContext._jvm = None


def written(*arguments: object) -> bytes:
    """What `match` writes."""
    result = CliRunner().invoke(match, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return Path(str(arguments[-1])).read_bytes()


def both(folder: Path, *arguments: object) -> tuple[bytes, bytes]:
    """The same by this machine and by Spark."""
    here = written(*arguments, "-o", folder / "here.csv")
    return here, written(*arguments, "--engine", "spark", "-o", folder / "there.csv")


@pytest.mark.usefixtures("spark")
def test_a_chain_is_linked_alike_with_the_same_reasons(tmp_path: Path) -> None:
    places = invented.locations(400, seed=11)
    places.write_csv(tmp_path / "locations.csv")
    invented.listings(places, 1500, seed=12).write_csv(tmp_path / "listings.csv")
    here, there = both(tmp_path, tmp_path / "locations.csv", tmp_path / "listings.csv", "--explain")
    assert here == there
    assert {b"match", b"review", b"no_match"} <= {row.split(b",")[3] for row in here.splitlines()}


@pytest.mark.usefixtures("spark")
def test_two_guides_are_linked_alike(tmp_path: Path) -> None:
    folder = SETS / "fodors_zagats"
    if not folder.exists():
        pytest.skip(f"{folder} is absent: the labelled sets may not be copied into this repository")
    here, there = both(tmp_path, folder / "locations.csv", folder / "listings.csv")
    assert here == there


@pytest.mark.usefixtures("spark")
def test_duplicates_are_found_alike(tmp_path: Path) -> None:
    invented.listings(invented.locations(60, seed=1), 400, seed=2).write_csv(tmp_path / "listings.csv")
    here, there = both(tmp_path, "--duplicates", tmp_path / "listings.csv")
    assert here == there
    assert here.count(b"\n") > 100


@pytest.mark.usefixtures("spark")
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


def test_a_crowded_cell_is_worked_on_in_parts(spark: Spark, monkeypatch: pytest.MonkeyPatch) -> None:
    places = invented.locations(30, seed=3)
    rows = invented.listings(places, 300, seed=4)
    monkeypatch.setattr(spark, "crowd", 20)
    assert_frame_equal(spark.link(places, rows), Local().link(places, rows))


EMPTY = "id,name,phone\n"
FULL = "id,name,phone\na,Elm Books,503-555-0142\nb,Oak Books,503-555-0143\n"


@pytest.mark.usefixtures("spark")
@pytest.mark.parametrize(
    ("locations", "listings"),
    [(EMPTY, EMPTY), (EMPTY, FULL), (FULL, EMPTY)],
    ids=["none", "no locations", "no listings"],
)
def test_a_file_without_rows_gives_what_it_gives_here(tmp_path: Path, locations: str, listings: str) -> None:
    (tmp_path / "locations.csv").write_text(locations, encoding="utf-8")
    (tmp_path / "listings.csv").write_text(listings, encoding="utf-8")
    here, there = both(tmp_path, tmp_path / "locations.csv", tmp_path / "listings.csv", "--explain")
    assert here == there
    assert len(there.splitlines()) == len(listings.splitlines())


@pytest.mark.usefixtures("spark")
@pytest.mark.parametrize("records", [EMPTY, FULL], ids=["none", "two strangers"])
def test_a_file_without_duplicates_gives_the_header(tmp_path: Path, records: str) -> None:
    (tmp_path / "records.csv").write_text(records, encoding="utf-8")
    here, there = both(tmp_path, "--duplicates", tmp_path / "records.csv")
    assert here == there == b"left_id,right_id,probability,decision\n"


@pytest.mark.usefixtures("spark")
def test_no_pairs_give_the_header(tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text("pair_id,left_name,right_name\n", encoding="utf-8")
    here, there = both(tmp_path, "--pairs", tmp_path / "pairs.csv")
    assert here == there == b"pair_id,probability,decision\n"


def refused(folder: Path, *options: str) -> str:
    """What is told where Spark can't do the work."""
    (folder / "rows.csv").write_text("id,name\na,Elm Books\n", encoding="utf-8")
    rows, out = str(folder / "rows.csv"), str(folder / "out.csv")
    result = CliRunner().invoke(match, [rows, rows, "-o", out, "--engine", "spark", *options])
    assert (result.exit_code, Path(out).exists()) == (2, False)
    return result.output.strip()


@pytest.mark.usefixtures("spark")
def test_executors_that_find_no_python_end_the_run_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = str(tmp_path / "python")
    context = SparkContext._active_spark_context
    assert context
    monkeypatch.setattr(context, "pythonExec", missing)
    counted, line = refused(tmp_path).splitlines()
    assert counted == "1 locations, 1 listings"
    assert line.startswith("Error: Spark gave up: ")
    assert missing in line


def failing(work: Callable[[], object]) -> str:
    """What is told of work that fails on an executor."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        work()
        yield from batches

    session = SparkSession.getActiveSession()
    assert session
    with pytest.raises(engine.Unavailable) as refusal, spark_errors.told():
        session.range(1).mapInArrow(run, "id bigint").toArrow()
    return str(refusal.value)


@pytest.mark.usefixtures("spark")
def test_an_error_on_an_executor_is_told_in_its_own_words() -> None:
    assert failing(lambda: int("")) == "Spark gave up: ValueError: invalid literal for int() with base 10: ''"


@pytest.mark.usefixtures("spark")
def test_an_executor_that_dies_is_told_in_one_line() -> None:
    line = failing(lambda: os._exit(1))
    assert line.startswith("Spark gave up: Job aborted due to stage failure")
    assert "Python worker exited" in line
    assert "\n" not in line


def test_a_java_that_is_gone_is_told_with_what_helps() -> None:
    with pytest.raises(engine.Unavailable, match=r"spark\.driver\.memory"), spark_errors.told():
        raise ConnectionRefusedError


def test_a_master_of_no_known_kind_is_refused_by_its_name(tmp_path: Path) -> None:
    line = refused(tmp_path, "--master", "head:7077")
    assert line == (
        "Error: head:7077: no cluster of Spark is named so; "
        "a master starts with local, spark://, k8s:// or yarn"
    )


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
