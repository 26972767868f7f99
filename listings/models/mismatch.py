import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base, Id
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.organization import Organization
from listings.models.snapshot import Snapshot
from listings.severity import Severity


class MismatchState(StrEnum):
    """Where a difference stands on its way out of the world."""

    OPEN = "open"
    FIX_SENT = "fix_sent"
    WAITING = "waiting"
    FIXED = "fixed"
    CAME_BACK = "came_back"
    ACCEPTED = "accepted"
    LOCATION_WRONG = "location_wrong"
    NOT_OURS = "not_ours"
    DISMISSED = "dismissed"


SEVERITY_RANK = {severity: rank for rank, severity in enumerate(Severity)}


class Mismatch(Base):
    """One field of one listing that differs from the location.

    `live_value` is None where the source's policy lets no value be kept; `live_hash` (keyed)
    still tells whether it changed. `cause` groups rows that one decision settles.
    """

    __tablename__ = "mismatch"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    location_id: Mapped[int] = mapped_column(ForeignKey(Location.id))
    listing_id: Mapped[int] = mapped_column(ForeignKey(Listing.id))
    source: Mapped[str]
    field: Mapped[str]
    state: Mapped[MismatchState]
    severity: Mapped[Severity]
    severity_rank: Mapped[int]
    verdict: Mapped[str]
    reason: Mapped[str]
    cause: Mapped[str]
    record_value: Mapped[str | None]
    live_value: Mapped[str | None]
    live_hash: Mapped[str]
    value_expires_at: Mapped[dt.datetime | None]
    accepted_pair: Mapped[str | None]
    """Hash of the value pair a person accepted: another value reopens the row."""
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey(Snapshot.id), index=True)
    seen_count: Mapped[int] = mapped_column(default=1)
    first_seen_at: Mapped[dt.datetime]
    last_seen_at: Mapped[dt.datetime]
    state_since: Mapped[dt.datetime]
    expected_by: Mapped[dt.datetime | None]

    __table_args__ = (
        UniqueConstraint("listing_id", "field"),
        Index(None, "organization_id", "state", "severity_rank", "last_seen_at", "id"),
        Index(None, "location_id", "state"),
        Index(None, "value_expires_at"),
    )

    def value_at(self, now: dt.datetime) -> str | None:
        """The live value, as long as the source's policy lets it be read."""
        expired = self.value_expires_at is not None and self.value_expires_at <= now
        return None if expired else self.live_value


class MismatchEvent(Base):
    """One step in a mismatch's history; `person_id` None means the source or the system did it."""

    __tablename__ = "mismatch_event"

    id: Mapped[Id]
    mismatch_id: Mapped[int] = mapped_column(ForeignKey(Mismatch.id))
    at: Mapped[dt.datetime]
    state: Mapped[MismatchState]
    previous_state: Mapped[MismatchState | None]
    person_id: Mapped[int | None]
    detail: Mapped[dict[str, Any] | None]
    undone_at: Mapped[dt.datetime | None]

    __table_args__ = (Index(None, "mismatch_id", "at"),)
