"""Logged-in browsers as rows: an ended one is refused for ever, on every machine at once."""

import datetime as dt
import hashlib
import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.models.person import Person, WebSession

LIFETIME = dt.timedelta(days=14)
"""The longest a log-in lasts."""
IDLE = dt.timedelta(days=3)
"""The longest it lasts without a visit: a manager's long weekend."""


def new_token() -> str:
    """256 random bits that fit in a cookie or an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored of a token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def start(session: Session, person_id: int, now: dt.datetime) -> str:
    """Log a browser in; the token for its cookie comes back and is stored nowhere."""
    token = new_token()
    session.add(
        WebSession(
            person_id=person_id,
            token_sha256=digest(token),
            created_at=now,
            last_seen_at=now,
            expires_at=now + LIFETIME,
        )
    )
    session.flush()
    return token


def find(session: Session, token: str, now: dt.datetime) -> Person | None:
    """The person behind a cookie's token; None when ended, expired, or the person is disabled."""
    return session.scalar(
        sa.select(Person)
        .join(WebSession, WebSession.person_id == Person.id)
        .where(
            WebSession.token_sha256 == digest(token),
            WebSession.ended_at.is_(None),
            WebSession.expires_at > now,
            Person.disabled_at.is_(None),
        )
    )


def end(session: Session, token: str, now: dt.datetime) -> None:
    """Log one browser out."""
    _end(session, WebSession.token_sha256 == digest(token), now)


def end_all(session: Session, person_id: int, now: dt.datetime) -> None:
    """Log every browser of a person out."""
    _end(session, WebSession.person_id == person_id, now)


def _end(session: Session, which: sa.ColumnElement[bool], now: dt.datetime) -> None:
    session.execute(sa.update(WebSession).where(which, WebSession.ended_at.is_(None)).values(ended_at=now))
