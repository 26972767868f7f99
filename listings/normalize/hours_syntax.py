"""Reads the text of opening hours into rules: which days or dates, and which periods then."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from listings.records import DAYS, Period


class BadHours(ValueError):
    """The text is no opening hours that can be read."""


@dataclass(slots=True)
class Rule:
    """One rule: its weekdays, dates and yearly keys, its periods (none: closed), whether it adds to
    what earlier rules said of the day or replaces it."""

    days: list[str] = field(default_factory=list)
    dates: list[dt.date] = field(default_factory=list)
    yearly: list[str] = field(default_factory=list)
    periods: tuple[Period, ...] = ()
    adds: bool = False


_MAX_LENGTH = 2000
_MAX_DATES = 366
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = (
    r"(mo|tu|we|th|fr|sa|su)"
    r"(?:n|nday|e|es|esday|d|dnesday|u|ur|urs|ursday|i|iday|t|turday)?s?\.?(?![a-z])"
)
_MONTH_DAY = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? (\d{1,2})(?![\d:])"
_DAYS = re.compile(rf"{_DAY}(?: ?- ?{_DAY})?")
_DATES = re.compile(rf"(?:(\d{{4}}) )?{_MONTH_DAY}(?: ?- ?(?:{_MONTH_DAY}|(\d{{1,2}})(?![\d:])))?")
_ISO_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_HOLIDAYS = re.compile(r"(ph|sh)\b")
_TIME = r"(\d{1,2})(?:[:.](\d\d))? ?([ap])?\.?(?:m\.?)?"
_PERIOD = re.compile(rf"{_TIME} ?(?:-|to) ?{_TIME}(?![\d:])")
_ALWAYS = re.compile(r"24/7|24 hours|open 24 hours")
_CLOSED = re.compile(r"off\b|closed\b")
_SPACE = re.compile(r"\s+")
_SHOWN_TIME = re.compile(r"(\d{1,2}):(\d\d)")


def minutes(time: str) -> int:
    """ "HH:MM" as minutes after midnight, up to 24:00; raises BadHours."""
    found = _SHOWN_TIME.fullmatch(time)
    if not found or int(found[2]) > 59 or int(found[1]) * 60 + int(found[2]) > 1440:
        raise BadHours(f"no time of day: {time[:20]!r}")
    return int(found[1]) * 60 + int(found[2])


def clock(time: str) -> str:
    """A time of day with two digits for the hour; raises BadHours."""
    total = minutes(time)
    return f"{total // 60:02}:{total % 60:02}"


def read_rules(text: str) -> Iterator[Rule]:
    """The rules of an OSM `opening_hours` value in order; raises BadHours."""
    if len(text) > _MAX_LENGTH:
        raise BadHours("longer than any opening hours")
    plain = _SPACE.sub(" ", text.lower().replace("–", "-").replace("—", "-").replace("||", ";"))
    parts = [part.strip(" ,") for part in re.split(r"[;\n]", plain)]
    if not any(parts):
        raise BadHours("empty")
    for part in parts:
        if part:
            yield from _read_rule(part)


def _read_rule(text: str) -> Iterator[Rule]:
    """One rule, or several joined by commas ("Mo 09:00-12:00, Tu 10:00-14:00")."""
    rule, position, timed = Rule(), 0, False
    while position < len(text):
        if text[position] in " ,:":
            position += 1
            continue
        end = _selector(Rule(), text, position)
        if end and timed:
            yield _complete(rule)
            rule, timed = Rule(adds=True), False
        if end:
            position = _selector(rule, text, position)
            continue
        position = _times(rule, text, position)
        timed = True
    if not timed:
        raise BadHours(f"no times in {text[:60]!r}")
    yield _complete(rule)


def _complete(rule: Rule) -> Rule:
    if not (rule.days or rule.dates or rule.yearly):
        rule.days = list(DAYS)
    return rule


def _selector(rule: Rule, text: str, position: int) -> int:
    """Reads a day, a date or a holiday at `position` into the rule; the position behind it, or 0."""
    if found := _DAYS.match(text, position):
        first, last = DAYS.index(found[1]), DAYS.index(found[2] or found[1])
        rule.days += [DAYS[n % 7] for n in range(first, last + 1 + (7 if last < first else 0))]
    elif found := _HOLIDAYS.match(text, position):
        rule.yearly.append(found[1].upper())
    elif found := _ISO_DATE.match(text, position):
        rule.dates.append(_date(int(found[1]), int(found[2]), int(found[3])))
    elif found := _DATES.match(text, position):
        _read_dates(rule, found)
    return found.end() if found else 0


def _read_dates(rule: Rule, found: re.Match[str]) -> None:
    year = int(found[1]) if found[1] else None
    first = _date(year or 2000, _MONTHS.index(found[2]) + 1, int(found[3]))
    last = first
    if found[4]:
        last = _date(first.year, _MONTHS.index(found[4]) + 1, int(found[5]))
    elif found[6]:
        last = _date(first.year, first.month, int(found[6]))
    if last < first:
        last = _date(last.year + 1, last.month, last.day)
    dates = [first + dt.timedelta(days=n) for n in range(min((last - first).days + 1, _MAX_DATES))]
    if year:
        rule.dates += dates
    else:
        rule.yearly += [f"{date:%m-%d}" for date in dates]


def _times(rule: Rule, text: str, position: int) -> int:
    """Reads a period, "off" or "24/7" at `position` into the rule; the position behind it."""
    if found := _ALWAYS.match(text, position):
        rule.periods = (("00:00", "24:00"),)
    elif found := _CLOSED.match(text, position):
        rule.periods = ()
    elif found := _PERIOD.match(text, position):
        rule.periods += (_period(found),)
    else:
        raise BadHours(f"no opening hours: {text[position : position + 40]!r}")
    return found.end()


def _period(found: re.Match[str]) -> Period:
    closes_half = found[6]
    opens_half = found[3] or (closes_half if closes_half and int(found[1]) < int(found[4]) else None)
    opens = _minute(found[1], found[2], opens_half)
    closes = _minute(found[4], found[5], closes_half)
    if opens >= 1440 or closes > opens + 1440 or closes > 2880:
        raise BadHours(f"no period: {found[0]!r}")
    if closes > 1440:
        closes -= 1440
    closes = closes or 1440
    return f"{opens // 60:02}:{opens % 60:02}", f"{closes // 60:02}:{closes % 60:02}"


def _minute(hour: str, minute: str | None, half: str | None) -> int:
    hours, rest = int(hour), int(minute or 0)
    if rest > 59 or hours > 48 or (half and not 1 <= hours <= 12):
        raise BadHours(f"no time of day: {hour}:{minute}")
    if half:
        hours = hours % 12 + (12 if half == "p" else 0)
    return hours * 60 + rest


def _date(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise BadHours(f"no such date: {year}-{month}-{day}") from error
