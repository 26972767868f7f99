"""From scored candidates to decisions: a whole file of listings, or one listing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from listings.matching.assign import Assignment, Claims, assign
from listings.matching.block import MatchIndex, scored
from listings.matching.decision import Decision
from listings.matching.explain import Reason, reasons
from listings.matching.features import Levels
from listings.matching.layout import few_side, side
from listings.matching.levels import COMPARISONS
from listings.matching.scorecard import Calibration, Points, Scorecard, logit, probability
from listings.normalize.columns import RAW_COLUMNS, normalise_row
from listings.records import ListingRecord

CERTAIN = 40.0
"""The log-odds of what a person has confirmed."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What people have decided, as (listing id, location id): it outranks any evidence."""

    confirmed: Collection[tuple[str, str]] = ()
    rejected: Collection[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Linked:
    """The decision on each listing, in input order.

    `table` has the contract's columns listing_id, location_id, probability, decision and
    duplicate_of ("" is none); `levels` the evidence of each row's pair, a column a listing, all
    zero where there is no candidate; `log_odds` each row's claim after the contest.
    """

    table: pl.DataFrame
    levels: Levels
    log_odds: Points


def link(
    index: MatchIndex,
    listings: pl.DataFrame,
    sources: Sequence[str | None],
    verdicts: Verdicts = Verdicts(),
) -> Linked:
    """Decide on every normalised listing; `sources` names the source of each.

    Within a source a location gets one listing. One that loses it keeps its location for review,
    with the winner's id in duplicate_of.
    """
    candidates = _constrained(index.score(listings), index, listings, verdicts)
    return _settle(candidates, index, listings, sources, verdicts)


class Roster(Protocol):
    """What settling has to know of the locations: a MatchIndex has it, and so has `Names`."""

    @property
    def ids(self) -> list[str]:
        """Their ids, by row."""

    @property
    def named(self) -> NDArray[np.object_]:
        """The same, and "" as row -1."""

    @property
    def scorecard(self) -> Scorecard:
        """What their pairs were scored with."""


@dataclass(frozen=True, slots=True)
class Names:
    """The ids of locations whose index is elsewhere."""

    ids: list[str]
    scorecard: Scorecard

    @property
    def named(self) -> NDArray[np.object_]:
        """The ids, and "" as row -1."""
        return np.array([*self.ids, ""], dtype=object)


def settle(
    candidates: pl.DataFrame, locations: Roster, listing_ids: pl.Series, sources: Sequence[str | None]
) -> Linked:
    """Decide on listings whose candidates (SCORED_SCHEMA) were found elsewhere, as `link` does."""
    return _settle(candidates, locations, listing_ids.to_frame("id"), sources, Verdicts())


def _settle(
    candidates: pl.DataFrame,
    index: Roster,
    listings: pl.DataFrame,
    sources: Sequence[str | None],
    verdicts: Verdicts,
) -> Linked:
    source = pl.Series(sources, dtype=pl.String).fill_null("").cast(pl.Categorical).to_physical().to_numpy()
    listing, location, log_odds = (candidates[c].to_numpy() for c in ("listing", "location", "log_odds"))
    claims = Claims(listing, location, log_odds, source.astype(np.int64))
    calibration = index.scorecard.calibrations["link"]
    settled, chance = _contest(claims, calibration)
    lost = settled.winner >= 0
    # Row -1, the one added at the end, stands for "no candidate" and "no winner".
    place = np.append(claims.location, -1)[settled.pair]
    levels = np.concatenate([level_matrix(candidates), np.zeros((1, len(index.scorecard.points)), np.uint8)])
    sure = np.isin(np.arange(len(chance)), _rows(verdicts.confirmed, listings, index)["listing"].to_numpy())
    chance, lost = np.where(sure, 1.0, chance), lost & ~sure
    table = pl.DataFrame(
        {
            "listing_id": listings["id"].fill_null(""),
            "location_id": _picked(pl.Series(index.ids, dtype=pl.String), place),
            "probability": chance,
            "decision": _picked(_DECISIONS, np.where(lost, 1, _decided(chance, calibration))),
            "duplicate_of": _picked(listings["id"], np.where(lost, settled.winner, -1)),
        }
    )
    return Linked(table, levels[settled.pair].T, settled.log_odds)


def _contest(claims: Claims, calibration: Calibration) -> tuple[Assignment, Points]:
    """Who gets what, and the probability of each listing's pair, 0 where it has none."""
    settled = assign(claims, logit(calibration.review))
    return settled, np.where(settled.pair < 0, 0.0, probability(settled.log_odds))


def level_matrix(candidates: pl.DataFrame) -> NDArray[np.uint8]:
    """The levels of a SCORED_SCHEMA frame, a row a pair."""
    matrix: NDArray[np.uint8] = candidates["levels"].to_numpy().reshape(candidates.height, len(COMPARISONS))
    return matrix


def decide(chance: Points, calibration: Calibration) -> NDArray[np.object_]:
    """The decision of each probability."""
    decisions: NDArray[np.object_] = _DECISIONS.to_numpy()[_decided(chance, calibration)]
    return decisions


_DECISIONS = pl.Series([str(Decision.MATCH), str(Decision.REVIEW), str(Decision.NO_MATCH)])


def _decided(chance: Points, calibration: Calibration) -> NDArray[np.int64]:
    return np.where(chance >= calibration.match, 0, np.where(chance >= calibration.review, 1, 2))


def _picked(texts: pl.Series, rows: NDArray[np.int64]) -> pl.Series:
    """The text of each row, "" where it is -1."""
    at = pl.Series(rows)
    return texts.gather(at.set(at < 0, None)).fill_null("")


def _constrained(
    candidates: pl.DataFrame, index: MatchIndex, listings: pl.DataFrame, verdicts: Verdicts
) -> pl.DataFrame:
    """The candidates without the rejected ones; a confirmed pair is its listing's only candidate.

    A verdict about a listing or location that isn't here says nothing.
    """
    confirmed = _rows(verdicts.confirmed, listings, index)
    rejected = _rows(verdicts.rejected, listings, index)
    if not rejected.height and not confirmed.height:
        return candidates
    left = candidates.join(rejected, on=["listing", "location"], how="anti")
    left = left.join(confirmed, on="listing", how="anti")
    i, j = confirmed["listing"].to_numpy(), confirmed["location"].to_numpy()
    _, levels = index.judge(side(listings), i, j)
    certain = scored(i, j, np.full(len(i), CERTAIN), levels)
    return pl.concat([left, certain]).sort("listing", "location")


def _rows(pairs: Collection[tuple[str, str]], listings: pl.DataFrame, index: Roster) -> pl.DataFrame:
    listing = {name: row for row, name in enumerate(listings["id"])} if pairs else {}
    location = {name: row for row, name in enumerate(index.ids)} if pairs else {}
    rows = [(listing[a], location[b]) for a, b in pairs if a in listing and b in location]
    return pl.DataFrame(rows, schema={"listing": pl.Int64, "location": pl.Int64}, orient="row")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A location a listing might describe, and how probable that is on the evidence of the pair alone."""

    location_id: str
    probability: float


@dataclass(frozen=True, slots=True)
class MatchResult:
    """Which location one listing describes: the best one whatever the decision, None without candidates.

    `probability` weighs that location against its other candidates and none; it is what `link` says
    of a listing that no other listing contests. `reasons` are the evidence, the weightiest first.
    """

    location_id: str | None
    probability: float
    decision: Decision
    reasons: tuple[Reason, ...]
    candidates: tuple[Candidate, ...]


def match_listing(record: ListingRecord, index: MatchIndex) -> MatchResult:
    """Which of the indexed locations a listing describes, before any contest with other listings."""
    listing, location, log_odds, levels = index.best(few_side([normalise_row(_raw(record))]))
    if not len(listing):
        return MatchResult(None, 0.0, Decision.NO_MATCH, (), ())
    calibration = index.scorecard.calibrations["link"]
    settled, chance = _contest(Claims(listing, location, log_odds, np.zeros(1, np.int64)), calibration)
    pair = settled.pair[0]
    return MatchResult(
        location_id=index.ids[location[pair]],
        probability=float(chance[0]),
        decision=Decision(decide(chance, calibration)[0]),
        reasons=tuple(reasons(index.scorecard, levels[:, pair], calibration.slope)),
        candidates=tuple(
            Candidate(index.ids[place], claim)
            for place, claim in zip(location, probability(log_odds).tolist(), strict=True)
        ),
    )


def raw_frame(records: Sequence[ListingRecord]) -> pl.DataFrame:
    """Records as the raw columns that normalise_columns reads; the id is the source's own, or empty."""
    return pl.DataFrame([_raw(record) for record in records], schema=dict.fromkeys(RAW_COLUMNS, pl.String))


def _raw(record: ListingRecord) -> dict[str, str | None]:
    return {
        "id": record.source_id or "",
        "name": record.name,
        "street": record.street,
        "city": record.city,
        "region": record.region,
        "postal_code": record.postal_code,
        "country": record.country,
        "phone": record.phone,
        "website": record.website,
        "category": " ".join(record.categories or ()) or None,
        "latitude": None if record.latitude is None else str(record.latitude),
        "longitude": None if record.longitude is None else str(record.longitude),
    }
