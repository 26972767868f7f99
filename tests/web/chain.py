"""A chain with one wrong phone number at every place, for the screens that people decide on."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from zlib import compress

from sqlalchemy.orm import Session

from listings.models.crawl import SourceState
from listings.models.listing import Decision, Listing, Match
from listings.models.location import Location
from listings.models.mismatch import SEVERITY_RANK, Mismatch, MismatchEvent, MismatchState
from listings.models.snapshot import Body, Snapshot
from listings.severity import Severity

RIGHT, WRONG = "+12155550133", "+12155550100"
CAUSE = "one-old-number"


@dataclass
class Chain:
    """What was made, in the order of the store codes."""

    organization_id: int
    locations: list[Location] = field(default_factory=list)
    mismatches: list[Mismatch] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)


def make_chain(db: Session, organization_id: int, now: dt.datetime, *, places: int = 3) -> Chain:
    """Places "A001" … whose Google listing shows WRONG while record and website say RIGHT."""
    chain = Chain(organization_id)
    for number in range(1, places + 1):
        _place(db, chain, f"A{number:03}", now)
    for source in ("google", "website"):
        db.add(SourceState(organization_id=organization_id, source=source, last_ok_at=now, last_run_at=now))
    db.flush()
    return chain


def _place(db: Session, chain: Chain, code: str, now: dt.datetime) -> None:
    location = Location(
        organization_id=chain.organization_id,
        code=code,
        name="Lantern Books",
        street=f"{code[1:]} Quay Street",
        city="Harborview",
        region="PA",
        postal_code="19125",
        country="US",
        phone=RIGHT,
        hours="Mo-Fr 09:00-18:00; Sa 10:00-16:00; Su off",
        time_zone="America/New_York",
        created_at=now,
        updated_at=now,
    )
    db.add(location)
    db.flush()
    chain.locations.append(location)
    google = add_listing(db, chain, location, "google", WRONG, now)
    add_listing(db, chain, location, "website", RIGHT, now)
    add_mismatch(db, chain, location, google, now)


def _answer(  # noqa: PLR0917 - whose, of what, with what, when
    db: Session, chain: Chain, source: str, source_id: str, phone: str, now: dt.datetime
) -> Snapshot:
    """The stored answer that a listing comes from, its body where the source's policy lets it be kept."""
    body = json.dumps({"name": source_id, "phoneNumbers": {"primaryPhone": phone}}).encode()
    digest = hashlib.sha256(body).hexdigest()
    kept = source != "google_places"
    snapshot = Snapshot(
        organization_id=chain.organization_id,
        source=source,
        url=f"https://{source}.example/{source_id}",
        status=200,
        outcome="ok",
        fetched_at=now,
        reader_version=f"{source}-1",
        sha256=digest if kept else None,
    )
    db.add(snapshot)
    if kept:
        db.add(
            Body(
                organization_id=chain.organization_id,
                sha256=digest,
                size=len(body),
                compressed=compress(body),
            )
        )
    db.flush()
    return snapshot


def add_listing(  # noqa: PLR0917 - whose, where, with what, when
    db: Session,
    chain: Chain,
    location: Location | None,
    source: str,
    phone: str,
    now: dt.datetime,
    **more: Any,
) -> Listing:
    """A listing with its newest answer; of `location`, or of nobody yet."""
    source_id = f"locations/{source}-{len(chain.listings)}"
    kept = source != "google_places"
    snapshot = _answer(db, chain, source, source_id, phone, now)
    record = {"source": source, "source_id": source_id, "name": "Lantern Books", "phone": phone}
    listing = Listing(
        organization_id=chain.organization_id,
        source=source,
        source_id=source_id,
        url=f"https://{source}.example/{len(chain.listings)}",
        location_id=location.id if location is not None else None,
        record={**record, "shown": ["name", "phone"]} if kept else None,
        record_hash="0" * 64,
        rating=4.4 if source == "google" else None,
        review_count=7 if source == "google" else None,
        snapshot_id=snapshot.id,
        first_seen_at=now,
        last_seen_at=now,
        **more,
    )
    db.add(listing)
    db.flush()
    chain.listings.append(listing)
    chain.snapshots.append(snapshot)
    if location is not None:
        add_match(db, listing, location, Decision.MATCH, now)
    return listing


def add_match(
    db: Session, listing: Listing, location: Location, decision: Decision, now: dt.datetime
) -> None:
    """The engine's decision about a listing, with one reason."""
    reasons = [{"about": "place", "points": 5.1, "says": "Same address"}]
    db.add(
        Match(
            listing_id=listing.id,
            organization_id=listing.organization_id,
            location_id=location.id,
            decision=decision,
            probability=0.93,
            reasons=reasons,
            decided_at=now,
        )
    )
    db.flush()


def add_mismatch(
    db: Session, chain: Chain, location: Location, listing: Listing, now: dt.datetime, **more: Any
) -> Mismatch:
    """An open difference in the phone number, with its first step."""
    values: dict[str, Any] = {
        "field": "phone",
        "severity": Severity.CRITICAL,
        "reason": "phone.other_number",
        "cause": CAUSE,
        "record_value": RIGHT,
        "live_value": WRONG,
        "live_hash": "ab" * 32,
    } | more
    row = Mismatch(
        organization_id=chain.organization_id,
        location_id=location.id,
        listing_id=listing.id,
        source=listing.source,
        state=MismatchState.OPEN,
        severity_rank=SEVERITY_RANK[values["severity"]],
        verdict="different",
        snapshot_id=listing.snapshot_id,
        first_seen_at=now,
        last_seen_at=now,
        state_since=now,
        seen_count=2,
        **values,
    )
    db.add(row)
    db.flush()
    db.add(MismatchEvent(mismatch_id=row.id, at=now, state=MismatchState.OPEN))
    db.flush()
    chain.mismatches.append(row)
    return row
