"""Answers that say what they said before: only that they were seen is written down."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from crawlers.earlier import Earlier, InUse, resting_on
from crawlers.plan import Fetch
from crawlers.run_rows import RunRows, chunks
from crawlers.source import Answer, Outcome, Reading
from listings.models.listing import Listing
from listings.models.snapshot import Snapshot
from listings.recheck import recheck
from listings.secrets import ValueHash
from listings.sources import SourceFacts


@dataclass(frozen=True, slots=True)
class Again:
    """Knows the answers in use of one run's source."""

    rows: RunRows
    source: SourceFacts
    earlier: Earlier
    reader_version: str
    hashes: ValueHash

    def seen(self, step: Fetch, answer: Answer, reading: Reading, moment: dt.datetime) -> int | None:
        """How many listings were seen again at this moment; None when the answer says something new."""
        earlier = self.earlier.asked_before(step.request)
        if reading.outcome is not Outcome.NOT_MODIFIED and not self._repeats(earlier, step, answer, reading):
            return None
        if earlier is None:
            return 0
        with self.rows.database.read() as session:
            resting = resting_on(session, earlier.snapshot_id)
        linked = [location_id for location_id in resting.values() if location_id is not None]
        if reading.outcome is Outcome.OK and len(linked) != len(reading.listings):
            # Nobody's listings may have become somebody's: new locations are compared with them.
            return None
        self._seen_again(earlier, resting, moment)
        return len(resting)

    def _repeats(self, earlier: InUse | None, step: Fetch, answer: Answer, reading: Reading) -> bool:
        """Whether a fetched answer is the one in use, byte by byte, and nothing else hangs on it."""
        alone = bool(reading.listings) and step.reviews_of is None and self.source.policy.keep_for is None
        if earlier is None or reading.outcome is not Outcome.OK or not alone:
            return False
        return earlier.says_the_same(answer, self.reader_version)

    def _seen_again(self, earlier: InUse, resting: Mapping[int, int | None], moment: dt.datetime) -> None:
        """What rests on an answer that came again: seen now, and compared with today's records."""
        for number, chunk in enumerate(chunks(list(resting))):
            linked = [location for listing in chunk if (location := resting[listing]) is not None]
            with self.rows.writing() as session:
                session.execute(
                    sa.update(Listing)
                    .where(Listing.id.in_(chunk))
                    .values(last_seen_at=moment, missing_since=None)
                )
                recheck(session, linked, hashes=self.hashes, now=moment, source=self.source.key)
                # Cut short from here on, the run needn't ask for it again.
                session.execute(
                    sa.update(Snapshot)
                    .where(Snapshot.id == earlier.snapshot_id)
                    .values(run_id=self.rows.run_id)
                )
                self.rows.count(session, listings=len(chunk), pages=int(number == 0))
