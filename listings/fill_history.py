"""A source's past crawls in numbers: written at the end of each, read at the beginning of the next."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.models.fill import RunFill
from listings.models.listing import Listing

KEPT = 30
"""Crawls of a source that are remembered, and as many again in which nothing was doubted."""
ENOUGH_RUNS = 5
"""Past crawls; of fewer nobody can say what is usual."""
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class PastRun:
    """What one crawl found: see RunFill, whose row it is."""

    whole: bool
    filled: Mapping[str, Mapping[str, int]]
    apart: Collection[str] = ()
    answers: Mapping[str, int] = field(default_factory=dict)
    ended_at: dt.datetime | None = None


def past(session: Session, organization_id: int, source: str) -> list[PastRun]:
    """What is remembered of a source, the newest first."""
    rows = session.scalars(_of(organization_id, source).order_by(RunFill.run_id.desc()))
    return [PastRun(row.whole, row.filled, row.apart, row.answers, row.ended_at) for row in rows]


def remember(session: Session, row: RunFill) -> None:
    """Keep a finished crawl and forget the oldest; so that a long illness leaves what was usual before."""
    session.add(row)
    session.flush()
    rows = session.execute(
        _of(row.organization_id, row.source)
        .with_only_columns(RunFill.run_id, RunFill.apart)
        .order_by(RunFill.run_id.desc())
    ).all()
    good = [run_id for run_id, apart in rows if not apart]
    kept = {run_id for run_id, _ in rows[:KEPT]} | set(good[:KEPT])
    old = [run_id for run_id, _ in rows if run_id not in kept]
    if old:
        session.execute(sa.delete(RunFill).where(RunFill.run_id.in_(old)))


def turn(session: Session, organization_id: int, source: str, fields: Sequence[str]) -> None:
    """Of these fields, let the crawls be usual that were apart, and the others apart; twice is as before."""
    for row in session.scalars(_of(organization_id, source)):
        row.apart = sorted({*row.apart} ^ {*fields})
    session.flush()


def stored_records(session: Session, snapshot_ids: Sequence[int]) -> list[Mapping[str, Any]]:
    """The records of the listings that rest on these answers."""
    found: list[Mapping[str, Any]] = []
    for first in range(0, len(snapshot_ids), AT_ONCE):
        chunk = snapshot_ids[first : first + AT_ONCE]
        query = sa.select(Listing.record).where(Listing.snapshot_id.in_(chunk), Listing.record.is_not(None))
        found += [record for record in session.scalars(query) if record is not None]
    return found


def _of(organization_id: int, source: str) -> sa.Select[RunFill]:
    return sa.select(RunFill).where(RunFill.organization_id == organization_id, RunFill.source == source)
