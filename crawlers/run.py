"""One crawl: fetch → snapshot → read → observe, link, flag and ingest, resumable at every page.

An answer is stored before anything is made of it, and everything made of it is committed with it.
After a crash the crawl is run again under its slot: pages it has stored are read from the store, so
no more than the page in hand is fetched twice. Sources that let nothing be stored start over.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from crawlers.access import access_to
from crawlers.asked import told
from crawlers.broken_off import breaks_off
from crawlers.door import Door
from crawlers.earlier import load_earlier
from crawlers.holding import rest
from crawlers.meter import Held, Meter, Paused, metered
from crawlers.outcomes import Failure
from crawlers.plan import (
    NOTHING,
    Access,
    AttributesDue,
    AttributesRead,
    Belongs,
    Fetch,
    Gone,
    Listed,
    ListingsComplete,
    Plan,
    Renamed,
    ReviewsComplete,
    ReviewsKnown,
    ReviewsRead,
    Step,
    Stopped,
    Target,
    Unshown,
    Withdrawn,
)
from crawlers.readers import READERS
from crawlers.record import Recorder
from crawlers.record_attributes import attributes_due, keep_attributes
from crawlers.settle import drift_of
from crawlers.source import Answer, Outcome, Reading
from crawlers.targets import targets_of
from crawlers.unshown import believe_unshown
from listings.crawl_plan import CrawlSource
from listings.fill_history import stored_records
from listings.link import load_locations
from listings.models.crawl import CrawlRun, RunState
from listings.models.snapshot import Snapshot
from listings.snapshots import body_of
from listings.sources import facts


@dataclass(slots=True)
class Summary:
    """What a crawl did, for people and scripts; `outcomes` counts the fetches by their outcome."""

    source: str
    complete: bool = False
    outcomes: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    detail: str | None = None
    resumes_at: dt.datetime | None = None


Progress = Callable[[Summary], None]


def crawl(
    door: Door, asked: CrawlSource, progress: Progress | None = None, *, rests: bool = False
) -> Summary:
    """Carry out one crawl to its end. Raises NoAccess when it can't begin.

    With `rests`, one whose source may not be asked now stays open, and a job goes on with it then.
    """
    source = facts(asked.source)
    reader = READERS[asked.source]
    access = access_to(door, asked.organization_id, source)
    door = metered(door, asked.organization_id, source, access)
    run_id, state = _begin(door, asked)
    if state is not RunState.RUNNING:
        return Summary(asked.source, complete=state is RunState.COMPLETE, detail="done already")
    recorder, targets = _prepared(door, asked, access, run_id)
    summary = Summary(asked.source)
    plan = reader.plans.crawl(reader.adapter, access, targets, narrowed=asked.narrowed)
    try:
        _converse(door, plan, recorder, summary, progress)
        summary.complete = True
    except Stopped as stop:
        summary.detail = stop.detail
        summary.outcomes[stop.outcome] += isinstance(stop, Held)
        summary.resumes_at = rest(door, asked, run_id, stop, summary.outcomes) if rests else None
        if not isinstance(stop, Paused):
            recorder.stopped(stop)
    summary.counts = recorder.counts
    if summary.resumes_at is None:
        _count_unchanged(door, recorder)
        recorder.finish(summary.outcomes, complete=summary.complete)
    return summary


def _prepared(
    door: Door, asked: CrawlSource, access: Access, run_id: int
) -> tuple[Recorder, Sequence[Target]]:
    """What writes the run down, and the places it looks up."""
    source, organization_id = facts(asked.source), asked.organization_id
    everywhere = access.get("cover") == "all"
    with door.database.read() as session:
        targets = targets_of(session, organization_id, source, asked.location_ids, cover_all=everywhere)
        recorder = Recorder(
            door,
            source,
            organization_id,
            run_id,
            load_locations(session, organization_id),
            READERS[source.key].adapter.reader_version,
            narrowed=asked.narrowed,
            earlier=load_earlier(session, organization_id, source, run_id, asked.location_ids),
            drift=drift_of(session, organization_id, source, None if asked.narrowed else run_id),
        )
    return recorder, targets


def _count_unchanged(door: Door, recorder: Recorder) -> None:
    """Answers that have not changed hold what is stored of them: it counts as found."""
    if recorder.drift is None or not recorder.drift.fill.unchanged:
        return
    resting = [recorder.earlier.asked_before(request) for request in recorder.drift.fill.unchanged]
    with door.database.read() as session:
        recorder.drift.fill.again(stored_records(session, [one.snapshot_id for one in resting if one]))


def _begin(door: Door, asked: CrawlSource) -> tuple[int, RunState]:
    """The run of this slot, new or taken up again, and whether it is over."""
    with door.database.write() as session:
        run = session.scalar(
            sa.select(CrawlRun).where(
                CrawlRun.organization_id == asked.organization_id,
                CrawlRun.source == asked.source,
                CrawlRun.slot == asked.slot,
            )
        )
        if run is None:
            run = CrawlRun(
                organization_id=asked.organization_id,
                source=asked.source,
                slot=asked.slot,
                state=RunState.RUNNING,
                started_at=door.clock(),
            )
            session.add(run)
            session.flush()
        return run.id, run.state


def _converse(
    door: Door, plan: Plan, recorder: Recorder, summary: Summary, progress: Progress | None
) -> None:
    reading = None
    while True:
        try:
            step = next(plan) if reading is None else plan.send(reading)
        except StopIteration:
            return
        reading = _carry_out(door, step, recorder, summary)
        if recorder.drift is not None:
            recorder.drift.fill.note(step, reading)
        if progress is not None:
            progress(summary)


def _carry_out(door: Door, step: Step, recorder: Recorder, summary: Summary) -> Reading:
    match step:
        case Fetch():
            answer, reading = _read(door, step, recorder)
            reading = _whole(door, step, answer, recorder.doubted(step, reading), recorder)
            summary.outcomes[reading.outcome] += 1
            recorder.record(step, answer, reading)
            return reading
        case ReviewsComplete():
            recorder.reviews.complete(step)
        case ReviewsKnown():
            return recorder.reviews.known(step)
        case ReviewsRead():
            return recorder.reviews.read(step)
        case AttributesDue():
            return attributes_due(door, recorder.organization_id, recorder.source)
        case Belongs() | Listed():
            return told(door.database, recorder.organization_id, recorder.source.key, step)
        case _:
            _note(door, step, recorder)
    return NOTHING


def _note(
    door: Door,
    step: Withdrawn | ListingsComplete | Gone | Unshown | Renamed | AttributesRead,
    recorder: Recorder,
) -> None:
    """What a plan has found out of listings and accesses."""
    match step:
        case AttributesRead():
            keep_attributes(door, recorder.organization_id, recorder.source, step)
        case Withdrawn():
            recorder.withdrawn(step.credential_id, step.detail)
        case ListingsComplete():
            recorder.listings_complete()
        case Gone():
            recorder.gone(step.source_id)
        case Unshown():
            _unshown(door, step, recorder)
        case Renamed():
            recorder.renamed(step.source_id, step.new_id)


def _unshown(door: Door, step: Unshown, recorder: Recorder) -> None:
    # What has lost values at most listings at once isn't written down, so it looks unseen.
    if recorder.drift is None or not recorder.drift.drifting():
        with door.database.write() as session:
            believe_unshown(session, recorder.run_id, step, door.clock())


def _read(door: Door, step: Fetch, recorder: Recorder) -> tuple[Answer, Reading]:
    adapter = READERS[recorder.source.key].adapter
    stored = None if step.secret else _stored(door, step, recorder)
    if stored is not None:
        return stored, adapter.read(stored)
    earlier = recorder.earlier.asked_before(step.request)
    result = door.fetch(
        step.request,
        conditions=earlier.conditions if earlier else None,
        permit=door.robots.objection if step.polite else None,
    )
    answer, reading = (
        _failed(step, result, recorder) if isinstance(result, Failure) else (result, adapter.read(result))
    )
    told = reading.extra.get("quota")
    if told and isinstance(door.way, Meter):
        door.way.told(answer.url, told)
    return answer, reading


def _whole(door: Door, step: Fetch, answer: Answer, reading: Reading, recorder: Recorder) -> Reading:
    """The reading, or unreadable when the page breaks off and the one that is in use has its end."""
    earlier = recorder.earlier.asked_before(step.request)
    if earlier is None or reading.outcome is not Outcome.OK or not breaks_off(answer.body):
        return reading
    with door.database.read() as session:
        former = body_of(session, session.get_one(Snapshot, earlier.snapshot_id), door.clock())
    if former is None or breaks_off(former):
        return reading
    return Reading(Outcome.UNREADABLE, detail="the page breaks off, which it didn't before")


def _failed(step: Fetch, failure: Failure, recorder: Recorder) -> tuple[Answer, Reading]:
    """What a failure says; an error body may say more exactly why than its status does."""
    blank = Answer(failure.url, failure.answer.status if failure.answer else 0, {}, b"", None, step.request)
    if failure.outcome is Outcome.NOT_MODIFIED or failure.answer is None:
        return failure.answer or blank, Reading(
            failure.outcome, detail=failure.detail, extra={"reason": failure.reason}
        )
    reading = READERS[recorder.source.key].adapter.read(failure.answer)
    if reading.outcome is Outcome.OK:
        # A record can't come out of an answer that failed, whatever it looks like.
        reading = Reading(failure.outcome, detail=failure.detail, extra={"reason": failure.reason})
    return failure.answer, reading


def _stored(door: Door, step: Fetch, recorder: Recorder) -> Answer | None:
    """The answer that this very run has stored before it was cut short; it stands in once."""
    request = step.request
    named = request.method == "GET" or step.stored_as is not None
    snapshot_id = recorder.earlier.of_this_run.pop(step.address, None) if named else None
    if snapshot_id is None:
        return None
    with door.database.read() as session:
        snapshot = session.get_one(Snapshot, snapshot_id)
        body = body_of(session, snapshot, door.clock())
    if body is None:
        return None
    recorder.reuse(step.address, snapshot.id)
    url = snapshot.final_url or request.url
    return Answer(url, snapshot.status, {}, body, snapshot.fetched_at, request)
