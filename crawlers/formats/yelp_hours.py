"""Opening hours of the Yelp Places API v3: day 0 is Monday, times are "HHMM".

https://docs.developer.yelp.com/reference/v3_business_info
"""

import datetime as dt
from typing import Any

import msgspec

from crawlers.formats import openings
from listings.records import Period, SpecialDay, WeeklyHours


class Open(msgspec.Struct):
    """One opening of one weekday."""

    day: int | None = None
    start: str | None = None
    end: str | None = None
    is_overnight: bool | None = None


class Hours(msgspec.Struct):
    """The hours of one kind; the older documentation calls the kind hour_type."""

    open: list[Open] | None = None
    hours_type: str | None = None
    hour_type: str | None = None


class Special(msgspec.Struct):
    """One opening, or the closing, of one date."""

    date: str | None = None
    is_closed: bool | None = None
    start: str | None = None
    end: str | None = None
    is_overnight: bool | None = None


class UnreadableHours(ValueError):
    """Hours are there, and what they say can't be read without doubt."""


def weekly(hours: list[Hours] | None) -> WeeklyHours | None:
    """The regular week; None when the source tells none. Raises UnreadableHours."""
    regular = [one for one in hours or () if (one.hours_type or one.hour_type or "REGULAR") == "REGULAR"]
    spans = [_span(one) for kind in regular for one in kind.open or ()]
    return openings.week(spans) if spans else None


def special(days: list[Special] | None) -> tuple[SpecialDay, ...] | None:
    """The special days in order of date, None when there is none. Raises UnreadableHours."""
    by_date: dict[dt.date, set[Period]] = {}
    for day in days or ():
        periods = by_date.setdefault(_date(day.date), set())
        if not day.is_closed:
            opens, closes = _minute(day.start), _minute(day.end)
            periods.add(openings.ALL_DAY if opens == closes == 0 else openings.periods_of(opens, closes))
    return tuple(SpecialDay(date, tuple(sorted(by_date[date]))) for date in sorted(by_date)) or None


def _span(one: Open) -> openings.Span:
    opens, closes = _minute(one.start), _minute(one.end)
    if one.day is None or not 0 <= one.day <= 6 or (one.is_overnight and closes > opens):
        raise UnreadableHours
    return one.day, opens, one.day if closes > opens else (one.day + 1) % 7, closes


def _minute(time: Any) -> int:
    if not isinstance(time, str) or len(time) != 4 or not (time.isascii() and time.isdecimal()):
        raise UnreadableHours
    hour, minute = int(time[:2]), int(time[2:])
    if minute > 59 or 60 * hour + minute > openings.DAY:
        raise UnreadableHours
    return 60 * hour + minute


def _date(value: Any) -> dt.date:
    try:
        return dt.date.fromisoformat(value or "")
    except (TypeError, ValueError) as error:
        raise UnreadableHours from error
