"""Why a pair was decided as it was, in words a marketer understands."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from listings.matching.levels import COMPARISONS
from listings.matching.scorecard import Scorecard

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
    """The evidence of one pair (a column of levels), the weightiest first."""
    at = {c.name: (c.levels[level], float(points[level]))
          for c, points, level in zip(COMPARISONS, scorecard.points, levels, strict=True)}  # fmt: skip
    found = []
    for about, members in _GROUPS:
        points = round(sum(at[member][1] for member in members), 2)
        says = at[members[0]][0].says
        if says and abs(points) >= LEAST_POINTS:
            found.append(Reason(about, points, says))
    return sorted(found, key=lambda reason: (-abs(reason.points), reason.about))


def would_change(
    scorecard: Scorecard, levels: NDArray[np.uint8], log_odds: float, match: float
) -> str | None:
    """The one missing or contrary fact that would turn the decision; None when no single one would.

    `log_odds` is the claim and `match` the log-odds from which it is a match.
    """
    wanted = 1 if log_odds < match else -1
    turns = []
    for name, keys in (
        ("phone", ("same", "other")),
        ("web", ("page", "other")),
        ("place", ("door", "same_town")),
    ):
        position = next(at for at, c in enumerate(COMPARISONS) if c.name == name)
        comparison, points = COMPARISONS[position], scorecard.points[position]
        goal = comparison.at(keys[0] if wanted > 0 else keys[1])
        moved = log_odds + points[goal] - points[levels[position]]
        if (moved - match) * wanted >= 0:
            turns.append(comparison.levels[goal].says)
    return f"{turns[0]} would make it {'a match' if wanted > 0 else 'doubtful'}" if turns else None
