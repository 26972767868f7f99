"""What is stored of a source's addresses already, so that a crawl fetches and reads nothing for nothing."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crawlers.http import Conditions
from crawlers.source import Answer, Outcome, Request
from listings.given_urls import sole_owners
from listings.models.listing import Listing
from listings.models.snapshot import Snapshot
from listings.sources import SourceFacts


@dataclass(frozen=True, slots=True)
class InUse:
    """The answer of an address on which stored listings rest."""

    snapshot_id: int
    reader_version: str
    sha256: str | None
    conditions: Conditions | None

    def says_the_same(self, answer: Answer, reader_version: str) -> bool:
        """Whether these are the very bytes that this reader has read before."""
        same_reader = self.sha256 is not None and self.reader_version == reader_version
        return same_reader and hashlib.sha256(answer.body).hexdigest() == self.sha256


@dataclass(frozen=True, slots=True)
class Earlier:
    """By address: the answers this very run has stored before it was cut short, and those in use."""

    of_this_run: dict[str, int] = field(default_factory=dict)
    in_use: Mapping[str, InUse] = field(default_factory=dict)

    def asked_before(self, request: Request) -> InUse | None:
        """The answer in use that came from this address."""
        return self.in_use.get(request.url) if request.method == "GET" else None


NOTHING_EARLIER = Earlier()


def load_earlier(
    session: Session,
    organization_id: int,
    source: SourceFacts,
    run_id: int,
    location_ids: Sequence[int] | None = None,
) -> Earlier:
    """What is stored before a run begins or goes on; `location_ids` narrows it to their listings."""
    if not source.policy.keep_values:
        return NOTHING_EARLIER
    return Earlier(_of_this_run(session, run_id), _in_use(session, organization_id, source, location_ids))


def resting_on(session: Session, snapshot_id: int) -> dict[int, int | None]:
    """The listings that rest on an answer, each with its location."""
    query = sa.select(Listing.id, Listing.location_id).where(Listing.snapshot_id == snapshot_id)
    return dict(session.execute(query).all())


def _of_this_run(session: Session, run_id: int) -> dict[str, int]:
    query = sa.select(Snapshot.url, Snapshot.id).where(
        Snapshot.run_id == run_id, Snapshot.outcome == Outcome.OK
    )
    return dict(session.execute(query).all())


def _in_use(
    session: Session, organization_id: int, source: SourceFacts, location_ids: Sequence[int] | None
) -> dict[str, InUse]:
    query = (
        sa.select(
            Snapshot.url,
            Snapshot.id,
            Snapshot.reader_version,
            Snapshot.sha256,
            Snapshot.etag,
            Snapshot.last_modified,
            Listing.location_id,
        )
        .join(Listing, Listing.snapshot_id == Snapshot.id)
        .where(Listing.organization_id == organization_id, Listing.source == source.key)
        .order_by(Snapshot.id)
    )
    if location_ids is not None:
        query = query.where(Listing.location_id.in_(location_ids))
    named = sole_owners(session, organization_id, source.key)
    found = {}
    for url, snapshot_id, version, digest, etag, modified, location_id in session.execute(query):
        if named.get(url, location_id) != location_id:
            # The owner has named the page for another location since, so what it says has to be read anew.
            continue
        heeded = source.revalidates and (etag or modified)
        found[url] = InUse(snapshot_id, version, digest, Conditions(etag, modified) if heeded else None)
    return found
