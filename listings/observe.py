"""What one answer says of one listing, written down under the source's policy."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.models.listing import Listing, Observation
from listings.models.snapshot import Snapshot
from listings.records import ListingRecord
from listings.secrets import ValueHash
from listings.source_terms import OwnerLink
from listings.sources import SourceFacts


@dataclass(frozen=True, slots=True)
class Seen:
    """A listing as it was just observed.

    `changed` tells whether it says something new, `fresh` whether it was never seen before.
    """

    listing: Listing
    record: ListingRecord
    changed: bool
    fresh: bool


def observe(
    session: Session,
    facts: SourceFacts,
    snapshot: Snapshot,
    record: ListingRecord,
    *,
    source_id: str,
    hashes: ValueHash,
    now: dt.datetime,
    api_name: str | None = None,
) -> Seen:
    """Record one listing of a readable answer; an unchanged one moves only its last_seen_at.

    `source_id` is the name it goes by, see `named`. A new one gets its id with the next flush, so
    that it is written once, with all that is decided about it.
    """
    found = find_listing(session, snapshot.organization_id, facts.key, source_id)
    listing = found or _first_seen(snapshot, facts, source_id, now)
    session.add(listing)
    digest = hashes.of(record.as_json())
    changed = digest != listing.record_hash
    # A stored answer that is read again tells of its own time, which may be past.
    listing.last_seen_at = max(listing.last_seen_at, now)
    listing.missing_since = listing.supplied_by = None
    listing.api_name = api_name or listing.api_name
    listing.record_hash = digest
    _keep_values(listing, facts, snapshot, record)
    if changed:
        session.add(_observation(listing, snapshot, digest, now))
    return Seen(listing, record, changed, fresh=found is None)


# Made once: it is asked for every listing of every page.
_FIND = sa.select(Listing.id).where(
    Listing.organization_id == sa.bindparam("organization_id"),
    Listing.source == sa.bindparam("source"),
    Listing.source_id == sa.bindparam("source_id"),
)


def find_listing(session: Session, organization_id: int, source: str, source_id: str) -> Listing | None:
    """The listing that goes by this name at a source."""
    wanted = {"organization_id": organization_id, "source": source, "source_id": source_id}
    id_ = session.connection().scalar(_FIND, wanted)
    return None if id_ is None else session.get_one(Listing, id_)


def _first_seen(snapshot: Snapshot, facts: SourceFacts, source_id: str, now: dt.datetime) -> Listing:
    return Listing(
        organization_id=snapshot.organization_id,
        source=facts.key,
        source_id=source_id,
        first_seen_at=now,
        last_seen_at=now,
    )


def _observation(listing: Listing, snapshot: Snapshot, digest: str, now: dt.datetime) -> Observation:
    return Observation(
        organization_id=snapshot.organization_id,
        listing=listing,
        snapshot_id=snapshot.id,
        observed_at=now,
        reader_version=snapshot.reader_version,
        record_hash=digest,
        record=listing.record,
    )


@dataclass(frozen=True, slots=True)
class Named:
    """A record, and the name its listing goes by at the source."""

    record: ListingRecord
    source_id: str


def named(records: Sequence[ListingRecord], url: str, facts: SourceFacts) -> list[Named]:
    """The records of one answer with the names their listings go by: their own id, else their page's address.

    `url` is where the answer was asked for. It alone names the one listing of a page of one's own:
    many sites give the same @id to every page. Records that share a name are told apart by their
    order.
    """
    if len(records) == 1 and facts.owner_link is OwnerLink.OWN_PAGE:
        return [Named(records[0], url)]
    shared: Counter[str] = Counter()
    found = []
    for record in records:
        name = record.source_id or record.url or url
        found.append(Named(record, f"{name}#{shared[name]}" if shared[name] else name))
        shared[name] += 1
    return found


def _keep_values(listing: Listing, facts: SourceFacts, snapshot: Snapshot, record: ListingRecord) -> None:
    listing.snapshot_id = snapshot.id
    policy = facts.policy
    if not policy.keep_values:
        return
    listing.url = record.url
    listing.record = record.as_json()
    listing.record_expires_at = snapshot.fetched_at + policy.keep_for if policy.keep_for else None
    if "rating" in record.shown:
        listing.rating = record.rating
    if "review_count" in record.shown:
        listing.review_count = record.review_count


def mark_missing(session: Session, listing: Listing, now: dt.datetime) -> None:
    """The source says that it no longer has this listing; what was known stays, with its age."""
    if listing.missing_since is None:
        listing.missing_since = now
        session.flush()
