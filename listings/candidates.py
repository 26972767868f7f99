"""The locations that the engine weighs for one listing, as they are kept with its match."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


def stored(kept: Sequence[Mapping[str, Any]] | None) -> tuple[Candidate, ...]:
    """The candidates that `as_json` wrote."""
    return tuple(Candidate(**{**one, "reasons": tuple(one["reasons"])}) for one in kept or ())
