"""After limits were moved: the listings between the former and the new ones are sorted anew."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.candidates import stored
from listings.limits import Limits, moved
from listings.link import Decided, link
from listings.models.listing import Listing, Match
from listings.models.match_limits import MatchLimits


def sort_anew(
    session: Session, limits_id: int, now: dt.datetime, *, after: int, limit: int
) -> Sequence[Listing]:
    """Decide by the new limits on the next listings above the id `after`; returns them, `limit` at most.

    The evidence stays as it was told; only what follows from it is decided anew.
    """
    change = session.get_one(MatchLimits, limits_id)
    holds = Limits(change.match, change.review)
    mine = sa.select(Match).where(Match.organization_id == change.organization_id, Match.listing_id > after)
    query = moved(mine, Limits(change.former_match, change.former_review), holds)
    matches = session.scalars(query.order_by(Match.listing_id).limit(limit)).all()
    listings = []
    for match in matches:
        listing = session.get_one(Listing, match.listing_id)
        decided = Decided(
            match.location_id,
            holds.decision(match.probability),
            match.probability,
            match.reasons or (),
            candidates=stored(match.candidates),
        )
        link(session, listing, decided, now)
        listings.append(listing)
    if not listings:
        change.applied_at = now
        session.flush()
    return listings
