"""When each location was last looked up at each source, and what makes it pressing."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from listings.freshness import Standing
from listings.models.crawl import CrawlMark
from listings.models.listing import Listing
from listings.models.mismatch import Mismatch, MismatchState
from listings.severity import Severity

UNMENDED = (MismatchState.OPEN, MismatchState.CAME_BACK, MismatchState.FIX_SENT, MismatchState.WAITING)


def standings(
    session: Session, organization_id: int, source: str, location_ids: Sequence[int]
) -> list[Standing]:
    """How these locations, a sorted stretch of ids, stand at a source."""
    if not location_ids:
        return []
    stretch = (location_ids[0], location_ids[-1])
    plans = sa.select(CrawlMark.location_id, CrawlMark.asked_at).where(
        CrawlMark.source == source, CrawlMark.location_id.between(*stretch)
    )
    looks = (
        sa.select(Listing.location_id, sa.func.max(Listing.last_seen_at))
        .where(
            Listing.organization_id == organization_id,
            Listing.source == source,
            Listing.location_id.between(*stretch),
            Listing.supplied_by.is_(None),
        )
        .group_by(Listing.location_id)
    )
    planned, seen = dict(session.execute(plans).all()), dict(session.execute(looks).all())
    critical, expected = _unmended(session, source, stretch)
    return [
        Standing(
            id_,
            looked_at=max((at for at in (planned.get(id_), seen.get(id_)) if at is not None), default=None),
            critical=id_ in critical,
            expected_by=expected.get(id_),
        )
        for id_ in location_ids
    ]


def _unmended(
    session: Session, source: str, stretch: tuple[int, int]
) -> tuple[set[int], dict[int, dt.datetime]]:
    """Locations with a critical mismatch, and when the first correction should show at others."""
    critical: set[int] = set()
    expected: dict[int, dt.datetime] = {}
    rows = session.execute(
        sa.select(Mismatch.location_id, Mismatch.state, Mismatch.severity, Mismatch.expected_by).where(
            Mismatch.location_id.between(*stretch), Mismatch.source == source, Mismatch.state.in_(UNMENDED)
        )
    )
    for location_id, state, severity, by in rows:
        if state is MismatchState.WAITING and by is not None:
            expected[location_id] = min(by, expected.get(location_id, by))
        if severity is Severity.CRITICAL and state in (MismatchState.OPEN, MismatchState.CAME_BACK):
            critical.add(location_id)
    return critical, expected


def mark(
    session: Session, organization_id: int, source: str, location_ids: Iterable[int], now: dt.datetime
) -> None:
    """Note that these locations are planned to be looked up now."""
    rows = [
        {"source": source, "location_id": id_, "organization_id": organization_id, "asked_at": now}
        for id_ in location_ids
    ]
    if not rows:
        return
    insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(CrawlMark)
    keys = [CrawlMark.source, CrawlMark.location_id]
    session.execute(
        statement.on_conflict_do_update(index_elements=keys, set_={"asked_at": statement.excluded.asked_at}),
        rows,
    )
