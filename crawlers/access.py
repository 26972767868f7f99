"""A source's stored credential, opened for the worker."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from crawlers.door import Door
from crawlers.plan import Access
from listings.models.crawl import Credential, CredentialState, SourceState
from listings.sources import SourceFacts


class NoAccess(Exception):
    """The source can't be asked now; the message says what to do."""


def access_to(door: Door, organization_id: int, source: SourceFacts) -> Access:
    """The secret of the organization's access, {} where none is needed. Raises NoAccess.

    Where several are stored, it is the first that works, and `every` holds all that do. `id` names the
    credential of each; `all_work` tells whether none of them has to be connected again.
    """
    with door.database.read() as session:
        state = session.get(SourceState, (organization_id, source.key))
        if state is not None and state.paused_at is not None:
            raise NoAccess("paused; resume it on the Sources screen.")
        credentials = session.scalars(
            sa.select(Credential)
            .options(undefer(Credential.secret))
            .where(Credential.organization_id == organization_id, Credential.source == source.key)
            .order_by(Credential.id)
        ).all()
    if not credentials:
        if source.needs_credential:
            raise NoAccess(
                f"not connected yet; store its access with: goodstanding connect {source.key} FILE"
            )
        return {}
    working = [one for one in credentials if one.state is not CredentialState.NEEDS_RECONNECT]
    if not working:
        raise NoAccess(f"has to be connected again: {credentials[0].cause}")
    every = [{**door.vault.open(one.secret), "id": one.id} for one in working]
    return {**every[0], "every": every, "all_work": len(working) == len(credentials)}


def needs_reconnect(  # noqa: PLR0917 - whose access, and why
    session: Session,
    organization_id: int,
    source: SourceFacts,
    credential_id: int | None,
    cause: str,
    now: dt.datetime,
) -> None:
    """Write down that a stored access, or with None every one, was withdrawn and waits for a person."""
    query = sa.select(Credential).where(
        Credential.organization_id == organization_id, Credential.source == source.key
    )
    if credential_id is not None:
        query = query.where(Credential.id == credential_id)
    for credential in session.scalars(query):
        credential.state = CredentialState.NEEDS_RECONNECT
        credential.cause = cause
        credential.checked_at = now
