"""Opening hours of the Places APIs, the new one and the legacy one.

https://developers.google.com/maps/documentation/places/web-service/reference/rest/v1/places#openinghours
Day 0 is Sunday; open around the clock is one period that never closes.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from crawlers.formats import openings
from crawlers.formats.weekday_text import week_of
from listings.records import Period, SpecialDay, WeeklyHours

_POINT = frozenset({"day", "hour", "minute", "date", "truncated"})
_DATE = frozenset({"year", "month", "day"})


def weekly(hours: Any) -> WeeklyHours | None:
    """The week of a `regularOpeningHours`; from its periods, else from its English descriptions.

    No periods at all is a place that is never open; None is a week that can't be read.
    """
    if not isinstance(hours, Mapping):
        return None
    periods = hours.get("periods")
    if not isinstance(periods, list):
        return week_of(hours.get("weekdayDescriptions") or hours.get("weekday_text"))
    if len(periods) == 1 and _never_closes(periods[0]):
        return openings.always()
    spans = [_span(period) for period in periods]
    if any(span is None for span in spans):
        return None
    return openings.week(span for span in spans if span is not None)


def special(hours: Any) -> tuple[SpecialDay, ...] | None:
    """The special days among a `currentOpeningHours` of seven dates, None when there is none."""
    if not isinstance(hours, Mapping) or not isinstance(hours.get("periods"), list):
        return None
    days = [_date(day.get("date")) for day in _mappings(hours.get("specialDays"))]
    by_date: dict[dt.date, list[Period]] = {day: [] for day in days if day is not None}
    for period in _mappings(hours["periods"]):
        dated = _dated(period)
        if dated is None:
            return None  # which day is shortened or closed can't be told any more
        for date, opening in dated:
            if date in by_date:
                by_date[date].append(opening)
    return tuple(SpecialDay(date, tuple(sorted(by_date[date]))) for date in sorted(by_date)) or None


def _dated(period: Mapping[str, Any]) -> list[tuple[dt.date, Period]] | None:
    """The openings of a period by date, cut at midnight when it lasts a day or more.

    A period that began before the seven dates or ends after them is truncated to 00:00 and 23:59.
    """
    opens, closes = _mapping(period.get("open")), _mapping(period.get("close"))
    first, start = _date(opens.get("date")), _minute(opens)
    last, end = _date(closes.get("date")), _minute(closes)
    if first is None or start is None or last is None or end is None or last < first:
        return None
    if closes.get("truncated") and end == openings.DAY - 1:
        end = openings.DAY
    length = (last - first).days * openings.DAY + end - start
    if length < openings.DAY or first == last:
        return [(first, openings.periods_of(start, end))]
    middle = [first + dt.timedelta(days=step) for step in range(1, (last - first).days)]
    ends = [(last, (openings.clock(0), openings.clock(end)))] if end else []
    return [
        (first, openings.periods_of(start, openings.DAY)),
        *((date, openings.ALL_DAY) for date in middle),
        *ends,
    ]


def _never_closes(period: Any) -> bool:
    opens = _mapping(_mapping(period).get("open"))
    return "close" not in _mapping(period) and _day(opens) == 6 and _minute(opens) == 0


def _span(period: Any) -> openings.Span | None:
    opens, closes = _mapping(_mapping(period).get("open")), _mapping(_mapping(period).get("close"))
    start, end = _minute(opens), _minute(closes)
    open_day, close_day = _day(opens), _day(closes)
    if start is None or end is None or open_day is None or close_day is None:
        return None
    return open_day, start, close_day, end


def _day(point: Mapping[str, Any]) -> int | None:
    """The day, 0 = Monday; a writer that leaves zeros out leaves Sunday out."""
    day = _part(point, "day", 6)
    return None if day is None else (day - 1) % 7


def _minute(point: Mapping[str, Any]) -> int | None:
    """The minute of the day of a Point, or of a legacy {"day": 1, "time": "0930"}."""
    time = point.get("time")
    if isinstance(time, str):
        return int(time[:2]) * 60 + int(time[2:]) if len(time) == 4 and time.isdecimal() else None
    hour, minute = _part(point, "hour", 24), _part(point, "minute", 59)
    return None if hour is None or minute is None else 60 * hour + minute


def _part(point: Mapping[str, Any], name: str, most: int) -> int | None:
    if name not in point and point and (set(point) <= _POINT or "time" in point):
        return 0
    value = point.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most else None


def _date(value: Any) -> dt.date | None:
    date = _mapping(value)
    parts = [date.get(name) for name in ("year", "month", "day")]
    if not set(date) <= _DATE or not all(isinstance(part, int) for part in parts):
        return None
    try:
        return dt.date(*(int(part) for part in parts if part is not None))
    except (ValueError, OverflowError):
        return None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: Any) -> Iterable[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
