"""Jobs of matching: duplicates looked for after a crawl or an import, and limits that were moved.

Each is done in pieces, so that none holds the write lock for long.
"""

import structlog

from crawlers.door import Door
from listings import duplicates
from listings.duplicates import FindDuplicates
from listings.jobs import JobContext
from listings.limits import ApplyLimits
from listings.recheck import recheck
from listings.rematch import sort_anew
from reputation.ingest import follow_listing

log = structlog.get_logger()

AT_ONCE = 50
RECHECKED = 10
"""Listings in one transaction that are compared with their location as well."""


def find_duplicates(door: Door, context: JobContext, payload: FindDuplicates) -> None:
    """Look for second listings of one source, or for own records that stand twice."""
    del context
    if payload.source is None:
        compare_records(door, payload.organization_id)
    else:
        follow_second_listings(door, payload.organization_id, payload.source)


def follow_second_listings(door: Door, organization_id: int, source: str) -> None:
    """Note what a source lists twice, and close what it no longer does."""
    after: int | None = 0
    while after is not None:
        with door.database.write() as session:
            after = duplicates.find_second_listings(
                session, organization_id, source, door.clock(), after=after, limit=AT_ONCE
            )
    done = AT_ONCE
    while done >= AT_ONCE:
        with door.database.write() as session:
            done = duplicates.resolve_second_listings(
                session, organization_id, source, door.clock(), limit=AT_ONCE
            )


def compare_records(door: Door, organization_id: int) -> None:
    """Note which of an organization's own records are probably one place; the comparing holds no lock."""
    with door.database.read() as session:
        rows = duplicates.own_records(session, organization_id)
    found = duplicates.pairs_among(rows)
    for start in range(0, len(found), AT_ONCE):
        with door.database.write() as session:
            duplicates.note_records(session, organization_id, found[start : start + AT_ONCE], door.clock())
    with door.database.write() as session:
        duplicates.resolve_records(session, organization_id, found, door.clock())


def apply_limits(door: Door, context: JobContext, payload: ApplyLimits) -> None:
    """Sort the listings that a change of limits moved; those newly linked are compared at once."""
    del context
    after, sorted_anew = 0, 0
    while True:
        with door.database.write() as session:
            listings = sort_anew(session, payload.limits_id, door.clock(), after=after, limit=RECHECKED)
            for listing in listings:
                follow_listing(session, listing)
            linked = [listing.location_id for listing in listings if listing.location_id is not None]
            recheck(session, linked, hashes=door.hashes, now=door.clock())
        if not listings:
            break
        after, sorted_anew = listings[-1].id, sorted_anew + len(listings)
    log.info("limits_applied", limits=payload.limits_id, listings=sorted_anew)
