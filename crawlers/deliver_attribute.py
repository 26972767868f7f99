"""The job that changes one attribute of a listing at its source."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from crawlers.deliver import Attempt, again, began, converse, ended
from crawlers.deliver_fix import NO_NAME
from crawlers.door import Door
from crawlers.plan import AttributeWish, Delivered
from crawlers.readers import READERS
from listings.attributes import CHANGE_ATTRIBUTE, ChangeAttribute
from listings.jobs import JobContext
from listings.models.attributes import AttributeChange, ChangeState
from listings.models.listing import Listing
from listings.sources import SourceFacts, facts

KIND = "attribute"


@dataclass(frozen=True, slots=True)
class _Errand:
    organization_id: int
    source: SourceFacts
    attempt: Attempt
    wish: AttributeWish | None


def change_attribute(door: Door, context: JobContext, payload: ChangeAttribute) -> None:
    """Send the change unless it was taken back; the source's change in between is a conflict."""
    del context
    with door.database.write() as session:
        errand = _errand(session, door, payload)
    if errand is None:
        return
    change, wish = READERS[errand.source.key].plans.change_attribute, errand.wish
    if change is None or wish is None:
        delivered = Delivered(done=False, again=False, detail=NO_NAME)
    else:
        delivered = converse(
            door, errand.source, errand.organization_id, lambda adapter, access: change(adapter, access, wish)
        )
    with door.database.write() as session:
        ended(session, errand.attempt, delivered, door.clock())
        row = session.get_one(AttributeChange, payload.change_id, with_for_update=True)
        if row.state is not ChangeState.QUEUED:
            return
        row.detail = delivered.detail
        if delivered.again and again(session, CHANGE_ATTRIBUTE, errand.attempt, payload, delivered.wait):
            return
        if delivered.done:
            row.state, row.sent_at = ChangeState.SENT, door.clock()
        else:
            row.state = ChangeState.CONFLICT if delivered.conflict else ChangeState.REFUSED
            row.finished_at = door.clock()


def _errand(session: Session, door: Door, payload: ChangeAttribute) -> _Errand | None:
    row = session.get(AttributeChange, payload.change_id, with_for_update=True)
    if row is None or row.state is not ChangeState.QUEUED:
        return None
    listing = session.get_one(Listing, row.listing_id)
    attempt = began(session, row.organization_id, KIND, row.id, door.clock())
    name = listing.api_name
    wish = AttributeWish(name, row.name, row.value["is"], row.before["is"]) if name else None
    return _Errand(row.organization_id, facts(listing.source), attempt, wish)
