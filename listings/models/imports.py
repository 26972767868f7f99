import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base, Id
from listings.models.organization import Organization


class ImportState(StrEnum):
    """A run is applied in chunks; `applying` after a crash is taken up again where it stopped."""

    APPLYING = "applying"
    APPLIED = "applied"
    UNDONE = "undone"


class ImportRun(Base):
    """One validated file on its way into the database; `rows_done` is its checkpoint."""

    __tablename__ = "import_run"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id), index=True)
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    state: Mapped[ImportState]
    rows_total: Mapped[int]
    rows_done: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]


class ImportChange(Base):
    """What one row changed: the columns before (None for a new location) and after."""

    __tablename__ = "import_change"

    id: Mapped[Id]
    run_id: Mapped[int] = mapped_column(ForeignKey(ImportRun.id))
    row_number: Mapped[int]
    # No foreign key: the trail outlives a location that an undo removes.
    location_id: Mapped[int]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]

    __table_args__ = (Index(None, "run_id", "row_number"),)
