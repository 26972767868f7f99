"""The trail of acts: who did what to which row, by ids and never by contents."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.access import Actor
from listings.db import Base
from listings.models.organization import AuditEntry


def record(
    session: Session,
    actor: Actor | None,
    act: str,
    subject: Base,
    now: dt.datetime,
    *,
    detail: dict[str, Any] | None = None,
) -> None:
    """Add one row for `act` ("reply.sent") on a flushed row, in the transaction of the act itself.

    `actor` is None for the system and the command line; the organization is then the subject's.
    `detail` holds ids, states and counts only: no name, address or text of anybody.
    """
    record_all(session, actor, act, [(subject, detail)], now)


def record_all(
    session: Session,
    actor: Actor | None,
    act: str,
    subjects: Iterable[tuple[Base, dict[str, Any] | None]],
    now: dt.datetime,
) -> None:
    """One row for each subject of an act on many, written together."""
    session.add_all(_entry(actor, act, subject, detail, now) for subject, detail in subjects)
    session.flush()


def _entry(
    actor: Actor | None, act: str, subject: Base, detail: dict[str, Any] | None, now: dt.datetime
) -> AuditEntry:
    state = sa.inspect(subject)
    return AuditEntry(
        organization_id=actor.organization_id if actor else _organization_of(subject),
        person_id=actor.person_id if actor else None,
        at=now,
        act=act,
        subject_kind=state.mapper.local_table.description,
        subject_id=state.identity[0] if state.identity else None,
        detail=detail,
    )


def _organization_of(subject: Base) -> int:
    owner = getattr(subject, "organization_id", None)
    if owner is None:
        raise TypeError(f"{type(subject).__name__} names no organization; hand over the actor")
    return int(owner)
