import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base, Id
from listings.models.crawl import Credential
from listings.models.organization import Organization
from listings.models.person import Person


class ConsentState(StrEnum):
    """`asked` until the person comes back, `answered` while a worker redeems the code."""

    ASKED = "asked"
    ANSWERED = "answered"
    CONNECTED = "connected"
    REFUSED = "refused"


class Consent(Base):
    """One trip of a person to a source's consent page and back (RFC 6749 section 4.1).

    `state_hash` is the digest of the state that went along; `session_hash` of the log-in it is bound
    to. `verifier` (RFC 7636) and `code` are sealed. `found` is what the consent reaches, as the
    source named it.
    """

    __tablename__ = "consent"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    source: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    state_hash: Mapped[str] = mapped_column(unique=True)
    session_hash: Mapped[str]
    verifier: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    code: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    redirect_uri: Mapped[str]
    state: Mapped[ConsentState]
    asked_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    redeemed_at: Mapped[dt.datetime | None]
    """Written before the code is handed in: it is good for one try."""
    cause: Mapped[str | None]
    credential_id: Mapped[int | None] = mapped_column(ForeignKey(Credential.id, ondelete="SET NULL"))
    found: Mapped[list[Any] | None]

    __table_args__ = (Index(None, "organization_id", "source", "id"), Index(None, "credential_id"))
