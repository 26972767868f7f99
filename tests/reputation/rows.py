"""Reviews and replies as rows."""

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from listings.models.listing import Listing
from reputation.models.reply import Reply, ReplyState
from reputation.models.review import Review
from tests.domain import DAY, NOW, organization, place, seen, shows


def linked_listing(session: Session, name: str = "Elm Books", **shown: Any) -> Listing:
    """A Google listing of a place of a new organization."""
    organization_id = organization(session, name)
    listing = seen(session, organization_id, shows(**shown))
    listing.location_id = place(session, organization_id).id
    session.flush()
    return listing


def review(session: Session, listing: Listing, key: str, **values: Any) -> Review:
    given = {
        "source": listing.source,
        "rating": 4.0,
        "text": "The bread was warm",
        "author": "Rosa Lind",
        "written_at": NOW - DAY,
    }
    row = Review(
        organization_id=listing.organization_id,
        listing_id=listing.id,
        location_id=listing.location_id,
        source_review_id=key,
        content_hash=key,
        identity_hash=key,
        first_seen_at=NOW,
        missed_runs=0,
        **{**given, **values},
    )
    session.add(row)
    session.flush()
    return row


def answer(
    session: Session, row: Review, state: ReplyState, text: str = "Thank you, Rosa.", **values: Any
) -> Reply:
    reply = Reply(
        organization_id=row.organization_id,
        review_id=row.id,
        text=text,
        state=state,
        **{"ours": True, "created_at": NOW, **values},
    )
    session.add(reply)
    session.flush()
    return reply


HOUR = dt.timedelta(hours=1)
