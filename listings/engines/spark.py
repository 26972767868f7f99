"""Matching on Apache Spark: the functions of listings.matching.cells on as many machines as there are.

Records are normalised where they are read. The overview of the locations (hashes and counts, no
texts) is made once and broadcast; listings then go to the cells of their candidates by a shuffle that
spills to disk, and `groupBy(cell).cogroup(…).applyInArrow` compares them there. The best candidates of
all cells come back, and the contest for the locations is settled over the whole, as on one machine.

https://spark.apache.org/docs/latest/api/python/reference/pyspark.sql/api/pyspark.sql.PandasCogroupedOps.applyInArrow.html
"""

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
from pyspark import Broadcast
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's own documentation uses

from listings.engines.engine import Engine, Unavailable
from listings.engines.spark_errors import FAILED, told
from listings.matching.block import SCORED_SCHEMA, score_aligned
from listings.matching.cells import (
    Overview,
    best,
    duplicates_overview,
    link_overview,
    match_cell,
    spread,
)
from listings.normalize.columns import NORMAL_SCHEMA, RAW_COLUMNS, normalise_columns
from listings.settings import java_home

CELL = 20_000
"""Listings that a cell is meant for."""

CROWD = 50_000
"""Listings of a cell from which on it is worked on in several parts, each with all its locations."""

MASTERS = ("local", "spark://", "k8s://", "yarn")
"""How a master starts: https://spark.apache.org/docs/latest/submitting-applications.html#master-urls"""

_LOG = Path(__file__).resolve().with_name("log4j2.json")

Batches = Iterator[pa.RecordBatch]
_SPARK_TYPES = {pl.String: "string", pl.Float64: "double", pl.List(pl.String): "array<string>"}
_NORMAL = "row bigint, " + ", ".join(f"`{name}` {_SPARK_TYPES[kind]}" for name, kind in NORMAL_SCHEMA.items())
_FOUND = f"{_NORMAL}, cell bigint, candidates array<bigint>"
_SCORED = "listing bigint, location bigint, log_odds double, levels array<tinyint>"
_SCORED_ARROW = pl.Schema({**SCORED_SCHEMA, "levels": pl.List(pl.Int8)})


@contextmanager
def start(master: str | None) -> Iterator[Engine]:
    """A Spark session on `master` (as spark-submit's --master; None is all cores of this machine).

    A session that runs in this process already is used as it is, and left to who started it. Raises
    Unavailable when there is no Java, the cluster can't be reached or a run fails.
    """
    if shutil.which("java") is None and not java_home():
        raise Unavailable(
            "Spark needs Java 17 or newer, and there is none on the PATH nor in JAVA_HOME; "
            "install it, on Debian with: apt-get install openjdk-17-jre-headless"
        )
    if master and not master.startswith(MASTERS):
        raise Unavailable(f"{master}: no cluster of Spark is named so; a master starts with {_any(MASTERS)}")
    with told():
        running = SparkSession.getActiveSession()
        spark = running or _session(master or "local[*]")
        try:
            yield Spark(spark)
        finally:
            if not running:
                _stop(spark)


def _any(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _session(master: str) -> SparkSession:
    builder = SparkSession.Builder().appName("goodstanding match").master(master)
    # The log repeats with traces what one line tells; who wants it names a configuration of their own
    # in spark.driver.extraJavaOptions, which Java reads after this one.
    builder = builder.config("spark.driver.defaultJavaOptions", f"-Dlog4j2.configurationFile={_LOG.as_uri()}")
    builder = builder.config("spark.ui.showConsoleProgress", str(sys.stderr.isatty()).lower())
    if master.startswith("local"):
        # Nobody else has a part in it, so nothing of it listens to anybody else.
        for name in ("spark.driver.host", "spark.driver.bindAddress"):
            builder = builder.config(name, "127.0.0.1")
        builder = builder.config("spark.ui.enabled", "false")
    spark = builder.getOrCreate()
    context = spark.sparkContext
    if context.pythonExec == "python3":
        # PYSPARK_PYTHON isn't set: the executors of this machine run what runs here.
        context.pythonExec = spark.conf.get("spark.pyspark.python", None) or sys.executable
    return spark


def _stop(spark: SparkSession) -> None:
    # With its Java process gone there is nothing to end, and the first error is the one to tell.
    with suppress(*FAILED):
        spark.stop()


class Spark:
    """The engine on a session that somebody else ends."""

    def __init__(self, spark: SparkSession, crowd: int = CROWD) -> None:
        self._spark = spark
        self.crowd = crowd

    def link(self, locations: pl.DataFrame, listings: pl.DataFrame) -> pl.DataFrame:
        """The best candidates of each listing, before any contest."""
        places = self._read(locations).mapInArrow(_normalise, _NORMAL).persist()
        overview = link_overview(_collected(places), self._cells(locations.height, listings.height))
        shared = self._broadcast(overview)
        found = self._read(listings).mapInArrow(_finder(shared, raw=True), _FOUND)
        return self._matched(places, found, shared, overview)

    def duplicates(self, records: pl.DataFrame, sources: Sequence[str | None]) -> pl.DataFrame:
        """The pairs within each source to match or review."""
        _, source = np.unique([name or "" for name in sources], return_inverse=True)
        rows = self._read(records).mapInArrow(_normalise, _NORMAL).persist()
        cells = self._cells(records.height, records.height)
        overview = duplicates_overview(_collected(rows), source.astype(np.int64), cells)
        shared = self._broadcast(overview)
        found = rows.mapInArrow(_finder(shared, raw=False), _FOUND)
        return self._matched(rows, found, shared, overview)

    def aligned(self, left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
        """Row k of one beside row k of the other."""
        both = pl.concat(
            [left.rename(lambda name: f"left_{name}"), right.rename(lambda name: f"right_{name}")],
            how="horizontal",
        )
        scores = _frame(self._read(both).mapInArrow(_align, _SCORED))
        return scores.cast(pl.Schema(SCORED_SCHEMA)).sort("listing")

    def _read(self, records: pl.DataFrame) -> DataFrame:
        numbered = records.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
        return self._spark.createDataFrame(_arrow(numbered))

    def _broadcast(self, overview: Overview) -> Broadcast[tuple[str, Overview]]:
        return self._spark.sparkContext.broadcast((_versions(), overview))

    def _cells(self, locations: int, listings: int) -> int:
        wanted = max(-(-listings // CELL), 2 * self._spark.sparkContext.defaultParallelism)
        return max(min(wanted, locations), 1)

    def _matched(
        self,
        places: DataFrame,
        found: DataFrame,
        shared: Broadcast[tuple[str, Overview]],
        overview: Overview,
    ) -> pl.DataFrame:
        found = found.persist()
        sizes = _frame(found.groupBy("cell").count())
        parts = sizes.select("cell", parts=(pl.col("count") - 1) // self.crowd + 1)
        listings = found.join(F.broadcast(self._table(parts)), "cell")
        listings = listings.withColumn("part", F.pmod("row", "parts"))
        rows = pl.DataFrame({"row": np.arange(len(overview.cell)), "cell": overview.cell})
        numbers = rows.join(parts, on="cell").select(
            "row", "cell", part=pl.int_ranges(pl.col("parts"), dtype=pl.Int64)
        )
        located = places.join(self._table(numbers.explode("part")), "row")
        by_cell = located.groupBy("cell", "part").cogroup(listings.groupBy("cell", "part"))
        scores = _frame(by_cell.applyInArrow(_judge(shared), _SCORED))
        found.unpersist()
        places.unpersist()
        return best(scores.cast(pl.Schema(SCORED_SCHEMA)), overview.task)

    def _table(self, numbers: pl.DataFrame) -> DataFrame:
        return self._spark.createDataFrame(_arrow(numbers.cast(pl.Int64)))


def _normalise(batches: Batches) -> Batches:
    for batch in batches:
        yield from _arrow(_normal(_polars(batch))).to_batches()


def _normal(raw: pl.DataFrame) -> pl.DataFrame:
    held = [name for name in RAW_COLUMNS if name in raw.columns]
    return pl.concat([raw.select("row"), normalise_columns(raw.select(held))], how="horizontal")


def _finder(shared: Broadcast[tuple[str, Overview]], *, raw: bool) -> Callable[[Batches], Batches]:
    def find(batches: Batches) -> Batches:
        overview = _shared(shared)
        for batch in batches:
            listings = _polars(batch)
            yield from _arrow(spread(_normal(listings) if raw else listings, overview)).to_batches()

    return find


def _judge(shared: Broadcast[tuple[str, Overview]]) -> Callable[[pa.Table, pa.Table], pa.Table]:
    def judge(locations: pa.Table, listings: pa.Table) -> pa.Table:
        return _arrow(match_cell(_polars(locations), _polars(listings), _shared(shared)).cast(_SCORED_ARROW))

    return judge


def _align(batches: Batches) -> Batches:
    for batch in batches:
        both = _polars(batch)
        left, right = (_side(both, prefix) for prefix in ("left_", "right_"))
        scores = score_aligned(left, right, "pairs").with_columns(listing=both["row"], location=both["row"])
        yield from _arrow(scores.cast(_SCORED_ARROW)).to_batches()


def _side(both: pl.DataFrame, prefix: str) -> pl.DataFrame:
    columns = [name for name in both.columns if name.startswith(prefix)]
    return normalise_columns(both.select(pl.col(name).alias(name.removeprefix(prefix)) for name in columns))


def _versions() -> str:
    # Hashes are the same only within one version of the library that makes them.
    return f"goodstanding {version('goodstanding')} with polars {pl.__version__}"


def _shared(shared: Broadcast[tuple[str, Overview]]) -> Overview:
    theirs, overview = shared.value
    if theirs != _versions():
        raise RuntimeError(f"an executor has {_versions()}, the driver {theirs}; install the same everywhere")
    return overview


def _collected(rows: DataFrame) -> pl.DataFrame:
    return _frame(rows).sort("row")


def _frame(rows: DataFrame) -> pl.DataFrame:
    return _polars(rows.toArrow())


def _polars(table: pa.Table | pa.RecordBatch) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a table is never a series
    return frame


def _arrow(frame: pl.DataFrame) -> pa.Table:
    # Spark reads no view layouts, and in lists no 64-bit offsets.
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    return table.cast(pa.schema([(field.name, _narrow(field.type)) for field in table.schema]))


def _narrow(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_large_list(kind):
        return pa.list_(_narrow(kind.value_type))
    return pa.string() if pa.types.is_large_string(kind) else kind
