"""Splink 5 with labels, on tables of ours: run by a Python that has splink and pyarrow; imports nothing of ours.

    PYTHON splink_scores.py FOLDER pairs|link|duplicates

FOLDER holds left.parquet and right.parquet (normalised columns; for duplicates left alone) and labels.parquet
(left, right, same, fold); for pairs the rows pair_id gives are the pairs. It gets scores.parquet: left, right,
fold, variant, weight. For each fold m comes from the matching labels of the other folds by
estimate_m_from_pairwise_labels; u from random pairs ("labelled m"), or from the other folds' labels that
don't match, by the same function ("labelled m and u"). "EM" fits without labels, its fold is -1. The
address is one joint comparison, names and phones have term frequencies.
"""

import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from splink import Linker, SettingsCreator, block_on
from splink.internals.duckdb.database_api import DuckDBAPI
from splink.internals.exceptions import SplinkException

STREET = "jaro_winkler_similarity(street_l, street_r) >= 0.9"
TOWN = "(postal_l = postal_r or city_l = city_r)"
SOUTH, WEST = "latitude_l - latitude_r", "(longitude_l - longitude_r) * cos(radians(latitude_l))"
NEAR = f"pow({SOUTH}, 2) + pow({WEST}, 2) < pow(0.0009, 2)"
PLACE = {
    "door": f"number_l = number_r and {STREET} and {TOWN}",
    "door, town unknown": f"number_l = number_r and {STREET}",
    "pins within 100 m": NEAR,
    "street": f"{STREET} and {TOWN} and (number_l is null or number_r is null)",
    "another number": f"{STREET} and {TOWN}",
    "alike": "jaro_winkler_similarity(address_l, address_r) >= 0.9",
    "postal code": "postal_l = postal_r",
    "town": "city_l = city_r",
}
BLOCKS = (
    ("phone",), ("number", "postal"), ("postal", "token"), ("number", "street"), ("city", "prefix"), ("number", "city"),
    ("city", "token"), ("number", "prefix"), ("prefix",),
)  # fmt: skip
VARIANTS = ("EM", "labelled m", "labelled m and u")


def settings(columns: list[str], task: str) -> SettingsCreator:
    pins = "latitude" in columns
    place = comparisons.CustomComparison(
        output_column_name="place",
        comparison_levels=[
            levels.CustomLevel("address_l is null or address_r is null", "missing").configure(
                is_null_level=True
            ),
            *(levels.CustomLevel(test, name) for name, test in PLACE.items() if pins or test != NEAR),
            levels.ElseLevel(),
        ],
    )
    name = comparisons.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.75])
    exact = [comparisons.ExactMatch(column) for column in ("phone", "domain") if column in columns]
    plain = [comparisons.ExactMatch("category")] if "category" in columns else []
    return SettingsCreator(
        link_type="dedupe_only" if task == "duplicates" else "link_only",
        comparisons=[place, *(c.configure(term_frequency_adjustments=True) for c in (name, *exact)), *plain],
        blocking_rules_to_generate_predictions=(
            [block_on("pair_id")]
            if task == "pairs"
            else [block_on(*block) for block in BLOCKS if set(block) <= set(columns)]
        ),
        retain_matching_columns=False,
    )


class Run:
    """One set: its tables, its labels, and models of them."""

    def __init__(self, folder: Path, task: str) -> None:
        self.task = task
        names = ("left",) if task == "duplicates" else ("left", "right")
        self.tables = [pq.read_table(folder / f"{name}.parquet") for name in names]
        self.labels = pq.read_table(folder / "labels.parquet").to_pylist()
        self.columns = [
            c for c in self.tables[0].column_names if all(t[c].null_count < len(t) for t in self.tables)
        ]
        self.own = set(self.tables[0]["unique_id"].to_pylist())

    def linker(self) -> tuple[Any, Any]:
        database = DuckDBAPI()
        names = ("locations", "listings")
        frames = [
            database.register(t, dataset_display_name=n) for t, n in zip(self.tables, names, strict=False)
        ]
        linker = Linker(frames, settings(self.columns, self.task), log_level=40)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        return database, linker

    def learn(self, database: Any, linker: Any, fold: int, same: int) -> None:
        """m from the labels of one kind in the other folds."""
        kept = [label for label in self.labels if label["fold"] != fold and label["same"] == same]
        columns: dict[str, list[str]] = {
            "unique_id_l": [label["left"] for label in kept],
            "unique_id_r": [label["right"] for label in kept],
        }
        if self.task != "duplicates":
            columns |= {
                "source_dataset_l": ["locations"] * len(kept),
                "source_dataset_r": ["listings"] * len(kept),
            }
        linker.training.estimate_m_from_pairwise_labels(
            database.register(pa.table(columns), table_name="labelled")
        )

    def scores(self, fold: int, variant: str) -> list[dict[str, Any]]:
        database, linker = self.linker()
        if variant == "EM":
            rules = [("pair_id",)] if self.task == "pairs" else [("phone",), ("number", "street")]
            for rule in rules:
                linker.training.estimate_parameters_using_expectation_maximisation(
                    block_on(*rule), fix_u_probabilities=self.task != "pairs"
                )
        else:
            self.learn(database, linker, fold, 1)
        if variant == "labelled m and u":
            self.replace_u(linker, fold)
        found = linker.inference.predict(threshold_match_weight=-100).as_pyarrow_table()
        rows = zip(
            *(found[c].to_pylist() for c in ("unique_id_l", "unique_id_r", "match_weight")), strict=True
        )
        known = {"fold": -1 if variant == "EM" else fold, "variant": variant}
        return [
            {"left": a if a in self.own else b, "right": b if a in self.own else a, "weight": w, **known}
            for a, b, w in rows
        ]

    def replace_u(self, linker: Any, fold: int) -> None:
        """u as the levels of the labels that don't match."""
        database, other = self.linker()
        self.learn(database, other, fold, 0)
        pairs = zip(linker._settings_obj.comparisons, other._settings_obj.comparisons, strict=True)  # noqa: SLF001
        for ours, theirs in pairs:
            own, learnt = (c._comparison_levels_excluding_null for c in (ours, theirs))  # noqa: SLF001
            for level, source in zip(own, learnt, strict=True):
                if isinstance(source.m_probability, float):
                    level.u_probability = max(source.m_probability, 1e-4)


def main() -> None:
    folder, task = Path(sys.argv[1]), sys.argv[2]
    run = Run(folder, task)
    folds = sorted({label["fold"] for label in run.labels})
    negatives = any(label["same"] == 0 for label in run.labels)
    rows: list[dict[str, Any]] = []
    for variant in VARIANTS if negatives else VARIANTS[:2]:
        for fold in folds[:1] if variant == "EM" else folds:
            try:
                rows += run.scores(fold, variant)
            except (SplinkException, ValueError) as error:
                print(f"{variant}, fold {fold}: {type(error).__name__}: {str(error)[-300:]}", file=sys.stderr)
    pq.write_table(pa.Table.from_pylist(rows), folder / "scores.parquet")


if __name__ == "__main__":
    main()
