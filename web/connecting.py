"""The credentials of a source: what it needs, taken once, stored sealed, never shown again."""

import datetime as dt
from collections.abc import Callable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.answers import opens_answers
from listings.models.crawl import Credential, CredentialState
from listings.sources import SourceFacts
from web.screens.elements import Field

LONGEST = 4096


def fields(source: SourceFacts, given: Mapping[str, str], errors: Mapping[str, str]) -> tuple[Field, ...]:
    """The form. A secret that was typed isn't sent back; it has to be pasted again."""
    return tuple(
        Field(
            part.name,
            part.label,
            value="" if part.hidden else given.get(part.name, ""),
            kind="password" if part.hidden else "text",
            hint=part.hint,
            error=errors.get(part.name, ""),
            autocomplete="off",
            required=part.required,
        )
        for part in source.credential
    )


def read(source: SourceFacts, given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The parts of a form that were filled in, and what is wrong with them, each by name."""
    typed = {part.name: given.get(part.name, "").strip() for part in source.credential}
    secret = {name: text for name, text in typed.items() if text}
    errors = {}
    for part in source.credential:
        if part.required and part.name not in secret:
            errors[part.name] = f"Paste the {part.label} here."
        elif len(typed[part.name]) > LONGEST:
            errors[part.name] = "This is too long to be one; paste it once."
    return secret, errors


def store(
    db: Session,
    organization_id: int,
    source: SourceFacts,
    secret: Mapping[str, str],
    *,
    seal: Callable[[Mapping[str, str]], bytes],
    now: dt.datetime,
) -> Credential:
    """Put a credential, sealed, in the place of the one before."""
    credential = db.scalar(
        sa.select(Credential).where(
            Credential.organization_id == organization_id,
            Credential.source == source.key,
            # What people connected on the source's own page has other names.
            Credential.name == source.key,
        )
    )
    if credential is None:
        credential = Credential(
            organization_id=organization_id, source=source.key, name=source.key, created_at=now
        )
        db.add(credential)
    credential.secret = seal(secret)
    credential.answers = opens_answers(source, secret)
    credential.state = CredentialState.OK
    credential.cause = credential.checked_at = None
    db.flush()
    return credential
