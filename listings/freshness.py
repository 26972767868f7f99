"""Which locations are due to be looked up at a source, the most pressing first."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby

SOONER = 4
"""How many times in its source's rhythm a location with an open critical mismatch is looked up."""
SLACK = 20
"""Part of a rhythm that a lookup may come early: ticks are never exactly as far apart as planned."""


class Urgency(IntEnum):
    """Why a location is due; the lower the sooner."""

    ASKED_FOR = 0
    CRITICAL = 1
    """Customers are led astray at this moment: somebody is likely to be mending it."""
    WAITING = 2
    """A correction was sent and the source has had its usual time to show it."""
    NEVER = 3
    STALE = 4


@dataclass(frozen=True, slots=True)
class Standing:
    """How a location stands at a source; `looked_at` is the last lookup that was planned or that succeeded.

    `critical`: a critical mismatch is open. `expected_by`: when the earliest correction that was
    sent should show.
    """

    location_id: int
    looked_at: dt.datetime | None = None
    critical: bool = False
    expected_by: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A location that should be looked up, and why."""

    location_id: int
    urgency: Urgency


def urgency_of(standing: Standing, every: dt.timedelta, now: dt.datetime) -> Urgency | None:
    """Why the location is due now; None when it isn't. `every` is the source's rhythm."""
    last = standing.looked_at
    if last is None:
        return Urgency.NEVER
    # A moment in the future was written by a clock that ran ahead.
    age = now - last if last <= now else every
    slack = every / SLACK
    if standing.critical and age >= every / SOONER - slack / SOONER:
        return Urgency.CRITICAL
    if standing.expected_by is not None and last < standing.expected_by <= now:
        return Urgency.WAITING
    return Urgency.STALE if age >= every - slack else None


def due(standings: Iterable[Standing], every: dt.timedelta, now: dt.datetime) -> list[Due]:
    """The locations that are due, by urgency, then the one that was looked up longest ago."""
    known = [(standing, urgency_of(standing, every, now)) for standing in standings]
    pressing = [(standing, urgency) for standing, urgency in known if urgency is not None]
    pressing.sort(key=lambda one: (one[1], one[0].looked_at or dt.datetime.min.replace(tzinfo=dt.UTC)))
    return [Due(standing.location_id, urgency) for standing, urgency in pressing]


def batches(found: Sequence[Due], size: int) -> Iterator[tuple[Urgency, list[int]]]:
    """Pieces of at most `size` locations of one urgency each, in order."""
    for urgency, group in groupby(found, key=lambda one: one.urgency):
        ids = [one.location_id for one in group]
        for first in range(0, len(ids), size):
            yield urgency, ids[first : first + size]
