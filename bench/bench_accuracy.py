"""How right matching is, beside Splink and rapidfuzz on the same pairs and folds: one table a set.

    python -m bench accuracy [--shared DIR] [--hard DIR]… [--splink-python PATH] [--dedupe-python PATH]

DIR of --shared holds overture_pairs_dev.csv, overture_matched_pairs.csv, fodors_zagats/ and
restaurant_duplicates/; DIRs of --hard are made by shared's tools/gen_synth.py N DIR SEED [hard], the first is
trained on and the others are tested on. The PATHs are a Python that has splink 5 and pyarrow, and one that has
dedupe 3, which is held to the two small sets. What isn't there is said to be left out. Ours is judged on Overture
by weights and calibration that were fitted without the pair's fold, on the other sets by the weights that ship,
which no row of Fodors-Zagats and of the restaurants ever touched; the peers get their model and their threshold
from the other folds (of pairs) or the other half (of the sets to link) of the very set. Intervals are 95 % of
2,000 paired bootstrap samples.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit

from bench import towns
from bench.beside import best_threshold, dedupe, rapidfuzz_candidates, rapidfuzz_pairs, splink
from bench.train_weights import (
    CUTS,
    FOLDS,
    Labelled,
    calibrate,
    calibration_error,
    fit,
    folds,
    labelled_pairs,
    linked_files,
    matched_pairs,
    out_of_fold,
    read,
    score,
    sides_of,
)
from listings.matching.block import MatchIndex
from listings.matching.duplicates import find_duplicates
from listings.matching.link import link
from listings.matching.scorecard import logit, shipped
from listings.normalize.columns import normalise_columns

SAMPLES = 2000
SHARED = Path(__file__).resolve().parents[1] / ".." / "shared" / "matching" / "data"

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Pair = tuple[int, int]


@dataclass(frozen=True)
class Tally:
    """Right, wrong and missed decisions of one system per unit, a pair or a record."""

    right: Floats
    wrong: Floats
    missed: Floats

    def f1(self, weight: Floats | None = None) -> Floats:
        """F1 in percent; with `weight` (a row a sample) of each sample."""
        right, wrong, missed = (
            counts.sum() if weight is None else weight @ counts
            for counts in (self.right, self.wrong, self.missed)
        )
        found: Floats = np.asarray(200 * right / np.maximum(2 * right + wrong + missed, 1))
        return found

    def row(self) -> str:
        right, wrong, missed = self.right.sum(), self.wrong.sum(), self.missed.sum()
        precision, recall = 100 * right / max(right + wrong, 1), 100 * right / (right + missed)
        return f"{float(self.f1()):.1f} ({precision:.1f}/{recall:.1f})"


def tally_pairs(said: Mask, label: Mask) -> Tally:
    return Tally(*((test).astype(float) for test in (said & label, said & ~label, ~said & label)))


def tally_links(found: set[Pair], gold: set[Pair], units: int) -> Tally:
    """Units are the records on the first side of the pairs."""
    counts = np.zeros((3, units))
    for kind, pairs in enumerate((found & gold, found - gold, gold - found)):
        for unit, _ in pairs:
            counts[kind, unit] += 1
    return Tally(*counts)


def show(
    name: str, ours: Tally, peers: dict[str, Tally], note: str = "", decided: Tally | None = None
) -> None:
    """One row: ours at even odds, what it decides to link, and each peer with the interval of the difference.

    A peer has one threshold, the best one; `decided` has the sure ones of ours alone.
    """
    units = len(ours.right)
    draws = np.random.default_rng(0).multinomial(units, np.full(units, 1 / units), SAMPLES)
    weight = np.asarray(draws, dtype=np.float64)
    print(f"| {name} | **ours** | {ours.row()} | {note} |")
    if decided:
        print(f"| | **ours**, decided `match` | {decided.row()} | |")
    for peer, tally in peers.items():
        apart = ours.f1(weight) - tally.f1(weight)
        low, high = np.quantile(apart, (0.025, 0.975))
        gain = float(ours.f1()) - float(tally.f1())
        print(f"| | {peer} | {tally.row()} | ours {gain:+.1f} ({low:+.1f} to {high:+.1f}) |", flush=True)


def tuned(weight: Floats, label: Mask, fold: Ints, at: int) -> Mask:
    """What a threshold from the other folds says of this one."""
    rest = fold != at
    said: Mask = (weight >= best_threshold(weight[rest], label[rest])) & ~rest
    return said


def show_pairs(sets: Sequence[Labelled], path: Path, python: Path | None) -> None:
    own = sets[0]
    label, fold = own.label == 1, own.fold
    total = out_of_fold(sets)[0]
    chance = np.zeros(len(label))
    for at in range(FOLDS):
        rest = own.part(fold != at)
        slope, intercept = calibrate([total[fold != at]], [rest])
        chance[fold == at] = expit(slope * total[fold == at] + intercept)
    left, right = sides_of(read(path))
    said = {"rapidfuzz token set ratio": sum_folds([rapidfuzz_pairs(left, right)] * FOLDS, label, fold)}
    if python:
        labels = [(row, row, int(label[row]), int(fold[row])) for row in range(len(label))]
        said |= splink_said(splink(python, left, right, labels, "pairs"), label, fold)
    for name, part in (("US", (left["country"] == "US").to_numpy()), ("all", np.ones(len(label), bool))):
        sure = ((chance >= CUTS["pairs"][0]) | (chance < CUTS["pairs"][1])) & part
        note = (
            f"decided {100 * sure.sum() / part.sum():.0f} %, F1 of those "
            f"{float(tally_pairs(chance[sure] >= 0.5, label[sure]).f1()):.1f}; "
            f"calibration error {calibration_error(chance[part], own.label[part]):.3f}"
        )
        peers = {peer: tally_pairs(mask[part], label[part]) for peer, mask in said.items()}
        show(
            f"Overture pairs, {name} ({part.sum():,})",
            tally_pairs(chance[part] >= 0.5, label[part]),
            peers,
            note,
        )


def sum_folds(weights: Sequence[Floats], label: Mask, fold: Ints) -> Mask:
    """Each fold by the scores of its own model."""
    said: Mask = np.any([tuned(weight, label, fold, at) for at, weight in enumerate(weights)], axis=0)
    return said


def splink_said(scores: pl.DataFrame, label: Mask, fold: Ints) -> dict[str, Mask]:
    said = {}
    for (variant,), rows in scores.group_by("variant", maintain_order=True):
        weights = []
        for at in range(FOLDS):
            own = rows.filter(pl.col("fold").is_in([at, -1]))
            weight = np.full(len(label), -99.0)
            weight[own["left"].to_numpy()] = own["weight"].to_numpy()
            weights.append(weight)
        said[f"Splink 5, {variant}"] = sum_folds(weights, label, fold)
    return said


@dataclass(frozen=True)
class Truth:
    """A set to link: its true pairs (listing row, location row), and source and half of each listing."""

    gold: set[Pair]
    half: Ints
    sources: Sequence[str]

    def labels(self, i: Ints, j: Ints, weight: Floats) -> list[tuple[int, int, int, int]]:
        """The true pairs as location, listing, 1 and half; and the likeliest other location of each listing."""
        found = [(place, listing, 1, int(self.half[listing])) for listing, place in sorted(self.gold)]
        seen: set[int] = set()
        order = np.lexsort((-weight, j))
        for place, listing in zip(i[order].tolist(), j[order].tolist(), strict=True):
            if listing not in seen and (listing, place) not in self.gold:
                seen.add(listing)
                found.append((place, listing, 0, int(self.half[listing])))
        return found

    def links(self, i: Ints, j: Ints, weight: Floats, half: int) -> set[Pair]:
        """One location a listing and one listing a location and source, over the other half's best threshold."""
        taken: set[tuple[str, int]] = set()
        best: dict[int, tuple[float, int]] = {}
        for one in np.argsort(-weight, kind="stable").tolist():
            place, listing = int(i[one]), int(j[one])
            if listing not in best and (self.sources[listing], place) not in taken:
                taken.add((self.sources[listing], place))
                best[listing] = (float(weight[one]), place)
        scores = np.array([score for score, _ in best.values()])
        right = np.array([(listing, place) in self.gold for listing, (_, place) in best.items()])
        rest = np.array([self.half[listing] != half for listing in best])
        missed = sum(self.half[listing] != half for listing, _ in self.gold) - int(right[rest].sum())
        threshold = best_threshold(scores[rest], right[rest], missed)
        return {
            (listing, place)
            for listing, (score, place) in best.items()
            if score >= threshold and self.half[listing] == half
        }

    def twins(self, i: Ints, j: Ints, weight: Floats, half: int) -> set[Pair]:
        """The pairs over the other half's best threshold."""
        first, second = np.minimum(i, j), np.maximum(i, j)
        right = np.array([pair in self.gold for pair in zip(first.tolist(), second.tolist(), strict=True)])
        rest = self.half[first] != half
        missed = sum(self.half[one] != half for one, _ in self.gold) - int(right[rest].sum())
        said = (weight >= best_threshold(weight[rest], right[rest], missed)) & ~rest
        return set(zip(first[said].tolist(), second[said].tolist(), strict=True))


Decide = Callable[[Ints, Ints, Floats, int], set[Pair]]


def by_halves(decide: Decide, scores: pl.DataFrame) -> set[Pair]:
    """Each half decided on by the model and the threshold of the other; fold -1 is a model without labels."""
    found: set[Pair] = set()
    for half in (0, 1):
        own = scores.filter(pl.col("fold").is_in([half, -1]))
        found |= decide(own["left"].to_numpy(), own["right"].to_numpy(), own["weight"].to_numpy(), half)
    return found


@dataclass(frozen=True)
class Pythons:
    """The Pythons that have a peer; None: it is left out."""

    splink: Path | None
    dedupe: Path | None = None


def peers_of(
    truth: Truth, decide: Decide, left: pl.DataFrame, right: pl.DataFrame | None, pythons: Pythons
) -> dict[str, Tally]:
    other = right if right is not None else left
    i, j, weight = rapidfuzz_candidates(left, other)
    if right is None:
        i, j, weight = i[i < j], j[i < j], weight[i < j]
    own = pl.DataFrame({"left": i, "right": j, "weight": weight, "fold": np.full(len(i), -1)})
    found = {"rapidfuzz token set ratio": by_halves(decide, own)}
    swapped = right is None
    labels = truth.labels(j, i, weight) if swapped else truth.labels(i, j, weight)
    told = [(b, a, same, half) for a, b, same, half in labels] if swapped else labels
    if pythons.splink:
        scores = splink(pythons.splink, left, right, told, "duplicates" if swapped else "link")
        for (variant,), rows in scores.group_by("variant", maintain_order=True):
            found[f"Splink 5, {variant}"] = by_halves(decide, rows)
    if pythons.dedupe:
        found["dedupe 3, taught"] = by_halves(decide, dedupe(pythons.dedupe, left, right, told))
    return {peer: tally_links(pairs, truth.gold, other.height) for peer, pairs in found.items()}


def show_links(folder: Path, name: str, pythons: Pythons) -> None:
    raw = read(folder / "listings.csv")
    places, records = normalise_columns(read(folder / "locations.csv")), normalise_columns(raw)
    at, row = ({name: place for place, name in enumerate(frame["id"])} for frame in (places, records))
    sources = raw["source"].to_list() if "source" in raw.columns else [""] * raw.height
    gold = {
        (row[b], at[a]) for a, b in read(folder / "gold.csv").select("location_id", "listing_id").iter_rows()
    }
    truth = Truth(gold, folds(np.arange(records.height)) % 2, sources)
    table = link(MatchIndex(places), records, sources).table
    even = table.filter((pl.col("probability") >= 0.5) & (pl.col("duplicate_of") == ""))
    sure = table.filter(pl.col("decision") == "match")
    found, decided = (
        tally_links(
            {(row[a], at[b]) for a, b in rows.select("listing_id", "location_id").iter_rows()}, gold, len(row)
        )
        for rows in (even, sure)
    )
    note = (
        f"review {(table['decision'] == 'review').sum():,} of {records.height:,}{wrong_links(folder, table)}"
    )
    show(name, found, peers_of(truth, truth.links, places, records, pythons), note, decided)


def wrong_links(folder: Path, table: pl.DataFrame) -> str:
    """How many listings of each kind without a location were linked all the same."""
    file = next(
        (place for place in (folder / "kinds.csv", folder.parent / "kinds.csv") if place.exists()), None
    )
    if file is None:
        return ""
    kinds = table.join(read(file), on="listing_id").filter(pl.col("kind").str.starts_with("neg_"))
    shares = kinds.group_by("kind").agg((pl.col("decision") == "match").mean() * 100).sort("kind")
    told = ", ".join(f"{kind.removeprefix('neg_')} {share:.1f} %" for kind, share in shares.iter_rows())
    return f"; wrongly linked: {told}"


def show_duplicates(folder: Path, pythons: Pythons) -> None:
    raw = read(folder / "listings.csv")
    records = normalise_columns(raw)
    row = {name: place for place, name in enumerate(records["id"])}
    gold = {(row[a], row[b]) for a, b in read(folder / "gold.csv").select("left_id", "right_id").iter_rows()}
    scored = find_duplicates(records, [None] * records.height)
    least = logit(shipped().calibrations["duplicates"].match)
    found, decided = (
        tally_links(set(rows.select("listing", "location").iter_rows()), gold, records.height)
        for rows in (scored.filter(pl.col("log_odds") >= 0), scored.filter(pl.col("log_odds") >= least))
    )
    truth = Truth(gold, folds(np.arange(records.height)) % 2, [""] * records.height)
    peers = peers_of(truth, truth.twins, records, None, pythons)
    show(f"Restaurant duplicates ({records.height:,})", found, peers, "", decided)


def show_left_out(sets: Sequence[Labelled]) -> None:
    """Each training set by weights that never saw it, beside its own held-out folds."""
    print(
        "\n| set | pairs | weight in training % | F1 by its held-out folds | by weights of the other sets |"
    )
    print("|---|---|---|---|---|")
    voices = np.array([labelled.weight * len(labelled.label) for labelled in sets])
    for at, (labelled, held_out) in enumerate(zip(sets, out_of_fold(sets), strict=True)):
        points = fit([other for place, other in enumerate(sets) if place != at])
        label = labelled.label == 1
        figures = [
            float(tally_pairs(sum_folds([total] * FOLDS, label, labelled.fold), label).f1())
            for total in (held_out, score(points, labelled))
        ]
        share = 100 * voices[at] / voices.sum()
        print(
            f"| {labelled.name} | {len(label):,} | {share:.0f} | {figures[0]:.1f} | {figures[1]:.1f} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--hard", type=Path, action="append", default=[])
    parser.add_argument("--splink-python", type=Path)
    parser.add_argument("--dedupe-python", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        own = [towns.write(Path(name) / f"invented towns {seed}", 2000, seed) for seed in (1, 2)]
        pythons = Pythons(given.splink_python, given.dedupe_python)
        measure(given.shared, [_contract(folder) for folder in given.hard], own, pythons)


def _contract(folder: Path) -> Path:
    return folder / "contract" if (folder / "contract").is_dir() else folder


def measure(shared: Path, hard: Sequence[Path], own: Sequence[Path], pythons: Pythons) -> None:
    for peer, python in (("splink", pythons.splink), ("dedupe", pythons.dedupe)):
        if python is None:
            print(f"left out: {peer}, as no --{peer}-python is given")
    if not hard:
        print("left out: the hard synthetic set, as no --hard is given")
    print("| set | system | F1 (precision/recall) | |\n|---|---|---|---|")
    pairs = shared / "overture_pairs_dev.csv"
    sets = [linked_files(folder) for folder in (*hard[:1], own[0])]
    if pairs.exists():
        sets = [labelled_pairs(pairs), *sets, matched_pairs(shared / "overture_matched_pairs.csv")]
        show_pairs(sets, pairs, pythons.splink)
        show_links(shared / "fodors_zagats", "Fodors-Zagats", pythons)
        show_duplicates(shared / "restaurant_duplicates", pythons)
    else:
        print(f"left out: Overture, Fodors-Zagats and the restaurants, as {shared} hasn't them")
    # dedupe takes hours for sets like these.
    alone = Pythons(pythons.splink)
    for folder in hard[1:]:
        show_links(folder, f"synthetic, {folder.parent.name}", alone)
    show_links(own[1], "invented towns, another seed", alone)
    show_left_out(sets)


if __name__ == "__main__":
    main()
