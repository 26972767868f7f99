"""Opening hours: OpenStreetMap's syntax in and out, and the minutes of a week they mean.

The syntax is that of https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification as far as
businesses use it: weekdays, lists and ranges of them, several periods a day, periods over
midnight, 24/7, off, public holidays and dates.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from listings.normalize.hours_syntax import BadHours, Rule, clock, minutes, read_rules
from listings.records import DAYS, Period, SpecialDay, WeeklyHours

__all__ = ["BadHours", "HoursForm", "format_osm", "minute_set", "parse_hours", "parse_osm", "span"]

MINUTES_A_DAY = 1440
MINUTES_A_WEEK = 7 * MINUTES_A_DAY
_WEEK = (1 << MINUTES_A_WEEK) - 1
_DAY_MASK = (1 << MINUTES_A_DAY) - 1
_SHOWN_DAYS = tuple(day.capitalize() for day in DAYS)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class HoursForm:
    """Opening hours: the week, dated exceptions, and rules for each year ("PH", "12-25")."""

    weekly: WeeklyHours | None
    special: tuple[SpecialDay, ...] = ()
    yearly: Mapping[str, tuple[Period, ...]] = field(default_factory=dict)


# A chain's branches share a few texts, and each is read at every comparison.
@lru_cache(maxsize=4096)
def parse_hours(text: str) -> HoursForm:
    """The hours in an OSM `opening_hours` value; raises BadHours where it can't be read.

    A later rule replaces an earlier one for its days; a weekday no rule names is closed. `weekly`
    is None when the text speaks of dates only.
    """
    week: dict[str, tuple[Period, ...]] = {}
    special: dict[dt.date, tuple[Period, ...]] = {}
    yearly: dict[str, tuple[Period, ...]] = {}
    weekly_seen = False
    for rule in read_rules(text):
        for day in rule.days:
            week[day] = _joined(week.get(day, ()), rule)
        weekly_seen = weekly_seen or bool(rule.days)
        special.update((date, _in_order(rule.periods)) for date in rule.dates)
        yearly.update((key, _in_order(rule.periods)) for key in rule.yearly)
    weekly = {day: week.get(day, ()) for day in DAYS} if weekly_seen else None
    return HoursForm(weekly, tuple(SpecialDay(*day) for day in sorted(special.items())), yearly)


def parse_osm(text: str) -> tuple[WeeklyHours, tuple[SpecialDay, ...]]:
    """Weekly hours and dated exceptions of an OSM `opening_hours` value; raises BadHours.

    All days are None (unknown) when the text speaks of dates only.
    """
    form = parse_hours(text)
    return form.weekly or dict.fromkeys(DAYS), form.special


def format_osm(hours: WeeklyHours, special: tuple[SpecialDay, ...] = ()) -> str:
    """The hours as an OSM `opening_hours` value, neighbouring equal days joined.

    Unknown days are left out, which OSM reads as closed.
    """
    rules = list(_week_rules(hours))
    if rules == ["Mo-Su 00:00-24:00"]:
        rules = ["24/7"]
    for day in special:
        shown = f"{day.date.year:04} {_MONTHS[day.date.month - 1]} {day.date.day:02}"
        rules.append(f"{shown} {_shown_periods(day.periods)}")
    return "; ".join(rules)


def minute_set(hours: WeeklyHours) -> int:
    """The open minutes of the week as the bits of one number; bit 0 is Monday 00:00.

    Unknown days add none. A period over midnight opens the next day's minutes, Sunday's those of
    Monday.
    """
    found = 0
    for number, day in enumerate(DAYS):
        for period in hours.get(day) or ():
            length, opens = span(period)
            found |= ((1 << length) - 1) << (number * MINUTES_A_DAY + opens)
    return (found | found >> MINUTES_A_WEEK) & _WEEK


def day_minutes(week: int, day: str) -> int:
    """The minutes of one day of DAYS in a `minute_set`, bit 0 is 00:00."""
    return week >> (DAYS.index(day) * MINUTES_A_DAY) & _DAY_MASK


def span(period: Period) -> tuple[int, int]:
    """Length and opening time of a period in minutes; raises BadHours for a broken time."""
    opens, closes = minutes(period[0]), minutes(period[1])
    length = closes - opens if closes > opens else closes - opens + MINUTES_A_DAY
    return min(length, MINUTES_A_DAY), opens


def _joined(before: tuple[Period, ...], rule: Rule) -> tuple[Period, ...]:
    return _in_order((*before, *rule.periods)) if rule.adds else _in_order(rule.periods)


def _in_order(periods: tuple[Period, ...]) -> tuple[Period, ...]:
    return tuple(sorted(set(periods), key=lambda period: minutes(period[0])))


def _week_rules(hours: WeeklyHours) -> Iterator[str]:
    start = 0
    while start < len(DAYS):
        periods = hours.get(DAYS[start])
        end = start
        while end + 1 < len(DAYS) and hours.get(DAYS[end + 1]) == periods:
            end += 1
        if periods is not None:
            days = _SHOWN_DAYS[start] if start == end else f"{_SHOWN_DAYS[start]}-{_SHOWN_DAYS[end]}"
            yield f"{days} {_shown_periods(periods)}"
        start = end + 1


def _shown_periods(periods: tuple[Period, ...]) -> str:
    return ",".join(f"{clock(opens)}-{clock(closes)}" for opens, closes in periods) or "off"
