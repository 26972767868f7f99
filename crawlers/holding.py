"""A crawl whose source may not be asked just now: it rests, and a job takes it up again in time."""

import datetime as dt
import random
from collections.abc import Mapping

from crawlers.door import Door
from crawlers.meter import Held, Meter
from crawlers.plan import PASSING, Stopped
from crawlers.settle import settle_health
from listings.crawl_plan import CrawlSource, ask_again
from listings.models.crawl import CrawlRun
from listings.sources import facts

MOST_RESTS = 20
"""Rests of one run; after that its source has to be ill, and the next slot begins anew."""
SPREAD = 60.0
"""Seconds over which the crawls that wait for the same moment begin, at most."""


def rests_until(door: Door, stop: Stopped) -> dt.datetime | None:
    """When a stopped crawl may go on, in real time; None when nobody knows."""
    if isinstance(stop, Held):
        return stop.until
    if stop.outcome in PASSING and isinstance(door.way, Meter):
        return door.way.held_until()
    return None


def rest(
    door: Door, asked: CrawlSource, run_id: int, stop: Stopped, outcomes: Mapping[str, int]
) -> dt.datetime | None:
    """Let the run wait for its source; None when it can't, because it has often enough or for nothing known."""
    until = rests_until(door, stop)
    if until is None:
        return None
    left = max(0.0, (until - door.real.now()).total_seconds())
    delay = dt.timedelta(seconds=left + random.uniform(0.0, min(SPREAD, left / 2)))  # noqa: S311 - spreads load
    with door.database.write() as session:
        run = session.get_one(CrawlRun, run_id, with_for_update=True)
        if run.resumed >= MOST_RESTS:
            return None
        run.resumed += 1
        run.resumes_at = until
        run.outcomes = dict(outcomes)
        if not asked.narrowed:
            told = (stop.outcome, stop.detail)
            source = facts(asked.source)
            settle_health(session, asked.organization_id, source, outcomes, told, door.clock())
        ask_again(session, asked, run.resumed, delay)
    return until
