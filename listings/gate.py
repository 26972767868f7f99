"""Whether a source may be asked just now: a row that every worker obeys.

A host is left alone for as long as it asks (Retry-After, RFC 9110 section 10.2.3), and after five
failures in a row (a circuit breaker): then one worker tries again, and only when that goes well do
the others. An account that was turned away is held without the others at the same host.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from listings.models.traffic import SourceGate
from listings.quota import Endpoint

OPENS_AT = 5
"""Failures in a row."""
PROBE = dt.timedelta(minutes=1)
"""How long one worker has for trying again before another one may."""
FIRST, LONGEST, SHORTEST = 30.0, 900.0, 5.0
"""Seconds the breaker stays open: up to twice as long each time."""
FIRST_REFUSAL, SHORTEST_REFUSAL = 2.0, 1.0

Jitter = Callable[[float, float], float]
"""Draws a number between two, as random.uniform does."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How things are between us and a host: held until then, to be probed, with a past, or fine."""

    held_until: dt.datetime | None = None
    reason: str | None = None
    too_many: bool = False
    half_open: bool = False
    marred: bool = False


# Made once, and asked for as plain rows: it is asked before every request.
_STANDING = sa.select(
    SourceGate.holder, SourceGate.held_until, SourceGate.failures, SourceGate.reason, SourceGate.too_many
).where(
    SourceGate.source == sa.bindparam("source"),
    SourceGate.host == sa.bindparam("host"),
    sa.or_(SourceGate.holder == "", SourceGate.holder == sa.bindparam("holder")),
)


def standing(rows: sa.Connection, endpoint: Endpoint, now: dt.datetime) -> Standing:
    """What holds for this account at this host."""
    gates = rows.execute(_STANDING, endpoint._asdict()).all()
    held = [row for row in gates if row.held_until is not None and row.held_until > now]
    half_open = any(row.failures >= OPENS_AT and row.holder == "" for row in gates)
    if held:
        last = max(held, key=lambda row: row.held_until or now)
        return Standing(last.held_until, last.reason, last.too_many, marred=True)
    return Standing(half_open=half_open, marred=any(row.failures for row in gates))


def held_anywhere(session: Session, source: str, holder: str, now: dt.datetime) -> dt.datetime | None:
    """Until when the first host of a source that holds this account back does so."""
    return session.scalar(
        sa.select(sa.func.min(SourceGate.held_until)).where(
            SourceGate.source == source, SourceGate.holder.in_(("", holder)), SourceGate.held_until > now
        )
    )


def hold(
    session: Session, endpoint: Endpoint, until: dt.datetime, reason: str, *, too_many: bool = False
) -> None:
    """Ask it nothing before `until`: the source said so. A later end that was agreed before stays."""
    _ensure(session, endpoint)
    later = sa.or_(SourceGate.held_until.is_(None), SourceGate.held_until < until)
    _change(session, sa.and_(_is(endpoint), later), held_until=until, reason=reason, too_many=too_many)


def probe(session: Session, endpoint: Endpoint, now: dt.datetime) -> bool:
    """Take the one try of a half-open breaker; False when another worker has it."""
    free = sa.or_(SourceGate.probing_until.is_(None), SourceGate.probing_until <= now)
    return _change(session, sa.and_(_is(_host(endpoint)), free), probing_until=now + PROBE) == 1


def failed(session: Session, endpoint: Endpoint, now: dt.datetime, reason: str, jitter: Jitter) -> None:
    """One more fetch that the host failed; the fifth in a row opens the breaker."""
    host = _host(endpoint)
    failures = _count(session, host, now, reason)
    if failures is not None and failures >= OPENS_AT:
        longest = min(LONGEST, FIRST * 2 ** min(failures - OPENS_AT, 10))
        _hold_for(session, host, now, max(SHORTEST, jitter(0.0, longest)), too_many=False)


def refused(session: Session, endpoint: Endpoint, now: dt.datetime, reason: str, jitter: Jitter) -> None:
    """The account was turned away for its number of requests, and not told for how long."""
    failures = _count(session, endpoint, now, reason)
    if failures is not None:
        longest = min(LONGEST, FIRST_REFUSAL * 2 ** min(failures - 1, 10))
        _hold_for(session, endpoint, now, max(SHORTEST_REFUSAL, jitter(0.0, longest)), too_many=True)


def went_well(session: Session, endpoint: Endpoint) -> None:
    """It answers again: the failures are forgotten. What it asked for until a moment still holds until then."""
    ours = sa.or_(_is(endpoint), _is(_host(endpoint)))
    _change(session, ours, failures=0, probing_until=None)


def _count(session: Session, endpoint: Endpoint, now: dt.datetime, reason: str) -> int | None:
    """Failures in a row with this one; None when it was on its way before the gate was shut."""
    _ensure(session, endpoint)
    passing = sa.or_(SourceGate.held_until.is_(None), SourceGate.held_until <= now)
    return session.scalar(
        sa.update(SourceGate)
        .where(_is(endpoint), passing)
        .values(failures=SourceGate.failures + 1, reason=reason, probing_until=None)
        .returning(SourceGate.failures),
        execution_options={"synchronize_session": False},
    )


def _hold_for(
    session: Session, endpoint: Endpoint, now: dt.datetime, seconds: float, *, too_many: bool
) -> None:
    until = now + dt.timedelta(seconds=seconds)
    _change(session, _is(endpoint), held_until=until, too_many=too_many)


def _change(session: Session, which: sa.ColumnElement[bool], **values: Any) -> int:
    done: sa.CursorResult[Any] = session.execute(  # type: ignore[assignment]
        sa.update(SourceGate).where(which).values(**values),
        execution_options={"synchronize_session": False},
    )
    return done.rowcount


def _ensure(session: Session, endpoint: Endpoint) -> None:
    if session.scalar(sa.select(sa.exists().where(_is(endpoint)))):
        return
    try:
        with session.begin_nested():
            session.execute(sa.insert(SourceGate).values(**endpoint._asdict(), failures=0))
    except IntegrityError:
        return


def _host(endpoint: Endpoint) -> Endpoint:
    return endpoint._replace(holder="")


def _is(endpoint: Endpoint) -> sa.ColumnElement[bool]:
    return sa.and_(
        SourceGate.source == endpoint.source,
        SourceGate.host == endpoint.host,
        SourceGate.holder == endpoint.holder,
    )
