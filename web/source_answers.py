"""The last answers of the sources, each with its outcome and the way to its stored bytes."""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import Session

from listings.access import Actor, scoped
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.snapshot import Body, Snapshot
from web.evidence import sees_all_of
from web.places import place
from web.screens.elements import Link
from web.screens.sources import AnswerRow
from web.wording import count, date, size

SHOWN = 40
GOOD = ("ok", "not_modified")


def last_answers(
    db: Session, actor: Actor, now: dt.datetime, *, source: str = "", trouble: bool = False
) -> tuple[AnswerRow, ...]:
    """The newest answers in the actor's sight, of one source or all, all or only those with trouble."""
    query = _narrowed(actor, source, trouble=trouble)
    query = query.outerjoin(
        Body, sa.and_(Body.organization_id == Snapshot.organization_id, Body.sha256 == Snapshot.sha256)
    ).add_columns(Body.size)
    newest = query.order_by(Snapshot.fetched_at.desc(), Snapshot.id.desc()).limit(SHOWN)
    rows: Sequence[Any] = db.execute(newest).all()
    found: list[tuple[Snapshot, int | None]] = [(row[0], row[1]) for row in rows]
    names = _names(db, actor, [snapshot for snapshot, _ in found])
    return tuple(
        _row(snapshot, length, names.get(snapshot.id, []), now, whole=sees_all_of(db, actor, snapshot.id))
        for snapshot, length in found
    )


def count_trouble(db: Session, actor: Actor, source: str = "") -> int:
    """How many stored answers were no good."""
    query = _narrowed(actor, source, trouble=True)
    return db.scalar(query.with_only_columns(sa.func.count())) or 0


def _narrowed(actor: Actor, source: str, *, trouble: bool) -> sa.Select[Snapshot]:
    query = scoped(actor, Snapshot)
    if source:
        query = query.where(Snapshot.source == source)
    return query.where(Snapshot.outcome.not_in(GOOD)) if trouble else query


def _row(
    snapshot: Snapshot, length: int | None, about: Sequence[str], now: dt.datetime, *, whole: bool
) -> AnswerRow:
    at = snapshot.fetched_at.astimezone(dt.UTC)
    today = at.date() == now.astimezone(dt.UTC).date()
    kept = length is not None and (snapshot.body_expires_at is None or snapshot.body_expires_at > now)
    evidence = None
    if kept and whole:
        digest = snapshot.sha256 or ""
        evidence = Link(f"{digest[:4]}…{digest[-2:]}", url_for("evidence.whole", snapshot_id=snapshot.id))
    return AnswerRow(
        time=f"{at:%H:%M:%S}" if today else f"{date(at, now)} {at:%H:%M}",
        iso=at.isoformat(timespec="seconds"),
        source=snapshot.source,  # type: ignore[arg-type]
        listing=_about(about, snapshot),
        outcome=snapshot.outcome,  # type: ignore[arg-type]
        why=snapshot.detail or (f"Status {snapshot.status}" if snapshot.outcome not in GOOD else ""),
        size=size(length) if length is not None else "not kept",
        reader=snapshot.reader_version,
        evidence=evidence,
    )


def _about(names: Sequence[str], snapshot: Snapshot) -> str:
    if len(names) == 1:
        return names[0]
    if names:
        return count(len(names), "listing")
    return (_segments(snapshot) or ["–"])[-1][-40:]


def _segments(snapshot: Snapshot) -> list[str]:
    return [part for part in urlsplit(snapshot.url).path.split("/") if part]


def _keys(snapshot: Snapshot) -> set[str]:
    """What in an address may be the source's number of a listing: one part of it, or two."""
    parts = _segments(snapshot)
    return {*parts, *("/".join(pair) for pair in pairwise(parts))}


def _names(db: Session, actor: Actor, snapshots: Sequence[Snapshot]) -> dict[int, list[str]]:
    """The locations that an answer is the newest word on, or whose number its address holds."""
    keys = {key for each in snapshots for key in _keys(each)}
    rows = db.execute(
        scoped(actor, Location)
        .join(Listing, Listing.location_id == Location.id)
        .where(sa.or_(Listing.snapshot_id.in_([each.id for each in snapshots]), Listing.source_id.in_(keys)))
        .with_only_columns(Location, Listing.snapshot_id, Listing.source, Listing.source_id)
        .order_by(Location.code)
    ).all()
    found: dict[int, list[str]] = {}
    for each in snapshots:
        about = {
            f"{location.code} {place(location)}"
            for location, snapshot_id, source, source_id in rows
            if snapshot_id == each.id or (source == each.source and source_id in _keys(each))
        }
        found[each.id] = sorted(about)
    return found
