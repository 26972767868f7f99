"""What bench_scale measures against: Splink on DuckDB, linking records that are already normalised.

Runs under a Python that has Splink 5, and imports nothing of ours:

    PYTHON splink_link.py FOLDER

FOLDER holds locations.csv, listings.csv and gold.csv; the first two have our normal forms. Set up as its
documentation advises and with what helps it here: one joint comparison of the place instead of
several correlated ones, term frequencies, both kinds of training. Prints a line of JSON.
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from splink import Linker, SettingsCreator, block_on
from splink.internals.duckdb.database_api import DuckDBAPI

SIMILAR = "jaro_winkler_similarity(street_l, street_r) >= 0.9"
TOWN = "(postal_l = postal_r or city_l = city_r)"
PLACE = {
    "number, street and town": f"number_l = number_r and {SIMILAR} and {TOWN}",
    "number and street": f"number_l = number_r and {SIMILAR}",
    "street and postal code": f"{SIMILAR} and postal_l = postal_r",
    "town": TOWN,
}
BLOCKS = (("phone",), ("number", "postal"), ("postal", "token"), ("number", "street"), ("city", "start"))


def settings() -> SettingsCreator:
    name = comparisons.JaroWinklerAtThresholds("core", [0.95, 0.88, 0.75])
    missing = levels.CustomLevel("address_l is null or address_r is null", "missing")
    place = comparisons.CustomComparison(
        output_column_name="place",
        comparison_levels=[
            missing.configure(is_null_level=True),
            *(levels.CustomLevel(condition, label) for label, condition in PLACE.items()),
            levels.ElseLevel(),
        ],
    )
    return SettingsCreator(
        link_type="link_only",
        comparisons=[
            name.configure(term_frequency_adjustments=True),
            comparisons.ExactMatch("phone"),
            comparisons.ExactMatch("domain").configure(term_frequency_adjustments=True),
            place,
        ],
        blocking_rules_to_generate_predictions=[block_on(*block) for block in BLOCKS],
        retain_matching_columns=False,
    )


def read(path: Path) -> pd.DataFrame:
    frame = pd.read_csv(path, dtype=str).astype(object)
    frame = frame.where(frame.notna(), None)
    frame["token"] = frame["core"].map(lambda core: core.split(" ")[0] if core else None)
    frame["start"] = frame["compact"].map(lambda compact: compact[:5] if compact else None)
    return frame.rename(columns={"id": "unique_id"})


def link(listings: pd.DataFrame, locations: pd.DataFrame) -> pd.DataFrame:
    """The pairs from a probability of 0.5 on, listing, location and weight."""
    database = DuckDBAPI()
    linker = Linker([database.register(listings), database.register(locations)], settings(), log_level=40)
    train = linker.training
    train.estimate_probability_two_random_records_match([block_on("phone", "number")], recall=0.6)
    train.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for block in BLOCKS[:2]:
        train.estimate_parameters_using_expectation_maximisation(block_on(*block))
    pairs = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    turned = pairs["unique_id_l"].isin(set(locations["unique_id"])).to_numpy()
    left, right = pairs["unique_id_l"].to_numpy(), pairs["unique_id_r"].to_numpy()
    found = {"listing": np.where(turned, right, left), "location": np.where(turned, left, right)}
    return pd.DataFrame({**found, "weight": pairs["match_weight"]})


def main() -> None:
    folder = Path(sys.argv[1])
    locations, listings = read(folder / "locations.csv"), read(folder / "listings.csv")
    began, cpu = time.perf_counter(), time.process_time()
    pairs = link(listings, locations)
    best = pairs.sort_values("weight", ascending=False).drop_duplicates("listing")
    figures = {
        "total": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    gold = pd.read_csv(folder / "gold.csv", dtype=str)
    known = set(zip(gold["listing_id"], gold["location_id"], strict=True))
    found = set(zip(best["listing"], best["location"], strict=True))
    print(json.dumps({**figures, "f1": 200 * len(found & known) / (len(found) + len(known))}))


if __name__ == "__main__":
    main()
