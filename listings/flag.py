"""Differences between a location and its listings as rows with a state: opened, followed, closed.

A mismatch is closed only by a later observation that agrees, and comes back by name when the
difference does. A field that the answer can't show is never touched.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.canonical import local_today, location_record, tracking_numbers, upcoming
from listings.compare import FieldComparison, Verdict, compare_listing
from listings.models.fix import Fix, FixState
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.mismatch import SEVERITY_RANK, Mismatch, MismatchEvent, MismatchState
from listings.models.snapshot import Snapshot
from listings.records import ListingRecord
from listings.secrets import ValueHash
from listings.severity import Severity, severity
from listings.sources import SourceFacts, facts

UNFINISHED = (
    MismatchState.OPEN,
    MismatchState.CAME_BACK,
    MismatchState.FIX_SENT,
    MismatchState.WAITING,
    MismatchState.LOCATION_WRONG,
)
BOUND_TO_PAIR = (MismatchState.ACCEPTED, MismatchState.DISMISSED)


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
) -> Flagged:
    """Hold one readable record against its location and bring the mismatches up to date."""
    flagger = _Flagger(session, location, listing, snapshot, facts(listing.source), hashes, now)
    return flagger.run(record)


@dataclass(slots=True)
class _Flagger:
    session: Session
    location: Location
    listing: Listing
    snapshot: Snapshot
    facts: SourceFacts
    hashes: ValueHash
    now: dt.datetime

    def run(self, record: ListingRecord) -> Flagged:
        known = mismatches_of(self.session, self.listing)
        moved: dict[MismatchState, list[Mismatch]] = {}
        today = local_today(self.location, self.now)
        ours = upcoming(location_record(self.location), today, self.facts.special_days_ahead)
        live = upcoming(record, today, self.facts.special_days_ahead)
        compared = compare_listing(ours, live, tracking_numbers(self.location))
        for comparison in compared:
            if comparison.verdict is Verdict.MISSING and not self.facts.complete:
                continue
            level = self._harm(comparison, today)
            row = known.get(comparison.field)
            state = (
                self._differs(row, comparison, level) if level is not None else self._agrees(row, comparison)
            )
            if state is not None:
                changed = row or mismatches_of(self.session, self.listing)[comparison.field]
                moved.setdefault(state, []).append(changed)
        self._drop_uncompared(known, {comparison.field for comparison in compared}, record)
        self.session.flush()
        return Flagged(
            tuple(moved.get(MismatchState.OPEN, ())),
            tuple(moved.get(MismatchState.CAME_BACK, ())),
            tuple(moved.get(MismatchState.FIXED, ())),
        )

    def _harm(self, comparison: FieldComparison, today: dt.date) -> Severity | None:
        partly = comparison.verdict is Verdict.COMPATIBLE and not self.facts.complete
        return None if partly else severity(comparison, today)

    def _differs(
        self, row: Mismatch | None, comparison: FieldComparison, level: Severity
    ) -> MismatchState | None:
        live_hash = self.hashes.of(comparison.live)
        if row is None:
            row = self._open(comparison, level, live_hash)
            self._event(row, MismatchState.OPEN, None)
            return MismatchState.OPEN
        before = row.live_hash
        self._refresh(row, comparison, level, live_hash)
        if row.state is MismatchState.FIXED:
            return self._move(row, MismatchState.CAME_BACK)
        if row.state in BOUND_TO_PAIR and row.accepted_pair != pair_of(row):
            return self._move(row, MismatchState.OPEN)
        if row.state is MismatchState.NOT_OURS:
            return self._move(row, MismatchState.OPEN)
        overdue = row.expected_by is not None and row.expected_by <= self.now
        if row.state is MismatchState.WAITING and (overdue or before != live_hash):
            return self._move(row, MismatchState.OPEN, {"not_taken": True})
        return None

    def _agrees(self, row: Mismatch | None, comparison: FieldComparison) -> MismatchState | None:
        if row is None or row.state is MismatchState.FIXED:
            return None
        self._refresh(row, comparison, row.severity, self.hashes.of(comparison.live))
        for fix in self.session.scalars(
            sa.select(Fix).where(Fix.mismatch_id == row.id, Fix.state.in_((FixState.QUEUED, FixState.SENT)))
        ):
            fix.state = FixState.CONFIRMED
            fix.finished_at = self.now
        row.accepted_pair = None
        row.expected_by = None
        return self._move(row, MismatchState.FIXED)

    def _drop_uncompared(
        self, known: Mapping[str, Mismatch], compared: set[str], record: ListingRecord
    ) -> None:
        shown = {"category" if field == "categories" else field for field in record.shown}
        for field, row in known.items():
            # The source still shows the field, so it's our own record that has nothing to say.
            if field not in compared and field in shown and row.state in UNFINISHED:
                self._move(row, MismatchState.DISMISSED, {"record_empty": True})

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

    def _move(
        self, row: Mismatch, state: MismatchState, detail: dict[str, Any] | None = None
    ) -> MismatchState:
        before, row.state, row.state_since = row.state, state, self.now
        self._event(row, state, before, detail)
        return state

    def _event(
        self,
        row: Mismatch,
        state: MismatchState,
        before: MismatchState | None,
        detail: dict[str, Any] | None = None,
    ) -> None:
        self.session.add(
            MismatchEvent(
                mismatch_id=row.id,
                at=self.now,
                state=state,
                previous_state=before,
                person_id=None,
                detail=detail,
            )
        )


def mismatches_of(session: Session, listing: Listing) -> dict[str, Mismatch]:
    """The mismatches of a listing by field, finished ones included."""
    rows = session.scalars(sa.select(Mismatch).where(Mismatch.listing_id == listing.id))
    return {row.field: row for row in rows}


def cause_of(source: str, comparison: FieldComparison, live_hash: str) -> str:
    """What rows have in common that one decision settles: the same wrong value, for the same reason."""
    text = f"{source}|{comparison.field}|{comparison.reason}|{live_hash}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def pair_of(row: Mismatch) -> str:
    """The value pair an acceptance is bound to: our value and the source's, the latter as its hash."""
    return hashlib.sha256(f"{row.record_value}|{row.live_hash}".encode()).hexdigest()


def let_go(session: Session, listing: Listing, now: dt.datetime, *, person_id: int | None) -> int:
    """The listing doesn't belong to its location any more: its unfinished mismatches are not ours."""
    moved = 0
    for row in mismatches_of(session, listing).values():
        if row.state in UNFINISHED:
            session.add(
                MismatchEvent(
                    mismatch_id=row.id,
                    at=now,
                    state=MismatchState.NOT_OURS,
                    previous_state=row.state,
                    person_id=person_id,
                )
            )
            row.state, row.state_since = MismatchState.NOT_OURS, now
            moved += 1
    session.flush()
    return moved
