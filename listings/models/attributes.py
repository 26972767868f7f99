import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base, Id
from listings.models.listing import Listing
from listings.models.organization import Organization
from listings.models.snapshot import Snapshot


class ListingAttributes(Base):
    """What a source calls a listing's attributes (wheelchair access, links to a menu …), by their names there.

    `doubted_at`: an answer suddenly showed none of them, which isn't believed at once.
    """

    __tablename__ = "listing_attributes"

    listing_id: Mapped[int] = mapped_column(ForeignKey(Listing.id), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    attributes: Mapped[dict[str, Any]]
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey(Snapshot.id), index=True)
    read_at: Mapped[dt.datetime]
    doubted_at: Mapped[dt.datetime | None]


class ChangeState(StrEnum):
    """A change is confirmed only by a later reading that agrees."""

    QUEUED = "queued"
    SENT = "sent"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    CONFLICT = "conflict"
    TAKEN_BACK = "taken_back"


class AttributeChange(Base):
    """A person's wish that one attribute of a listing shall be another.

    `value` and `before` are {"is": …}, None in it where there is none: before is what the person saw.
    """

    __tablename__ = "attribute_change"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    listing_id: Mapped[int] = mapped_column(ForeignKey(Listing.id))
    name: Mapped[str]
    value: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any]]
    state: Mapped[ChangeState]
    person_id: Mapped[int | None]
    created_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
    detail: Mapped[str | None]

    __table_args__ = (Index(None, "listing_id", "state"),)
