import datetime as dt
import secrets
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base, Id


class Organization(Base):
    """A brand or an agency's client; the tenant: nothing crosses it."""

    __tablename__ = "organization"

    id: Mapped[Id]
    name: Mapped[str]
    public_id: Mapped[str] = mapped_column(default=lambda: secrets.token_urlsafe(9), unique=True)
    """The only name the world knows it by, in the addresses of its location pages; unguessable."""
    time_zone: Mapped[str] = mapped_column(default="UTC")
    """IANA name; what a location without its own zone is read in."""
    locale: Mapped[str] = mapped_column(default="en_US")
    locations_revision: Mapped[int] = mapped_column(default=0)
    """Raised in every transaction that changes what matching sees of a location."""
    created_at: Mapped[dt.datetime]


class AuditEntry(Base):
    """One act of one person (or of the system, when `person_id` is None). Holds ids, never contents."""

    __tablename__ = "audit_entry"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    # No foreign key: the trail outlives the person it names.
    person_id: Mapped[int | None]
    at: Mapped[dt.datetime]
    act: Mapped[str]
    """Verb and noun in lower case, as in "reply.sent"."""
    subject_kind: Mapped[str | None]
    subject_id: Mapped[int | None]
    detail: Mapped[dict[str, Any] | None]

    __table_args__ = (Index(None, "organization_id", "at"),)
