"""Whether a location is open now, in its own time, and its days as customers read them."""

import datetime as dt
from zoneinfo import ZoneInfo

from listings.models.location import Location
from listings.normalize.hours import BadHours, HoursForm, parse_hours
from listings.records import DAYS, Period
from web.wording import clock

OPENS_NOT = ("closed", "temporarily_closed")


def form_of(location: Location) -> HoursForm | None:
    """The weekly and special hours of a location; None where the record has none that can be read."""
    try:
        week = parse_hours(location.hours) if location.hours else None
        special = parse_hours(location.special_hours) if location.special_hours else None
    except BadHours:
        return None
    if week is None and special is None:
        return None
    days = (week.special if week else ()) + (special.special if special else ())
    return HoursForm(week.weekly if week else None, days)


def local_time(location: Location, now: dt.datetime) -> dt.datetime:
    """The moment on the clocks of the location; UTC where its zone isn't known."""
    return now.astimezone(ZoneInfo(location.time_zone) if location.time_zone else dt.UTC)


def open_now(location: Location, now: dt.datetime) -> tuple[str, bool]:
    """What a customer at the door wants to know ("open until 9 PM"), and whether it is open."""
    if location.status in OPENS_NOT:
        return str(location.status).replace("_", " "), False
    form = form_of(location)
    if form is None or location.time_zone is None:
        return "", False
    here = local_time(location, now)
    time, today = f"{here:%H:%M}", here.date()
    for opens, closes in day_periods(form, today - dt.timedelta(days=1)) or ():
        if closes <= opens and time < closes:
            return f"open until {clock(closes)}", True
    for opens, closes in day_periods(form, today) or ():
        if opens <= time and (time < closes or closes <= opens):
            return (
                "open all day" if closes == "24:00" and opens == "00:00" else f"open until {clock(closes)}"
            ), True
        if time < opens:
            return f"closed until {clock(opens)}", False
    return "closed now", False


def day_periods(form: HoursForm, day: dt.date) -> tuple[Period, ...] | None:
    """The opening times of a date: a special day's own, else its weekday's; None when not known."""
    for special in form.special:
        if special.date == day:
            return special.periods
    return form.weekly.get(DAYS[day.weekday()]) if form.weekly is not None else None
