"""Train the scorecard that ships in listings/matching/data/weights.json.

    python -m bench.train_weights --pairs PAIRS.csv --linked DIR --linked DIR -o WEIGHTS.json

PAIRS.csv has the columns of `goodstanding match --pairs` and `label` (1: one place). DIR holds
locations.csv, listings.csv and gold.csv (location_id, listing_id); MATCHED.csv (--matched) has
pairs that are all one place, and every other pair it makes candidates of is taken as two places.

Points are fitted by penalised logistic regression over the levels, held to what listings/matching/levels.py
says of each comparison. Each set has an intercept of its own while fitting, and no set speaks
with more than VOICE pairs' weight, so neither the biggest nor the easiest decides. Every figure
written beside the weights comes from cross-validation.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from listings.clock import now
from listings.matching.candidates import KeyIndex
from listings.matching.features import Counts, Levels, compare, counts
from listings.matching.layout import side
from listings.matching.levels import COMPARISONS, Comparison
from listings.matching.sides import Aligned
from listings.normalize.columns import normalise_columns

VOICE = 1500
PENALTY = 0.5
FOLDS = 10

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_STARTS = np.cumsum([0, *(len(c.levels) for c in COMPARISONS)])
_SIZE = int(_STARTS[-1])


@dataclass(frozen=True)
class Labelled:
    """Pairs of one set: levels, labels, the fold each belongs to, and the task they stand for."""

    name: str
    task: str
    levels: Levels
    label: Ints
    fold: Ints
    listing: Ints
    source: Ints

    @property
    def weight(self) -> float:
        return min(1.0, VOICE / len(self.label))

    def part(self, keep: NDArray[np.bool_]) -> "Labelled":
        return replace(
            self, levels=self.levels[:, keep], label=self.label[keep], fold=self.fold[keep],
            listing=self.listing[keep], source=self.source[keep],
        )  # fmt: skip

    def hardest(self, log_odds: Floats) -> "Labelled":
        """What decisions hang on: the true pairs, and each listing's best other pair."""
        order = np.lexsort((-log_odds, self.label, self.listing))
        listing, other = self.listing[order], self.label[order] == 0
        first = np.r_[True, (listing[1:] != listing[:-1]) | (other[1:] != other[:-1])]
        kept = self.label == 1
        kept[order[first & other]] = True
        return self.part(kept)

    def contested(self, log_odds: Floats) -> NDArray[np.bool_]:
        """Each listing's best pair, and of a source's listings for one location the best: what is decided on."""
        order = np.lexsort((-log_odds, self.listing))
        best = order[np.r_[True, self.listing[order][1:] != self.listing[order][:-1]]]
        claim = self.source[best]
        order = best[np.lexsort((-log_odds[best], claim))]
        claim = self.source[order]
        kept = np.zeros(len(log_odds), bool)
        kept[order[np.r_[True, claim[1:] != claim[:-1]]]] = True
        return kept


def read(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False)


def sides_of(pairs: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Left and right of a pairs file, normalised."""
    halves = [
        pairs.select(pl.col(c).alias(c.removeprefix(prefix)) for c in pairs.columns if c.startswith(prefix))
        for prefix in ("left_", "right_")
    ]
    return normalise_columns(halves[0]), normalise_columns(halves[1])


def folds(ids: Ints) -> Ints:
    return np.random.default_rng(0).permutation(int(ids.max()) + 1)[ids] % FOLDS


def labelled_pairs(path: Path) -> Labelled:
    pairs = read(path)
    left, right = (side(half) for half in sides_of(pairs))
    rows = np.arange(pairs.height)
    levels = compare(Aligned(right, left, rows, rows), Counts.unknown(pairs.height))
    return Labelled(
        path.stem, "pairs", levels, pairs["label"].cast(pl.Int64).to_numpy(), folds(rows), rows, rows
    )


def linked_files(folder: Path) -> Labelled:
    locations, listings = (
        normalise_columns(read(folder / f"{part}.csv")) for part in ("locations", "listings")
    )
    raw = read(folder / "listings.csv")
    if "source" in raw.columns:
        listings = listings.with_columns(source=raw["source"])
    gold = set(read(folder / "gold.csv").select("listing_id", "location_id").iter_rows())
    name = folder.parent.name if folder.name == "contract" else folder.name
    return _candidates(name, locations, listings, gold)


def matched_pairs(path: Path) -> Labelled:
    pairs = read(path)
    left, right = (half.with_columns(id=pairs["pair_id"]) for half in sides_of(pairs))
    # A place that the set holds twice would make two places of one.
    once = left.select(pl.struct("address", "phone").is_unique()).to_series()
    left, right = left.filter(once), right.filter(once)
    return _candidates(path.stem, left, right, {(pair, pair) for pair in left["id"]})


def _candidates(
    name: str, locations: pl.DataFrame, listings: pl.DataFrame, gold: set[tuple[str, str]]
) -> Labelled:
    left, right = side(listings), side(locations)
    i, j = KeyIndex(right).pairs(left)
    levels = compare(Aligned(left, right, i, j), counts(right))
    ids = zip(listings["id"].gather(i), locations["id"].gather(j), strict=True)
    label = np.fromiter((pair in gold for pair in ids), np.int64, len(i))
    source = listings["source"] if "source" in listings.columns else pl.Series([""] * listings.height)
    claim = source.rank("dense").cast(pl.Int64).to_numpy()[i] * right.size + j
    return Labelled(name, "link", levels, label, folds(i), i, claim)


def fit(sets: Sequence[Labelled]) -> Floats:
    """The points of all levels, fitted twice: on all pairs, then on those that turned out to be the hardest.

    Nearly all candidates of a listing are other places beyond doubt. In the first fit they speak with most of a
    set's weight, and rare evidence, such as that a person isn't the practice, with nearly none.
    """
    points = _fit(sets)
    return _fit([labelled.hardest(score(points, labelled)) for labelled in sets])


def _fit(sets: Sequence[Labelled]) -> Floats:
    columns, label, weight, owner = _distinct(sets)

    def loss(theta: Floats) -> tuple[float, Floats]:
        points = _points(theta[:_SIZE])
        z = points[columns].sum(axis=1) + theta[_SIZE + owner]
        slope = weight * (expit(z) - label)
        by_level = np.bincount(columns.ravel(), np.repeat(slope, columns.shape[1]), _SIZE) + PENALTY * points
        gradient = np.concatenate([_STEPS.T @ by_level, np.bincount(owner, slope, len(sets))])
        return float(
            (weight * (np.logaddexp(0, z) - label * z)).sum() + PENALTY / 2 * (points**2).sum()
        ), gradient

    start = np.zeros(_SIZE + len(sets))
    bounds = [
        *(bound for comparison in COMPARISONS for bound in _bounds(comparison)),
        *[(None, None)] * len(sets),
    ]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 1000}).x
    return _points(found[:_SIZE])


def _bounds(comparison: Comparison) -> Iterator[tuple[float | None, float | None]]:
    for at in range(len(comparison.levels)):
        if at == 0 and comparison.speaks_for:
            yield 0, 0
        elif comparison.against and at <= comparison.at(comparison.against):
            yield None, 0
        elif comparison.speaks_for and at >= comparison.at(comparison.speaks_for):
            yield 0, None
        else:
            yield None, None


def _distinct(sets: Sequence[Labelled]) -> tuple[Ints, Floats, Floats, Ints]:
    """Equal rows as one with their summed weight: a million pairs have some thousand level patterns."""
    columns, label, weight, owner = [], [], [], []
    for at, labelled in enumerate(sets):
        rows = np.vstack([labelled.levels, labelled.label[None, :].astype(np.uint8)]).T
        distinct, number = np.unique(rows, axis=0, return_counts=True)
        columns.append(distinct[:, :-1].astype(np.int64) + _STARTS[:-1])
        label.append(distinct[:, -1].astype(float))
        weight.append(number * labelled.weight)
        owner.append(np.full(len(distinct), at))
    return np.vstack(columns), np.concatenate(label), np.concatenate(weight), np.concatenate(owner)


def _steps() -> Floats:
    """What each parameter adds to each level's points.

    In an ordered comparison a parameter is a step away from 0: a level against collects the steps
    from the weakest one down to it, a level for those from the weakest one up to it.
    """
    matrix = np.eye(_SIZE)
    for comparison, start in zip(COMPARISONS, _STARTS[:-1], strict=True):
        if comparison.ordered and comparison.against and comparison.speaks_for:
            last, first = (
                start + comparison.at(comparison.against),
                start + comparison.at(comparison.speaks_for),
            )
            end = start + len(comparison.levels)
            matrix[start + 1 : last + 1, start + 1 : last + 1] = np.triu(np.ones((last - start,) * 2))
            matrix[first:end, first:end] = np.tril(np.ones((end - first,) * 2))
    return matrix


_STEPS = _steps()


def _points(theta: Floats) -> Floats:
    points: Floats = _STEPS @ theta
    return points


def score(points: Floats, labelled: Labelled) -> Floats:
    total: Floats = points[labelled.levels.astype(np.int64) + _STARTS[:-1, None]].sum(axis=0)
    return total


def out_of_fold(sets: Sequence[Labelled]) -> list[Floats]:
    """Each pair's points by weights that were fitted without its fold."""
    found = [np.zeros(len(labelled.label)) for labelled in sets]
    for fold in range(FOLDS):
        points = fit([labelled.part(labelled.fold != fold) for labelled in sets])
        for total, labelled in zip(found, sets, strict=True):
            held = labelled.fold == fold
            total[held] = score(points, labelled.part(held))
    return found


def calibrate(totals: Sequence[Floats], sets: Sequence[Labelled]) -> tuple[float, float]:
    """Slope and intercept of Platt's sigmoid over out-of-fold points, sets speaking as in the fit."""
    x = np.concatenate(totals)[:, None]
    y = np.concatenate([labelled.label for labelled in sets])
    weight = np.concatenate([np.full(len(labelled.label), labelled.weight) for labelled in sets])
    platt = LogisticRegression(C=1e6).fit(x, y, sample_weight=weight)
    return float(platt.coef_[0, 0]), float(platt.intercept_[0])


def calibration_error(chance: Floats, label: Ints) -> float:
    """Expected calibration error over ten equal bins."""
    bins = np.minimum((chance * 10).astype(int), 9)
    gaps = [
        (abs(chance[bins == b].mean() - label[bins == b].mean()), (bins == b).mean()) for b in np.unique(bins)
    ]
    return float(sum(gap * share for gap, share in gaps))


def figures(chance: Floats, labelled: Labelled, cuts: tuple[float, float]) -> dict[str, Any]:
    said, label = chance >= 0.5, labelled.label
    decided = (chance >= cuts[0]) | (chance < cuts[1])
    return {
        "f1": round(100 * f1_score(label, said), 1),
        "decided": round(100 * float(decided.mean()), 1),
        "f1_decided": round(100 * f1_score(label[decided], said[decided]), 1),
        "precision_of_match": round(
            100 * float(label[(chance >= cuts[0]) & labelled.contested(chance)].mean()), 2
        ),
        "calibration_error": round(calibration_error(chance, label), 4),
    }


# A wrong link does the most harm: every mismatch it raises is false. A person confirms a duplicate.
CUTS = {"pairs": (0.8, 0.18), "link": (0.75, 0.2), "duplicates": (0.96, 0.2)}


def main() -> None:
    parser = argparse.ArgumentParser()
    for option in ("pairs", "linked", "matched"):
        parser.add_argument(f"--{option}", type=Path, action="append", default=[])
    parser.add_argument("-o", "--output", type=Path, required=True)
    given = parser.parse_args()
    sets = [
        *map(labelled_pairs, given.pairs),
        *map(linked_files, given.linked),
        *map(matched_pairs, given.matched),
    ]
    totals = out_of_fold(sets)
    calibration: dict[str, Any] = {}
    provenance: list[dict[str, Any]] = []
    validation: dict[str, Any] = {}
    for task in ("pairs", "link"):
        own = [at for at, labelled in enumerate(sets) if labelled.task == task]
        slope, intercept = calibrate([totals[at] for at in own], [sets[at] for at in own])
        match, review = CUTS[task]
        calibration[task] = {
            "slope": round(slope, 4),
            "intercept": round(intercept, 4),
            "match": match,
            "review": review,
        }
        held_out = [slope * totals[at] + intercept for at in own]
        validation[task] = histogram(held_out, [sets[at] for at in own])
        for at in own:
            chance = expit(slope * totals[at] + intercept)
            about = {
                "set": sets[at].name,
                "task": task,
                "pairs": len(chance),
                "matches": int(sets[at].label.sum()),
            }
            provenance.append(
                {**about, "weight": round(sets[at].weight, 4), **figures(chance, sets[at], CUTS[task])}
            )
            print(provenance[-1])
    match, review = CUTS["duplicates"]
    calibration["duplicates"] = {**calibration["link"], "match": match, "review": review}
    validation["duplicates"] = validation["link"]
    points = fit(sets)
    write(given.output, points, {"calibration": calibration, "validation": validation}, provenance)


def histogram(log_odds: Sequence[Floats], sets: Sequence[Labelled]) -> dict[str, list[float]]:
    """Held-out pairs by calibrated log-odds, sets speaking as in the fit: what refits are checked against.

    Only pairs that are decided on count. Each bin is named by its lower edge; the first and the last are open.
    """
    edges = np.round(np.arange(-6.0, 8.01, 0.25), 2)
    kept = np.concatenate([labelled.contested(odds) for labelled, odds in zip(sets, log_odds, strict=True)])
    label = np.concatenate([labelled.label for labelled in sets])[kept]
    weight = np.concatenate([np.full(len(labelled.label), labelled.weight) for labelled in sets])[kept]
    found = np.concatenate(log_odds)[kept]
    bins = np.clip(np.searchsorted(edges, found, side="right") - 1, 0, len(edges) - 1)
    counts = {
        key: np.bincount(bins, weight * (label == value), len(edges)).round(2).tolist()
        for key, value in (("same", 1), ("other", 0))
    }
    return {"log_odds": edges.tolist(), **counts}


def write(path: Path, points: Floats, fitted: dict[str, Any], provenance: list[dict[str, Any]]) -> None:
    content = {
        "trained": now().date().isoformat(),
        "by": "bench/train_weights.py, figures out of fold in 10-fold cross-validation",
        "sets": provenance,
        **fitted,
        "points": {
            c.name: {level.key: round(float(points[start + at]), 3) for at, level in enumerate(c.levels)}
            for c, start in zip(COMPARISONS, _STARTS[:-1], strict=True)
        },
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
