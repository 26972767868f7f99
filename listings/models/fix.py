import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base, Id
from listings.models.mismatch import Mismatch
from listings.models.organization import Organization


class Channel(StrEnum):
    """How a correction reaches the source."""

    API = "api"
    KIT = "kit"
    FILE = "file"
    """In a file that a person uploads there."""


class FixState(StrEnum):
    """A fix is confirmed only by a later observation that agrees."""

    QUEUED = "queued"
    SENT = "sent"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    CONFLICT = "conflict"
    TAKEN_BACK = "taken_back"


class Fix(Base):
    """The correction of one mismatch."""

    __tablename__ = "fix"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    mismatch_id: Mapped[int] = mapped_column(ForeignKey(Mismatch.id), index=True)
    channel: Mapped[Channel]
    state: Mapped[FixState]
    field: Mapped[str]
    value: Mapped[str | None]
    replaces_hash: Mapped[str]
    """Hash of the live value the person saw: another one at sending time is a conflict."""
    person_id: Mapped[int | None]
    created_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
    detail: Mapped[str | None]

    __table_args__ = (Index(None, "organization_id", "state"),)


class DeliveryAttempt(Base):
    """Written before an effect outside and finished after it, so that a crash in between shows."""

    __tablename__ = "delivery_attempt"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    kind: Mapped[str]
    """What is delivered: "fix", "reply", "change", "attribute" or "withdrawal"."""
    subject_id: Mapped[int]
    started_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
    outcome: Mapped[str | None]
    detail: Mapped[dict[str, Any] | None]

    __table_args__ = (Index(None, "kind", "subject_id"),)
