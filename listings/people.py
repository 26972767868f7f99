"""Persons, their roles and locations, and the set-password link that works once."""

import datetime as dt
import re
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings import audit, sessions
from listings.access import Actor
from listings.models.location import Location
from listings.models.person import PasswordLink, Person, PersonLocation, Role

LINK_LIFETIME = dt.timedelta(hours=72)
PASSWORD_PATH = "/set-password/"  # noqa: S105 - the path of a page
"""Where the web door answers a set-password link; the token follows."""


class BadPerson(Exception):
    """A person can't be added or changed like this; the message says why and what to do."""


def normal_email(text: str) -> str:
    """An e-mail address as it is stored: no spaces around it, lower case. Raises BadPerson."""
    email = text.strip().lower()
    if len(email) > 254 or not re.fullmatch(r"[^@\s\x00-\x1f\x7f<>\",;]+@[^@\s\x00-\x1f\x7f<>\",;]+", email):
        raise BadPerson(f"{text!r} is not an e-mail address; write it like maya@example.com")
    return email


def find_person(session: Session, email: str) -> Person | None:
    """The person with that e-mail address, in any organization."""
    return session.scalar(sa.select(Person).where(Person.email == email.strip().lower()))


def add_person(
    session: Session,
    organization_id: int,
    email: str,
    name: str,
    role: Role,
    *,
    now: dt.datetime,
    location_codes: Collection[str] = (),
    by: Actor | None = None,
) -> Person:
    """Add somebody without a password; they choose one by a link. Raises BadPerson."""
    address = normal_email(email)
    if find_person(session, address):
        raise BadPerson(f"{address} is already a person here; `person link {address}` makes a new link")
    if not name.strip():
        raise BadPerson("The name is empty; give the name colleagues know")
    person = Person(
        organization_id=organization_id,
        email=address,
        name=" ".join(name.split()),
        role=role,
        created_at=now,
    )
    location_ids = _location_ids(session, organization_id, role, location_codes)
    session.add(person)
    session.flush()
    _bind(session, person, location_ids)
    audit.record(session, by, "person.added", person, now, detail={"role": role.value})
    return person


def change_role(
    session: Session,
    person: Person,
    role: Role,
    now: dt.datetime,
    *,
    location_codes: Collection[str] = (),
    by: Actor | None = None,
) -> None:
    """Give another role and other locations; the person is logged out everywhere. Raises BadPerson."""
    location_ids = _location_ids(session, person.organization_id, role, location_codes)
    session.execute(sa.delete(PersonLocation).where(PersonLocation.person_id == person.id))
    person.role = role
    _bind(session, person, location_ids)
    sessions.end_all(session, person.id, now)
    audit.record(session, by, "person.role_changed", person, now, detail={"role": role.value})


def disable(session: Session, person: Person, now: dt.datetime, *, by: Actor | None = None) -> None:
    """Refuse the person from now on: sessions end and open links stop working."""
    person.disabled_at = now
    sessions.end_all(session, person.id, now)
    _withdraw_links(session, person.id, now)
    audit.record(session, by, "person.disabled", person, now)


def issue_password_link(
    session: Session, person: Person, now: dt.datetime, *, by: Actor | None = None
) -> str:
    """A token for a set-password link; older open links stop working. Raises BadPerson if disabled."""
    if person.disabled_at:
        raise BadPerson(f"{person.email} is disabled")
    _withdraw_links(session, person.id, now)
    token = sessions.new_token()
    session.add(
        PasswordLink(
            person_id=person.id,
            token_sha256=sessions.digest(token),
            created_at=now,
            expires_at=now + LINK_LIFETIME,
        )
    )
    audit.record(session, by, "person.link_issued", person, now)
    return token


def person_of_link(session: Session, token: str, now: dt.datetime) -> Person | None:
    """Whose password an open link sets; None when it is used, withdrawn or older than 72 hours."""
    return session.scalar(
        sa.select(Person)
        .join(PasswordLink, PasswordLink.person_id == Person.id)
        .where(_is_open(token, now), Person.disabled_at.is_(None))
    )


def use_link(session: Session, token: str, password_hash: str, now: dt.datetime) -> Person | None:
    """Set the password by a link, which is used up; the person is logged out everywhere else.

    None when the link is no longer open, also when two requests race for it: only one wins.
    """
    person = person_of_link(session, token, now)
    use = sa.update(PasswordLink).where(_is_open(token, now)).values(used_at=now)
    if person is None or session.scalar(use.returning(PasswordLink.id)) is None:
        return None
    set_password(session, person, password_hash, now)
    return person


def set_password(session: Session, person: Person, password_hash: str, now: dt.datetime) -> None:
    """Store a new password's hash; sessions end, so that whoever knew the old one is out."""
    person.password_hash = password_hash
    sessions.end_all(session, person.id, now)
    _withdraw_links(session, person.id, now)
    audit.record(session, None, "person.password_set", person, now)


def _is_open(token: str, now: dt.datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        PasswordLink.token_sha256 == sessions.digest(token),
        PasswordLink.used_at.is_(None),
        PasswordLink.expires_at > now,
    )


def _withdraw_links(session: Session, person_id: int, now: dt.datetime) -> None:
    is_open = sa.and_(PasswordLink.person_id == person_id, PasswordLink.used_at.is_(None))
    session.execute(sa.update(PasswordLink).where(is_open).values(used_at=now))


def _location_ids(
    session: Session, organization_id: int, role: Role, codes: Collection[str]
) -> Collection[int]:
    if role is Role.MANAGER and not codes:
        raise BadPerson("A manager acts on certain locations: give at least one location code")
    if role in (Role.ADMIN, Role.MARKETER) and codes:
        raise BadPerson(f"A person with the role {role.value} sees every location: leave the codes out")
    found = session.execute(
        sa.select(Location.code, Location.id).where(
            Location.organization_id == organization_id, Location.code.in_(codes)
        )
    )
    ids = {row.code: row.id for row in found}
    unknown = sorted(set(codes) - ids.keys())
    if unknown:
        raise BadPerson(f"No location has the code {', '.join(unknown)}; import the locations first")
    return ids.values()


def _bind(session: Session, person: Person, location_ids: Collection[int]) -> None:
    session.add_all(PersonLocation(person_id=person.id, location_id=each) for each in location_ids)
    session.flush()
