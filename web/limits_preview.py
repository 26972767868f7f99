"""What other limits would do to an organization's own listings, counted and named by the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from listings.access import Actor, scoped
from listings.limits import Limits, moved
from listings.matching.refit import Labelled
from listings.models.listing import DecidedBy, Listing, Match, Verdict
from listings.models.location import Location

PAGE = 50
BINS = 20
LABELS = 5_000
"""The newest answers that a proposal is made from."""

GROUPS = {
    "appear": "Linked",
    "disappear": "No longer linked",
    "ask": "Asked about",
    "drop": "No longer asked about",
    "second": "Second listings",
}
"""What may become of a listing that the limits move."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows of each group, and how many of those that would be linked are wrong by their chances."""

    of: dict[str, int]
    wrong: float


def _groups(former: Limits, limits: Limits) -> dict[str, sa.ColumnElement[bool]]:
    chance = Match.probability
    held = _held()
    linked = sa.and_(chance >= limits.match, chance < former.match)
    return {
        "appear": sa.and_(linked, Listing.location_id.is_(None), sa.not_(held)),
        "second": sa.and_(linked, Listing.location_id.is_(None), held),
        "disappear": sa.and_(chance >= former.match, chance < limits.match),
        "ask": sa.and_(chance >= limits.review, chance < min(former.review, limits.match)),
        "drop": sa.and_(chance >= former.review, chance < min(limits.review, former.match)),
    }


def _held() -> sa.ColumnElement[bool]:
    """Whether the location has a listing at that source already: a second one is asked about."""
    holder = aliased(Listing)
    return sa.exists().where(
        holder.organization_id == Match.organization_id,
        holder.location_id == Match.location_id,
        holder.source == Listing.source,
        holder.id != Listing.id,
        holder.missing_since.is_(None),
    )


def count_moved(db: Session, actor: Actor, former: Limits, limits: Limits) -> Counts:
    """How many listings in sight each group has."""
    groups = _groups(former, limits)
    sums = [sa.func.sum(sa.case((condition, 1), else_=0)) for condition in groups.values()]
    wrong = sa.func.sum(sa.case((groups["appear"], 1.0 - Match.probability), else_=0.0))
    query = moved(scoped(actor, Match), former, limits).with_only_columns(
        *sums, wrong, maintain_column_froms=True
    )
    row = db.execute(query).one()
    return Counts(dict(zip(groups, (number or 0 for number in row), strict=False)), row[-1] or 0.0)


def moved_rows(
    db: Session, actor: Actor, former: Limits, limits: Limits, *, group: str, after: int
) -> Sequence[sa.Row[Any]]:
    """A page of one group as (match, listing, location) by listing id, and one more when there are more."""
    query = (
        moved(scoped(actor, Match), former, limits)
        .where(_groups(former, limits)[group], Match.listing_id > after)
        .join(Location, Location.id == Match.location_id)
        .add_columns(Listing, Location)
        .order_by(Match.listing_id)
        .limit(PAGE + 1)
    )
    rows: Sequence[sa.Row[Any]] = db.execute(query).all()
    return rows


def histogram(db: Session, actor: Actor) -> list[int]:
    """How many listings that the engine decides on have a probability in each twentieth."""
    at = sa.cast(sa.func.floor(Match.probability * BINS), sa.Integer)
    query = (
        scoped(actor, Match)
        .where(Match.by == DecidedBy.ENGINE, Match.location_id.is_not(None))
        .with_only_columns(at, sa.func.count())
        .group_by(at)
    )
    counts = [0] * BINS
    for number, count in db.execute(query):
        counts[min(max(number or 0, 0), BINS - 1)] += count
    return counts


def labels(db: Session, actor: Actor) -> list[Labelled]:
    """What people answered about pairs that the engine had thought of, the newest first."""
    query = (
        scoped(actor, Verdict)
        .where(Verdict.probability.is_not(None))
        .with_only_columns(Verdict.probability, Verdict.same)
        .order_by(Verdict.at.desc(), Verdict.id.desc())
        .limit(LABELS)
    )
    return [Labelled(probability or 0.0, same) for probability, same in db.execute(query)]
