"""Weekly hours put together from spans, whichever way a source writes them."""

from collections.abc import Iterable

from listings.records import DAYS, Period, WeeklyHours

DAY = 24 * 60
WEEK = 7 * DAY
ALL_DAY: Period = ("00:00", "24:00")

Span = tuple[int, int, int, int]
"""Opening day (0 = Monday), opening minute of that day, closing day, closing minute of that day."""


def clock(minute: int) -> str:
    """A minute of the day, 0 to 1440, as "HH:MM"; the end of the day is "24:00"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def periods_of(opens: int, closes: int) -> Period:
    """One period of one day from two minutes of the day; a close at midnight is "24:00"."""
    return clock(opens), clock(DAY if closes in {0, DAY} else closes)


def always() -> WeeklyHours:
    """Open around the clock, every day."""
    return dict.fromkeys(DAYS, (ALL_DAY,))


def week(spans: Iterable[Span]) -> WeeklyHours:
    """The week in which a place is open during these spans and closed otherwise.

    A span past midnight stays with its opening day unless it lasts a full day or more; then it is
    cut at every midnight. A span that closes on its opening day at or before the opening lasts
    until that time of the next day.
    """
    days: dict[str, set[Period]] = {day: set() for day in DAYS}
    for span in spans:
        for day, period in _cut(span):
            days[DAYS[day]].add(period)
    return {day: tuple(sorted(periods)) for day, periods in days.items()}


def _cut(span: Span) -> Iterable[tuple[int, Period]]:
    open_day, opens, close_day, closes = span
    start, end = open_day * DAY + opens, close_day * DAY + closes
    if end <= start:
        end += DAY if open_day == close_day else WEEK
    midnight = (open_day + 1) * DAY
    if end <= midnight:
        yield open_day, (clock(opens), clock(end - open_day * DAY))
    elif end - start < DAY:
        yield open_day, (clock(opens), clock(end - midnight))
    else:
        yield open_day, (clock(opens), "24:00")
        yield from _whole_days(midnight, end)


def _whole_days(midnight: int, end: int) -> Iterable[tuple[int, Period]]:
    while midnight < end:
        yield midnight // DAY % 7, ("00:00", clock(min(end - midnight, DAY)))
        midnight += DAY
