"""What a crawl's answers mean for reviews: written down page by page, counted when a listing's are all in."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from crawlers.door import Door
from crawlers.plan import Fetch, ReviewsComplete, ReviewsKnown, ReviewsRead
from crawlers.settle import Missing
from crawlers.source import Outcome, Reading
from listings.models.crawl import CrawlRun
from listings.models.listing import Listing
from listings.observe import find_listing
from listings.snapshots import release_bodies
from listings.sources import SourceFacts
from reputation.ingest import ingest, missing_after
from reputation.passes import KnownReviews, Passed, adds_up, keep_passes, known_reviews
from reputation.wiped import wiped

AT_ONCE = 200
"""Rows in one transaction, so that none holds the write lock for long."""


@dataclass(slots=True)
class ReviewRecorder:
    """The reviews' side of one run."""

    door: Door
    source: SourceFacts
    organization_id: int
    run_id: int
    counts: Counter[str]
    _seen: dict[str, set[int]] = field(default_factory=dict)
    _missing: dict[int, list[int]] = field(default_factory=dict)
    _stored: dict[int, int] = field(default_factory=dict)
    _passed: dict[int, Passed] = field(default_factory=dict)

    def write(self, session: Session, step: Fetch, reading: Reading) -> int:
        """Write down the reviews of one readable answer; returns how many it holds, 0 for any other."""
        if reading.outcome is not Outcome.OK:
            return 0
        if step.reviews_of is not None:
            self._write_one(session, step.reviews_of, reading)
        elif step.reviews_of_each:
            for source_id in dict.fromkeys(review.listing_source_id for review in reading.reviews):
                if source_id is not None:
                    theirs = tuple(one for one in reading.reviews if one.listing_source_id == source_id)
                    self._write_one(session, source_id, replace(reading, reviews=theirs))
        else:
            return 0
        return len(reading.reviews)

    def _write_one(self, session: Session, source_id: str, reading: Reading) -> None:
        listing = self._listing(session, source_id)
        if listing is None:
            return
        before = self._seen.setdefault(source_id, set())
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
        # A source that shows excerpts counts those it could show, not its reviews.
        if reading.total is not None and self.source.policy.excerpts is None:
            listing.review_count = reading.total
            listing.rating = reading.extra.get("average_rating", listing.rating)
        for name in ("new", "edited", "revived"):
            self.counts[f"reviews_{name}"] += getattr(done, name)
        self.counts["reviews"] += len(reading.reviews)

    def wiped(self, reading: Reading) -> str | None:
        """Why an answer's reviews can't be believed, in words; None when they can."""
        if not reading.reviews:
            return None
        with self.door.database.read() as session:
            return wiped(session, self.organization_id, self.source.key, reading.reviews)

    def known(self, step: ReviewsKnown) -> Reading:
        """What is stored of a listing's reviews, in the reading's extra["known"]."""
        with self.door.database.read() as session:
            listing = self._listing(session, step.source_id)
            known = (
                known_reviews(session, listing, self.door.clock()) if listing is not None else KnownReviews()
            )
        return Reading(Outcome.OK, extra={"known": known})

    def read(self, step: ReviewsRead) -> Reading:
        """The newest were read; extra["settled"] tells whether what is stored adds up with the source's count."""
        with self.door.database.read() as session:
            listing = self._listing(session, step.source_id)
            settled = listing is not None and adds_up(session, listing, step.total)
            if listing is not None and settled:
                self._passed[listing.id] = Passed(step.until, complete=False)
                self._seen.pop(step.source_id, None)
        return Reading(Outcome.OK, extra={"settled": settled})

    def complete(self, step: ReviewsComplete) -> None:
        """All pages of a listing's reviews are in: note which stored ones it no longer shows."""
        seen = frozenset(self._seen.pop(step.source_id, set()))
        unseen = max(0, (step.total or 0) - len(seen))
        with self.door.database.read() as session:
            listing = self._listing(session, step.source_id)
            if listing is None:
                return
            self._passed[listing.id] = Passed(step.until, complete=True, unseen=unseen)
            if unseen:
                # The source itself claims more than it showed, so what is absent may well be there.
                return
            began = session.get_one(CrawlRun, self.run_id).started_at
            missing = missing_after(session, listing, seen, began=began)
            self._stored[listing.id] = len(seen) + len(missing)
            self._missing[listing.id] = missing

    def missing(self) -> Missing:
        """What the listings that were read to their end did not show."""
        return Missing(self._missing, self._stored)

    def keep(self) -> None:
        """The run has ended well: what it has read needn't be read again."""
        with self.door.database.write() as session:
            release_bodies(session, self.run_id)
        for rows in self._chunks():
            with self.door.database.write() as session:
                keep_passes(session, rows, self.door.clock())

    def _chunks(self) -> Iterator[dict[int, Passed]]:
        rows = list(self._passed.items())
        return (dict(rows[first : first + AT_ONCE]) for first in range(0, len(rows), AT_ONCE))

    def _listing(self, session: Session, source_id: str) -> Listing | None:
        return find_listing(session, self.organization_id, self.source.key, source_id)
