import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from listings.db import Base, Id
from listings.matching.decision import Decision
from listings.models.location import Location
from listings.models.organization import Organization
from listings.models.person import Person
from listings.models.snapshot import Snapshot

__all__ = ["DecidedBy", "Decision", "Listing", "Match", "Observation", "Verdict"]


class Listing(Base):
    """One source's entry for a place; it may belong to a location or not yet.

    `record` is the newest observation as ListingRecord.as_json, None where the source's policy
    lets no value be written to disk or has taken it away again.
    """

    __tablename__ = "listing"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    source: Mapped[str]
    source_id: Mapped[str]
    url: Mapped[str | None]
    api_name: Mapped[str | None]
    """The name the source's interface knows it by, where that is more than source_id."""
    location_id: Mapped[int | None] = mapped_column(ForeignKey(Location.id))
    """The location it belongs to: set by a sure match or a person's verdict only."""
    record: Mapped[dict[str, Any] | None]
    record_hash: Mapped[str | None]
    record_expires_at: Mapped[dt.datetime | None]
    rating: Mapped[float | None]
    review_count: Mapped[int | None]
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey(Snapshot.id))
    first_seen_at: Mapped[dt.datetime]
    last_seen_at: Mapped[dt.datetime]
    missing_since: Mapped[dt.datetime | None]
    supplied_by: Mapped[str | None]
    """The file the business supplied it in; None for what the source itself answered."""

    __table_args__ = (
        UniqueConstraint("organization_id", "source", "source_id"),
        Index(None, "organization_id", "location_id", "source"),
        Index(None, "snapshot_id"),
        Index(None, "record_expires_at"),
    )


class Observation(Base):
    """What one snapshot says of one listing; written only when it differs from the one before."""

    __tablename__ = "observation"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    listing_id: Mapped[int] = mapped_column(ForeignKey(Listing.id))
    snapshot_id: Mapped[int] = mapped_column(ForeignKey(Snapshot.id), index=True)
    observed_at: Mapped[dt.datetime]
    reader_version: Mapped[str]
    record_hash: Mapped[str]
    record: Mapped[dict[str, Any] | None]

    listing: Mapped[Listing] = relationship(lazy="raise")
    """Lets both be written at once when the listing is new."""

    __table_args__ = (Index(None, "listing_id", "observed_at"),)


class DecidedBy(StrEnum):
    """Whose word a decision is: the engine's, the owner's at the source, or a person's here."""

    ENGINE = "engine"
    OWNER = "owner"
    PERSON = "person"


class Match(Base):
    """The newest decision about a listing, with its reasons point by point.

    `candidates` are the locations that the engine weighed, the likeliest first (see
    listings.candidates); kept while a person is asked or has answered.
    """

    __tablename__ = "match"

    listing_id: Mapped[int] = mapped_column(ForeignKey(Listing.id), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    location_id: Mapped[int | None] = mapped_column(ForeignKey(Location.id), index=True)
    decision: Mapped[Decision]
    probability: Mapped[float]
    by: Mapped[DecidedBy] = mapped_column(default=DecidedBy.ENGINE)
    reasons: Mapped[list[Any] | None]
    candidates: Mapped[list[Any] | None]
    duplicate_of: Mapped[int | None] = mapped_column(ForeignKey(Listing.id))
    decided_at: Mapped[dt.datetime]

    listing: Mapped[Listing] = relationship(foreign_keys=[listing_id], lazy="raise")
    """Lets both be written at once when the listing is new."""

    __table_args__ = (
        Index(None, "organization_id", "decision"),
        Index(None, "organization_id", "probability"),
        Index(None, "duplicate_of"),
    )


class Verdict(Base):
    """A person's word on whether a listing describes a location; it outranks every engine.

    `second`: it does, but another listing of its source is the one to follow. `probability` is what the
    engine thought of the pair, where it had thought of it: with `same` it is a label. `before` is the
    match as it stood, for the way back.
    """

    __tablename__ = "verdict"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id), index=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey(Listing.id))
    location_id: Mapped[int] = mapped_column(ForeignKey(Location.id))
    same: Mapped[bool]
    second: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    at: Mapped[dt.datetime]
    probability: Mapped[float | None]
    before: Mapped[dict[str, Any] | None]

    __table_args__ = (UniqueConstraint("listing_id", "location_id"),)
