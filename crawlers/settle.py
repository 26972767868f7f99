"""The end of a run: believing what is missing, and telling whether the source is well."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crawlers.drift import Drift
from crawlers.source import Outcome
from listings import duplicates
from listings.fill_history import past, remember
from listings.models.crawl import CrawlRun, RunState, SourceState
from listings.models.fill import RunFill
from listings.models.listing import Listing
from listings.sources import SourceFacts
from reputation.ingest import count_missing, too_many_missing

GOOD = (Outcome.OK, Outcome.NOT_MODIFIED)
NO_TROUBLE = (*GOOD, Outcome.NOT_FOUND, Outcome.MOVED)


@dataclass(frozen=True, slots=True)
class Missing:
    """What complete crawls of listings did not show: review ids, and reviews stored, by listing id."""

    reviews: Mapping[int, Sequence[int]]
    stored: Mapping[int, int]

    def too_many(self) -> list[int]:
        """The listings that lose more at once than can be believed; all of them where their source does."""
        if too_many_missing(sum(map(len, self.reviews.values())), sum(self.stored.values())):
            return [listing for listing, missing in self.reviews.items() if missing]
        return [
            listing
            for listing, missing in self.reviews.items()
            if too_many_missing(len(missing), self.stored[listing])
        ]


def finish_run(
    session: Session,
    run: CrawlRun,
    outcomes: Mapping[str, int],
    missing: Missing,
    *,
    complete: bool,
    listings_complete: bool,
    now: dt.datetime,
) -> int:
    """Close a run; returns how many reviews got their tombstone by it.

    A drop too large to believe, of one listing or of the source, changes nothing and waits for a person.
    """
    vanished = 0
    if complete:
        held = missing.too_many()
        _hold_back(session, run, missing, held)
        believed = [
            one for listing, reviews in missing.reviews.items() if listing not in held for one in reviews
        ]
        vanished = count_missing(session, believed, now)
        if listings_complete:
            _missing_listings(session, run, now)
    run.state = RunState.COMPLETE if complete else RunState.INCOMPLETE
    run.finished_at = now
    run.outcomes = dict(outcomes)
    session.flush()
    duplicates.ask(session, run.organization_id, run.source, now)
    return vanished


def _hold_back(session: Session, run: CrawlRun, missing: Missing, held: Sequence[int]) -> None:
    """Write down what the run missed, for the person who decides on a drop."""
    run.checkpoint = {
        "missing": {str(listing): list(reviews) for listing, reviews in missing.reviews.items() if reviews},
        "stored": {str(listing): stored for listing, stored in missing.stored.items()},
    }
    if held:
        state = source_state(session, run.organization_id, run.source)
        state.held_back = {
            "run_id": run.id,
            "missing": sum(len(missing.reviews[listing]) for listing in held),
            "stored": sum(missing.stored[listing] for listing in held),
        }


def _missing_listings(session: Session, run: CrawlRun, now: dt.datetime) -> None:
    """Every listing was shown: those that were not are missing, unless they are too many to believe."""
    known = sa.and_(
        Listing.organization_id == run.organization_id,
        Listing.source == run.source,
        Listing.supplied_by.is_(None),
        Listing.missing_since.is_(None),
    )
    unseen = sa.and_(known, Listing.last_seen_at < run.started_at)
    count = sa.func.count(Listing.id)
    stored = session.scalar(sa.select(count).where(known)) or 0
    if not too_many_missing(session.scalar(sa.select(count).where(unseen)) or 0, stored):
        session.execute(sa.update(Listing).where(unseen).values(missing_since=now))


def settle_health(  # noqa: PLR0917 - one source's health is made of these
    session: Session,
    organization_id: int,
    source: SourceFacts,
    outcomes: Mapping[str, int],
    stopped: tuple[Outcome, str] | None,
    now: dt.datetime,
) -> None:
    """Well or ill: one state per source, however many locations are concerned."""
    state = source_state(session, organization_id, source.key)
    state.last_run_at = now
    if any(outcomes.get(outcome) for outcome in GOOD):
        state.last_ok_at = now
    trouble = stopped or _trouble(outcomes)
    if trouble is None:
        state.ill_since = state.ill_outcome = state.ill_detail = None
        return
    if state.ill_since is None:
        state.ill_since = now
    state.ill_outcome, state.ill_detail = trouble


def settle_drift(
    session: Session, organization_id: int, source: SourceFacts, drift: Drift, now: dt.datetime
) -> None:
    """Remember what the run found, and which fields have drifted: the next one doubts them from the first on."""
    state = source_state(session, organization_id, source.key)
    drifting = drift.drifting()
    fields = (drift.suspects | drifting) - drift.settled()
    accepted = drift.accepted - drift.settled()
    if drift.run_id is not None:
        row = RunFill(
            run_id=drift.run_id,
            organization_id=organization_id,
            source=source.key,
            ended_at=now,
            whole=drift.fill.whole,
            answers=dict(drift.fill.answers),
            filled={kind: dict(counts) for kind, counts in drift.fill.filled.items()},
            apart=sorted(drifting),
        )
        remember(session, row)
    if not fields and not accepted:
        state.drift = None
        return
    since = (state.drift or {}).get("since") or now.isoformat()
    state.drift = {"fields": sorted(fields), "accepted": sorted(accepted), "since": since}


def drift_of(session: Session, organization_id: int, source: SourceFacts, run_id: int | None = None) -> Drift:
    """What watches the next run of a source, with what earlier runs and people have said.

    Without `run_id` it is no round of its own: not compared with the past, nor remembered.
    """
    state = session.get(SourceState, (organization_id, source.key))
    told = (state.drift if state is not None else None) or {}
    former = past(session, organization_id, source.key) if run_id is not None else []
    return Drift(frozenset(told.get("fields", ())), frozenset(told.get("accepted", ())), former, run_id)


def _trouble(outcomes: Mapping[str, int]) -> tuple[Outcome, str] | None:
    total = sum(outcomes.values())
    bad = {name: count for name, count in outcomes.items() if name not in NO_TROUBLE}
    if not bad or sum(bad.values()) * 5 < total:
        return None
    worst = max(bad, key=lambda name: bad[name])
    return Outcome(worst), f"{bad[worst]} of {total} answers"


def source_state(session: Session, organization_id: int, source: str) -> SourceState:
    """The state row of a source, made when there is none yet."""
    state = session.get(SourceState, (organization_id, source))
    if state is None:
        state = SourceState(organization_id=organization_id, source=source)
        session.add(state)
        session.flush()
    return state
