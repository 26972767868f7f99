"""A person lets us into their account at a source: asked for here, redeemed by a worker.

Authorization code with state and PKCE: RFC 6749 section 4.1, RFC 7636 (S256), RFC 9700 section 2.1.
The state is good once, for ten minutes, in the log-in that asked for it. The web side never talks
to the source: it sends the browser there, takes the code in and leaves a job.
"""

import base64
import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from listings.jobs import Job, enqueue
from listings.models.consent import Consent, ConsentState
from listings.models.crawl import Credential, CredentialState
from listings.queues import CONNECT
from listings.secrets import Vault

LIFETIME = dt.timedelta(minutes=10)
LONGEST_CODE = 2048


@dataclass(frozen=True, slots=True)
class RedeemCode:
    """The consent whose code is to be handed in."""

    consent_id: int


REDEEM_CODE = Job("redeem_code", CONNECT, RedeemCode)


class Refused(Exception):
    """The answer isn't taken; the message says what to do and nothing of why, which an attacker could use."""


UNKNOWN = "This sign-in isn’t known here any more. Start it again from the Sources screen."


@dataclass(frozen=True, slots=True)
class Asked:
    """What goes to the source with the person: the state, and the challenge of the verifier we keep."""

    state: str
    challenge: str


def ask(  # noqa: PLR0917 - who asks whom, and where the answer goes
    session: Session,
    vault: Vault,
    organization_id: int,
    source: str,
    person_id: int,
    log_in: str,
    *,
    redirect_uri: str,
    now: dt.datetime,
) -> Asked:
    """Begin a trip to a source's consent page; `log_in` is the token of the person's session."""
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    session.add(
        Consent(
            organization_id=organization_id,
            source=source,
            person_id=person_id,
            state_hash=_digest(state),
            session_hash=_digest(log_in),
            verifier=vault.seal({"verifier": verifier}),
            redirect_uri=redirect_uri,
            state=ConsentState.ASKED,
            asked_at=now,
            expires_at=now + LIFETIME,
        )
    )
    session.flush()
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return Asked(state, challenge.decode())


def take_answer(  # noqa: PLR0917 - the answer and whose it has to be
    session: Session,
    vault: Vault,
    organization_id: int,
    source: str,
    log_in: str,
    state: str,
    *,
    code: str | None,
    error: str | None,
    now: dt.datetime,
) -> Consent:
    """Take in what the person brought back, once; a code is redeemed by a job.

    Raises Refused for a state that was used, has expired, or was asked for by another log-in.
    """
    consent = session.scalar(
        sa.select(Consent)
        .where(
            Consent.state_hash == _digest(state),
            Consent.organization_id == organization_id,
            Consent.source == source,
            Consent.session_hash == _digest(log_in),
            Consent.state == ConsentState.ASKED,
            Consent.expires_at > now,
        )
        .with_for_update()
    )
    if consent is None or (code is not None and len(code) > LONGEST_CODE):
        raise Refused(UNKNOWN)
    if not code:
        refuse(consent, _declined(error))
    else:
        consent.state, consent.code = ConsentState.ANSWERED, vault.seal({"code": code})
        enqueue(session, REDEEM_CODE, str(consent.id), RedeemCode(consent.id))
    session.flush()
    return consent


def _declined(error: str | None) -> str:
    if error == "access_denied":
        return "You declined on the source’s page. Nothing was connected."
    return "The source’s page sent no permission back. Nothing was connected."


def refuse(consent: Consent, cause: str) -> None:
    """Nothing comes of it; what was kept for the exchange goes."""
    consent.state, consent.cause = ConsentState.REFUSED, cause
    consent.code = consent.verifier = None


def connected(
    session: Session, consent: Consent, *, name: str, sealed: bytes, found: list[Any], now: dt.datetime
) -> Credential:
    """Keep the access that a consent brought: in the place of the same account's former one, beside all others."""
    credential = session.scalar(
        sa.select(Credential).where(
            Credential.organization_id == consent.organization_id,
            Credential.source == consent.source,
            Credential.name == name,
        )
    )
    if credential is None:
        credential = Credential(
            organization_id=consent.organization_id, source=consent.source, name=name, created_at=now
        )
        session.add(credential)
    credential.secret, credential.state, credential.cause = sealed, CredentialState.OK, None
    credential.checked_at = now
    session.flush()
    consent.state, consent.credential_id, consent.found = ConsentState.CONNECTED, credential.id, found
    consent.code = consent.verifier = None
    session.flush()
    return credential


def held(session: Session, consent_id: int) -> Consent | None:
    """A consent with what is sealed in it, held until the transaction ends."""
    return session.scalar(
        sa.select(Consent)
        .options(undefer(Consent.verifier), undefer(Consent.code))
        .where(Consent.id == consent_id)
        .with_for_update()
    )


def expire_consents(session: Session, now: dt.datetime, *, limit: int = 1000) -> int:
    """Forget trips from which nobody came back; call again while it returns `limit`."""
    due = session.scalars(
        sa.select(Consent).where(Consent.state == ConsentState.ASKED, Consent.expires_at <= now).limit(limit)
    ).all()
    for consent in due:
        session.delete(consent)
    session.flush()
    return len(due)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
