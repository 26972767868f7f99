import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base, Id
from listings.models.location import Location
from listings.models.organization import Organization


class CredentialState(StrEnum):
    """Whether a stored access still works; `needs_reconnect` waits for a person, not for a retry."""

    OK = "ok"
    NEEDS_RECONNECT = "needs_reconnect"


class Credential(Base):
    """One access to one source; the secret is encrypted (MultiFernet) and never leaves the worker."""

    __tablename__ = "credential"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    source: Mapped[str]
    name: Mapped[str]
    secret: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[CredentialState] = mapped_column(default=CredentialState.OK)
    cause: Mapped[str | None]
    """The source's own reason when it stopped working, in words."""
    answers: Mapped[bool] = mapped_column(default=False)
    """Whether it holds what the source wants to see before it takes answers from us."""
    checked_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]

    __table_args__ = (UniqueConstraint("organization_id", "source", "name"),)


class SourceState(Base):
    """How one source does for one organization: well, ill, or paused by a person."""

    __tablename__ = "source_state"

    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    last_ok_at: Mapped[dt.datetime | None]
    last_run_at: Mapped[dt.datetime | None]
    ill_since: Mapped[dt.datetime | None]
    ill_outcome: Mapped[str | None]
    ill_detail: Mapped[str | None]
    paused_at: Mapped[dt.datetime | None]
    held_back: Mapped[dict[str, Any] | None]
    """A drop of reviews too large to believe, waiting for a person."""
    drift: Mapped[dict[str, Any] | None]
    """{"fields", "accepted", "since"}: values that vanished from most listings at once, not yet believed."""
    quota_holder: Mapped[str | None]
    """On whose account its requests are counted (QuotaBucket.holder), as the worker last saw it."""


class RunState(StrEnum):
    """A crawl that is `running` after a crash is taken up at its checkpoint."""

    RUNNING = "running"
    COMPLETE = "complete"
    INCOMPLETE = "incomplete"


class CrawlRun(Base):
    """One crawl of one source: counts by outcome, and the checkpoint it can go on from."""

    __tablename__ = "crawl_run"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    source: Mapped[str]
    slot: Mapped[str]
    """What the run is for, unique per organization and source; the schedule's tick or a request."""
    state: Mapped[RunState]
    started_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
    resumes_at: Mapped[dt.datetime | None]
    """When it goes on, while it waits for a source that may not be asked."""
    resumed: Mapped[int] = mapped_column(default=0)
    checkpoint: Mapped[dict[str, Any] | None]
    outcomes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    pages: Mapped[int] = mapped_column(default=0)
    listings: Mapped[int] = mapped_column(default=0)
    reviews: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("organization_id", "source", "slot"),
        Index(None, "organization_id", "source", "started_at"),
    )


class CrawlMark(Base):
    """When a location was last planned to be looked up at a source."""

    __tablename__ = "crawl_mark"

    source: Mapped[str] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey(Location.id), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    asked_at: Mapped[dt.datetime]

    __table_args__ = (Index(None, "location_id"),)
