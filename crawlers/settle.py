"""The end of a run: believing what is missing, and telling whether the source is well."""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crawlers.source import Outcome
from listings.models.crawl import CrawlRun, RunState, SourceState
from listings.models.listing import Listing
from listings.observe import mark_missing
from listings.sources import SourceFacts
from reputation.ingest import count_missing, too_many_missing

GOOD = (Outcome.OK, Outcome.NOT_MODIFIED)
NO_TROUBLE = (*GOOD, Outcome.NOT_FOUND, Outcome.MOVED)


def finish_run(
    session: Session,
    run: CrawlRun,
    outcomes: Mapping[str, int],
    *,
    complete: bool,
    listings_complete: bool,
    now: dt.datetime,
) -> int:
    """Close a run; returns how many reviews got their tombstone by it.

    A drop too large to believe changes nothing and waits for a person.
    """
    vanished = 0
    checkpoint = run.checkpoint or {}
    missing = [review for ids in checkpoint.get("missing", {}).values() for review in ids]
    stored = sum(checkpoint.get("stored", {}).values())
    if complete and too_many_missing(len(missing), stored):
        state = source_state(session, run.organization_id, run.source)
        state.held_back = {"run_id": run.id, "missing": len(missing), "stored": stored}
    elif complete and missing:
        vanished = count_missing(session, missing, now)
    if complete and listings_complete:
        _missing_listings(session, run, now)
    run.state = RunState.COMPLETE if complete else RunState.INCOMPLETE
    run.finished_at = now
    run.outcomes = dict(outcomes)
    session.flush()
    return vanished


def _missing_listings(session: Session, run: CrawlRun, now: dt.datetime) -> None:
    known = session.scalars(
        sa.select(Listing).where(
            Listing.organization_id == run.organization_id,
            Listing.source == run.source,
            Listing.supplied_by.is_(None),
            Listing.missing_since.is_(None),
        )
    ).all()
    unseen = [listing for listing in known if listing.last_seen_at < run.started_at]
    if not too_many_missing(len(unseen), len(known)):
        for listing in unseen:
            mark_missing(session, listing, now)


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
