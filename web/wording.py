"""Times, counts and ages in the words people read."""

import datetime as dt

MINUTE, HOUR, DAY, WEEK = 60, 3_600, 86_400, 604_800


def age(then: dt.datetime, now: dt.datetime) -> str:
    """How long ago, without "ago": "8 s", "42 min", "5 h", "3 d"; from a week on the date.

    Both times are aware. A time in the future counts as "0 s". The date carries its year when it
    isn't the year of `now`, and is the date in the zone of `now`.
    """
    seconds = max(0, int((now - then).total_seconds()))
    for limit, size, unit in ((MINUTE, 1, "s"), (HOUR, MINUTE, "min"), (DAY, HOUR, "h"), (WEEK, DAY, "d")):
        if seconds < limit:
            return f"{seconds // size} {unit}"
    return date(then.astimezone(now.tzinfo), now)


def date(day: dt.date, now: dt.date) -> str:
    """ "Nov 27", with the year when it isn't the year of `now`."""
    return f"{day:%b} {day.day}" + ("" if day.year == now.year else f", {day.year}")


def exact(moment: dt.datetime) -> str:
    """The moment for a tooltip or a log: "Nov 23, 2026, 08:22 UTC"."""
    moment = moment.astimezone(dt.UTC)
    return f"{moment:%b} {moment.day}, {moment:%Y, %H:%M} UTC"


def number(value: float) -> str:
    """A count with thousands marks: 1,271."""
    return f"{value:,}"


def count(value: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 place", "6 places", "2 boxes" when `many` is given."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def size(length: int) -> str:
    """A length in bytes as "184 KB"; below 1,000 in bytes."""
    return f"{length} B" if length < 1_000 else f"{round(length / 1_000):,} KB"


def clock(time: str) -> str:
    """A local "HH:MM" as customers read it: "8 AM", "9:30 PM", "noon", "midnight"."""
    hour, minute = (int(part) for part in time.split(":"))
    if minute == 0 and hour in {0, 12, 24}:
        return "noon" if hour == 12 else "midnight"
    shown = f"{hour % 12 or 12}" + (f":{minute:02d}" if minute else "")
    return f"{shown} {'AM' if hour % 24 < 12 else 'PM'}"


def periods(day: tuple[tuple[str, str], ...] | None) -> str:
    """One day's opening times: "8 AM–9 PM", "Closed", "Open all day", "not known" for None."""
    if day is None:
        return "not known"
    if day == (("00:00", "24:00"),):
        return "Open all day"
    return ", ".join(f"{clock(opens)}–{clock(closes)}" for opens, closes in day) or "Closed"
