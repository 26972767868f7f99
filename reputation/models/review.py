import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base, Id
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.organization import Organization
from listings.models.person import Person


class ReviewStatus(StrEnum):
    """Where a review stands in the inbox."""

    OPEN = "open"
    CLOSED = "closed"


class Review(Base):
    """A customer's public words at a source, exactly once per source and review.

    `written_at` and `edited_at` are the source's times; `vanished_at` is a tombstone, set after
    two complete crawls without it and lifted when it shows up again.
    """

    __tablename__ = "review"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    listing_id: Mapped[int] = mapped_column(ForeignKey(Listing.id))
    location_id: Mapped[int | None] = mapped_column(ForeignKey(Location.id))
    source: Mapped[str]
    source_review_id: Mapped[str]
    api_name: Mapped[str | None]
    rating: Mapped[float | None]
    text: Mapped[str | None]
    original_text: Mapped[str | None]
    language: Mapped[str | None]
    author: Mapped[str | None]
    url: Mapped[str | None]
    written_at: Mapped[dt.datetime | None]
    edited_at: Mapped[dt.datetime | None]
    content_hash: Mapped[str]
    identity_hash: Mapped[str]
    """Hash of author, text and time: links a review whose id the source changed."""
    status: Mapped[ReviewStatus] = mapped_column(default=ReviewStatus.OPEN)
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    first_seen_at: Mapped[dt.datetime]
    missed_runs: Mapped[int] = mapped_column(default=0)
    """Complete crawls in a row that did not show it; only missing rows are written, never seen ones."""
    vanished_at: Mapped[dt.datetime | None]
    expires_at: Mapped[dt.datetime | None]
    supplied_by: Mapped[str | None]
    """The file the business supplied it in; shown as "supplied by business" wherever it stands."""

    __table_args__ = (
        UniqueConstraint("organization_id", "source", "source_review_id"),
        Index(None, "organization_id", "status", "written_at", "id"),
        Index(None, "listing_id", "vanished_at"),
        Index(None, "location_id", "written_at"),
        Index(None, "organization_id", "identity_hash"),
        Index(None, "expires_at"),
    )


class ReviewVersion(Base):
    """A former wording of a review: what it said until the source showed something else."""

    __tablename__ = "review_version"

    id: Mapped[Id]
    review_id: Mapped[int] = mapped_column(ForeignKey(Review.id), index=True)
    rating: Mapped[float | None]
    text: Mapped[str | None]
    replaced_at: Mapped[dt.datetime]


class ReviewEvent(Base):
    """Something that happened to a review: new, supplied, edited, rekeyed, vanished, revived, closed, reopened."""

    __tablename__ = "review_event"

    id: Mapped[Id]
    review_id: Mapped[int] = mapped_column(ForeignKey(Review.id), index=True)
    at: Mapped[dt.datetime]
    kind: Mapped[str]
    person_id: Mapped[int | None]
    detail: Mapped[dict[str, Any] | None]


class ReviewNote(Base):
    """A private note below a review; it never leaves the house."""

    __tablename__ = "review_note"

    id: Mapped[Id]
    review_id: Mapped[int] = mapped_column(ForeignKey(Review.id), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    text: Mapped[str]
    at: Mapped[dt.datetime]
