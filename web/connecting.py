"""The credentials of a source: what it needs, taken once, stored sealed, never shown again."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.models.crawl import Credential, CredentialState
from listings.sources import GOOGLE, GOOGLE_PLACES, SourceFacts
from web.screens.elements import Field


@dataclass(frozen=True, slots=True)
class Secret:
    """One part of a credential: its name in the sealed record, and where people find it."""

    name: str
    label: str
    hint: str
    kind: str = "password"


NEEDED: Mapping[str, tuple[Secret, ...]] = {
    GOOGLE: (
        Secret("client_id", "OAuth client ID", "Ends in .apps.googleusercontent.com", "text"),
        Secret("client_secret", "OAuth client secret", "From the same page of the Google Cloud console"),
        Secret(
            "refresh_token", "Refresh token", "Of the account that owns the profiles, scope business.manage"
        ),
    ),
    GOOGLE_PLACES: (Secret("api_key", "API key", "With Places API (New) enabled"),),
}
LONGEST = 4096


def fields(source: SourceFacts, given: Mapping[str, str], errors: Mapping[str, str]) -> tuple[Field, ...]:
    """The form. A secret that was typed isn't sent back; it has to be pasted again."""
    return tuple(
        Field(
            each.name,
            each.label,
            value=given.get(each.name, "") if each.kind == "text" else "",
            kind=each.kind,
            hint=each.hint,
            error=errors.get(each.name, ""),
            autocomplete="off",
            required=True,
        )
        for each in NEEDED.get(source.key, ())
    )


def read(source: SourceFacts, given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The parts of a form and what is wrong with them, each by name."""
    secret = {each.name: given.get(each.name, "").strip() for each in NEEDED[source.key]}
    errors = {
        each.name: f"Paste the {each.label} here."
        if not secret[each.name]
        else "This is too long to be one; paste it once."
        for each in NEEDED[source.key]
        if not secret[each.name] or len(secret[each.name]) > LONGEST
    }
    return secret, errors


def store(
    db: Session, organization_id: int, source: SourceFacts, *, sealed: bytes, now: dt.datetime
) -> Credential:
    """Put a sealed credential in the place of the one before."""
    credential = db.scalar(
        sa.select(Credential).where(
            Credential.organization_id == organization_id, Credential.source == source.key
        )
    )
    if credential is None:
        credential = Credential(
            organization_id=organization_id, source=source.key, name=source.key, created_at=now
        )
        db.add(credential)
    credential.secret = sealed
    credential.state = CredentialState.OK
    credential.cause = credential.checked_at = None
    db.flush()
    return credential
