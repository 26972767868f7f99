import datetime as dt

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base, Id
from listings.models.crawl import CrawlRun
from listings.models.organization import Organization


class Body(Base):
    """The bytes of an answer, compressed and addressed by the SHA-256 of the plain bytes.

    The organization is part of the key: no hash crosses it.
    """

    __tablename__ = "body"

    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id), primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    compressed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Snapshot(Base):
    """One answer of a source: when, from where, how it ended. `sha256` is None where no body is kept."""

    __tablename__ = "snapshot"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    source: Mapped[str]
    url: Mapped[str]
    status: Mapped[int]
    outcome: Mapped[str]
    """One of the outcomes of a fetch: ok, not_modified, not_found, moved, blocked, …"""
    detail: Mapped[str | None]
    fetched_at: Mapped[dt.datetime]
    reader_version: Mapped[str]
    final_url: Mapped[str | None]
    """Where the answer came from in the end, when redirects led elsewhere."""
    run_id: Mapped[int | None] = mapped_column(ForeignKey(CrawlRun.id), index=True)
    sha256: Mapped[str | None]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    body_expires_at: Mapped[dt.datetime | None]
    """When the source's policy takes the body away; None keeps it by the general rule."""

    __table_args__ = (
        Index(None, "organization_id", "source", "fetched_at"),
        Index(None, "organization_id", "sha256"),
        Index(None, "organization_id", "url", "fetched_at"),
        Index(None, "body_expires_at"),
    )
