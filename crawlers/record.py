"""What a crawl's answers mean for the database: each answer and all it says in transactions of their own."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crawlers.door import Door
from crawlers.http import Conditions
from crawlers.plan import ConsentGone, Fetch, ReviewsComplete, Stopped
from crawlers.settle import Missing, finish_run, settle_health
from crawlers.source import Answer, Outcome, Reading
from listings.flag import flag
from listings.link import Decided, Locations, decide, link
from listings.matching.decision import Decision
from listings.models.crawl import CrawlRun, Credential, CredentialState
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.organization import Organization
from listings.models.snapshot import Snapshot
from listings.observe import Named, Seen, mark_missing, named, observe
from listings.recheck import recheck
from listings.records import ListingRecord
from listings.snapshots import Fetched, newest_for, store
from listings.sources import OwnerLink, SourceFacts
from reputation.ingest import follow_listing, ingest, missing_after

RECORDS_AT_ONCE = 5
"""Listings per transaction, so that none holds the write lock for long."""


@dataclass(slots=True)
class Recorder:
    """Writes down one run. Every method is a transaction, or several short ones."""

    door: Door
    source: SourceFacts
    organization_id: int
    run_id: int
    locations: Locations
    reader_version: str
    narrowed: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    _seen_reviews: dict[str, set[int]] = field(default_factory=dict)
    _missing: dict[int, list[int]] = field(default_factory=dict)
    _stored: dict[int, int] = field(default_factory=dict)
    _reused: dict[str, int] = field(default_factory=dict)
    _observed: set[str] = field(default_factory=set)
    _listings_complete: bool = False
    _health: tuple[Outcome, str] | None = None

    def reuse(self, url: str, snapshot_id: int) -> None:
        """The answer from this address was stored before the run was cut short."""
        self._reused[url] = snapshot_id

    def at_another_time(self, door: Door) -> None:
        """What comes now was answered at another time, told by `door`'s clock: listings are looked at anew."""
        self.door = door
        self._observed.clear()

    def conditions(self, step: Fetch) -> Conditions | None:
        """The validators of the last answer from the same address, where the source heeds them."""
        if not self.source.revalidates or step.request.method != "GET":
            return None
        with self.door.database.read() as session:
            last = newest_for(session, self.organization_id, step.request.url)
            if last is None or not (last.etag or last.last_modified):
                return None
            in_use = session.scalar(sa.select(sa.exists().where(Listing.snapshot_id == last.id)))
            return Conditions(last.etag, last.last_modified) if in_use else None

    def doubted(self, step: Fetch, reading: Reading) -> Reading:
        """The reading, or unreadable when a page that held a listing suddenly holds nothing.

        Sources break silently: nothing where there was something is a fault until somebody has looked.
        """
        looked_for = step.target is not None and step.target.source_id is not None
        about_more = step.candidates or step.reviews_of is not None
        if reading.outcome is not Outcome.OK or reading.listings or about_more or not looked_for:
            return reading
        return Reading(Outcome.UNREADABLE, detail="the page held a listing before and holds none now")

    def record(self, step: Fetch, answer: Answer, reading: Reading) -> None:
        """One answer: stored, then made into listings and reviews where it went well."""
        if step.secret:
            return
        if reading.outcome is Outcome.NOT_MODIFIED:
            self._unchanged(step)
            return
        snapshot_id = self._reused.get(step.request.url) or self._store(step, answer, reading)
        if reading.outcome is not Outcome.OK:
            self._failed(step, reading)
            return
        found = named(reading.listings, step.request.url, self.source)
        # Reached through a second account it is the same listing, not a second look at it.
        fresh = [one for one in found if one.source_id not in self._observed]
        self._observed.update(one.source_id for one in fresh)
        for chunk in _chunks(fresh):
            decided = self._decide(step, chunk, alone=len(reading.listings) == 1)
            with self._writing() as session:
                self._listings(session, step, session.get_one(Snapshot, snapshot_id), decided)
        if step.reviews_of is not None:
            with self._writing() as session:
                self._reviews(session, step.reviews_of, reading)

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """A transaction that no other crawl of the organization writes beside.

        Two that see the same new listing would else both add it; SQLite lets only one write anyway.
        """
        with self.door.database.write() as session:
            session.get_one(Organization, self.organization_id, with_for_update={"key_share": True})
            yield session

    def _store(self, step: Fetch, answer: Answer, reading: Reading) -> int:
        keep_body = reading.outcome in (Outcome.OK, Outcome.UNREADABLE)
        fetched = Fetched(
            url=step.request.url,
            status=answer.status,
            outcome=reading.outcome,
            body=answer.body if keep_body else b"",
            fetched_at=self.door.clock(),
            reader_version=self.reader_version,
            detail=reading.detail,
            etag=answer.headers.get("etag"),
            last_modified=answer.headers.get("last-modified"),
            final_url=answer.url if answer.url != step.request.url else None,
            run_id=self.run_id,
        )
        with self._writing() as session:
            self._add(session, pages=1)
            return store(session, self.organization_id, self.source, fetched).id

    def _add(self, session: Session, **counted: int) -> None:
        """Count in the run's row, so that somebody who looks sees it go on."""
        values = {name: getattr(CrawlRun, name) + number for name, number in counted.items()}
        session.execute(sa.update(CrawlRun).where(CrawlRun.id == self.run_id).values(values))

    def _unchanged(self, step: Fetch) -> None:
        with self._writing() as session:
            last = newest_for(session, self.organization_id, step.request.url)
            if last is None:
                return
            listings = session.scalars(sa.select(Listing).where(Listing.snapshot_id == last.id)).all()
            for listing in listings:
                listing.last_seen_at = self.door.clock()
                listing.missing_since = None
            linked = [listing.location_id for listing in listings if listing.location_id is not None]
            recheck(session, linked, hashes=self.door.hashes, now=self.door.clock(), source=self.source.key)
            self.counts["listings"] += len(listings)

    def _failed(self, step: Fetch, reading: Reading) -> None:
        if reading.outcome is not Outcome.NOT_FOUND or step.reviews_of is not None or step.target is None:
            return
        with self.door.database.write() as session:
            known = self._listing(session, step.target.source_id or step.request.url)
            if known is not None:
                mark_missing(session, known, self.door.clock())

    def _decide(self, step: Fetch, chunk: Sequence[Named], *, alone: bool) -> list[tuple[Named, Decided]]:
        """Decide outside of any transaction: thinking must not hold the write lock."""
        with self.door.database.read() as session:
            known = dict(
                session.execute(
                    sa.select(Listing.source_id, Listing.location_id).where(
                        Listing.organization_id == self.organization_id,
                        Listing.source == self.source.key,
                        Listing.source_id.in_([one.source_id for one in chunk]),
                    )
                ).all()
            )
        decided = []
        for one in chunk:
            decision = decide(
                one.record,
                self.locations,
                owner_says=self._owner_says(step, one.record, alone),
                belongs=known.get(one.source_id),
            )
            # A candidate was only looked for; what matches nothing of ours is somebody else's.
            foreign = step.candidates and one.source_id not in known
            if not (foreign and decision.decision is Decision.NO_MATCH):
                decided.append((one, decision))
        return decided

    def _listings(
        self, session: Session, step: Fetch, snapshot: Snapshot, decided: Sequence[tuple[Named, Decided]]
    ) -> None:
        for one, decision in decided:
            api_name = f"{step.api_account}/{one.record.source_id}" if step.api_account else None
            seen = observe(
                session,
                self.source,
                snapshot,
                one.record,
                source_id=one.source_id,
                hashes=self.door.hashes,
                now=self.door.clock(),
                api_name=api_name,
            )
            self._link_and_flag(session, snapshot, seen, decision)
            self.counts["changed"] += seen.changed
        self._add(session, listings=len(decided))
        self.counts["listings"] += len(decided)

    def _link_and_flag(self, session: Session, snapshot: Snapshot, seen: Seen, decided: Decided) -> None:
        moment = self.door.clock()
        before = seen.listing.location_id
        location_id = link(session, seen.listing, decided, moment)
        if before != location_id:
            follow_listing(session, seen.listing)
        if location_id is None:
            return
        location = session.get_one(Location, location_id)
        flagged = flag(
            session, location, seen.listing, seen.record, snapshot, hashes=self.door.hashes, now=moment
        )
        self.counts["flagged"] += len(flagged.opened)
        self.counts["came_back"] += len(flagged.came_back)
        self.counts["fixed"] += len(flagged.fixed)

    def _owner_says(self, step: Fetch, record: ListingRecord, alone: bool) -> int | None:
        match self.source.owner_link:
            case OwnerLink.STORE_CODE:
                return self.locations.id_by_code.get(str(record.extra.get("store_code", "")))
            case OwnerLink.OWN_PAGE:
                return step.target.key if alone and step.target is not None else None
            case OwnerLink.NONE:
                return None

    def _reviews(self, session: Session, source_id: str, reading: Reading) -> None:
        listing = self._listing(session, source_id)
        if listing is None:
            return
        before = self._seen_reviews.setdefault(source_id, set())
        done = ingest(
            session,
            listing,
            self.source,
            reading.reviews,
            seen_before=frozenset(before),
            hashes=self.door.hashes,
            now=self.door.clock(),
        )
        before |= done.seen
        if reading.total is not None:
            listing.review_count = reading.total
            listing.rating = reading.extra.get("average_rating", listing.rating)
        self._add(session, reviews=len(reading.reviews))
        for name in ("new", "edited", "revived"):
            self.counts[f"reviews_{name}"] += getattr(done, name)
        self.counts["reviews"] += len(reading.reviews)

    def reviews_complete(self, step: ReviewsComplete) -> None:
        """All pages of a listing's reviews are in: note which stored ones it no longer shows."""
        seen = frozenset(self._seen_reviews.pop(step.source_id, set()))
        if step.total is not None and step.total > len(seen):
            # The source itself claims more than it showed, so what is absent may well be there.
            return
        with self.door.database.read() as session:
            listing = self._listing(session, step.source_id)
            run = session.get_one(CrawlRun, self.run_id)
            if listing is not None:
                missing = missing_after(session, listing, seen, began=run.started_at)
                self._stored[listing.id] = len(seen) + len(missing)
                self._missing[listing.id] = missing

    def listings_complete(self) -> None:
        """The source has shown every listing it has for us."""
        self._listings_complete = True

    def gone(self, source_id: str) -> None:
        """The source says that this listing is no more."""
        with self.door.database.write() as session:
            listing = self._listing(session, source_id)
            if listing is not None:
                mark_missing(session, listing, self.door.clock())

    def stopped(self, stop: Stopped) -> None:
        """The crawl can't go on; a withdrawn consent is told to the credential too."""
        self._health = (stop.outcome, stop.detail)
        if not isinstance(stop, ConsentGone):
            return
        with self.door.database.write() as session:
            for credential in session.scalars(
                sa.select(Credential).where(
                    Credential.organization_id == self.organization_id, Credential.source == self.source.key
                )
            ):
                credential.state = CredentialState.NEEDS_RECONNECT
                credential.cause = stop.detail
                credential.checked_at = self.door.clock()

    def finish(self, outcomes: Mapping[str, int], *, complete: bool) -> None:
        """The end of the run: what is missing is counted, the source's health is noted."""
        with self._writing() as session:
            vanished = finish_run(
                session,
                session.get_one(CrawlRun, self.run_id),
                outcomes,
                Missing(self._missing, self._stored),
                complete=complete,
                listings_complete=self._listings_complete,
                now=self.door.clock(),
            )
            # One place that was looked at by hand tells nothing of the source; that it refuses us does.
            if self._health is not None or not self.narrowed:
                settle_health(
                    session, self.organization_id, self.source, outcomes, self._health, self.door.clock()
                )
        self.counts["reviews_vanished"] += vanished

    def _listing(self, session: Session, source_id: str) -> Listing | None:
        return session.scalar(
            sa.select(Listing).where(
                Listing.organization_id == self.organization_id,
                Listing.source == self.source.key,
                Listing.source_id == source_id,
            )
        )


def _chunks(records: Sequence[Named]) -> Iterator[Sequence[Named]]:
    return (records[start : start + RECORDS_AT_ONCE] for start in range(0, len(records), RECORDS_AT_ONCE))
