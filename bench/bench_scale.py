"""How time and memory of matching grow, beside Splink linking the same records in the same run.

    python -m bench.bench_scale [--linked DIR] [--rounds 3] [--splink-python PYTHON] [--small]

DIR holds locations.csv, listings.csv and gold.csv; without it bench/chain.py makes 100,000 locations
and 400,000 listings. Ours goes from raw columns in memory to decisions, and once more from normal forms
to decisions; the peer gets our normal forms and is measured from there. Each run has a process of its
own, whose peak is taken before the answers are read. Runs alternate, figures are medians.
The peer needs an environment of its own: python -m venv PEER; PEER/bin/pip install splink==5.0.0
'pandas<3'; --splink-python PEER/bin/python. Without it ours runs alone.
"""

import argparse
import json
import multiprocessing
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench import chain
from bench.train_weights import read
from listings.engines.local import Local
from listings.matching.block import MatchIndex
from listings.matching.candidates import KeyIndex
from listings.matching.layout import side
from listings.matching.link import Names, link, match_listing, settle
from listings.matching.scorecard import shipped
from listings.normalize.columns import NORMAL_SCHEMA, normalise_columns
from listings.records import ListingRecord

Figures = dict[str, float]
ASKED = 2_000
SHARED = {
    "postcode": {"postal_code": "10001", "city": "New York"},
    "phone": {"phone": "8005550100"},
    "brand": {"name": "Mega Kiosk", "website": "https://kiosk.example"},
}


def ours(folder: Path, share: int = 1) -> Figures:
    """From raw columns to decisions; `share` takes every so many-th location, and its listings."""
    locations, listings = _part(folder, share)
    sources = listings["source"].to_list()
    began, cpu = time.perf_counter(), time.process_time()
    candidates = Local().link(locations, listings)
    table = settle(candidates, Names(locations["id"].to_list(), shipped()), listings["id"], sources).table
    figures = _since(began, cpu)
    gold = set(read(folder / "gold.csv").select("listing_id", "location_id").iter_rows())
    held = set(locations["id"])
    gold = {(listing, location) for listing, location in gold if location in held}
    found = set(table.filter(pl.col("decision") == "match").select("listing_id", "location_id").iter_rows())
    f1 = 200 * len(found & gold) / max(len(found) + len(gold), 1)
    return {**figures, "f1": f1, "listings": listings.height}


def linking(folder: Path) -> Figures:
    """From normal forms to decisions."""
    locations, listings = _part(folder, 1)
    places, records = normalise_columns(locations), normalise_columns(listings)
    sources = listings["source"].to_list()
    began, cpu = time.perf_counter(), time.process_time()
    link(MatchIndex(places), records, sources)
    return _since(began, cpu)


def _since(began: float, cpu: float) -> Figures:
    return {
        "total": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _part(folder: Path, share: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    locations, listings = read(folder / "locations.csv"), read(folder / "listings.csv")
    if share == 1:
        return locations, listings
    gold = read(folder / "gold.csv")
    locations = locations.gather_every(share)
    theirs = gold.filter(pl.col("location_id").is_in(locations["id"].implode()))
    return locations, listings.join(theirs, left_on="id", right_on="listing_id", how="semi")


def single(folder: Path) -> Figures:
    """Milliseconds for one listing against the index of all locations, by the clock and of CPU."""
    locations, listings = _part(folder, 1)
    index = MatchIndex(normalise_columns(locations))
    took = []
    for row in listings.sample(ASKED, seed=1).iter_rows(named=True):
        record = _record(row)
        began, cpu = time.perf_counter(), time.process_time()
        match_listing(record, index)
        took.append((1_000 * (time.perf_counter() - began), 1_000 * (time.process_time() - cpu)))
    # The first ones make what is made once.
    wall, used = np.array(took[100:]).T
    return {
        "median": float(np.median(wall)),
        "p95": float(np.percentile(wall, 95)),
        "cpu": float(np.median(used)),
        "locations": locations.height,
    }


def _record(row: dict[str, str | None]) -> ListingRecord:
    latitude, longitude = (
        float(value) if (value := row.get(axis)) else None for axis in ("latitude", "longitude")
    )
    return ListingRecord(
        source="",
        source_id=row["id"],
        url=None,
        shown=frozenset(),
        name=row.get("name"),
        street=row.get("street"),
        city=row.get("city"),
        region=row.get("region"),
        postal_code=row.get("postal_code"),
        country=row.get("country"),
        phone=row.get("phone"),
        website=row.get("website"),
        latitude=latitude,
        longitude=longitude,
    )


def crowd(kind: str, listings: int) -> Figures:
    """Listings that all share a postcode, a phone or a brand with a tenth as many locations, at most 100,000."""
    size = min(listings // 10, 100_000)
    places, records = (_crowded(kind, rows, of) for rows, of in ((size, 1), (listings, listings // size)))
    began, cpu = time.perf_counter(), time.process_time()
    places, records = normalise_columns(places), normalise_columns(records)
    link(MatchIndex(places), records, [None] * listings)
    figures = _since(began, cpu)
    i, _ = KeyIndex(side(places), sparing=True).pairs(side(records))
    return {**figures, "candidates": len(i) / listings, "most": int(np.bincount(i).max(initial=0))}


def _crowded(kind: str, rows: int, of: int) -> pl.DataFrame:
    at = np.arange(rows) // of
    text = pl.Series(at).cast(pl.String)
    columns: dict[str, Any] = {
        "id": pl.Series(np.arange(rows)).cast(pl.String),
        "name": "Shop " + text,
        "street": text + " " + pl.Series(at % 997).cast(pl.String) + "th Street",
        "postal_code": pl.Series(10_000 + at % 80_000).cast(pl.String),
        "phone": pl.Series(2_125_000_000 + at).cast(pl.String),
    }
    return pl.DataFrame({**columns, **{name: [value] * rows for name, value in SHARED[kind].items()}})


def apart(measure: Callable[..., Figures], *arguments: Any) -> Figures:
    """`measure` in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, arguments)


def peer(python: str, folder: Path) -> Figures:
    script = Path(__file__).with_name("splink_link.py")
    done = subprocess.run([python, str(script), str(folder)], check=True, capture_output=True, text=True)
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def write_normal(folder: Path, target: Path) -> None:
    """Our normal forms as the CSV files the peer reads."""
    for part in ("locations", "listings"):
        frame = normalise_columns(read(folder / f"{part}.csv"))
        plain = [name for name, kind in NORMAL_SCHEMA.items() if kind == pl.String]
        frame.select(plain).write_csv(target / f"{part}.csv")
    (target / "gold.csv").write_bytes((folder / "gold.csv").read_bytes())


def middle(runs: list[Figures]) -> Figures:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def show(folder: Path, rounds: int, python: str | None) -> None:
    runs: dict[str, list[Figures]] = {"all": [], "linking": [], "splink": []}
    with tempfile.TemporaryDirectory() as normal:
        if python:
            apart(_write, folder, Path(normal))
        for _ in range(rounds):
            runs["all"].append(apart(ours, folder))
            runs["linking"].append(apart(linking, folder))
            if python:
                runs["splink"].append(peer(python, Path(normal)))
    mine, forms = middle(runs["all"]), middle(runs["linking"])
    print(f"\n{folder}: {mine['listings']:,.0f} listings, medians of {rounds} alternating runs")
    print(f"{'':28}{'seconds':>9}{'CPU s':>8}{'peak MiB':>10}{'F1':>8}")
    print(f"{'goodstanding, all':28}{_row(mine)}{mine['f1']:8.2f}")
    print(f"{'goodstanding, linking alone':28}{_row(forms)}")
    if python:
        other = middle(runs["splink"])
        print(f"{'Splink 5, linking alone':28}{_row(other)}{other['f1']:8.2f}")
        for clock, name in (("total", "time"), ("cpu", "CPU")):
            whole, alone = (
                statistics.median(
                    a[clock] / b[clock] for a, b in zip(runs[part], runs["splink"], strict=True)
                )
                for part in ("all", "linking")
            )
            print(f"ours of the peer's in {name}: {whole:.2f} with normalising, {alone:.2f} without")
        print(f"ours of the peer's in memory: {mine['peak'] / other['peak']:.2f}", flush=True)
    else:
        print("the peer was left out: give --splink-python, a Python that has Splink 5", flush=True)


def _row(figures: Figures) -> str:
    return f"{figures['total']:9.2f}{figures['cpu']:8.2f}{figures['peak']:10.0f}"


def _write(folder: Path, target: Path) -> Figures:
    write_normal(folder, target)
    return {}


def show_growth(folder: Path, rounds: int) -> None:
    """A tenth of the locations with their listings, then all of them."""
    runs: dict[int, list[Figures]] = {10: [], 1: []}
    for _ in range(rounds):
        for share, found in runs.items():
            found.append(apart(ours, folder, share))
    for clock, name in (("total", "by the clock"), ("cpu", "of CPU")):
        tenth, whole = (
            statistics.median(1e6 * run[clock] / run["listings"] for run in found) for found in runs.values()
        )
        print(
            f"a listing of a tenth takes {tenth:.1f} µs {name}, of all {whole:.1f}: {whole / tenth:.2f} times",
            flush=True,
        )


def show_rest(folder: Path, *, small: bool) -> None:
    one = apart(single, folder)
    print(
        f"one listing among {one['locations']:,.0f} locations: median {one['median']:.2f} ms, "
        f"p95 {one['p95']:.2f} ms, CPU {one['cpu']:.2f} ms"
    )
    print(f"\n{'all share one':22}{'seconds':>9}{'peak MiB':>10}{'candidates a listing':>22}{'at most':>9}")
    for kind in SHARED:
        for size in (100_000,) if small else (100_000, 1_000_000):
            row = apart(crowd, kind, size)
            cost = f"{row['total']:9.2f}{row['peak']:10.0f}"
            print(f"{f'{kind}, {size:,}':22}{cost}{row['candidates']:22.1f}{row['most']:9.0f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--linked", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--splink-python", metavar="PYTHON")
    parser.add_argument("--small", action="store_true", help="crowds of 100,000 only")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = given.linked or chain.write(Path(made), 100_000, 400_000)
        show(folder, given.rounds, given.splink_python)
        show_growth(folder, given.rounds)
        show_rest(folder, small=given.small)


if __name__ == "__main__":
    main()
