"""Opening hours: OpenStreetMap's syntax in and out, and the minutes of a week they mean."""

from listings.records import DAYS, Period, SpecialDay, WeeklyHours

MINUTES_A_DAY = 1440
MINUTES_A_WEEK = 7 * MINUTES_A_DAY


class BadHours(ValueError):
    """The text is no opening hours that this module understands."""


def parse_osm(text: str) -> tuple[WeeklyHours, tuple[SpecialDay, ...]]:
    """Weekly hours and dated exceptions of an OSM `opening_hours` value; raises BadHours."""
    raise BadHours(text)


def format_osm(hours: WeeklyHours, special: tuple[SpecialDay, ...] = ()) -> str:
    """The hours as an OSM `opening_hours` value, equal weekdays joined."""
    raise BadHours(str(hours) + str(special))


def minute_set(hours: WeeklyHours) -> frozenset[int]:
    """The open minutes of the week, 0 is Monday 00:00; unknown days add none."""
    return frozenset(
        (number * MINUTES_A_DAY + minute) % MINUTES_A_WEEK
        for number, day in enumerate(DAYS)
        for period in hours.get(day) or ()
        for minute in _minutes(period)
    )


def _minutes(period: Period) -> range:
    opens, closes = (int(time[:2]) * 60 + int(time[3:]) for time in period)
    return range(opens, closes if closes > opens else closes + MINUTES_A_DAY)
