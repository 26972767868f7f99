"""Why a pair was decided as it was, in words a marketer understands, and what would turn the decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from listings.matching.decision import Decision
from listings.matching.features import supposing
from listings.matching.levels import COMPARISONS, Level
from listings.matching.scorecard import Scorecard, Task, probability

LEAST_POINTS = 0.25
"""Points below which a comparison isn't worth a line."""

_GROUPS = (
    ("name", ("name", "spelling", "head", "kind", "wording")),
    ("person", ("person",)),
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
"""Comparisons told in one line: five views of a name are one piece of evidence to a reader."""

Column = NDArray[np.uint8]
"""The levels of one pair, in the order of COMPARISONS."""


class Strength(StrEnum):
    """How much one piece of evidence weighs."""

    SLIGHT = "slight"
    SOME = "some"
    STRONG = "strong"
    DECISIVE = "decisive"


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence: what it is about, its points (above 0 speak for a match), its sentence."""

    about: str
    points: float
    says: str

    @property
    def strength(self) -> Strength:
        """The weight in a word: what turns odds of 1 to 7 is decisive, of 1 to 3 strong."""
        size = abs(self.points)
        if size >= 2.0:
            return Strength.DECISIVE
        if size >= 1.1:
            return Strength.STRONG
        return Strength.SOME if size >= 0.5 else Strength.SLIGHT

    def as_json(self) -> dict[str, Any]:
        """The reason as it is printed."""
        return {"about": self.about, "points": self.points, "says": self.says}


@dataclass(frozen=True, slots=True)
class Turn:
    """The one fact that would turn a decision: what it is about, the decision it would make, its sentence."""

    about: str
    decision: Decision
    says: str


@dataclass(frozen=True, slots=True)
class Told:
    """All that is told of one pair.

    `speaks_for` and `speaks_against` have the weightiest first. `start` is what the engine holds of a
    pair before it looks, in points like those of the reasons; `rest` is what no reason tells: details
    too small for a line, and the doubt that other locations fit as well. Reasons, start and rest
    together are `points`, and those are the `probability` (natural log-odds). `turn` is None where no
    single fact would turn the decision, and for a listing without any candidate.
    """

    decision: Decision
    probability: float
    points: float
    start: float
    rest: float
    speaks_for: tuple[Reason, ...]
    speaks_against: tuple[Reason, ...]
    turn: Turn | None


def reasons(scorecard: Scorecard, levels: Column, slope: float = 1.0) -> list[Reason]:
    """The evidence of one pair (a column of levels), the weightiest first; `slope` scales the points.

    A column of zeros is a listing without a candidate: there is nothing to tell.
    """
    if not levels.any():
        return []
    at = {c.name: (c.levels[level], slope * float(points[level]))
          for c, points, level in zip(COMPARISONS, scorecard.points, levels, strict=True)}  # fmt: skip
    found: list[Reason] = []
    for about, members in _GROUPS:
        points = round(sum(at[member][1] for member in members), 2)
        says = _sentence([at[member] for member in members], points)
        if says and abs(points) >= LEAST_POINTS:
            found.append(Reason(about, points, says))
    return sorted(found, key=lambda reason: (-abs(reason.points), reason.about))


def _sentence(members: list[tuple[Level, float]], points: float) -> str | None:
    """The first member's sentence, or that of the one that decided where the first says the opposite."""
    first, own = members[0]
    if own * points >= 0:
        return first.says
    level, _ = max(members, key=lambda member: member[1] * points)
    return level.says


@dataclass(frozen=True, slots=True)
class _Fact:
    """Something a person can find out: the levels it would set, and its words."""

    about: str
    levels: Mapping[str, str]
    says: str


_FOR = (
    _Fact("phone", {"phone": "own"}, "A phone number that agrees"),
    _Fact("place", {"place": "door"}, "The same street and number"),
    _Fact("web", {"web": "own_page"}, "A web page that agrees"),
    _Fact("unit", {"unit": "same"}, "The same suite"),
    _Fact("name", {"name": "same", "spelling": "equal", "head": "same", "kind": "none"}, "The same name"),
)
_AGAINST = (
    _Fact("phone", {"phone": "other"}, "Another phone number"),
    _Fact("place", {"place": "same_town", "unit": "none", "distance": "missing"}, "Another address"),
    _Fact("web", {"web": "other"}, "Another website"),
    _Fact("unit", {"unit": "other"}, "Another suite"),
    _Fact("name", {"name": "other", "spelling": "far", "head": "other"}, "Another name"),
)
"""In the order in which people most easily find them out."""

_CALLED = {
    Decision.MATCH: "a match",
    Decision.REVIEW: "doubtful",
    Decision.NO_MATCH: "no match",
}


def turn(scorecard: Scorecard, task: Task, levels: Column, log_odds: float) -> Turn | None:
    """The one fact that would turn the decision if it were so; None when no single one would.

    `log_odds` is the claim that was decided on. What isn't a match is turned into one, a match into
    a question or less.
    """
    if not levels.any():
        return None
    calibration = scorecard.calibrations[task]
    now = calibration.decision(log_odds)
    for fact in _AGAINST if now is Decision.MATCH else _FOR:
        both = np.stack([supposing(levels, fact.levels), levels], axis=1)
        supposed, real = scorecard.log_odds(both, task)
        then = calibration.decision(log_odds + float(supposed - real))
        if then is not now and Decision.MATCH in (now, then):
            return Turn(fact.about, then, f"{fact.says} would make this {_CALLED[then]}.")
    return None


def tell(scorecard: Scorecard, task: Task, levels: Column, log_odds: float) -> Told:
    """All that is told of one pair, for a match card.

    `levels` is its column, `log_odds` the claim that was decided on: for a listing the one after the
    contest with its other candidates.
    """
    calibration = scorecard.calibrations[task]
    found = reasons(scorecard, levels, calibration.slope)
    start = round(calibration.intercept, 2)
    told = sum(reason.points for reason in found)
    claim = log_odds if levels.any() else -np.inf
    return Told(
        decision=calibration.decision(claim),
        probability=float(probability(np.array(claim))),
        points=claim,
        start=start,
        rest=round(claim - start - told, 2) if levels.any() else 0.0,
        speaks_for=tuple(reason for reason in found if reason.points > 0),
        speaks_against=tuple(reason for reason in found if reason.points < 0),
        turn=turn(scorecard, task, levels, log_odds),
    )


def explanation(scorecard: Scorecard, task: Task, levels: Column, log_odds: float) -> dict[str, Any]:
    """What `goodstanding match --explain` prints of a pair: for, against, and what would change it."""
    told = tell(scorecard, task, levels, log_odds)
    return {
        "for": [reason.as_json() for reason in told.speaks_for],
        "against": [reason.as_json() for reason in told.speaks_against],
        "would_change": told.turn.says if told.turn else None,
    }
