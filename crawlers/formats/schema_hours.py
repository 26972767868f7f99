"""Opening hours of schema.org: openingHours in words, openingHoursSpecification in parts.

Google's reading of the special forms: https://developers.google.com/search/docs/appearance/structured-data/local-business#business-hours
"""

import datetime as dt
import re
from typing import Any

from crawlers.formats import openings
from crawlers.formats.weekday_text import days_of, week_of
from crawlers.jsonld import Node, as_list, local_name
from listings.records import DAYS, Period, SpecialDay, WeeklyHours

_TIME = re.compile(
    r"(?:^|T)(\d{1,2})(?::?(\d{2}))?(?::\d{2})?(?:\.\d+)?\s*(?:([AaPp])\.?[Mm]\.?)?\s*(?:Z|[+-]\d{2}:?\d{2})?$"
)
_SPECIAL_DAYS = 31
"""Dated hours of more days are a season, not an exception."""

Dates = tuple[dt.date, dt.date]


class _Unreadable(Exception):
    """One specification can't be read, so the hours are unknown."""


def weekly(node: Node) -> WeeklyHours | None:
    """The week of a node; None when it says none or none that can be read without doubt."""
    every = _specifications(node, "openinghoursspecification")
    undated = [one for one in every if not _is_dated(one)]
    seasons = [one for one in every if _is_season(one)]
    specifications = undated or (seasons if len({_dates(one) for one in seasons}) == 1 else [])
    if specifications:
        try:
            return _week(specifications)
        except _Unreadable:
            return None
    texts = [one for one in as_list(node.get("openinghours")) if isinstance(one, str) and one.strip()]
    return week_of(texts)


def special(node: Node) -> tuple[SpecialDay, ...] | None:
    """The dated exceptions of a node, None when it says none."""
    days: dict[dt.date, set[Period]] = {}
    for name in ("openinghoursspecification", "specialopeninghoursspecification"):
        for one in _specifications(node, name):
            dates = _dates(one)
            if dates is None or _is_season(one):
                continue
            try:
                period, named = _period(one), _named_days(one)
            except _Unreadable:
                continue
            for date in _each(dates, named):
                days.setdefault(date, set()).update([period] if period else [])
    return tuple(SpecialDay(date, tuple(sorted(days[date]))) for date in sorted(days)) or None


def _specifications(node: Node, name: str) -> list[Node]:
    return [one for one in as_list(node.get(name)) if isinstance(one, dict)]


def _week(specifications: list[Node]) -> WeeklyHours | None:
    spans: list[openings.Span] = []
    named: set[int] = set()
    for one in specifications:
        days, period = _named_days(one), _period(one)
        if days is None:
            raise _Unreadable
        named.update(days)
        if period is not None:
            spans.extend(_span(day, period) for day in days)
    if named and not spans and len(named) == len(DAYS):
        return None  # never open at all is a template, not a week
    return openings.week(spans) if named else None


def _span(day: int, period: Period) -> openings.Span:
    opens, closes = (int(time[:2]) * 60 + int(time[3:]) for time in period)
    return (day, opens, day if closes > opens else (day + 1) % 7, closes)


def _period(one: Node) -> Period | None:
    """The hours of a specification, None when it says closed: no opening time, or 00:00 to 00:00."""
    opens, closes = one.get("opens"), one.get("closes")
    if opens in (None, "") and closes in (None, ""):
        if not set(one) & {"dayofweek", "validfrom"}:
            raise _Unreadable
        return None
    start, end = _minute(opens), _minute(closes)
    if start == end == 0:
        return None
    if (start, end) == (0, 23 * 60 + 59):
        return openings.ALL_DAY
    return openings.periods_of(start, end)


def _minute(value: Any) -> int:
    match = _TIME.search(value.strip()) if isinstance(value, str) else None
    if match is None or not (match[2] or match[3]):
        raise _Unreadable
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise _Unreadable
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise _Unreadable
    return 60 * hour + minute


def _named_days(one: Node) -> list[int] | None:
    """The days a specification names; [] for holidays only, None when it names none."""
    said = as_list(one.get("dayofweek"))
    texts = [value.get("@id") or value.get("name") if isinstance(value, dict) else value for value in said]
    names = [local_name(text) for text in texts if isinstance(text, str) and text.strip()]
    if not names:
        return None
    days: list[int] = []
    for name in names:
        found = [] if name.lower().startswith("publicholiday") else days_of(name)
        if found is None:
            raise _Unreadable
        days.extend(found)
    return days


def _is_dated(one: Node) -> bool:
    """Whether it holds for some dates only. A weekly rule in force since, or until, a day is none."""
    ends = [one.get("validfrom"), one.get("validthrough")]
    return all(ends) or (any(ends) and not _named_days_or_none(one))


def _named_days_or_none(one: Node) -> list[int] | None:
    try:
        return _named_days(one)
    except _Unreadable:
        return None


def _dates(one: Node) -> Dates | None:
    if not _is_dated(one):
        return None
    first, last = _date(one.get("validfrom")), _date(one.get("validthrough"))
    start, end = first or last, last or first
    return (start, end) if start is not None and end is not None and start <= end else None


def _is_season(one: Node) -> bool:
    dates = _dates(one)
    return dates is not None and (dates[1] - dates[0]).days >= _SPECIAL_DAYS


def _date(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value.strip()[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def _each(dates: Dates, days: list[int] | None) -> list[dt.date]:
    first, last = dates
    every = [first + dt.timedelta(days=step) for step in range((last - first).days + 1)]
    return [date for date in every if not days or date.weekday() in days]
