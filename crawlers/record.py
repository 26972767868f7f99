"""What a crawl's answers mean for the database: each answer and all it says in transactions of their own."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crawlers.access import needs_reconnect
from crawlers.again import Again
from crawlers.deciding import NOTHING_KNOWN, Decider, Known
from crawlers.door import Door
from crawlers.drift import Drift
from crawlers.earlier import NOTHING_EARLIER, Earlier
from crawlers.naming import content_named
from crawlers.plan import ConsentGone, Fetch, Stopped
from crawlers.record_reviews import ReviewRecorder
from crawlers.run_rows import RunRows, chunks
from crawlers.settle import finish_run, settle_drift, settle_health
from crawlers.source import OVERRULED, Answer, Outcome, Reading
from listings.flag import flag
from listings.link import Decided, Locations, link
from listings.models.crawl import CrawlRun
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.snapshot import Snapshot
from listings.observe import Named, Seen, find_listing, mark_missing, named, observe
from listings.snapshots import Fetched, pack, store
from listings.sources import SourceFacts
from reputation.ingest import follow_listing


@dataclass(frozen=True, slots=True)
class Said:
    """One answer with what it says of listings, and what is stored of them."""

    step: Fetch
    fetched: Fetched
    reading: Reading
    found: Sequence[Named]
    known: Known


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
    earlier: Earlier = NOTHING_EARLIER
    drift: Drift | None = None
    """What watches for values that vanish; None where what is said is believed at once."""
    counts: Counter[str] = field(default_factory=Counter)
    reviews: ReviewRecorder = field(init=False)
    _reused: dict[str, int] = field(default_factory=dict)
    _observed: set[str] = field(default_factory=set)
    _decider: Decider = field(init=False)
    _rows: RunRows = field(init=False)
    _again: Again = field(init=False)
    _postponed: list[tuple[Said, int, frozenset[str]]] = field(default_factory=list)
    _listings_complete: bool = False
    _health: tuple[Outcome, str] | None = None

    def __post_init__(self) -> None:
        """The reviews' side of the same run, what decides in it, and what knows an answer again."""
        self.reviews = ReviewRecorder(self.door, self.source, self.organization_id, self.run_id, self.counts)
        self._decider = Decider(self.source, self.organization_id, self.locations, self.narrowed)
        self._rows = RunRows(self.door.database, self.organization_id, self.run_id)
        self._again = Again(self._rows, self.source, self.earlier, self.reader_version, self.door.hashes)

    def reuse(self, url: str, snapshot_id: int) -> None:
        """The answer from this address was stored before the run was cut short."""
        self._reused[url] = snapshot_id

    def at_another_time(self, door: Door) -> None:
        """What comes now was answered at another time, told by `door`'s clock: listings are looked at anew."""
        self.door = door
        self._observed.clear()

    def doubted(self, step: Fetch, reading: Reading) -> Reading:
        """The reading, or unreadable when a page that held a listing or reviews suddenly lacks them.

        Sources break silently: nothing where there was something is a fault until somebody has looked.
        """
        if (wiped := self.reviews.wiped(reading)) is not None:
            return Reading(Outcome.UNREADABLE, detail=wiped)
        looked_for = step.target is not None and step.target.source_id is not None
        if step.shared_page:
            looked_for = self.earlier.asked_before(step.request) is not None
        about_more = (step.candidates and not step.shared_page) or step.reviews_of is not None
        if reading.outcome is not Outcome.OK or reading.listings or about_more or not looked_for:
            return reading
        return Reading(Outcome.UNREADABLE, detail="the page held a listing before and holds none now")

    def record(self, step: Fetch, answer: Answer, reading: Reading) -> None:
        """One answer and all it says; the answer is kept even where something can't be made of it."""
        if step.secret:
            return
        repeated = self._again.seen(step, answer, reading, self.door.clock())
        if repeated is not None:
            self.counts["listings"] += repeated
            return
        found = self._fresh(step, reading)
        snapshot_id = self._reused.pop(step.address, None)
        known = self._known(step, reading, found)
        said = Said(step, self._fetched(step, answer, reading), reading, found, known)
        gone = self._gone(found, known)
        try:
            if not gone:
                snapshot_id = self._write(said, snapshot_id)
        finally:
            if snapshot_id is None:
                with self._rows.writing() as session:
                    snapshot_id = self._snapshot(session, None, said.fetched).id
                    self._rows.count(session, pages=1)
        if gone:
            self._postponed.append((said, snapshot_id, gone))
        if reading.outcome is not Outcome.OK:
            self._failed(step, reading)

    def _known(self, step: Fetch, reading: Reading, found: Sequence[Named]) -> Known:
        if not found:
            return NOTHING_KNOWN
        with self.door.database.read() as session:
            return self._decider.known(session, step, found, alone=len(reading.listings) == 1)

    def _gone(self, found: Sequence[Named], known: Known) -> frozenset[str]:
        """The values that listings of this answer had and have no more; nothing is made of it until the end."""
        if self.drift is None:
            return frozenset()
        return frozenset[str]().union(
            *(self.drift.gone_from(known.records.get(one.source_id), one.record) for one in found)
        )

    def _write(self, said: Said, snapshot_id: int | None) -> int | None:
        """All that an answer says, a few listings in each transaction; returns the id of its snapshot."""
        step, reading = said.step, said.reading
        for chunk in list(chunks(said.found)) or [()]:
            # Outside of any transaction: thinking must not hold the write lock.
            decided = self._decider.decided(step, chunk, said.known, self._observed)
            self._observed.update(one.source_id for one, _ in decided)
            with self._rows.writing() as session:
                shown = self._snapshot(session, snapshot_id, said.fetched)
                self._listings(session, step, shown, decided)
                reviews = self.reviews.write(session, step, reading)
                new = int(snapshot_id is None)
                self._rows.count(session, pages=new, listings=len(decided), reviews=reviews)
            snapshot_id = shown.id
        return snapshot_id

    def _fresh(self, step: Fetch, reading: Reading) -> list[Named]:
        """The listings of a readable answer that this run has not seen yet.

        Reached through a second account it is the same listing, not a second look at it.
        """
        if reading.outcome is not Outcome.OK or step.lookup or step.reviews_of is not None:
            return []
        overruled = reading.extra.get(OVERRULED, ())
        told = [one for one in reading.listings if one.source_id not in overruled]
        found = content_named(named(told, step.address, self.source), searched=step.is_search)
        fresh = [one for one in found if one.source_id not in self._observed]
        self._observed.update(one.source_id for one in fresh)
        return fresh

    def _fetched(self, step: Fetch, answer: Answer, reading: Reading) -> Fetched:
        """The answer as it will be stored."""
        keep_body = reading.outcome in (Outcome.OK, Outcome.UNREADABLE)
        return Fetched(
            url=step.address,
            status=answer.status,
            outcome=reading.outcome,
            body=pack(answer.body) if keep_body and self.source.policy.keep_values else None,
            fetched_at=self.door.clock(),
            reader_version=self.reader_version,
            detail=reading.detail,
            etag=answer.headers.get("etag"),
            last_modified=answer.headers.get("last-modified"),
            final_url=answer.url if answer.url != step.request.url and not step.stored_as else None,
            run_id=self.run_id,
        )

    def _snapshot(self, session: Session, known: int | None, fetched: Fetched) -> Snapshot:
        """The stored answer: the known one, else written down now."""
        if known is not None:
            return session.get_one(Snapshot, known)
        return store(session, self.organization_id, self.source, fetched)

    def _failed(self, step: Fetch, reading: Reading) -> None:
        """A page that is gone takes along every listing that was read from it."""
        a_listings_page = step.shared_page or (step.target is not None and not step.candidates)
        if reading.outcome is not Outcome.NOT_FOUND or step.reviews_of is not None or not a_listings_page:
            return
        name = (step.target.source_id if step.target else None) or step.request.url
        resting = sa.select(Snapshot.id).where(
            Snapshot.organization_id == self.organization_id, Snapshot.url == step.address
        )
        with self.door.database.write() as session:
            for known in session.scalars(
                sa.select(Listing).where(
                    Listing.organization_id == self.organization_id,
                    Listing.source == self.source.key,
                    sa.or_(Listing.source_id == name, Listing.snapshot_id.in_(resting)),
                )
            ).all():
                mark_missing(session, known, self.door.clock())

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
        self.counts["listings"] += len(decided)

    def _link_and_flag(self, session: Session, snapshot: Snapshot, seen: Seen, decided: Decided) -> None:
        moment = self.door.clock()
        before = seen.listing.location_id
        location_id = link(session, seen.listing, decided, moment, fresh=seen.fresh)
        if before != location_id and not seen.fresh:
            follow_listing(session, seen.listing)
        if location_id is None:
            return
        location = session.get_one(Location, location_id)
        flagged = flag(
            session,
            location,
            seen.listing,
            seen.record,
            snapshot,
            hashes=self.door.hashes,
            now=moment,
            fresh=seen.fresh,
        )
        self.counts["flagged"] += len(flagged.opened)
        self.counts["came_back"] += len(flagged.came_back)
        self.counts["fixed"] += len(flagged.fixed)

    def listings_complete(self) -> None:
        """The source has shown every listing it has for us."""
        self._listings_complete = True

    def gone(self, source_id: str) -> None:
        """The source says that this listing is no more."""
        with self.door.database.write() as session:
            listing = self._listing(session, source_id)
            if listing is not None:
                mark_missing(session, listing, self.door.clock())

    def renamed(self, source_id: str, new_id: str) -> None:
        """The source goes on with a listing under another id, and so do we, with all that hangs on it."""
        with self._rows.writing() as session:
            listing, other = self._listing(session, source_id), self._listing(session, new_id)
            if listing is not None and other is None:
                listing.source_id = new_id
            elif listing is not None:
                mark_missing(session, listing, self.door.clock())

    def stopped(self, stop: Stopped) -> None:
        """The crawl can't go on; a withdrawn consent is told to the credential too."""
        self._health = (stop.outcome, stop.detail)
        if not isinstance(stop, ConsentGone):
            return
        self.withdrawn(stop.credential_id, stop.detail)

    def withdrawn(self, credential_id: int | None, detail: str) -> None:
        """A stored access doesn't hold any more; None is every access to the source."""
        with self.door.database.write() as session:
            needs_reconnect(
                session, self.organization_id, self.source, credential_id, detail, self.door.clock()
            )

    def finish(self, outcomes: Counter[str], *, complete: bool) -> None:
        """The end of the run: what is missing is counted, the source's health is noted.

        Answers that turn out to be unreadable only now are counted as such in `outcomes`.
        """
        drifting = self.drift.drifting() if self.drift is not None else frozenset()
        self._settle_postponed(drifting, outcomes)
        if drifting and self.drift is not None:
            self._health = self._health or (Outcome.UNREADABLE, self.drift.told(drifting))
        with self._rows.writing() as session:
            vanished = finish_run(
                session,
                session.get_one(CrawlRun, self.run_id),
                outcomes,
                self.reviews.missing(),
                complete=complete,
                listings_complete=self._listings_complete and not drifting,
                now=self.door.clock(),
            )
            if self.drift is not None:
                settle_drift(session, self.organization_id, self.source, self.drift, self.door.clock())
            # One place that was looked at by hand tells nothing of the source; that it refuses us does.
            if self._health is not None or not self.narrowed:
                settle_health(
                    session, self.organization_id, self.source, outcomes, self._health, self.door.clock()
                )
        self.counts["reviews_vanished"] += vanished
        if complete:
            self.reviews.keep()

    def _settle_postponed(self, drifting: frozenset[str], outcomes: Counter[str]) -> None:
        """What lost values that most listings kept is written down; the rest keeps its page for repair."""
        for said, snapshot_id, gone in self._postponed:
            if not gone & drifting:
                self._write(said, snapshot_id)
                continue
            outcomes[Outcome.OK] -= 1
            outcomes[Outcome.UNREADABLE] += 1
            with self._rows.writing() as session:
                kept = session.get_one(Snapshot, snapshot_id)
                kept.outcome, kept.detail = Outcome.UNREADABLE, f"no longer shown: {', '.join(sorted(gone))}"
        self._postponed.clear()

    def _listing(self, session: Session, source_id: str) -> Listing | None:
        return find_listing(session, self.organization_id, self.source.key, source_id)
