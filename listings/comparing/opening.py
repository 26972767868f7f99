"""Weekly hours and special days of record and listing."""

import datetime as dt
from collections.abc import Iterable, Mapping
from itertools import islice

from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined]

from listings.comparing.verdicts import Comparison, Verdict, compatible, different, equivalent, same
from listings.normalize.hours import BadHours, HoursForm, day_minutes, minute_set, parse_hours
from listings.records import DAYS, Period, SpecialDay, WeeklyHours

_YEARS_FROM = dt.datetime(2024, 1, 1)  # noqa: DTZ001 - opening hours are local time without a zone
_YEARS_TO = dt.datetime(2026, 1, 1)  # noqa: DTZ001
_MOST_CHANGES = 5000


def compare_hours(left: str, right: str, country: str | None = None) -> Comparison:  # noqa: ARG001
    """The record's hours against the listing's, both in OpenStreetMap's syntax."""
    if left.strip() == right.strip():
        return same("hours")
    try:
        ours, theirs = parse_hours(left), parse_hours(right)
    except BadHours:
        return _compare_seasons(left, right)
    return _compare_forms(ours, theirs)


def _compare_forms(ours: HoursForm, theirs: HoursForm) -> Comparison:
    week = compare_weeks(ours.weekly, theirs.weekly) if ours.weekly and theirs.weekly else None
    if week and week.verdict is Verdict.DIFFERENT:
        return week
    days = _compare_days(_days(ours), _days(theirs), "hours")
    if days and days.verdict is not Verdict.EQUIVALENT:
        return days
    return week or days or compatible("hours.week_missing")


def compare_weeks(ours: WeeklyHours, theirs: WeeklyHours) -> Comparison:
    """Two weeks by their open minutes; a day that one side doesn't know is left out."""
    unknown = {day for day in DAYS if (ours.get(day) is None) != (theirs.get(day) is None)}
    try:
        apart = minute_set(ours) ^ minute_set(theirs)
    except BadHours:
        return different("hours.not_readable")
    minutes = {day: day_minutes(apart, day).bit_count() for day in DAYS if day not in unknown}
    days = tuple(day for day, count in minutes.items() if count)
    if days:
        reason = "hours.other_days" if _closed_differs(ours, theirs, days) else "hours.other_times"
        return Comparison(Verdict.DIFFERENT, reason, days=days, minutes=sum(minutes.values()))
    return compatible("hours.day_missing") if unknown else equivalent("hours.format")


def _closed_differs(ours: WeeklyHours, theirs: WeeklyHours, days: tuple[str, ...]) -> bool:
    return any(bool(ours.get(day)) != bool(theirs.get(day)) for day in days)


def _compare_seasons(left: str, right: str) -> Comparison:
    """What only the full OSM language can say (seasons, sunrise) by two years of openings."""
    try:
        ours, theirs = _openings(left), _openings(right)
    except ParserError:
        plain = "".join(left.split()).lower() == "".join(right.split()).lower()
        return equivalent("hours.format") if plain else different("hours.not_readable")
    return equivalent("hours.format") if ours == theirs else different("hours.other_times")


def _openings(text: str) -> list[tuple[object, ...]]:
    found = OpeningHours(text[:2000]).intervals(start=_YEARS_FROM, end=_YEARS_TO)
    return [(start, end, str(state)) for start, end, state, _ in islice(found, _MOST_CHANGES)]


def compare_special_hours(left: str, right: str, country: str | None = None) -> Comparison:  # noqa: ARG001
    """The record's special days against the listing's, both in OpenStreetMap's syntax."""
    if left.strip() == right.strip():
        return same("special_hours")
    try:
        ours, theirs = parse_hours(left), parse_hours(right)
    except BadHours:
        return different("special_hours.not_readable")
    return _compare_days(_days(ours), _days(theirs), "special_hours") or equivalent("special_hours.format")


def compare_special_days(ours: Iterable[SpecialDay], theirs: Iterable[SpecialDay]) -> Comparison:
    """The record's special days against the listing's."""
    first: Days = {day.date: day.periods for day in ours}
    second: Days = {day.date: day.periods for day in theirs}
    if first == second:
        return same("special_hours")
    return _compare_days(first, second, "special_hours") or equivalent("special_hours.format")


Days = Mapping[dt.date | str, tuple[Period, ...]]


def _days(form: HoursForm) -> Days:
    dated: dict[dt.date | str, tuple[Period, ...]] = {day.date: day.periods for day in form.special}
    dated.update(form.yearly)
    return dated


def _compare_days(ours: Days, theirs: Days, field: str) -> Comparison | None:
    """None when neither side has any; a day of one year is held against the rule for each year."""
    if not ours and not theirs:
        return None
    apart = [day for day, periods in ours.items() if _contradicts(periods, _on(theirs, day))]
    apart += [
        day for day, periods in theirs.items() if day not in ours and _contradicts(periods, _on(ours, day))
    ]
    if apart:
        dates = tuple(sorted(day for day in apart if isinstance(day, dt.date)))
        return Comparison(Verdict.DIFFERENT, f"{field}.other_special_day", dates=dates)
    lacking = [day for day in ours if not _mentions(theirs, day)]
    lacking += [day for day in theirs if not _mentions(ours, day)]
    if lacking:
        dates = tuple(sorted(day for day in lacking if isinstance(day, dt.date)))
        return Comparison(Verdict.COMPATIBLE, f"{field}.special_day_missing", dates=dates)
    return equivalent(f"{field}.format")


def _on(days: Days, day: dt.date | str) -> tuple[Period, ...] | None:
    found = days.get(day)
    return days.get(f"{day:%m-%d}") if found is None and isinstance(day, dt.date) else found


def _mentions(days: Days, day: dt.date | str) -> bool:
    """Whether a day is spoken of, by its date or by the rule for each year."""
    if isinstance(day, dt.date):
        return _on(days, day) is not None
    return day in days or any(isinstance(d, dt.date) and f"{d:%m-%d}" == day for d in days)


def _contradicts(first: tuple[Period, ...], second: tuple[Period, ...] | None) -> bool:
    if second is None:
        return False
    return minute_set({"mo": first}) != minute_set({"mo": second})
