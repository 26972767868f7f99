"""What a source changed on a listing by itself: taken over into our record, and told to the source.

Google shows customers another value than the owner entered, and keeps asking about it until the
owner enters one of the two. Sending ours back is a fix like any other; taking theirs has to be
entered there as well.
https://developers.google.com/my-business/reference/businessinformation/rest/v1/locations/getGoogleUpdated
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from listings.jobs import Job, enqueue
from listings.models.listing import Listing
from listings.models.mismatch import Mismatch, MismatchState
from listings.queues import DELIVER
from listings.source_terms import Door
from listings.sources import facts

UNDO_FOR = dt.timedelta(minutes=1)
"""How long a change that was taken over waits before the source is told, so that it can be taken back."""
TAKEN = (MismatchState.LOCATION_WRONG, MismatchState.FIXED)


@dataclass(frozen=True, slots=True)
class EnterChange:
    """The mismatch whose live value became our record's."""

    mismatch_id: int


ENTER_CHANGE = Job("enter_change", DELIVER, EnterChange)


def changed_by_source(listing: Listing, field: str) -> bool:
    """Whether the source shows in this field what it changed itself, and asks its owner about it."""
    extra = (listing.record or {}).get("extra") or {}
    return field in extra.get("google_changed", ())


def tell_taken(session: Session, row: Mismatch, now: dt.datetime) -> None:
    """Our record has taken the source's own change over: enter it in our account there too, by a job."""
    source = facts(row.source)
    listing = session.get_one(Listing, row.listing_id)
    by_api = source.fix is Door.API and row.field in source.fixable
    if by_api and changed_by_source(listing, row.field):
        enqueue(session, ENTER_CHANGE, f"{row.id}:{now.isoformat()}", EnterChange(row.id), delay=UNDO_FOR)
