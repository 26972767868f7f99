"""Whether a source takes answers to reviews from us: always, never, or with what an access may hold beside."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.models.crawl import Credential
from listings.source_terms import Door
from listings.sources import SourceFacts


def opens_answers(source: SourceFacts, secret: Mapping[str, Any]) -> bool:
    """Whether an access holds what the source wants to see before it takes answers."""
    return any(part.answers and secret.get(part.name) for part in source.credential)


def takes_answers(session: Session, organization_id: int, source: SourceFacts) -> bool:
    """Whether answers to reviews at this source go out from here."""
    if source.reply is Door.API or not any(part.answers for part in source.credential):
        return source.reply is Door.API
    held = sa.select(Credential.id).where(
        Credential.organization_id == organization_id,
        Credential.source == source.key,
        Credential.answers.is_(True),
    )
    return session.scalar(held.limit(1)) is not None
