"""What a match card shows: each location a listing might describe, with what speaks for and against it."""

from dataclasses import dataclass

import numpy as np

from listings.matching.block import MatchIndex
from listings.matching.explain import Told, tell
from listings.matching.layout import side
from listings.matching.link import level_matrix, raw_frame
from listings.normalize.columns import normalise_columns
from listings.records import ListingRecord


@dataclass(frozen=True, slots=True)
class Card:
    """One candidate of a listing, judged by itself, before any contest with other candidates."""

    location_id: str
    told: Told


def cards(record: ListingRecord, index: MatchIndex) -> tuple[Card, ...]:
    """The candidates of one listing, the likeliest first; none where nothing in the index is like it."""
    found = index.score(normalise_columns(raw_frame([record])))
    return tuple(
        Card(index.ids[location], tell(index.scorecard, "link", levels, float(log_odds)))
        for location, log_odds, levels in zip(
            found["location"], found["log_odds"], level_matrix(found), strict=True
        )
    )


def card(record: ListingRecord, index: MatchIndex, location_id: str) -> Card | None:
    """One listing beside one location, candidate or not; None when the index hasn't that location."""
    if location_id not in index.ids:
        return None
    row = np.zeros(1, np.int64)
    place = np.array([index.ids.index(location_id)], np.int64)
    log_odds, levels = index.judge(side(normalise_columns(raw_frame([record]))), row, place)
    return Card(location_id, tell(index.scorecard, "link", levels[:, 0], float(log_odds[0])))
