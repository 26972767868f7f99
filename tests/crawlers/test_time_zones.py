"""Every zone there is, over two years: each daily task once a day, and each local date in its turn."""

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from sqlalchemy.orm import Session

from crawlers.schedule import Task, slot
from listings.canonical import local_date
from listings.models.location import Location

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
DAYS = 2 * 365
DAILY = Task("daily", DAY, lambda *_: None, offset=dt.timedelta(hours=1, minutes=30))
WEEKLY = Task("weekly", 7 * DAY, lambda *_: None)


Stretches = Callable[[ZoneInfo], Iterator[list[dt.datetime]]]


def around_changes(zone: ZoneInfo) -> Iterator[list[dt.datetime]]:
    """The hours of the three days around each change of a zone's clocks; of a zone without any, of new year."""
    noons = [START + number * DAY + 12 * HOUR for number in range(DAYS)]
    offsets = [noon.astimezone(zone).utcoffset() for noon in noons]
    changes = [noon for noon, old, new in zip(noons[1:], offsets, offsets[1:], strict=False) if old != new]
    for noon in changes or [START + 365 * DAY]:
        yield [noon - 36 * HOUR + number * HOUR / 2 for number in range(144)]


def every_hour(zone: ZoneInfo) -> Iterator[list[dt.datetime]]:
    yield [START + number * HOUR for number in range(24 * DAYS)]


def assert_slots(zone: ZoneInfo, moments: list[dt.datetime]) -> None:
    """A slot is the same whichever clock is read, and each begins a whole length after the one before it."""
    for task in (DAILY, WEEKLY):
        slots = [slot(task, moment.astimezone(zone)) for moment in moments]
        assert slots == [slot(task, moment) for moment in moments], zone
        begun = sorted(set(slots))
        assert all(later - earlier == task.every for earlier, later in pairwise(begun))


def assert_dates(zone: ZoneInfo, moments: list[dt.datetime]) -> None:
    """No date at a location comes twice or is left out, and every moment has the one on the wall there."""
    at = Location(time_zone=zone.key)
    dates = [local_date(Session(), at, moment) for moment in moments]
    assert dates == sorted(dates), zone
    seen = sorted(set(dates))
    assert seen == [seen[0] + number * DAY for number in range(len(seen))], zone
    assert all(
        abs(dt.datetime.combine(date, dt.time(12), zone) - moment) <= 14 * HOUR
        for date, moment in zip(dates, moments, strict=True)
    )


@pytest.mark.parametrize(
    "stretches",
    [around_changes, pytest.param(every_hour, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])],
)
def test_no_change_of_clocks_skips_or_repeats_anything(
    stretches: Callable[[ZoneInfo], Iterator[list[dt.datetime]]],
) -> None:
    zones = sorted(available_timezones())
    assert len(zones) > 400
    for name in zones:
        zone = ZoneInfo(name)
        for moments in stretches(zone):
            assert_slots(zone, moments)
            assert_dates(zone, moments)
