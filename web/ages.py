"""Ages of rows, and when data counts as old."""

import datetime as dt

from listings.sources import SourceFacts
from web.screens.elements import Age
from web.wording import age, exact


def age_of(then: dt.datetime, now: dt.datetime, *, stale: bool = False) -> Age:
    """How long ago, with the exact moment for those who ask."""
    return Age(age(then, now), exact(then), then.isoformat(timespec="seconds"), stale)


def is_stale(source: SourceFacts, read_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether a source should have been read again by now: two of its rounds are missed."""
    return now - read_at > 2 * source.crawl_every


def read_age(source: SourceFacts, read_at: dt.datetime, now: dt.datetime) -> Age:
    """How long ago a source was read; stale when it should have been read again."""
    return age_of(read_at, now, stale=is_stale(source, read_at, now))
