"""Who carries out which job, and when the schedule asks for it: the crawling door's one list of each."""

import datetime as dt
from collections.abc import Sequence
from functools import partial

import structlog
from sqlalchemy.orm import Session

from crawlers.access import NoAccess
from crawlers.deliver_attribute import change_attribute
from crawlers.deliver_change import enter_change
from crawlers.deliver_fix import deliver_fix
from crawlers.deliver_reply import deliver_reply
from crawlers.door import Door, make_door
from crawlers.matching import apply_limits, find_duplicates
from crawlers.planning import plan_crawls
from crawlers.push_keys import fetch_push_keys
from crawlers.redeem import redeem_code
from crawlers.renormalise import renormalise
from crawlers.run import crawl
from crawlers.schedule import Task
from crawlers.withdraw import withdraw_access
from listings import tidy
from listings.attributes import CHANGE_ATTRIBUTE
from listings.clock import now
from listings.consent import REDEEM_CODE, expire_consents
from listings.crawl_plan import CRAWLS, PLAN_CRAWLS, CrawlSource, begin_crawls, begin_rechecks
from listings.db import Database
from listings.duplicates import FIND_DUPLICATES, ask_daily
from listings.fix import DELIVER_FIX
from listings.jobs import Handlers, JobContext, handled
from listings.limits import APPLY_LIMITS
from listings.push import FETCH_PUSH_KEYS, ask_for_keys, expire_messages
from listings.renormalise import RENORMALISE
from listings.renormalise import ask as ask_to_renormalise
from listings.settings import Settings
from listings.snapshots import expire_bodies
from listings.source_changes import ENTER_CHANGE
from listings.sources import SOURCES, SourceFacts
from listings.tidy import TIDY, Tidy, expire_values
from listings.withdrawing import WITHDRAW_ACCESS
from reputation.expiry import expire_reviews
from reputation.reply import DELIVER_REPLY

log = structlog.get_logger()

AT_ONCE = 200
TIDY_EVERY = dt.timedelta(hours=1)
DAILY = dt.timedelta(days=1)
LOOK_EVERY = dt.timedelta(minutes=5)
"""How soon a new version of the normal forms is noticed."""


def make_handlers(settings: Settings, database: Database) -> Handlers:
    """Every declared job with the function that carries it out. Raises BadSettings."""
    door = make_door(settings, database)
    return dict(
        [
            *(handled(job, partial(_crawl, door)) for job in CRAWLS.values()),
            handled(PLAN_CRAWLS, partial(plan_crawls, door)),
            handled(DELIVER_FIX, partial(deliver_fix, door)),
            handled(DELIVER_REPLY, partial(deliver_reply, door)),
            handled(ENTER_CHANGE, partial(enter_change, door)),
            handled(CHANGE_ATTRIBUTE, partial(change_attribute, door)),
            handled(REDEEM_CODE, partial(redeem_code, door, settings)),
            handled(WITHDRAW_ACCESS, partial(withdraw_access, door)),
            handled(FETCH_PUSH_KEYS, partial(fetch_push_keys, door)),
            handled(TIDY, partial(_tidy, door)),
            handled(FIND_DUPLICATES, partial(find_duplicates, door)),
            handled(APPLY_LIMITS, partial(apply_limits, door)),
            handled(RENORMALISE, partial(renormalise, database)),
        ]
    )


PUSH_KEYS_EVERY = dt.timedelta(hours=3)
"""Google announces a new key some days before it signs with it."""
DEMO_EVERY = dt.timedelta(minutes=2)
"""In the demo one wants to watch a fix arrive, and the local sources bear it."""


TICKS = 8
"""How often in a source's rhythm it is looked at what is due there."""
SHORTEST_TICK = dt.timedelta(minutes=15)


def make_tasks(settings: Settings) -> Sequence[Task]:
    """What the schedule asks for, each once per slot over all workers."""
    crawls = [task for source in SOURCES.values() for task in _crawl_tasks(source, demo=settings.demo)]
    return [
        *crawls,
        Task("tidy", TIDY_EVERY, tidy.ask),
        *_push_tasks(settings),
        Task("duplicates", DAILY, ask_daily),
        Task("renormalise", LOOK_EVERY, ask_to_renormalise),
    ]


def _push_tasks(settings: Settings) -> Sequence[Task]:
    """Keys are only needed where messages are taken."""
    return [Task("push_keys", PUSH_KEYS_EVERY, ask_for_keys)] if settings.google_push_sender else []


def _crawl_tasks(source: SourceFacts, *, demo: bool) -> Sequence[Task]:
    """When a source is crawled; what is pressing in between too."""
    if demo:
        return [Task(f"crawl:{source.key}", DEMO_EVERY, partial(_begin_crawls, source, DEMO_EVERY))]
    often = max(source.crawl_every / TICKS, SHORTEST_TICK)
    if not source.whole_account:
        return [Task(f"crawl:{source.key}", often, partial(_begin_crawls, source, source.crawl_every))]
    return [
        Task(f"crawl:{source.key}", source.crawl_every, partial(_begin_crawls, source, source.crawl_every)),
        Task(f"recheck:{source.key}", often, partial(_begin_rechecks, source)),
    ]


def _begin_crawls(source: SourceFacts, every: dt.timedelta, session: Session, slot: str) -> None:
    begin_crawls(session, source, slot, every)


def _begin_rechecks(source: SourceFacts, session: Session, slot: str) -> None:
    begin_rechecks(session, source, slot)


def _crawl(door: Door, context: JobContext, payload: CrawlSource) -> None:
    del context
    try:
        summary = crawl(door, payload, rests=True)
    except NoAccess as error:
        log.info("crawl_left_out", source=payload.source, why=str(error))
        return
    log.info(
        "crawled", source=payload.source, organization=payload.organization_id, slot=payload.slot,
        complete=summary.complete, resumes_at=summary.resumes_at, outcomes=dict(summary.outcomes),
        counts=dict(summary.counts),
    )  # fmt: skip


def _tidy(door: Door, context: JobContext, payload: Tidy) -> None:
    del context, payload
    for expire in (expire_values, expire_reviews, expire_bodies, expire_consents, expire_messages):
        done = AT_ONCE
        while done >= AT_ONCE:
            with door.database.write() as session:
                done = expire(session, now(), limit=AT_ONCE)
