"""The listings that wait for a person to say whose they are, in the order in which they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.access import Actor, scoped
from listings.models.listing import Decision, Listing, Match
from listings.models.location import Location

PAGE = 50


@dataclass(frozen=True, slots=True)
class Doubt:
    """A listing in doubt with the likeliest location."""

    match: Match
    listing: Listing
    location: Location


def doubtful(actor: Actor) -> sa.Select[Match]:
    """The matches in sight that a person is asked about; a second listing of a place is a duplicate."""
    return (
        scoped(actor, Match)
        .join(Listing, Listing.id == Match.listing_id)
        .where(
            Match.decision == Decision.REVIEW,
            Match.duplicate_of.is_(None),
            Match.location_id.is_not(None),
            Listing.missing_since.is_(None),
        )
    )


def page(db: Session, actor: Actor, *, source: str, location_id: int | None, after: str) -> Sequence[Doubt]:
    """A page of them, the likeliest first, and one more when there are more; `after` is a `mark`."""
    query = doubtful(actor)
    if source:
        query = query.where(Listing.source == source)
    if location_id is not None:
        query = query.where(Match.location_id == location_id)
    if (behind := _behind(after)) is not None:
        query = query.where(behind)
    rows = (
        query.join(Location, Location.id == Match.location_id)
        .add_columns(Listing, Location)
        .order_by(*_ORDER)
        .limit(PAGE + 1)
    )
    return [Doubt(*row) for row in db.execute(rows)]


_ORDER = (Match.probability.desc(), Match.listing_id)


def mark(match: Match) -> str:
    """Where the list goes on behind a match."""
    return f"{match.probability}.{match.listing_id}".replace(".", "-")


def _behind(text: str) -> sa.ColumnElement[bool] | None:
    whole, _, listing_id = text.rpartition("-")
    try:
        probability, listing = float(whole.replace("-", ".")), int(listing_id)
    except ValueError:
        return None
    return _after(probability, listing)


def _after(probability: float, listing_id: int) -> sa.ColumnElement[bool]:
    return sa.or_(
        Match.probability < probability,
        sa.and_(Match.probability == probability, Match.listing_id > listing_id),
    )


def followed(db: Session, actor: Actor, doubts: Sequence[Doubt]) -> set[tuple[int | None, str]]:
    """Which locations of these doubts have a listing at which source already."""
    query = (
        scoped(actor, Listing)
        .where(
            Listing.location_id.in_({doubt.location.id for doubt in doubts}), Listing.missing_since.is_(None)
        )
        .with_only_columns(Listing.location_id, Listing.source)
    )
    return {(location_id, source) for location_id, source in db.execute(query)}


def counts(db: Session, actor: Actor) -> dict[str, int]:
    """How many wait, by source."""
    query = doubtful(actor).with_only_columns(Listing.source, sa.func.count()).group_by(Listing.source)
    return dict(db.execute(query).all())


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The listings before and after one in the queue, its place from 1, and how many there are."""

    previous: int | None
    next: int | None
    position: int
    total: int


def around(db: Session, actor: Actor, match: Match) -> Neighbours:
    """Where a match stands in the queue, or would stand."""
    here, ids = (match.probability, match.listing_id), Match.listing_id
    behind = _after(*here)
    ahead = sa.and_(sa.not_(behind), ids != match.listing_id)
    rows = doubtful(actor).with_only_columns(ids)
    numbers = doubtful(actor).with_only_columns(
        sa.func.count(), sa.func.sum(sa.case((ahead, 1), else_=0)), maintain_column_froms=True
    )
    total, before = db.execute(numbers).one()
    return Neighbours(
        db.scalar(rows.where(ahead).order_by(Match.probability, ids.desc()).limit(1)),
        db.scalar(rows.where(behind).order_by(*_ORDER).limit(1)),
        (before or 0) + 1,
        total,
    )


def of_listing(db: Session, actor: Actor, listing_id: int) -> tuple[Match, Listing] | None:
    """A listing's match as far as it is in the actor's sight: by its location, or decided by themselves."""
    query: sa.Select[Any] = (
        scoped(actor, Match)
        .where(Match.listing_id == listing_id)
        .join(Listing, Listing.id == Match.listing_id)
        .add_columns(Listing)
    )
    row = db.execute(query).one_or_none()
    return (row[0], row[1]) if row is not None else None
