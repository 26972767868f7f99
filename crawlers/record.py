"""What a crawl's answers mean for the database: each answer and all it says in transactions of their own."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crawlers.access import needs_reconnect
from crawlers.door import Door
from crawlers.earlier import NOTHING_EARLIER, Earlier, InUse
from crawlers.naming import at_location, content_named, is_unnamed, location_named
from crawlers.plan import ConsentGone, Fetch, Stopped
from crawlers.record_reviews import ReviewRecorder
from crawlers.settle import finish_run, settle_health
from crawlers.source import OVERRULED, Answer, Outcome, Reading
from crawlers.targets import sole_owner
from listings.flag import flag
from listings.given_urls import owner_of
from listings.link import Decided, Locations, decide, link
from listings.matching.decision import Decision
from listings.models.crawl import CrawlRun
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.organization import Organization
from listings.models.snapshot import Snapshot
from listings.observe import Named, Seen, mark_missing, named, observe
from listings.recheck import recheck
from listings.records import ListingRecord
from listings.snapshots import Fetched, store
from listings.sources import OwnerLink, SourceFacts
from reputation.ingest import follow_listing

RECORDS_AT_ONCE = 5
"""Listings per transaction, so that none holds the write lock for long."""

# Made once, like every statement that is asked for each page: making one costs more than asking it.
_COUNT = (
    sa.update(CrawlRun)
    .where(CrawlRun.id == sa.bindparam("run"))
    .values({name: getattr(CrawlRun, name) + sa.bindparam(name) for name in ("pages", "listings", "reviews")})
)
_Row = TypeVar("_Row")


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
    counts: Counter[str] = field(default_factory=Counter)
    reviews: ReviewRecorder = field(init=False)
    _reused: dict[str, int] = field(default_factory=dict)
    _observed: set[str] = field(default_factory=set)
    _listings_complete: bool = False
    _health: tuple[Outcome, str] | None = None

    def __post_init__(self) -> None:
        """The reviews' side of the same run."""
        self.reviews = ReviewRecorder(self.door, self.source, self.organization_id, self.run_id, self.counts)

    def reuse(self, url: str, snapshot_id: int) -> None:
        """The answer from this address was stored before the run was cut short."""
        self._reused[url] = snapshot_id

    def at_another_time(self, door: Door) -> None:
        """What comes now was answered at another time, told by `door`'s clock: listings are looked at anew."""
        self.door = door
        self._observed.clear()

    def doubted(self, step: Fetch, reading: Reading) -> Reading:
        """The reading, or unreadable when a page that held a listing suddenly holds nothing.

        Sources break silently: nothing where there was something is a fault until somebody has looked.
        """
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
        if self._unchanged(step, answer, reading):
            return
        chunks = list(_chunks(self._fresh(step, reading))) or [()]
        snapshot_id = self._reused.pop(step.address, None)
        try:
            for chunk in chunks:
                decided = self._decide(step, chunk, alone=len(reading.listings) == 1)
                with self._writing() as session:
                    shown = self._snapshot(session, snapshot_id, step, answer, reading)
                    self._listings(session, step, shown, decided)
                    reviews = self.reviews.write(session, step, reading)
                    new = int(snapshot_id is None)
                    self._add(session, pages=new, listings=len(decided), reviews=reviews)
                snapshot_id = shown.id
        finally:
            if snapshot_id is None:
                with self._writing() as session:
                    self._snapshot(session, None, step, answer, reading)
                    self._add(session, pages=1)
        if reading.outcome is not Outcome.OK:
            self._failed(step, reading)

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

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """A transaction that no other crawl of the organization writes beside.

        Two that see the same new listing would else both add it; SQLite lets only one write anyway.
        """
        with self.door.database.write() as session:
            if not self.door.database.sqlite:
                session.get_one(Organization, self.organization_id, with_for_update={"key_share": True})
            yield session

    def _snapshot(
        self, session: Session, known: int | None, step: Fetch, answer: Answer, reading: Reading
    ) -> Snapshot:
        """The stored answer: the known one, else written down now."""
        if known is not None:
            return session.get_one(Snapshot, known)
        keep_body = reading.outcome in (Outcome.OK, Outcome.UNREADABLE)
        fetched = Fetched(
            url=step.address,
            status=answer.status,
            outcome=reading.outcome,
            body=answer.body if keep_body else b"",
            fetched_at=self.door.clock(),
            reader_version=self.reader_version,
            detail=reading.detail,
            etag=answer.headers.get("etag"),
            last_modified=answer.headers.get("last-modified"),
            final_url=answer.url if answer.url != step.request.url and not step.stored_as else None,
            run_id=self.run_id,
        )
        return store(session, self.organization_id, self.source, fetched)

    def _add(self, session: Session, *, pages: int = 0, listings: int = 0, reviews: int = 0) -> None:
        """Count in the run's row, so that somebody who looks sees it go on."""
        counted = {"run": self.run_id, "pages": pages, "listings": listings, "reviews": reviews}
        session.connection().execute(_COUNT, counted)

    def _unchanged(self, step: Fetch, answer: Answer, reading: Reading) -> bool:
        """Whether the source says what it said before; then only that it was seen is written down."""
        earlier = self.earlier.asked_before(step.request)
        if reading.outcome is not Outcome.NOT_MODIFIED and not self._repeats(earlier, step, answer, reading):
            return False
        if earlier is None:
            return True
        with self.door.database.read() as session:
            resting = dict(
                session.execute(
                    sa.select(Listing.id, Listing.location_id).where(
                        Listing.snapshot_id == earlier.snapshot_id
                    )
                ).all()
            )
        linked = [location_id for location_id in resting.values() if location_id is not None]
        if reading.outcome is Outcome.OK and len(linked) != len(reading.listings):
            # Nobody's listings may have become somebody's: new locations are compared with them.
            return False
        self._seen_again(earlier, resting)
        return True

    def _repeats(self, earlier: InUse | None, step: Fetch, answer: Answer, reading: Reading) -> bool:
        """Whether a fetched answer is the one in use, byte by byte, and nothing else hangs on it."""
        if earlier is None or reading.outcome is not Outcome.OK or not reading.listings:
            return False
        if step.reviews_of is not None or self.source.policy.keep_for is not None:
            return False
        return earlier.says_the_same(answer, self.reader_version)

    def _seen_again(self, earlier: InUse, resting: Mapping[int, int | None]) -> None:
        """What rests on an answer that came again: seen now, and compared with today's records."""
        moment = self.door.clock()
        for number, chunk in enumerate(_chunks(list(resting))):
            linked = [location for listing in chunk if (location := resting[listing]) is not None]
            with self._writing() as session:
                session.execute(
                    sa.update(Listing)
                    .where(Listing.id.in_(chunk))
                    .values(last_seen_at=moment, missing_since=None)
                )
                recheck(session, linked, hashes=self.door.hashes, now=moment, source=self.source.key)
                # Cut short from here on, the run needn't ask for it again.
                session.execute(
                    sa.update(Snapshot).where(Snapshot.id == earlier.snapshot_id).values(run_id=self.run_id)
                )
                self._add(session, listings=len(chunk), pages=int(number == 0))
        self.counts["listings"] += len(resting)

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

    def _decide(self, step: Fetch, chunk: Sequence[Named], *, alone: bool) -> list[tuple[Named, Decided]]:
        """Decide outside of any transaction: thinking must not hold the write lock."""
        if not chunk:
            return []
        its_own = at_location(step.target.key) if step.target else ""
        with self.door.database.read() as session:
            known = dict(
                session.execute(
                    sa.select(Listing.source_id, Listing.location_id).where(
                        Listing.organization_id == self.organization_id,
                        Listing.source == self.source.key,
                        Listing.source_id.in_([its_own, *(one.source_id for one in chunk)]),
                    )
                ).all()
            )
            theirs = self._owner_of(session, step) if alone else None
        decided = []
        for one in chunk:
            decision = decide(
                one.record,
                self.locations,
                owner_says=self._owner_says(one.record, theirs),
                belongs=known.get(its_own if is_unnamed(one.record) else one.source_id),
            )
            # A candidate was only looked for; what matches nothing of ours is somebody else's.
            foreign = step.candidates and one.source_id not in known and not one.record.speaks_for_many
            if not (foreign and decision.decision is Decision.NO_MATCH):
                decided.append((one, decision))
        if step.is_search:
            seen_before = self._observed.difference(one.source_id for one in chunk)
            decided = location_named(decided, seen_before | known.keys() - {its_own})
            self._observed.update(one.source_id for one, _ in decided)
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
        self.counts["listings"] += len(decided)

    def _link_and_flag(self, session: Session, snapshot: Snapshot, seen: Seen, decided: Decided) -> None:
        moment = self.door.clock()
        before = seen.listing.location_id
        location_id = link(session, seen.listing, decided, moment)
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

    def _owner_says(self, record: ListingRecord, page_owner: int | None) -> int | None:
        if self.source.owner_link is OwnerLink.STORE_CODE:
            return self.locations.id_by_code.get(str(record.extra.get("store_code", "")))
        return page_owner

    def _owner_of(self, session: Session, step: Fetch) -> int | None:
        """The location whose page this is by the owner's own word; None where several share it."""
        match self.source.owner_link:
            case OwnerLink.OWN_PAGE if step.target is not None:
                # Narrowed to one place, a plan doesn't know of the others that share its page.
                alone = not self.narrowed or sole_owner(session, step.target.key)
                return step.target.key if alone else None
            case OwnerLink.GIVEN_PAGE:
                page: str | None = step.named_page or step.request.url
            case _:
                page = step.named_page
        return owner_of(session, self.organization_id, self.source.key, page) if page else None

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
        with self._writing() as session:
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

    def finish(self, outcomes: Mapping[str, int], *, complete: bool) -> None:
        """The end of the run: what is missing is counted, the source's health is noted."""
        with self._writing() as session:
            vanished = finish_run(
                session,
                session.get_one(CrawlRun, self.run_id),
                outcomes,
                self.reviews.missing(),
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
        if complete:
            self.reviews.keep()

    def _listing(self, session: Session, source_id: str) -> Listing | None:
        return session.scalar(
            sa.select(Listing).where(
                Listing.organization_id == self.organization_id,
                Listing.source == self.source.key,
                Listing.source_id == source_id,
            )
        )


def _chunks(records: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    return (records[start : start + RECORDS_AT_ONCE] for start in range(0, len(records), RECORDS_AT_ONCE))
