"""The locations that the engine weighs for one listing, as they are kept with its match."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from listings.matching.block import MatchIndex
from listings.matching.card import card, cards
from listings.matching.explain import Told
from listings.records import ListingRecord


@dataclass(frozen=True, slots=True)
class Candidate:
    """One location a listing may describe.

    `reasons` are {"about", "points", "says"}, those that speak for it first; with `start` (what the
    engine holds of a pair before it looks) and `rest` (what is too small for a line) they add up to
    `points`, the natural log-odds behind `probability`. `turn` says what would change the decision,
    "" where no single fact would.
    """

    location_id: int
    probability: float
    points: float
    start: float
    rest: float
    reasons: tuple[Mapping[str, Any], ...]
    turn: str

    def as_json(self) -> dict[str, Any]:
        """The candidate as it is stored."""
        return {
            "location_id": self.location_id,
            "probability": self.probability,
            "points": self.points,
            "start": self.start,
            "rest": self.rest,
            "reasons": [dict(reason) for reason in self.reasons],
            "turn": self.turn,
        }


def weigh(record: ListingRecord, index: MatchIndex) -> tuple[Candidate, ...]:
    """The candidates of one listing, the likeliest first."""
    return tuple(_candidate(int(found.location_id), found.told) for found in cards(record, index))


def weigh_one(record: ListingRecord, index: MatchIndex, location_id: int) -> Candidate | None:
    """One listing beside one location that a person has in mind; None when the index hasn't that location."""
    found = card(record, index, str(location_id))
    return _candidate(location_id, found.told) if found is not None else None


def _candidate(location_id: int, told: Told) -> Candidate:
    return Candidate(
        location_id=location_id,
        probability=round(told.probability, 4),
        points=round(told.points, 2),
        start=told.start,
        rest=told.rest,
        reasons=tuple(reason.as_json() for reason in (*told.speaks_for, *told.speaks_against)),
        turn=told.turn.says if told.turn else "",
    )


def contested(candidates: Sequence[Candidate], without: Collection[int] = ()) -> tuple[Candidate, ...]:
    """The candidates after their contest, the likeliest first: a listing describes one location, if any.

    So the chances of all of them add up to 1 at most. Locations in `without` are out of the contest.
    What the others cost a candidate is in its `rest`.
    """
    left = [one for one in candidates if one.location_id not in without]
    odds = [math.exp(min(_log_odds(one), _MOST)) for one in left]
    total = 1.0 + sum(odds)
    return tuple(_after(one, math.log(total - own)) for one, own in zip(left, odds, strict=True))


_MOST = 40.0
"""Log-odds beyond which a chance is 1 to a computer."""


def _after(one: Candidate, cost: float) -> Candidate:
    points = _log_odds(one) - cost
    return replace(
        one,
        probability=round(1 / (1 + math.exp(-points)), 4),
        points=round(points, 2),
        rest=round(one.rest - cost, 2),
    )


def _log_odds(one: Candidate) -> float:
    """Those of its probability, which is kept with more digits than its points."""
    chance = one.probability
    return math.log(chance / (1 - chance)) if 0 < chance < 1 else one.points


def stored(kept: Sequence[Mapping[str, Any]] | None) -> tuple[Candidate, ...]:
    """The candidates that `as_json` wrote."""
    return tuple(Candidate(**{**one, "reasons": tuple(one["reasons"])}) for one in kept or ())
