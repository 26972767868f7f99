"""The locations a crawl looks for, with the listing that is known of each already."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crawlers.plan import Target
from listings.models.given_url import GivenUrl
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.snapshot import Snapshot
from listings.records import OpenStatus
from listings.sources import SourceFacts

_LOOKED_FOR = (Location.status != OpenStatus.CLOSED, Location.duplicate_of.is_(None))
"""Closed locations and second records of a place are left out."""


def targets_of(
    session: Session,
    organization_id: int,
    source: SourceFacts,
    location_ids: Sequence[int] | None,
    *,
    cover_all: bool,
) -> list[Target]:
    """The targets of one crawl, closed locations and second records of a place left out.

    Locations whose owner sees the same listing in another source are left out too, unless `cover_all`.
    """
    query = (
        sa.select(Location, Listing.source_id, Listing.api_name, Listing.url, GivenUrl.url, Snapshot.url)
        .outerjoin(
            Listing,
            sa.and_(
                Listing.location_id == Location.id,
                Listing.organization_id == organization_id,
                Listing.source == source.key,
                Listing.missing_since.is_(None),
                Listing.supplied_by.is_(None),
            ),
        )
        .outerjoin(Snapshot, Snapshot.id == Listing.snapshot_id)
        .outerjoin(GivenUrl, sa.and_(GivenUrl.location_id == Location.id, GivenUrl.source == source.key))
        .where(Location.organization_id == organization_id, *_LOOKED_FOR)
        .order_by(Location.id)
    )
    if location_ids is not None:
        query = query.where(Location.id.in_(location_ids))
    if source.owners_view is not None and not cover_all:
        owned = sa.select(Listing.location_id).where(
            Listing.organization_id == organization_id,
            Listing.source == source.owners_view,
            Listing.location_id.is_not(None),
        )
        query = query.where(Location.id.not_in(owned))
    return [_target(*found) for found in session.execute(query)]


def sole_owner(session: Session, location_id: int) -> bool:
    """Whether no other location that is looked for has the same website in its record."""
    here = session.get_one(Location, location_id)
    others = sa.exists().where(
        Location.organization_id == here.organization_id,
        Location.website == here.website,
        Location.id != here.id,
        *_LOOKED_FOR,
    )
    return not session.scalar(sa.select(others))


def _target(  # noqa: PLR0917 - a row of the query
    location: Location,
    source_id: str | None,
    api_name: str | None,
    listing_url: str | None,
    given_url: str | None,
    read_at: str | None,
) -> Target:
    return Target(
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
        listing_url=listing_url,
        given_url=given_url,
        phone=location.phone,
        pin=_pin(location),
        code=location.code,
        read_at=read_at,
    )


def _pin(location: Location) -> tuple[float, float] | None:
    if location.latitude is None or location.longitude is None:
        return None
    return location.latitude, location.longitude
