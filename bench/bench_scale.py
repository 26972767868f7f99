"""How time and memory of matching grow, beside Splink linking the same records in the same run.

    python -m bench.bench_scale [--linked DIR] [--rounds 3] [--splink-python PYTHON] [--small]

DIR holds locations.csv, listings.csv and gold.csv; without it bench/chain.py makes 100,000 locations
and 400,000 listings. Ours goes from raw columns in memory to decisions, each run in a process
of its own; the peer gets our normal forms and is measured from there. Runs alternate, figures are medians.
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
from listings.matching.block import MatchIndex
from listings.matching.candidates import KeyIndex
from listings.matching.layout import side
from listings.matching.link import link, match_listing
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
    gold = set(read(folder / "gold.csv").select("listing_id", "location_id").iter_rows())
    held = set(locations["id"])
    gold = {(listing, location) for listing, location in gold if location in held}
    sources = listings["source"].to_list()
    began, cpu = time.perf_counter(), time.process_time()
    places, records = normalise_columns(locations), normalise_columns(listings)
    middle, half = time.perf_counter(), time.process_time()
    table = link(MatchIndex(places), records, sources).table
    end = time.perf_counter()
    found = set(table.filter(pl.col("decision") == "match").select("listing_id", "location_id").iter_rows())
    return {
        "normalise": middle - began,
        "link": end - middle,
        "total": end - began,
        "cpu": time.process_time() - cpu,
        "link cpu": time.process_time() - half,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "f1": 200 * len(found & gold) / max(len(found) + len(gold), 1),
        "listings": listings.height,
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
    began = time.perf_counter()
    places, records = normalise_columns(places), normalise_columns(records)
    i, _ = KeyIndex(side(places), sparing=True).pairs(side(records))
    link(MatchIndex(places), records, [None] * listings)
    return {
        "total": time.perf_counter() - began,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "candidates": len(i) / listings,
        "most": int(np.bincount(i).max(initial=0)),
    }


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
    runs: dict[str, list[Figures]] = {"goodstanding": [], "splink": []}
    with tempfile.TemporaryDirectory() as normal:
        if python:
            apart(_write, folder, Path(normal))
        for _ in range(rounds):
            runs["goodstanding"].append(apart(ours, folder))
            if python:
                runs["splink"].append(peer(python, Path(normal)))
    mine = middle(runs["goodstanding"])
    print(f"\n{folder}: {mine['listings']:,.0f} listings, medians of {rounds} alternating runs")
    print(f"{'':22}{'seconds':>9}{'CPU s':>8}{'peak MiB':>10}{'F1':>8}")
    print(
        f"{'goodstanding, all':22}{mine['total']:9.2f}{mine['cpu']:8.2f}{mine['peak']:10.0f}{mine['f1']:8.2f}"
    )
    print(f"{'  normalising':22}{mine['normalise']:9.2f}{mine['cpu'] - mine['link cpu']:8.2f}")
    print(f"{'  linking':22}{mine['link']:9.2f}{mine['link cpu']:8.2f}")
    if python:
        other = middle(runs["splink"])
        print(
            f"{'Splink 5, linking':22}{other['link']:9.2f}{other['cpu']:8.2f}{other['peak']:10.0f}{other['f1']:8.2f}"
        )
        ratios = [
            (a["total"] / b["link"], a["link"] / b["link"]) for a, b in zip(*runs.values(), strict=True)
        ]
        whole, linking = (statistics.median(column) for column in zip(*ratios, strict=True))
        memory = mine["peak"] / other["peak"]
        print(
            f"ours of the peer's: {whole:.2f} in time with normalising, {linking:.2f} without, {memory:.2f} in memory"
        )
    else:
        print("the peer was left out: give --splink-python, a Python that has Splink 5", flush=True)


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
