"""After a location record changed: its listings' stored records are compared with it again."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.flag import flag
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.snapshot import Snapshot
from listings.records import listing_from_json
from listings.secrets import ValueHash


def recheck(
    session: Session,
    location_ids: Sequence[int],
    *,
    hashes: ValueHash,
    now: dt.datetime,
    source: str | None = None,
) -> int:
    """Compare every kept record of these locations again; returns how many were compared.

    `source` narrows it to one source. Sources whose values may not be kept are compared at their next crawl.
    """
    query = (
        sa.select(Location, Listing, Snapshot)
        .join(
            Listing,
            sa.and_(Listing.organization_id == Location.organization_id, Listing.location_id == Location.id),
        )
        .join(Snapshot, Snapshot.id == Listing.snapshot_id)
        .where(Location.id.in_(location_ids), Listing.record.is_not(None))
    )
    if source is not None:
        query = query.where(Listing.source == source)
    rows = session.execute(query).all()
    compared = 0
    for location, listing, snapshot in rows:
        expires = listing.record_expires_at
        if listing.record is None or (expires is not None and expires <= now):
            continue
        flag(session, location, listing, listing_from_json(listing.record), snapshot, hashes=hashes, now=now)
        compared += 1
    return compared
