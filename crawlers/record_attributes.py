"""Which listings' attributes a crawl reads, and what it makes of them."""

import sqlalchemy as sa

from crawlers.door import Door
from crawlers.plan import AttributesRead
from crawlers.source import Outcome, Reading
from listings import attributes
from listings.models.snapshot import Snapshot
from listings.observe import find_listing
from listings.sources import SourceFacts


def attributes_due(door: Door, organization_id: int, source: SourceFacts) -> Reading:
    """The listings to ask about, in the reading's extra["due"]."""
    with door.database.read() as session:
        found = attributes.due(session, organization_id, source, door.clock())
    return Reading(Outcome.OK, extra={"due": found})


def keep_attributes(door: Door, organization_id: int, source: SourceFacts, step: AttributesRead) -> None:
    """Write down what one listing's attributes were read as, with the answer they stand in."""
    with door.database.write() as session:
        listing = find_listing(session, organization_id, source.key, step.source_id)
        if listing is None:
            return
        newest = (
            sa.select(Snapshot.id)
            .where(Snapshot.organization_id == organization_id, Snapshot.url == step.address)
            .order_by(Snapshot.fetched_at.desc(), Snapshot.id.desc())
            .limit(1)
        )
        attributes.keep(
            session, listing, step.attributes, snapshot_id=session.scalar(newest), now=door.clock()
        )
