import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base, Id
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.organization import Organization


class DuplicateKind(StrEnum):
    """What stands twice: one place at a source, or one place in the user's own records."""

    LISTING = "listing"
    LOCATION = "location"


class DuplicateState(StrEnum):
    """Where a duplicate stands on its way out of the world."""

    OPEN = "open"
    REPORTED = "reported"
    RESOLVED = "resolved"
    NOT_DUPLICATE = "not_duplicate"
    MERGED = "merged"


class Duplicate(Base):
    """Two entries for one place.

    Of listings `listing_id` is the one that is followed and `other_listing_id` the second one;
    `location_id` is the place. Of own records `location_id` and `other_location_id` are the two.
    `pair` names the two whichever comes first, so that a pair is found once and never again after
    somebody has said that it is none.
    """

    __tablename__ = "duplicate"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    kind: Mapped[DuplicateKind]
    pair: Mapped[str]
    source: Mapped[str | None]
    location_id: Mapped[int] = mapped_column(ForeignKey(Location.id), index=True)
    other_location_id: Mapped[int | None] = mapped_column(ForeignKey(Location.id), index=True)
    listing_id: Mapped[int | None] = mapped_column(ForeignKey(Listing.id), index=True)
    other_listing_id: Mapped[int | None] = mapped_column(ForeignKey(Listing.id), index=True)
    state: Mapped[DuplicateState]
    state_since: Mapped[dt.datetime]
    probability: Mapped[float]
    reasons: Mapped[list[Any] | None]
    first_seen_at: Mapped[dt.datetime]
    last_seen_at: Mapped[dt.datetime]
    expected_by: Mapped[dt.datetime | None]
    """When a reported one should be gone at its source."""

    __table_args__ = (
        UniqueConstraint("organization_id", "pair"),
        Index(None, "organization_id", "state", "id"),
    )


class DuplicateEvent(Base):
    """One step in a duplicate's history; `person_id` None means the source or the system did it."""

    __tablename__ = "duplicate_event"

    id: Mapped[Id]
    duplicate_id: Mapped[int] = mapped_column(ForeignKey(Duplicate.id))
    at: Mapped[dt.datetime]
    act: Mapped[str]
    """What was done or seen: "found", "second", "reported", "kept", "not_duplicate", "merged", "gone", "came_back"."""
    state: Mapped[DuplicateState]
    previous_state: Mapped[DuplicateState | None]
    person_id: Mapped[int | None]
    detail: Mapped[dict[str, Any] | None]
    undone_at: Mapped[dt.datetime | None]

    __table_args__ = (Index(None, "duplicate_id", "at"),)
