"""Thresholds from people's own verdicts, guarded: what to link unasked and what to ask about.

Only the two probabilities that decisions are made from move, never the evidence. The labels of one
organization are few and come from what the engine was unsure of, so they are weighed together with
the validation pairs that ship beside the weights (bench/train_weights.py), which none of the weights
was fitted to: their share of wrong links is the floor no proposal goes under.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from listings.matching.scorecard import Task, logit, shipped

TARGET = 0.995
"""The share of links made without asking that has to be right."""

LEAST = 20
"""Labels of each kind, the same and not the same, below which nothing moves."""

FURTHEST = 1.5
"""Log-odds by which a proposal moves a threshold at most."""

PRIOR = 200.0
"""How many labels that say "the same" the shipped validation pairs count for."""

WRONG_LINK, QUESTION, MISSED = 30.0, 1.0, 4.0
"""Cost of linking another place, of asking a person, and of not finding a listing that is ours. A wrong link
does the most harm: every mismatch it raises is false."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From `match` on a listing is linked without asking, from `review` on a person is asked: probabilities."""

    match: float
    review: float


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a person said of a pair, and the probability the engine gave it before."""

    probability: float
    same: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What thresholds do to labelled pairs.

    `linked` without asking, `wrong` of them; `asked` about; `missed`, the same but neither linked nor
    asked about.
    """

    linked: int
    wrong: int
    asked: int
    missed: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """New thresholds (the current ones where nothing should move), why, and what they would do.

    `before` and `after` count the labels given. `precision_before` and `precision_after` are the
    shares of right links among the shipped validation pairs. `says` are sentences for people.
    """

    thresholds: Thresholds
    changed: bool
    says: tuple[str, ...]
    before: Outcome
    after: Outcome
    precision_before: float
    precision_after: float


@dataclass(frozen=True, slots=True)
class Scored:
    """A pair the engine has scored: its ids and probability; `same` is a person's word, None without one."""

    listing_id: str
    location_id: str
    probability: float
    same: bool | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What other thresholds would change, the pairs in the order given.

    `appear` would be linked without asking, `disappear` no longer be; `ask` would newly be asked about,
    `drop` no longer be, without becoming links.
    """

    appear: tuple[Scored, ...]
    disappear: tuple[Scored, ...]
    ask: tuple[Scored, ...]
    drop: tuple[Scored, ...]
    precision_before: float = field(default=math.nan)
    precision_after: float = field(default=math.nan)


@dataclass(frozen=True, slots=True)
class Validation:
    """Pairs no weight was fitted to: their calibrated log-odds in bins, and how many are the same or not."""

    log_odds: Floats
    same: Floats
    other: Floats

    def precision(self, match: float) -> float:
        """The share of right links among those made from this probability on; 1 when there are none."""
        linked = self.log_odds >= logit(match) - 1e-9
        same, other = self.same[linked].sum(), self.other[linked].sum()
        return float(same / (same + other)) if same + other else 1.0


@cache
def validation(task: Task) -> Validation:
    """The validation pairs that ship with the weights."""
    text = (files("listings.matching") / "data" / "weights.json").read_text(encoding="utf-8")
    bins = json.loads(text)["validation"][task]
    return Validation(*(np.array(bins[key], float) for key in ("log_odds", "same", "other")))


def current_thresholds(task: Task = "link") -> Thresholds:
    """The thresholds that ship."""
    calibration = shipped().calibrations[task]
    return Thresholds(calibration.match, calibration.review)


def propose_thresholds(labels: Sequence[Labelled], current: Thresholds, task: Task = "link") -> Proposal:
    """The thresholds with the least cost on the labels and the validation pairs together.

    Nothing moves with fewer than LEAST labels of either kind; a threshold moves FURTHEST at most, and
    never to where fewer than TARGET of the validation links are right (nor fewer than now, where the
    current threshold is below that already).
    """
    known = validation(task)
    held = _held(labels)
    wanted = current if held else _cheapest(labels, current, known)
    changed = wanted != current
    says = held or (
        _told(current, wanted) if changed else ("Your answers agree with the limits as they are.",)
    )
    return Proposal(
        thresholds=wanted,
        changed=changed,
        says=says,
        before=outcome(labels, current),
        after=outcome(labels, wanted),
        precision_before=known.precision(current.match),
        precision_after=known.precision(wanted.match),
    )


def outcome(labels: Sequence[Labelled], thresholds: Thresholds) -> Outcome:
    """What the thresholds do to labelled pairs."""
    linked = [label for label in labels if label.probability >= thresholds.match]
    left = [label for label in labels if label.probability < thresholds.review]
    return Outcome(
        linked=len(linked),
        wrong=sum(not label.same for label in linked),
        asked=len(labels) - len(linked) - len(left),
        missed=sum(label.same for label in left),
    )


def preview_thresholds(
    pairs: Sequence[Scored], before: Thresholds, after: Thresholds, task: Task = "link"
) -> Preview:
    """Which pairs would be decided otherwise. What a person has said of a pair stays as it is."""
    open_pairs = [pair for pair in pairs if pair.same is None]
    moved = [(pair, _decision(pair, before), _decision(pair, after)) for pair in open_pairs]
    return Preview(
        appear=tuple(pair for pair, then, now in moved if now == 2 > then),
        disappear=tuple(pair for pair, then, now in moved if then == 2 > now),
        ask=tuple(pair for pair, then, now in moved if now == 1 != then),
        drop=tuple(pair for pair, then, now in moved if then == 1 and now == 0),
        precision_before=validation(task).precision(before.match),
        precision_after=validation(task).precision(after.match),
    )


def _decision(pair: Scored, thresholds: Thresholds) -> int:
    return (pair.probability >= thresholds.match) + (pair.probability >= thresholds.review)


def _held(labels: Sequence[Labelled]) -> tuple[str, ...]:
    """Why nothing can move yet; empty when it can."""
    same = sum(label.same for label in labels)
    other = len(labels) - same
    if min(same, other) >= LEAST:
        return ()
    return (
        f"{LEAST} answers of each kind are needed before limits move: {same:,} yes, {other:,} no so far.",
    )


def _cheapest(labels: Sequence[Labelled], current: Thresholds, known: Validation) -> Thresholds:
    floor = min(TARGET, known.precision(current.match))
    matches = [match for match in _around(current.match) if known.precision(match) >= floor]
    reviews = _around(current.review)
    # The current pair stands first: of equal costs it stays.
    options = [current, *(Thresholds(m, r) for m in matches for r in reviews if r < m)]
    return min(options, key=lambda each: _cost(labels, each, known))


def _around(threshold: float) -> list[float]:
    steps = np.linspace(-FURTHEST, FURTHEST, 31) + logit(threshold)
    return [round(float(1 / (1 + np.exp(-step))), 3) for step in steps]


def _cost(labels: Sequence[Labelled], thresholds: Thresholds, known: Validation) -> float:
    log_odds = np.array([_log_odds(label.probability) for label in labels])
    same = np.array([label.same for label in labels], float)
    share = PRIOR / float(known.same.sum())
    own = _total(log_odds, same, 1 - same, thresholds)
    return own + share * _total(known.log_odds, known.same, known.other, thresholds)


def _total(log_odds: Floats, same: Floats, other: Floats, thresholds: Thresholds) -> float:
    linked = log_odds >= logit(thresholds.match) - 1e-9
    left = log_odds < logit(thresholds.review) - 1e-9
    asked = ~linked & ~left
    return float(
        WRONG_LINK * other[linked].sum() + QUESTION * (same + other)[asked].sum() + MISSED * same[left].sum()
    )


def _log_odds(chance: float) -> float:
    return logit(min(max(chance, 1e-9), 1 - 1e-9))


def _told(current: Thresholds, wanted: Thresholds) -> tuple[str, ...]:
    """What moves, in sentences."""
    says = []
    if wanted.match != current.match:
        why = "your answers to likely listings were nearly all yes" if wanted.match < current.match else (
            "you said no to listings that were linked or nearly so")  # fmt: skip
        says.append(f"Link without asking from {wanted.match:.0%} on instead of {current.match:.0%}: {why}.")
    if wanted.review != current.review:
        why = "you said yes to listings as doubtful as these" if wanted.review < current.review else (
            "your answers to doubtful listings were nearly all no")  # fmt: skip
        says.append(f"Ask from {wanted.review:.0%} on instead of {current.review:.0%}: {why}.")
    return tuple(says)
