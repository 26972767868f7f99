"""Tries to log in: counted before they are evaluated, so that no number of requests gets more.

Within 15 minutes at most ten tries are evaluated per person: seven from browsers nobody knows and
three kept for browsers the person has logged in from before, so that a stranger's guessing never
locks the person out of their own phone (OWASP: "device cookies"). One address gets a hundred.
A try is refused or evaluated alike whether or not the person exists.
"""

import datetime as dt
import hashlib
import hmac
import ipaddress
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings import audit, sessions
from listings.access import actor_of
from listings.models.person import LoginAttempt, Person
from listings.people import find_person

WINDOW = dt.timedelta(minutes=15)
UNKNOWN_BROWSERS = 7
KNOWN_BROWSERS = 3
PER_ADDRESS = 100


@dataclass(frozen=True, slots=True)
class Try:
    """A try that will be evaluated: whose password to check, and the rows that count it."""

    person_id: int | None
    password_hash: str | None
    attempt_ids: tuple[int, ...]
    left: int
    """Tries that remain after this one."""


@dataclass(frozen=True, slots=True)
class TooMany:
    """A try that is not evaluated; the next one can be after `wait`."""

    wait: dt.timedelta


def known_browser(key: str, email: str) -> str:
    """What a browser keeps to show that this person logged in from it before; it names nobody."""
    return _digest(key, "known", email.strip().lower())


def begin(
    session: Session, key: str, email: str, *, browser: str, address: str, now: dt.datetime
) -> Try | TooMany:
    """Count a try and say whose password to verify, or refuse it.

    `browser` is what the browser kept of `known_browser` or "", `address` the caller's IP address.
    Commit before the password is verified: a try counts even if the machine dies meanwhile.
    """
    name = email.strip().lower()
    known, unknown = _digest(key, "known", name), _digest(key, "unknown", name)
    source = _digest(key, "address", _network(address))
    is_known = hmac.compare_digest(browser.encode(), known.encode())
    _one_at_a_time(session, source, unknown)
    lanes = [(known, KNOWN_BROWSERS)] if is_known else []
    lanes.append((unknown, UNKNOWN_BROWSERS))
    recent = {digest: _recent(session, digest, now) for digest in (known, unknown, source)}
    free = [(digest, limit - len(recent[digest])) for digest, limit in lanes if len(recent[digest]) < limit]
    if not free:
        return TooMany(min(recent[digest][0] for digest, _ in lanes) + WINDOW - now)
    if not is_known and len(recent[source]) >= PER_ADDRESS:
        return TooMany(recent[source][0] + WINDOW - now)
    person = find_person(session, name)
    active = person if person and not person.disabled_at else None
    rows = [LoginAttempt(email_digest=digest, at=now, succeeded=False) for digest in (free[0][0], source)]
    session.add_all(rows)
    session.flush()
    return Try(
        person_id=active.id if active else None,
        password_hash=active.password_hash if active else None,
        attempt_ids=tuple(row.id for row in rows),
        left=sum(left for _, left in free) - 1,
    )


def succeed(session: Session, attempt: Try, new_hash: str | None, now: dt.datetime) -> str | None:
    """Log in after the password matched; the token for the cookie comes back.

    `new_hash` replaces a hash made with older parameters. None when the person was disabled or got
    another password while it was verified.
    """
    person = session.get(Person, attempt.person_id)
    if person is None or person.disabled_at or person.password_hash != attempt.password_hash:
        return None
    if new_hash:
        person.password_hash = new_hash
    session.execute(
        sa.update(LoginAttempt).where(LoginAttempt.id.in_(attempt.attempt_ids)).values(succeeded=True)
    )
    session.execute(sa.delete(LoginAttempt).where(LoginAttempt.at < now - dt.timedelta(days=1)))
    audit.record(session, actor_of(session, person), "person.logged_in", person, now)
    return sessions.start(session, person.id, now)


def _one_at_a_time(session: Session, *digests: str) -> None:
    # SQLite has one writer anyway; elsewhere two tries could both count nine before them.
    if session.get_bind().dialect.name == "postgresql":
        for digest in sorted(digests):
            session.execute(sa.select(sa.func.pg_advisory_xact_lock(int(digest[:15], 16))))


def _recent(session: Session, digest: str, now: dt.datetime) -> list[dt.datetime]:
    query = sa.select(LoginAttempt.at).where(
        LoginAttempt.email_digest == digest,
        LoginAttempt.at > now - WINDOW,
        LoginAttempt.succeeded.is_(False),
    )
    return list(session.scalars(query.order_by(LoginAttempt.at)))


def _digest(key: str, lane: str, value: str) -> str:
    return hmac.new(key.encode(), f"{lane}\0{value}".encode(), hashlib.sha256).hexdigest()


def _network(address: str) -> str:
    # One household or server rents a whole IPv6 /64, so single addresses of it count as one.
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
