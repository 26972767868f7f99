"""Why a pair was decided as it was, in words a marketer understands."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from listings.matching.levels import COMPARISONS
from listings.matching.scorecard import Scorecard, Task, logit

LEAST_POINTS = 0.25
"""Points below which a comparison isn't worth a line."""

_GROUPS = (
    ("name", ("name", "spelling", "head", "kind")),
    ("frequency", ("frequency",)),
    ("store_number", ("store_number",)),
    ("place", ("place",)),
    ("unit", ("unit",)),
    ("distance", ("distance",)),
    ("phone", ("phone",)),
    ("web", ("web",)),
    ("category", ("category",)),
    ("together", ("together",)),
)
"""Comparisons told in one line: four views of a name are one piece of evidence to a reader."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence: what it is about, its points (above 0 speak for a match), its sentence."""

    about: str
    points: float
    says: str

    def as_json(self) -> dict[str, Any]:
        """The reason as it is printed."""
        return {"about": self.about, "points": self.points, "says": self.says}


def reasons(scorecard: Scorecard, levels: NDArray[np.uint8]) -> list[Reason]:
    """The evidence of one pair (a column of levels), the weightiest first.

    A column of zeros is a listing without a candidate: there is nothing to tell.
    """
    at = {c.name: (c.levels[level], float(points[level]))
          for c, points, level in zip(COMPARISONS, scorecard.points, levels, strict=True)}  # fmt: skip
    found: list[Reason] = []
    if not levels.any():
        return found
    for about, members in _GROUPS:
        points = round(sum(at[member][1] for member in members), 2)
        says = at[members[0]][0].says
        if says and abs(points) >= LEAST_POINTS:
            found.append(Reason(about, points, says))
    return sorted(found, key=lambda reason: (-abs(reason.points), reason.about))


_TURNS = {"phone": ("same", "other"), "web": ("page", "other"), "place": ("door", "same_town")}
"""Facts that a person could find out, for and against."""


def would_change(scorecard: Scorecard, task: Task, levels: NDArray[np.uint8], log_odds: float) -> str | None:
    """The one fact that would turn the decision if it were so; None when no single one would.

    `log_odds` is the claim that was decided on.
    """
    calibration = scorecard.calibrations[task]
    match = logit(calibration.match)
    wanted = log_odds < match
    for comparison, points, level in zip(COMPARISONS, scorecard.points, levels, strict=True):
        if comparison.name in _TURNS:
            other = comparison.at(_TURNS[comparison.name][0 if wanted else 1])
            moved = log_odds + calibration.slope * float(points[other] - points[level])
            if (moved >= match) == wanted:
                return f"{comparison.levels[other].says} would make it {'a match' if wanted else 'doubtful'}"
    return None


def explanation(
    scorecard: Scorecard, task: Task, levels: NDArray[np.uint8], log_odds: float
) -> dict[str, Any]:
    """All that is told of one pair: the evidence for and against, and what would change the decision."""
    told = reasons(scorecard, levels)
    return {
        "for": [reason.as_json() for reason in told if reason.points > 0],
        "against": [reason.as_json() for reason in told if reason.points < 0],
        "would_change": would_change(scorecard, task, levels, log_odds) if told else None,
    }
