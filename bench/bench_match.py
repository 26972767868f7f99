"""How well and how fast matching links, beside rapidfuzz in the same run.

    python -m bench.bench_match [--linked DIR]… [--pairs PAIRS.csv] [--matched MATCHED.csv]
                                [--trained DIR]…

DIR holds locations.csv, listings.csv and gold.csv, and may have kinds.csv (listing_id, kind) beside
it or one folder up: kinds that begin with "neg_" have no location, and are counted when linked.
Each set is measured in a process of its own, so peak memory is its own. PAIRS.csv is judged by
cross-validation with weights trained from it and from --trained and --matched, as
bench/train_weights.py does. The peer scores names and addresses by rapidfuzz's token set ratio and
compares phones, within blocks of equal postal code, phone or city, with its best threshold on the
answers for links and a threshold tuned on the other folds for pairs.
"""

import argparse
import multiprocessing
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import fuzz

from bench.train_weights import (
    CUTS,
    FOLDS,
    calibrate,
    calibration_error,
    labelled_pairs,
    linked_files,
    matched_pairs,
    out_of_fold,
    read,
    sides_of,
)
from listings.matching.block import MatchIndex
from listings.matching.candidates import KeyIndex
from listings.matching.layout import side
from listings.matching.link import link
from listings.matching.scorecard import probability
from listings.normalize.columns import normalise_columns

Pair = tuple[str, str]
Scores = NDArray[np.float64]


def f1(found: set[Pair], gold: set[Pair]) -> tuple[float, float, float]:
    """Precision, recall and F1 in percent."""
    right = len(found & gold)
    return 100 * right / max(len(found), 1), 100 * right / len(gold), 200 * right / (len(found) + len(gold))


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ours(folder: Path) -> dict[str, Any]:
    locations, listings = read(folder / "locations.csv"), read(folder / "listings.csv")
    gold = set(read(folder / "gold.csv").select("listing_id", "location_id").iter_rows())
    start = time.perf_counter()
    places, records = normalise_columns(locations), normalise_columns(listings)
    middle = time.perf_counter()
    sources = listings["source"].to_list() if "source" in listings.columns else [None] * listings.height
    table = link(MatchIndex(places), records, sources).table
    end = time.perf_counter()
    memory = peak()
    i, j = KeyIndex(side(places), sparing=True).pairs(side(records))
    candidates = set(zip(records["id"].gather(i), places["id"].gather(j), strict=True))
    matched = table.filter(pl.col("decision") == "match")
    return {
        "F1": f1(set(matched.select("listing_id", "location_id").iter_rows()), gold),
        "normalise": middle - start, "link": end - middle, "peak": memory,
        "candidates": len(i) / listings.height, "recall": 100 * len(candidates & gold) / len(gold),
        "wrong": _wrong(folder, set(matched["listing_id"])),
    }  # fmt: skip


def _wrong(folder: Path, linked: set[str]) -> str:
    """How many listings of each kind without a location were linked all the same."""
    file = next(
        (place for place in (folder / "kinds.csv", folder.parent / "kinds.csv") if place.exists()), None
    )
    if file is None:
        return ""
    kinds: dict[str, list[str]] = defaultdict(list)
    for listing, kind in read(file).select("listing_id", "kind").iter_rows():
        if kind.startswith("neg_"):
            kinds[kind].append(listing)
    return ", ".join(
        f"{kind.removeprefix('neg_')} {100 * len(linked.intersection(ids)) / len(ids):.1f} %"
        for kind, ids in sorted(kinds.items())
    )


def fuzzy(left: Sequence[str | None], right: Sequence[str | None]) -> float:
    """The peer's score of name, street and phone."""
    parts = [(fuzz.token_set_ratio(left[0] or "", right[0] or ""), 0.5)]
    if left[1] and right[1]:
        parts.append((fuzz.token_set_ratio(left[1], right[1]), 0.3))
    if left[2] and right[2]:
        parts.append((100.0 if left[2] == right[2] else 0.0, 0.2))
    return sum(score * weight for score, weight in parts) / sum(weight for _, weight in parts)


def _compared(frame: pl.DataFrame) -> list[tuple[str | None, ...]]:
    return list(frame.select("name", "address", "phone", "postal", "city").iter_rows())


def peer(folder: Path) -> dict[str, Any]:
    locations, listings = (
        normalise_columns(read(folder / f"{part}.csv")) for part in ("locations", "listings")
    )
    gold = set(read(folder / "gold.csv").select("listing_id", "location_id").iter_rows())
    start = time.perf_counter()
    places = _compared(locations)
    blocks: dict[tuple[int, str], list[int]] = defaultdict(list)
    for at, place in enumerate(places):
        for column in _keys(place):
            blocks[column].append(at)
    scored: list[tuple[float, Pair]] = []
    for name, record in zip(listings["id"], _compared(listings), strict=True):
        found = {at for key in _keys(record) for at in blocks.get(key, ())}
        if found:
            score, best = max((fuzzy(record, places[at]), -at) for at in found)
            scored.append((score, (name, locations["id"][-best])))
    seconds = time.perf_counter() - start
    figures = max(
        (f1({pair for score, pair in scored if score >= threshold}, gold) for threshold in range(50, 101)),
        key=lambda each: each[2],
    )
    return {"F1": figures, "link": seconds, "peak": peak()}


def _keys(record: tuple[str | None, ...]) -> Iterator[tuple[int, str]]:
    column = 3 if record[3] else 4
    return ((at, value) for at in (2, column) if (value := record[at]))


def apart(measure: Callable[[Path], dict[str, Any]], folder: Path) -> dict[str, Any]:
    """`measure` in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (folder,))


def show_links(folder: Path) -> None:
    our, other = apart(ours, folder), apart(peer, folder)
    print(
        f"\n{folder}: {our['candidates']:.1f} candidates a listing hold {our['recall']:.2f} % of the true pairs"
    )
    print(f"{'':12}{'P':>8}{'R':>8}{'F1':>8}{'normalise s':>13}{'link s':>9}{'peak MiB':>10}")
    our["note"] = f"linked without a location: {our['wrong']}" if our["wrong"] else ""
    other["note"] = "best threshold on the answers, normalised columns given"
    for name, row in (("goodstanding", our), ("rapidfuzz", other)):
        quality = "".join(f"{figure:8.2f}" for figure in row["F1"])
        cost = f"{row.get('normalise', 0):13.2f}{row['link']:9.2f}{row['peak']:10.0f}"
        print(f"{name:12}{quality}{cost}  {row['note']}")


def show_pairs(path: Path, trained: Sequence[Path], matched: Sequence[Path]) -> None:
    own = labelled_pairs(path)
    sets = [own, *map(linked_files, trained), *map(matched_pairs, matched)]
    total = out_of_fold(sets)[0]
    slope, intercept = calibrate([total], [own])
    chance = probability(slope * total + intercept)
    left, right = sides_of(read(path))
    token_set = np.array([fuzzy(a, b) for a, b in zip(_compared(left), _compared(right), strict=True)])
    said = np.zeros(len(token_set), bool)
    for fold in range(FOLDS):
        held = own.fold == fold
        said[held] = token_set[held] >= _threshold(token_set[~held], own.label[~held])
    decided = (chance >= CUTS["pairs"][0]) | (chance < CUTS["pairs"][1])
    print(f"\n{path.name}, cross-validated: calibration error {calibration_error(chance, own.label):.3f}")
    for name, part in (("US", (left["country"] == "US").to_numpy()), ("all", np.ones(len(said), bool))):
        mine, theirs = _f1(chance >= 0.5, own.label, part), _f1(said, own.label, part)
        sure = _f1(chance >= 0.5, own.label, part & decided)
        print(
            f"{name:4}{part.sum():6} pairs  F1 {mine:.1f}  rapidfuzz token set ratio, tuned {theirs:.1f}",
            end="",
        )
        print(f"  decided {100 * decided[part].mean():.0f} %, F1 of those {sure:.1f}")


def _f1(said: NDArray[np.bool_], label: NDArray[np.int64], part: NDArray[np.bool_]) -> float:
    right = (said & (label == 1) & part).sum()
    return float(200 * right / ((said & part).sum() + ((label == 1) & part).sum()))


def _threshold(score: Scores, label: NDArray[np.int64]) -> float:
    everywhere = np.ones(len(label), bool)
    return float(max(np.unique(score.round(1)), key=lambda t: _f1(score >= t, label, everywhere)))


def main() -> None:
    parser = argparse.ArgumentParser()
    for option in ("linked", "pairs", "matched", "trained"):
        parser.add_argument(f"--{option}", type=Path, action="append", default=[])
    given = parser.parse_args()
    for folder in given.linked:
        show_links(folder)
    for path in given.pairs:
        show_pairs(path, given.trained, given.matched)


if __name__ == "__main__":
    main()
