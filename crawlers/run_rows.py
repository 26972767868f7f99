"""The writing transactions of one crawl, and the row that counts what it did."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.db import Database
from listings.models.crawl import CrawlRun
from listings.models.organization import Organization

RECORDS_AT_ONCE = 5
"""Listings per transaction, so that none holds the write lock for long."""

# Made once, like every statement that is asked for each page: making one costs more than asking it.
_COUNT = (
    sa.update(CrawlRun)
    .where(CrawlRun.id == sa.bindparam("run"))
    .values({name: getattr(CrawlRun, name) + sa.bindparam(name) for name in ("pages", "listings", "reviews")})
)
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class RunRows:
    """How one crawl writes."""

    database: Database
    organization_id: int
    run_id: int

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that no other crawl of the organization writes beside.

        Two that see the same new listing would else both add it; SQLite lets only one write anyway.
        """
        with self.database.write() as session:
            if not self.database.sqlite:
                session.get_one(Organization, self.organization_id, with_for_update={"key_share": True})
            yield session

    def count(self, session: Session, *, pages: int = 0, listings: int = 0, reviews: int = 0) -> None:
        """Count in the run's row, so that somebody who looks sees it go on."""
        counted = {"run": self.run_id, "pages": pages, "listings": listings, "reviews": reviews}
        session.connection().execute(_COUNT, counted)


def chunks(records: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    """The records in the portions that are written in one transaction."""
    return (records[start : start + RECORDS_AT_ONCE] for start in range(0, len(records), RECORDS_AT_ONCE))
