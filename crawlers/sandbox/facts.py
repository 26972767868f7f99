"""What a listing says of a place, and the plain forms in which people and files write it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from listings.records import DAYS, OpenStatus, Period, SpecialDay

Week = tuple[tuple[Period, ...], ...]
"""Seven days from Monday, each with its periods in the words of listings.records.Period."""

ALL_DAY: Period = ("00:00", "24:00")


@dataclass(frozen=True, slots=True)
class Facts:
    """Every public fact of one place: `lines` are the street lines, `phone` is E.164."""

    name: str
    lines: tuple[str, ...]
    city: str
    region: str
    postal_code: str
    phone: str
    website: str
    category: str
    latitude: float
    longitude: float
    hours: Week
    special_hours: tuple[SpecialDay, ...]
    status: OpenStatus

    @property
    def street(self) -> str:
        """The street lines joined by ", ", suite included."""
        return ", ".join(self.lines)


FIELDS = (
    "name", "street", "city", "region", "postal_code", "phone", "website", "category",
    "coordinates", "hours", "special_hours", "status",
)  # fmt: skip
"""The fields of a location that the ledger speaks of, in the words of `goodstanding compare`."""


def field_text(facts: Facts, field: str) -> str:
    """One of FIELDS as text: hours in OpenStreetMap syntax, coordinates as "lat,lon"."""
    match field:
        case "hours":
            return osm_hours(facts.hours)
        case "special_hours":
            return osm_special(facts.special_hours)
        case "coordinates":
            return f"{facts.latitude},{facts.longitude}"
        case _:
            return str(getattr(facts, field))


def national(phone: str) -> str:
    """An E.164 number of the US as "(614) 555-0142"; any other number as it is."""
    if len(phone) == 12 and phone.startswith("+1"):
        return f"({phone[2:5]}) {phone[5:8]}-{phone[8:]}"
    return phone


def e164(text: str) -> str | None:
    """The E.164 form of a US number however it is written; None when it isn't one."""
    digits = "".join(char for char in text if char.isdigit())
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    return f"+1{digits}" if len(digits) == 10 and digits[0] not in "01" else None


def osm_hours(week: Week) -> str:
    """A week in OpenStreetMap opening_hours syntax: "Mo-Fr 07:00-18:00; Sa,Su off"."""
    if all(day == (ALL_DAY,) for day in week):
        return "24/7"
    parts = []
    for first, last in _runs(week):
        days = DAYS[first].title() if first == last else f"{DAYS[first].title()}-{DAYS[last].title()}"
        parts.append(f"{days} {_periods(week[first])}")
    return "; ".join(parts)


def osm_special(days: Sequence[SpecialDay]) -> str:
    """Special days in OpenStreetMap syntax: "2026 Nov 26 off; 2026 Dec 24 07:00-14:00"."""
    return "; ".join(f"{day.date:%Y %b %d} {_periods(day.periods)}" for day in days)


def _periods(periods: tuple[Period, ...]) -> str:
    return ",".join(f"{opens}-{closes}" for opens, closes in periods) or "off"


def _runs(week: Week) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for day, periods in enumerate(week):
        if runs and week[runs[-1][0]] == periods:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def holidays(after: dt.date, count: int) -> list[tuple[dt.date, bool]]:
    """The next `count` days on which US shops keep other hours, and whether they close all day."""
    found: list[tuple[dt.date, bool]] = []
    for year in (after.year, after.year + 1):
        found += [
            (dt.date(year, 1, 1), True),
            (_weekday_of(year, 5, 0, last=True), False),
            (dt.date(year, 7, 4), False),
            (_weekday_of(year, 9, 0), False),
            (_weekday_of(year, 11, 3) + dt.timedelta(weeks=3), True),
            (dt.date(year, 12, 24), False),
            (dt.date(year, 12, 25), True),
        ]
    return [day for day in found if day[0] > after][:count]


def _weekday_of(year: int, month: int, weekday: int, *, last: bool = False) -> dt.date:
    """The first, or last, such weekday (Monday is 0) of a month."""
    if last:
        end = dt.date(year, month + 1, 1) - dt.timedelta(days=1)
        return end - dt.timedelta(days=(end.weekday() - weekday) % 7)
    start = dt.date(year, month, 1)
    return start + dt.timedelta(days=(weekday - start.weekday()) % 7)
