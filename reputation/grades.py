"""A directory's letter on a location's public page: only with its recorded permission, never as stars.

BBB's letter is its opinion of how complaints are handled; reviews don't enter it, so it is neither
turned into stars nor averaged with anything.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.models.listing import Listing
from listings.permissions import NEED_PERMISSION, in_force
from listings.retention import readable_listings
from listings.sources import SOURCES, SourceFacts

GRADES = ("A+", "A", "A-", "B+", "B", "B-", "C+", "C", "C-", "D+", "D", "D-", "F")
"""BBB's letters in their order; anything else is no grade."""
FRESH = dt.timedelta(days=30)
"""An older letter may have changed since; it isn't shown as today's."""
COMPANY_WIDE = ("system_wide", "local_report")
"""What a profile says whose figures aren't one location's."""


@dataclass(frozen=True, slots=True)
class PublicGrade:
    """A letter, where it comes from, its page there, and when it was last seen."""

    source: SourceFacts
    letter: str
    url: str
    seen_at: dt.datetime


def grades_of(
    session: Session, organization_id: int, location_id: int, now: dt.datetime
) -> tuple[PublicGrade, ...]:
    """The letters of a location that may be shown to the world; none without a permission in force."""
    allowed = [key for key in NEED_PERMISSION if in_force(session, organization_id, key) is not None]
    if not allowed:
        return ()
    rows = session.scalars(
        sa.select(Listing)
        .where(
            Listing.organization_id == organization_id,
            Listing.location_id == location_id,
            Listing.source.in_(allowed),
            Listing.missing_since.is_(None),
            Listing.supplied_by.is_(None),
            Listing.last_seen_at > now - FRESH,
            readable_listings(now),
        )
        .order_by(Listing.id)
    )
    found = (_grade(row) for row in rows)
    return tuple(grade for grade in found if grade is not None)


def _grade(listing: Listing) -> PublicGrade | None:
    said = (listing.record or {}).get("extra") or {}
    letter, url = said.get("grade"), listing.url or ""
    if letter not in GRADES or any(said.get(mark) for mark in COMPANY_WIDE) or not url.startswith("https://"):
        return None
    return PublicGrade(SOURCES[listing.source], letter, url, listing.last_seen_at)
