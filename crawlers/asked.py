"""What a plan asks of the store: which listings and locations have found each other so far."""

import sqlalchemy as sa

from crawlers.plan import Belongs, Listed
from crawlers.source import Outcome, Reading
from listings.db import Database
from listings.models.listing import Listing


def told(database: Database, organization_id: int, source: str, step: Belongs | Listed) -> Reading:
    """The answer to a plan's question, in the reading's `extra`."""
    linked = sa.exists().where(
        Listing.organization_id == organization_id,
        Listing.source == source,
        Listing.location_id.is_not(None),
        Listing.missing_since.is_(None),
    )
    if isinstance(step, Belongs):
        name, query = "belongs", linked.where(Listing.source_id == step.source_id)
    else:
        name, query = "listed", linked.where(Listing.location_id == step.location_id)
    with database.read() as session:
        return Reading(Outcome.OK, extra={name: bool(session.scalar(sa.select(query)))})
