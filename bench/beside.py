"""What the accuracy benchmark holds ours against: rapidfuzz, Splink and dedupe, tuned on folds of the same labels."""

import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bench.bench_match import fuzzy

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

BLOCKS = (("phone",), ("postal",), ("city",))
COMPARED = ("name", "address", "phone")


def best_threshold(score: Floats, label: Mask, missed: int = 0) -> float:
    """The score from which on F1 is best; `missed` true pairs are among none of these."""
    order = np.argsort(-score, kind="stable")
    right = np.cumsum(label[order])
    quality = 2 * right / (np.arange(1, len(score) + 1) + label.sum() + missed)
    last = np.r_[score[order][1:] != score[order][:-1], True]
    return float(score[order][int(np.argmax(np.where(last, quality, 0)))])


def rapidfuzz_pairs(left: pl.DataFrame, right: pl.DataFrame) -> Floats:
    """The peer's score of each row of `left` beside the same row of `right`."""
    rows = zip(left.select(COMPARED).iter_rows(), right.select(COMPARED).iter_rows(), strict=True)
    return np.array([fuzzy(a, b) for a, b in rows])


def rapidfuzz_candidates(left: pl.DataFrame, right: pl.DataFrame) -> tuple[Ints, Ints, Floats]:
    """Rows that share phone, postal code or city, with the peer's score."""
    first, second = (frame.with_row_index("row") for frame in (left, right))
    joins = [
        first.select("row", *keys).join(second.select("row", *keys), on=list(keys)).select("row", "row_right")
        for keys in BLOCKS
    ]
    pairs = pl.concat(joins).unique().sort("row", "row_right")
    i, j = (pairs[column].to_numpy().astype(np.int64) for column in ("row", "row_right"))
    return i, j, rapidfuzz_pairs(left[i], right[j])


def splink(
    python: Path,
    left: pl.DataFrame,
    right: pl.DataFrame | None,
    labels: Iterable[tuple[int, int, int, int]],
    task: str,
) -> pl.DataFrame:
    """Splink's scores: columns left, right (row numbers), fold, variant, weight.

    `labels` are rows of left and right, 1 for the same, and the fold.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for side, frame in (("left", left), ("right", right)):
            if frame is not None:
                _columns(frame, side).write_parquet(folder / f"{side}.parquet")
        other = "right" if right is not None else "left"
        rows = [(f"left{a}", f"{other}{b}", same, fold) for a, b, same, fold in labels]
        schema = {"left": pl.String, "right": pl.String, "same": pl.Int64, "fold": pl.Int64}
        pl.DataFrame(rows, schema=schema, orient="row").write_parquet(folder / "labels.parquet")
        command = [str(python), str(Path(__file__).with_name("splink_scores.py")), str(folder), task]
        subprocess.run(command, check=True)
        found = pl.read_parquet(folder / "scores.parquet")
    return found.with_columns(
        pl.col(side).str.extract(r"(\d+)$").cast(pl.Int64) for side in ("left", "right")
    )


def dedupe(
    python: Path, left: pl.DataFrame, right: pl.DataFrame | None, labels: Iterable[tuple[int, int, int, int]]
) -> pl.DataFrame:
    """dedupe's scores of the pairs that its blocks bring together, as `splink` gives them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for side, frame in (("left", left), ("right", right)):
            if frame is not None:
                kept = frame.select(
                    "address", "city", "phone", "category", name="core", row=pl.int_range(pl.len())
                )
                kept.write_json(folder / f"{side}.json")
        schema = {"left": pl.Int64, "right": pl.Int64, "same": pl.Int64, "fold": pl.Int64}
        pl.DataFrame(list(labels), schema=schema, orient="row").write_json(folder / "labels.json")
        task = "duplicates" if right is None else "link"
        command = [str(python), str(Path(__file__).with_name("dedupe_scores.py")), str(folder), task]
        subprocess.run(command, check=True)
        return pl.read_json(folder / "scores.json")


def _columns(frame: pl.DataFrame, side: str) -> pl.DataFrame:
    rows = pl.int_range(pl.len())
    return frame.select(
        "prefix", "number", "street", "address", "postal", "city", "phone", "domain", "category", "latitude",
        "longitude", unique_id=pl.format(f"{side}{{}}", rows), pair_id=rows, name="core",
        token=pl.col("tokens").list.first(),
    )  # fmt: skip
