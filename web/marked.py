"""The rows that marks in a form stand for."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.access import Actor, scoped
from listings.models.listing import Listing, Match
from listings.models.location import Location
from listings.models.mismatch import Mismatch
from web.mismatch_query import By, Found, Wanted, narrowed, of_group


@dataclass(frozen=True, slots=True)
class Marked:
    """The first rows of `total`, and the marks as they came."""

    marks: tuple[str, ...]
    rows: tuple[Found, ...]
    total: int


def marked_rows(
    db: Session, actor: Actor, marks: Sequence[str], wanted: Wanted, now: dt.datetime, *, limit: int
) -> Marked | None:
    """The rows of ids ("17") and groups ("cause:ab12"), a group under the filters of `wanted`.

    None when an id isn't in the actor's sight, so that foreign ids tell nothing.
    """
    ids = {int(mark) for mark in marks if mark.isascii() and mark.isdigit() and len(mark) < 19}
    grouped = [mark.partition(":") for mark in marks if mark.partition(":")[0] in list(By)]
    found = set(
        db.scalars(scoped(actor, Mismatch).where(Mismatch.id.in_(ids)).with_only_columns(Mismatch.id))
    )
    if found != ids:
        return None
    any_of = [Mismatch.id.in_(ids)] if ids else []
    any_of += [
        Mismatch.id.in_(of_group(narrowed(actor, wanted, now), By(by), key).with_only_columns(Mismatch.id))
        for by, _, key in grouped
    ]
    if not any_of:
        return Marked(tuple(marks), (), 0)
    query = scoped(actor, Mismatch).where(sa.or_(*any_of))
    total = db.scalar(query.with_only_columns(sa.func.count())) or 0
    joined = (
        query.join(Location, Location.id == Mismatch.location_id)
        .join(Listing, Listing.id == Mismatch.listing_id)
        .outerjoin(Match, Match.listing_id == Mismatch.listing_id)
        .add_columns(Location, Listing, Match)
        .order_by(Mismatch.severity_rank, Location.code, Mismatch.id)
        .limit(limit)
    )
    return Marked(tuple(marks), tuple(Found(*row) for row in db.execute(joined)), total)
