"""A source's stored credential, opened for the worker."""

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from crawlers.door import Door
from crawlers.plan import Access
from listings.models.crawl import Credential, CredentialState, SourceState
from listings.sources import SourceFacts


class NoAccess(Exception):
    """The source can't be asked now; the message says what to do."""


def access_to(door: Door, organization_id: int, source: SourceFacts) -> Access:
    """The secret of the organization's credential, {} where none is needed. Raises NoAccess."""
    with door.database.read() as session:
        state = session.get(SourceState, (organization_id, source.key))
        if state is not None and state.paused_at is not None:
            raise NoAccess("paused; resume it on the Sources screen.")
        credential = session.scalar(
            sa.select(Credential)
            .options(undefer(Credential.secret))
            .where(Credential.organization_id == organization_id, Credential.source == source.key)
            .order_by(Credential.id)
            .limit(1)
        )
    if credential is None:
        if source.needs_credential:
            raise NoAccess(
                f"not connected yet; store its access with: goodstanding connect {source.key} FILE"
            )
        return {}
    if credential.state is CredentialState.NEEDS_RECONNECT:
        raise NoAccess(f"has to be connected again: {credential.cause}")
    return door.vault.open(credential.secret)
