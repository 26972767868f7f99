"""What a crawl's answers mean for the database: each answer and all it says in transactions of their own."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crawlers.door import Door
from crawlers.http import Conditions
from crawlers.plan import ConsentGone, Fetch, ReviewsComplete, Stopped
from crawlers.settle import finish_run, settle_health
from crawlers.source import Answer, Outcome, Reading
from listings.flag import flag
from listings.link import Decided, Locations, decide, link
from listings.models.crawl import CrawlRun, Credential, CredentialState
from listings.models.listing import Decision, Listing
from listings.models.location import Location
from listings.models.snapshot import Snapshot
from listings.observe import Seen, identity, mark_missing, observe
from listings.recheck import recheck
from listings.records import ListingRecord
from listings.snapshots import Fetched, newest_for, store
from listings.sources import GOOGLE, WEBSITE, SourceFacts
from reputation.ingest import ingest, missing_after

RECORDS_AT_ONCE = 5
"""Listings per transaction, so that none holds the write lock for long."""


@dataclass(frozen=True, slots=True)
class Named:
    """A record, and the name its listing goes by at the source."""

    record: ListingRecord
    source_id: str


@dataclass(slots=True)
class Recorder:
    """Writes down one run. Every method is a transaction, or several short ones."""

    door: Door
    source: SourceFacts
    organization_id: int
    run_id: int
    locations: Locations
    reader_version: str
    counts: Counter[str] = field(default_factory=Counter)
    _seen_reviews: dict[str, set[int]] = field(default_factory=dict)
    _reused: dict[str, int] = field(default_factory=dict)
    _listings_complete: bool = False
    _health: tuple[Outcome, str] | None = None

    def reuse(self, url: str, snapshot_id: int) -> None:
        """The answer from this address was stored before the run was cut short."""
        self._reused[url] = snapshot_id

    def conditions(self, step: Fetch) -> Conditions | None:
        """The validators of the last answer from the same address, for pages that nothing else dates."""
        if self.source.key != WEBSITE or step.request.method != "GET":
            return None
        with self.door.database.read() as session:
            last = newest_for(session, self.organization_id, step.request.url)
            if last is None or not session.scalar(
                sa.select(sa.exists().where(Listing.snapshot_id == last.id))
            ):
                return None
            return Conditions(last.etag, last.last_modified) if last.etag or last.last_modified else None

    def doubted(self, step: Fetch, reading: Reading) -> Reading:
        """The reading, or unreadable when a page that held a listing suddenly holds nothing.

        Sources break silently: nothing where there was something is a fault until somebody has looked.
        """
        holds_something = reading.listings or step.target is None or step.candidates or step.reviews_of
        if reading.outcome is not Outcome.OK or holds_something or step.target.source_id is None:
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
        for chunk in _chunks(self._named(step, reading.listings)):
            decided = self._decide(step, chunk, alone=len(reading.listings) == 1)
            with self.door.database.write() as session:
                self._listings(session, step, session.get_one(Snapshot, snapshot_id), decided)
        if step.reviews_of is not None:
            with self.door.database.write() as session:
                self._reviews(session, step.reviews_of, reading)

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
        with self.door.database.write() as session:
            run = session.get_one(CrawlRun, self.run_id)
            run.pages += 1
            return store(session, self.organization_id, self.source, fetched).id

    def _unchanged(self, step: Fetch) -> None:
        with self.door.database.write() as session:
            last = newest_for(session, self.organization_id, step.request.url)
            if last is None:
                return
            listings = session.scalars(sa.select(Listing).where(Listing.snapshot_id == last.id)).all()
            for listing in listings:
                listing.last_seen_at = self.door.clock()
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

    def _named(self, step: Fetch, records: Sequence[ListingRecord]) -> list[Named]:
        """The records with the names their listings go by; several of one page may share an address."""
        shared: Counter[str] = Counter()
        named = []
        for record in records:
            plain = identity(record, step.request.url)
            named.append(Named(record, identity(record, step.request.url, shared[plain])))
            shared[plain] += 1
        return named

    def _decide(self, step: Fetch, chunk: Sequence[Named], *, alone: bool) -> list[tuple[Named, Decided]]:
        """Decide outside of any transaction: thinking must not hold the write lock."""
        with self.door.database.read() as session:
            known = dict(
                session.execute(
                    sa.select(Listing.source_id, Listing.location_id).where(
                        Listing.organization_id == self.organization_id,
                        Listing.source == self.source.key,
                        Listing.source_id.in_([named.source_id for named in chunk]),
                    )
                ).all()
            )
        decided = []
        for named in chunk:
            decision = decide(
                named.record,
                self.locations,
                owner_says=self._owner_says(step, named.record, alone),
                belongs=known.get(named.source_id),
            )
            # A candidate was only looked for; what matches nothing of ours is somebody else's.
            foreign = step.candidates and named.source_id not in known
            if not (foreign and decision.decision is Decision.NO_MATCH):
                decided.append((named, decision))
        return decided

    def _listings(
        self, session: Session, step: Fetch, snapshot: Snapshot, decided: Sequence[tuple[Named, Decided]]
    ) -> None:
        run = session.get_one(CrawlRun, self.run_id)
        for named, decision in decided:
            api_name = f"{step.api_account}/{named.record.source_id}" if step.api_account else None
            seen = observe(
                session,
                self.source,
                snapshot,
                named.record,
                source_id=named.source_id,
                hashes=self.door.hashes,
                now=self.door.clock(),
                api_name=api_name,
            )
            self._link_and_flag(session, snapshot, seen, decision)
            run.listings += 1
            self.counts["listings"] += 1
            self.counts["changed"] += seen.changed

    def _link_and_flag(self, session: Session, snapshot: Snapshot, seen: Seen, decided: Decided) -> None:
        moment = self.door.clock()
        location_id = link(session, seen.listing, decided, moment)
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
        if self.source.key == GOOGLE:
            location = self.locations.by_code.get(str(record.extra.get("store_code", "")))
            return location.id if location is not None else None
        if self.source.key == WEBSITE and alone and step.target is not None:
            return step.target.key
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
        run = session.get_one(CrawlRun, self.run_id)
        run.reviews += len(reading.reviews)
        for name in ("new", "edited", "revived"):
            self.counts[f"reviews_{name}"] += getattr(done, name)
        self.counts["reviews"] += len(reading.reviews)

    def reviews_complete(self, step: ReviewsComplete) -> None:
        """All pages of a listing's reviews are in: note which stored ones it no longer shows."""
        seen = frozenset(self._seen_reviews.pop(step.source_id, set()))
        if step.total is not None and step.total > len(seen):
            # The source itself claims more than it showed, so what is absent may well be there.
            return
        with self.door.database.write() as session:
            listing = self._listing(session, step.source_id)
            if listing is None:
                return
            missing = missing_after(session, listing, seen)
            run = session.get_one(CrawlRun, self.run_id)
            checkpoint = dict(run.checkpoint or {})
            checkpoint["stored"] = {**checkpoint.get("stored", {}), str(listing.id): len(seen) + len(missing)}
            checkpoint["missing"] = {**checkpoint.get("missing", {}), str(listing.id): missing}
            run.checkpoint = checkpoint

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
        with self.door.database.write() as session:
            vanished = finish_run(
                session,
                session.get_one(CrawlRun, self.run_id),
                outcomes,
                complete=complete,
                listings_complete=self._listings_complete,
                now=self.door.clock(),
            )
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
