"""Provider quotas as rows: a request takes a token by one guarded UPDATE, whoever sends it.

Workers on many machines count in the same row, so together they stay within what the source
allows. The caller's clock only ever moves a row forward; a row that claims to be further ahead than
its window can reach was written by a wrong clock and counts as past.
"""

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from listings.models.traffic import QuotaBucket
from listings.source_terms import Quota

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
SAFETY = 0.95
"""Part of the allowed rate that spaced requests use: they arrive less evenly than they leave."""


class Endpoint(NamedTuple):
    """A host of a source, and on whose account it is asked ("" where anybody may)."""

    source: str
    host: str
    holder: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A taken token: wait so many seconds before using it. Without one, when to ask again."""

    wait: float = 0.0
    again_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a source's own headers say of the requests left in this window."""

    limit: int | None = None
    remaining: int | None = None
    resets_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Requests used of those allowed, and when the count begins anew."""

    used: int
    allowed: int
    resets_at: dt.datetime


def take(
    session: Session, endpoint: Endpoint, quota: Quota, now: dt.datetime, *, patience: float = 10.0
) -> Turn:
    """Take one token; where requests are spaced out, the turn may lie up to `patience` seconds ahead."""
    _ensure(session, endpoint, quota, now)
    turn = _take(session, endpoint, quota, now, patience)
    if turn is not None:
        return turn
    row = session.get_one(QuotaBucket, endpoint, populate_existing=True)
    if quota.spaced:
        return Turn(again_at=max(_moment(row.free_at), now + dt.timedelta(seconds=patience)))
    return Turn(again_at=row.resets_at)


def _take(
    session: Session, endpoint: Endpoint, quota: Quota, now: dt.datetime, patience: float
) -> Turn | None:
    moment, step = now.timestamp(), _step(quota)
    over = _is_over(quota, now)
    begins_anew = sa.or_(QuotaBucket.free_at < moment, QuotaBucket.free_at > moment + _reach(quota, patience))
    free = sa.case((begins_anew, moment), else_=QuotaBucket.free_at)
    allowed = (
        free <= moment + patience if quota.spaced else sa.or_(over, QuotaBucket.used < QuotaBucket.allowed)
    )
    taken = session.scalar(
        sa.update(QuotaBucket)
        .where(_is(endpoint), allowed)
        .values(
            used=sa.case((over, 1), else_=QuotaBucket.used + 1),
            resets_at=sa.case((over, window_end(quota, now)), else_=QuotaBucket.resets_at),
            free_at=free + step,
        )
        .returning(QuotaBucket.free_at),
        execution_options={"synchronize_session": False},
    )
    if taken is None:
        return None
    return Turn(wait=max(0.0, taken - step - moment) if quota.spaced else 0.0)


def told(session: Session, endpoint: Endpoint, quota: Quota, said: Told, now: dt.datetime) -> None:
    """Believe the source: what it says of this account outranks what it says to everybody.

    Requests on their way are counted here and not there yet, so its count only ever adds to ours.
    """
    _ensure(session, endpoint, quota, now)
    row = session.get_one(QuotaBucket, endpoint, with_for_update=True, populate_existing=True)
    if row.resets_at <= now:
        row.used, row.resets_at = 0, window_end(quota, now)
    if said.limit is not None:
        row.allowed = said.limit
    if said.remaining is not None:
        row.used = max(row.used, row.allowed - said.remaining)
    if said.resets_at is not None and now < said.resets_at <= now + quota.window:
        row.resets_at = said.resets_at
    session.flush()


def usage(session: Session, source: str, holder: str, now: dt.datetime) -> Usage | None:
    """The account's fullest window that runs at this moment; None when nothing was counted in it."""
    rows = session.scalars(
        sa.select(QuotaBucket).where(
            QuotaBucket.source == source, QuotaBucket.holder == holder, QuotaBucket.resets_at > now
        )
    ).all()
    if not rows:
        return None
    row = max(rows, key=lambda one: one.used / max(one.allowed, 1))
    return Usage(row.used, row.allowed, row.resets_at)


def window_end(quota: Quota, now: dt.datetime) -> dt.datetime:
    """The end of the window that `now` lies in; windows are counted from 1970, so a day ends at midnight UTC."""
    return now + quota.window - (now - EPOCH) % quota.window


def _ensure(session: Session, endpoint: Endpoint, quota: Quota, now: dt.datetime) -> None:
    if session.scalar(sa.select(sa.exists().where(_is(endpoint)))):
        return
    try:
        with session.begin_nested():
            session.execute(
                sa.insert(QuotaBucket).values(
                    **endpoint._asdict(),
                    allowed=quota.requests,
                    window_seconds=int(quota.window.total_seconds()),
                    used=0,
                    resets_at=window_end(quota, now),
                    free_at=0.0,
                )
            )
    except IntegrityError:
        return


def _is(endpoint: Endpoint) -> sa.ColumnElement[bool]:
    return sa.and_(
        QuotaBucket.source == endpoint.source,
        QuotaBucket.host == endpoint.host,
        QuotaBucket.holder == endpoint.holder,
    )


def _is_over(quota: Quota, now: dt.datetime) -> sa.ColumnElement[bool]:
    return sa.or_(QuotaBucket.resets_at <= now, QuotaBucket.resets_at > now + quota.window)


def _step(quota: Quota) -> float:
    """Seconds between two spaced requests."""
    return quota.window.total_seconds() / max(1.0, quota.requests * SAFETY - 1) if quota.spaced else 0.0


def _reach(quota: Quota, patience: float) -> float:
    """Seconds that a spaced row can be ahead of a clock that is right."""
    return quota.window.total_seconds() + patience


def _moment(seconds: float) -> dt.datetime:
    return EPOCH + dt.timedelta(seconds=seconds)
