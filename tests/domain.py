"""Rows to decide on: an organization, its places, what a source says of them. Values that are made up."""

import datetime as dt
from dataclasses import replace
from typing import Any

from pydantic import SecretStr
from sqlalchemy.orm import Session

from listings.flag import Flagged, flag
from listings.link import Decided, link
from listings.matching.decision import Decision
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.mismatch import Mismatch
from listings.models.organization import Organization
from listings.models.person import Person, Role
from listings.observe import observe
from listings.records import LISTING_FIELDS, ListingRecord
from listings.secrets import ValueHash
from listings.settings import Settings
from listings.snapshots import Fetched, pack, store
from listings.sources import GOOGLE, SOURCES, SourceFacts, facts

NOW = dt.datetime(2026, 9, 5, 20, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
RIGHT, WRONG, OTHER = "+12155550133", "+12155550100", "+12155550177"
HASHES = ValueHash(Settings(secret_key=SecretStr("k" * 40)))
SOMEBODY = 7

A_DAY_ONLY = replace(SOURCES[GOOGLE], policy=replace(SOURCES[GOOGLE].policy, keep_for=dt.timedelta(hours=24)))
"""A source like Google whose values may be kept for 24 hours."""


def organization(session: Session, name: str = "Elm Books", **values: Any) -> int:
    row = Organization(name=name, created_at=NOW, **{"time_zone": "America/New_York", **values})
    session.add(row)
    session.flush()
    return row.id


def place(session: Session, organization_id: int, code: str = "A1", **values: Any) -> Location:
    given = {
        "name": "Elm Books",
        "street": "12 Quay Street",
        "city": "Harborview",
        "country": "US",
        "phone": RIGHT,
        "created_at": NOW,
        "updated_at": NOW,
    }
    row = Location(organization_id=organization_id, code=code, **{**given, **values})
    session.add(row)
    session.flush()
    return row


def somebody(session: Session, organization_id: int) -> int:
    """The id of a person who may decide."""
    email = f"somebody@{organization_id}.example"
    row = Person(
        organization_id=organization_id, name="Ada Elm", email=email, role=Role.MARKETER, created_at=NOW
    )
    session.add(row)
    session.flush()
    return row.id


def shows(source_id: str = "locations/1", **values: Any) -> ListingRecord:
    """A record that shows exactly the given values."""
    return ListingRecord(GOOGLE, source_id, None, frozenset(values) & frozenset(LISTING_FIELDS), **values)


def seen(
    session: Session,
    organization_id: int,
    record: ListingRecord,
    *,
    source: SourceFacts | None = None,
    now: dt.datetime = NOW,
    body: bytes = b"{}",
) -> Listing:
    """The listing of an answer that said this."""
    source = source or facts(record.source)
    fetched = Fetched("https://source.example/1", 200, "ok", pack(body), now, "test-1")
    snapshot = store(session, organization_id, source, fetched)
    source_id = record.source_id or "page"
    listing = observe(session, source, snapshot, record, source_id=source_id, hashes=HASHES, now=now).listing
    session.flush()
    return listing


def crawled(
    session: Session, location: Location, record: ListingRecord, *, now: dt.datetime = NOW
) -> Flagged:
    """What a crawl does with a record that is surely this location's."""
    listing = seen(session, location.organization_id, record, now=now)
    link(session, listing, Decided(location.id, Decision.MATCH, 1.0, ()), now)
    snapshot = store(
        session, location.organization_id, facts(record.source), Fetched("u", 200, "ok", None, now, "test-1")
    )
    return flag(session, location, listing, record, snapshot, hashes=HASHES, now=now)


def wrong_phone(session: Session, location: Location, *, now: dt.datetime = NOW) -> Mismatch:
    """The one mismatch of a listing that shows WRONG."""
    (row,) = crawled(session, location, shows(phone=WRONG), now=now).opened
    return row
