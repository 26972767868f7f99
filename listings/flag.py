"""Differences between a location and its listings as rows with a state: opened, followed, closed.

A mismatch is closed only by a later observation that agrees, and comes back by name when the
difference does. A field that the answer can't show is never touched.
"""

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.canonical import local_date, location_record, redirects, tracking_numbers, upcoming
from listings.compare import RECORD_FIELDS, FieldComparison, Verdict, compare_listing, shown_value
from listings.models.fix import Fix, FixState
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.mismatch import SEVERITY_RANK, Mismatch, MismatchEvent, MismatchState
from listings.models.snapshot import Snapshot
from listings.records import ListingRecord
from listings.secrets import ValueHash
from listings.severity import Severity, severity
from listings.sources import SourceFacts, facts
from listings.steps import call_back, move

UNFINISHED = (
    MismatchState.OPEN,
    MismatchState.CAME_BACK,
    MismatchState.FIX_SENT,
    MismatchState.WAITING,
    MismatchState.LOCATION_WRONG,
)
BOUND_TO_PAIR = (MismatchState.ACCEPTED, MismatchState.DISMISSED)
NOT_TAKEN = "The source did not show it in time."


@dataclass(frozen=True, slots=True)
class Flagged:
    """The mismatches that one observation moved into a new state."""

    opened: tuple[Mismatch, ...] = ()
    came_back: tuple[Mismatch, ...] = ()
    fixed: tuple[Mismatch, ...] = ()


def flag(
    session: Session,
    location: Location,
    listing: Listing,
    record: ListingRecord,
    snapshot: Snapshot,
    *,
    hashes: ValueHash,
    now: dt.datetime,
    fresh: bool = False,
) -> Flagged:
    """Hold one readable record against its location and bring the mismatches up to date.

    `fresh`: the listing was never seen before, so that it has no mismatches yet.
    """
    known = {} if fresh else mismatches_of(session, listing)
    source = facts(listing.source)
    return _Flagger(session, location, listing, record, snapshot, source, hashes, now).run(known)


def sides(
    location: Location, record: ListingRecord, source: SourceFacts, today: dt.date
) -> tuple[ListingRecord, ListingRecord]:
    """The location's and the listing's record as they are compared on a day: what is past is left out."""
    days = source.special_days_ahead
    return upcoming(location_record(location), today, days), upcoming(record, today, days)


@dataclass(slots=True)
class _Flagger:
    session: Session
    location: Location
    listing: Listing
    record: ListingRecord
    snapshot: Snapshot
    facts: SourceFacts
    hashes: ValueHash
    now: dt.datetime

    def run(self, known: Mapping[str, Mismatch]) -> Flagged:
        today = local_date(self.session, self.location, self.now)
        ours, live = sides(self.location, self.record, self.facts, today)
        moved: list[Mismatch] = []
        told: set[str] = set()
        compared = compare_listing(
            ours,
            live,
            tracking_numbers(self.location),
            redirects=redirects(self.location),
            shows_suites=self.facts.shows_suites,
        )
        for comparison in compared:
            if comparison.verdict is Verdict.MISSING and not self.facts.complete:
                continue
            told.add(comparison.field)
            row = known.get(comparison.field)
            level = severity(comparison, today)
            changed = (
                self._agrees(row, comparison) if level is None else self._differs(row, comparison, level)
            )
            if changed is not None:
                moved.append(changed)
        self._drop_untold(known, told, ours)
        self.session.flush()
        return Flagged(
            tuple(row for row in moved if row.state is MismatchState.OPEN),
            tuple(row for row in moved if row.state is MismatchState.CAME_BACK),
            tuple(row for row in moved if row.state is MismatchState.FIXED),
        )

    def _differs(self, row: Mismatch | None, comparison: FieldComparison, level: Severity) -> Mismatch | None:
        """The row, when the difference moved it into another state."""
        live_hash = self.hashes.of(comparison.live)
        if row is None:
            return self._open(comparison, level, live_hash)
        elsewhere = row.location_id != self.location.id
        changed = row.live_hash != live_hash
        settled = row.accepted_pair == pair_of(row) and not elsewhere
        aged = self._only_days_went_by(row)
        self._refresh(row, comparison, level, live_hash)
        if settled and aged:
            row.accepted_pair = pair_of(row)
        if row.state in BOUND_TO_PAIR and (elsewhere or row.accepted_pair != pair_of(row)):
            return self._move(row, MismatchState.OPEN)
        if row.state is MismatchState.FIXED:
            return self._move(row, MismatchState.OPEN if elsewhere else MismatchState.CAME_BACK)
        if row.state is MismatchState.NOT_OURS:
            return self._move(row, MismatchState.OPEN)
        overdue = row.expected_by is not None and row.expected_by <= self.now
        if row.state is MismatchState.WAITING and (overdue or (changed and not aged)):
            self._finish_fixes(row, FixState.REFUSED, NOT_TAKEN)
            return self._move(row, MismatchState.OPEN, {"not_taken": True})
        return None

    def _only_days_went_by(self, row: Mismatch) -> bool:
        """Whether the row reads otherwise today only because a special day in it is past.

        Where a source shows a few days ahead, tomorrow's window holds a day that nobody has judged.
        """
        if row.field != "special_hours" or self.facts.special_days_ahead is not None:
            return False
        then = local_date(self.session, self.location, row.last_seen_at)
        ours, live = sides(self.location, self.record, self.facts, then)
        told = shown_value(live, row.field)
        return shown_value(ours, row.field) == row.record_value and self.hashes.of(told) == row.live_hash

    def _agrees(self, row: Mismatch | None, comparison: FieldComparison) -> Mismatch | None:
        if row is None or row.state is MismatchState.FIXED:
            return None
        self._refresh(row, comparison, row.severity, self.hashes.of(comparison.live))
        self._finish_fixes(row, FixState.CONFIRMED, None)
        return self._move(row, MismatchState.FIXED)

    def _finish_fixes(self, row: Mismatch, state: FixState, detail: str | None) -> None:
        under_way = (FixState.QUEUED, FixState.SENT)
        query = sa.select(Fix).where(Fix.mismatch_id == row.id, Fix.state.in_(under_way))
        for fix in self.session.scalars(query):
            fix.state, fix.finished_at, fix.detail = state, self.now, detail
        row.accepted_pair = row.expected_by = None

    def _drop_untold(self, known: Mapping[str, Mismatch], told: Collection[str], ours: ListingRecord) -> None:
        """Nothing is left to differ where the source still shows a field, but one side says nothing of it."""
        for field, row in known.items():
            shown = self.record.shown.issuperset(RECORD_FIELDS.get(field, (field,)))
            if field in told or not shown or row.state not in UNFINISHED:
                continue
            silent = "record_empty" if shown_value(ours, field) is None else "not_shown"
            call_back(self.session, row, self.now)
            row.accepted_pair = row.expected_by = None
            self._move(row, MismatchState.DISMISSED, {silent: True})

    def _open(self, comparison: FieldComparison, level: Severity, live_hash: str) -> Mismatch:
        row = Mismatch(
            organization_id=self.location.organization_id,
            location_id=self.location.id,
            listing_id=self.listing.id,
            source=self.listing.source,
            field=comparison.field,
            state=MismatchState.OPEN,
            seen_count=0,
            first_seen_at=self.now,
            state_since=self.now,
        )
        self._refresh(row, comparison, level, live_hash)
        self.session.add(row)
        self.session.flush()
        self.session.add(MismatchEvent(mismatch_id=row.id, at=self.now, state=row.state))
        return row

    def _refresh(self, row: Mismatch, comparison: FieldComparison, level: Severity, live_hash: str) -> None:
        keep = self.facts.policy.keep_values
        row.location_id = self.location.id
        row.severity = level
        row.severity_rank = SEVERITY_RANK[level]
        row.verdict = comparison.verdict
        row.reason = comparison.reason
        row.record_value = comparison.ours
        row.live_value = comparison.live if keep else None
        row.live_hash = live_hash
        row.value_expires_at = self.listing.record_expires_at
        row.cause = cause_of(row.source, comparison, live_hash)
        row.snapshot_id = self.snapshot.id
        row.last_seen_at = self.now
        row.seen_count += 1

    def _move(self, row: Mismatch, state: MismatchState, detail: dict[str, Any] | None = None) -> Mismatch:
        move(self.session, row, state, person_id=None, now=self.now, detail=detail)
        return row


def mismatches_of(session: Session, listing: Listing) -> dict[str, Mismatch]:
    """The mismatches of a listing by field, finished ones included, held until the transaction ends."""
    # Locked, because somebody may decide on one at this moment; SQLite has locked everything already.
    rows = session.scalars(sa.select(Mismatch).where(Mismatch.listing_id == listing.id).with_for_update())
    return {row.field: row for row in rows}


def cause_of(source: str, comparison: FieldComparison, live_hash: str) -> str:
    """What rows have in common that one decision settles: the same wrong value, for the same reason."""
    text = f"{source}|{comparison.field}|{comparison.reason}|{live_hash}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def pair_of(row: Mismatch) -> str:
    """The value pair an acceptance is bound to: our value and the source's, the latter as its hash."""
    return hashlib.sha256(f"{row.record_value}|{row.live_hash}".encode()).hexdigest()


def let_go(session: Session, listing: Listing, now: dt.datetime, *, person_id: int | None) -> int:
    """The listing doesn't belong to its location any more: its unfinished mismatches are not ours.

    A correction that hasn't left is taken back: it would change somebody else's listing.
    """
    moved = 0
    for row in mismatches_of(session, listing).values():
        if row.state in UNFINISHED:
            call_back(session, row, now)
            move(session, row, MismatchState.NOT_OURS, person_id=person_id, now=now)
            moved += 1
    return moved
