"""What each finished crawl found of every field: the past that the next crawl is compared with."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base
from listings.models.crawl import CrawlRun
from listings.models.organization import Organization


class RunFill(Base):
    """One finished crawl in numbers; no value of any listing is in it.

    `answers` counts what was asked by how it ended. `filled` has for each kind of record the number
    of records, and of those that had each field: {"listings": {"records": 24, "phone": 23}}.
    `apart` names the fields in which this crawl is no example of how the source usually answers.
    """

    __tablename__ = "run_fill"

    run_id: Mapped[int] = mapped_column(ForeignKey(CrawlRun.id), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    source: Mapped[str]
    ended_at: Mapped[dt.datetime]
    whole: Mapped[bool]
    """Whether it was shown every listing that its access reaches."""
    answers: Mapped[dict[str, Any]]
    filled: Mapped[dict[str, Any]]
    apart: Mapped[list[Any]]

    __table_args__ = (Index(None, "organization_id", "source", "run_id"),)
