"""Levels to points to probability, by the weights that ship as data beside this module.

A pair's points are the sum of its levels' points, natural log-odds that training put on them
(bench/train_weights.py; where from and how well it does is written in the weights file itself).
The calibration of the task, linking files or scoring given pairs, turns points into a probability.
"""

import json
import math
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from listings.matching.decision import Decision
from listings.matching.features import Levels
from listings.matching.levels import COMPARISONS

Task = Literal["link", "pairs", "duplicates"]
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """log-odds = slope * points + intercept; from `match` on it is a match, from `review` a question."""

    slope: float
    intercept: float
    match: float
    review: float

    def decision(self, log_odds: float) -> Decision:
        """What follows from calibrated log-odds."""
        if log_odds >= logit(self.match):
            return Decision.MATCH
        return Decision.REVIEW if log_odds >= logit(self.review) else Decision.NO_MATCH


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The points per comparison and level, and a calibration per task."""

    points: tuple[Points, ...]
    calibrations: dict[str, Calibration]

    def score(self, levels: Levels) -> Points:
        """The points of each pair."""
        total = np.zeros(levels.shape[1])
        for points, level in zip(self.points, levels, strict=True):
            total += points.take(level)
        return total

    def deciding(self, task: Task, match: float, review: float) -> "Scorecard":
        """The same scorecard with other probabilities to decide from for one task."""
        calibration = replace(self.calibrations[task], match=match, review=review)
        return replace(self, calibrations={**self.calibrations, task: calibration})

    def log_odds(self, levels: Levels, task: Task) -> Points:
        """The calibrated log-odds of each pair being one place, before any contest."""
        calibration = self.calibrations[task]
        return calibration.slope * self.score(levels) + calibration.intercept


def probability(log_odds: Points) -> Points:
    """Log-odds as probability."""
    return 1.0 / (1.0 + np.exp(-np.clip(log_odds, -40.0, 40.0)))


def logit(chance: float) -> float:
    """Probability as log-odds."""
    return math.log(chance / (1.0 - chance))


def scorecard_from(content: dict[str, Any]) -> Scorecard:
    """The scorecard of a weights file; KeyError where it doesn't know a comparison or a level."""
    points = tuple(
        np.array([content["points"][comparison.name][level.key] for level in comparison.levels])
        for comparison in COMPARISONS
    )
    return Scorecard(points, {task: Calibration(**c) for task, c in content["calibration"].items()})


@cache
def shipped() -> Scorecard:
    """The scorecard that ships with the package."""
    text = (files("listings.matching") / "data" / "weights.json").read_text(encoding="utf-8")
    return scorecard_from(json.loads(text))
