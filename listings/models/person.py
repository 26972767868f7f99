import datetime as dt
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base, Id
from listings.models.location import Location
from listings.models.organization import Organization


class Role(StrEnum):
    """What a person may do. A manager acts on the locations bound to them, a viewer only looks."""

    ADMIN = "admin"
    MARKETER = "marketer"
    MANAGER = "manager"
    VIEWER = "viewer"


class Person(Base):
    """Somebody who logs in. `email` is stored in lower case and is unique over all organizations."""

    __tablename__ = "person"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id), index=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    role: Mapped[Role]
    password_hash: Mapped[str | None]
    """argon2id in its own encoding; None until the set-password link is used."""
    single_keys: Mapped[bool] = mapped_column(default=True)
    """Whether single letters act as shortcuts (WCAG 2.1.4 asks for a way to turn them off)."""
    disabled_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]


class PersonLocation(Base):
    """A location a manager or viewer is bound to. Without any row a viewer sees the organization."""

    __tablename__ = "person_location"

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey(Location.id), primary_key=True)


class PasswordLink(Base):
    """A set-password link that works once. Only the token's SHA-256 is stored."""

    __tablename__ = "password_link"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class LoginAttempt(Base):
    """One try to log in. The e-mail address is a keyed digest, so that the row names nobody."""

    __tablename__ = "login_attempt"

    id: Mapped[Id]
    email_digest: Mapped[str]
    at: Mapped[dt.datetime]
    succeeded: Mapped[bool]

    __table_args__ = (Index(None, "email_digest", "at"),)


class WebSession(Base):
    """A logged-in browser. Ended rows stay, so that an old cookie is refused for ever."""

    __tablename__ = "web_session"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    token_sha256: Mapped[str]
    created_at: Mapped[dt.datetime]
    last_seen_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]

    __table_args__ = (UniqueConstraint("token_sha256"),)
