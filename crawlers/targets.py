"""The locations a crawl looks for, with the listing that is known of each already."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crawlers.plan import Target
from listings.models.listing import Listing
from listings.models.location import Location
from listings.records import OpenStatus
from listings.sources import GOOGLE, GOOGLE_PLACES


def targets_of(
    session: Session,
    organization_id: int,
    source: str,
    location_ids: Sequence[int] | None,
    access: dict[str, Any],
) -> list[Target]:
    """The targets of one crawl, closed locations left out.

    google_places costs money per place, so locations that have an owner's listing at Google are
    left out too unless the credential says "cover": "all".
    """
    query = (
        sa.select(Location, Listing.source_id, Listing.api_name)
        .outerjoin(
            Listing,
            sa.and_(
                Listing.location_id == Location.id,
                Listing.source == source,
                Listing.missing_since.is_(None),
                Listing.supplied_by.is_(None),
            ),
        )
        .where(Location.organization_id == organization_id, Location.status != OpenStatus.CLOSED)
        .order_by(Location.id)
    )
    if location_ids is not None:
        query = query.where(Location.id.in_(location_ids))
    if source == GOOGLE_PLACES and access.get("cover") != "all":
        owned = sa.select(Listing.location_id).where(
            Listing.organization_id == organization_id,
            Listing.source == GOOGLE,
            Listing.location_id.is_not(None),
        )
        query = query.where(Location.id.not_in(owned))
    return [
        Target(
            key=location.id,
            name=location.name,
            street=location.street,
            city=location.city,
            region=location.region,
            postal_code=location.postal_code,
            country=location.country,
            website=location.website,
            source_id=source_id,
            api_name=api_name,
        )
        for location, source_id, api_name in session.execute(query)
    ]
