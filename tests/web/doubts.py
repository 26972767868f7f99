"""Listings in doubt and places that stand twice, for the screens on which they are decided."""

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from listings.candidates import Candidate, contested
from listings.models.duplicate import Duplicate, DuplicateEvent, DuplicateKind, DuplicateState
from listings.models.listing import Decision, Listing, Match
from listings.models.location import Location
from tests.web.chain import RIGHT, WRONG, Chain, add_listing

FOR = {"about": "place", "points": 3.4, "says": "Same address"}
AGAINST = {"about": "phone", "points": -1.2, "says": "Another phone number"}
TURN = "A phone number that agrees would make this a match."


def weighed(location: Location, probability: float) -> Candidate:
    """One candidate with a point for and a point against."""
    return Candidate(location.id, probability, 1.5, -0.9, 0.2, (FOR, AGAINST), TURN)


def add_doubt(
    db: Session,
    chain: Chain,
    candidates: dict[int, float],
    now: dt.datetime,
    *,
    source: str = "google",
    **record: Any,
) -> Listing:
    """A listing that may describe the chain's locations of these places in the order, with these chances."""
    listing = add_listing(db, chain, None, source, WRONG, now)
    if listing.record is not None:
        listing.record = {**listing.record, **record, "shown": [*listing.record["shown"], *record]}
    weighings = [weighed(chain.locations[at], chance) for at, chance in candidates.items()]
    best = contested(weighings)[0]
    db.add(
        Match(
            listing_id=listing.id,
            organization_id=listing.organization_id,
            location_id=best.location_id,
            decision=Decision.REVIEW,
            probability=best.probability,
            reasons=[FOR, AGAINST],
            candidates=[one.as_json() for one in weighings],
            decided_at=now,
        )
    )
    db.flush()
    return listing


def add_twice(
    db: Session, chain: Chain, location: Location, now: dt.datetime, *, source: str = "google"
) -> Duplicate:
    """A second listing of a place that has one at that source, found by the job."""
    first = next(one for one in chain.listings if (one.location_id, one.source) == (location.id, source))
    second = add_listing(db, chain, None, source, RIGHT, now)
    db.add(
        Match(
            listing_id=second.id,
            organization_id=second.organization_id,
            location_id=location.id,
            decision=Decision.REVIEW,
            probability=0.96,
            reasons=[FOR],
            duplicate_of=first.id,
            decided_at=now,
        )
    )
    return _found(
        db,
        Duplicate(
            organization_id=chain.organization_id,
            kind=DuplicateKind.LISTING,
            pair=f"listing:{first.id}:{second.id}",
            source=source,
            location_id=location.id,
            listing_id=first.id,
            other_listing_id=second.id,
            probability=0.96,
            reasons=[FOR],
        ),
        now,
    )


def add_record_pair(db: Session, chain: Chain, now: dt.datetime) -> Duplicate:
    """The first two records of the chain look like one place."""
    first, second = chain.locations[:2]
    row = Duplicate(
        organization_id=chain.organization_id,
        kind=DuplicateKind.LOCATION,
        pair=f"location:{first.id}:{second.id}",
        location_id=first.id,
        other_location_id=second.id,
        probability=0.88,
        reasons=[FOR],
    )
    return _found(db, row, now)


def _found(db: Session, row: Duplicate, now: dt.datetime) -> Duplicate:
    row.state = DuplicateState.OPEN
    row.state_since = row.first_seen_at = row.last_seen_at = now
    db.add(row)
    db.flush()
    db.add(DuplicateEvent(duplicate_id=row.id, at=now, act="found", state=row.state))
    db.flush()
    return row
