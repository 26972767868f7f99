"""The values of a location's fields as customers read them, from the forms they are stored in."""

import datetime as dt

import phonenumbers

from listings.agreement import kept_record
from listings.models.listing import Listing
from listings.normalize.hours import BadHours, parse_hours
from listings.records import DAYS, Period, WeeklyHours
from web.screens.elements import SOURCE_MARKS
from web.wording import date, periods

FIELD_NAMES = {
    "name": "Name",
    "street": "Street",
    "city": "City",
    "region": "State",
    "postal_code": "Postal code",
    "phone": "Phone",
    "website": "Website",
    "hours": "Hours",
    "special_hours": "Special hours",
    "category": "Category",
    "status": "Open status",
    "coordinates": "Map pin",
}
"""Every field that is compared, as people call it."""

STATUS_NAMES = {
    "open": "Open",
    "closed": "Permanently closed",
    "temporarily_closed": "Temporarily closed",
    "unknown": "Not known",
}
_DAY_NAMES = dict(zip(DAYS, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))


def shown_value(field: str, value: str | None, country: str | None, today: dt.date) -> str:
    """A stored value in words: "(215) 555-0133", "Mon–Fri 8 AM–5 PM"; "" for None.

    `country` is ISO 3166-1 alpha-2; dates without a year are in the year of `today`. A value that
    can't be read is shown as it is.
    """
    if value is None:
        return ""
    match field:
        case "phone":
            return phone(value, country)
        case "website":
            return value.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
        case "status":
            return STATUS_NAMES.get(value, value)
        case "hours" | "special_hours":
            return _hours(value, today)
        case "coordinates":
            return _point(value)
        case _:
            return value


def phone(value: str, country: str | None) -> str:
    """A number as it is dialled in its own country; abroad with the country code."""
    try:
        number = phonenumbers.parse(value, country or "US")
    except phonenumbers.NumberParseException:
        return value
    home = phonenumbers.country_code_for_region(country or "US") == number.country_code
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, form.NATIONAL if home else form.INTERNATIONAL)


def listing_name(listing: Listing, now: dt.datetime) -> str:
    """What a listing is called; the name of its source where none may be kept."""
    record = kept_record(listing, now) or {}
    return str(record.get("name") or f"A listing on {SOURCE_MARKS[listing.source][1]}")


def listing_facts(listing: Listing, now: dt.datetime) -> str:
    """Street, town and phone of a listing in one line, as far as its source lets them be kept."""
    record = kept_record(listing, now)
    if record is None:
        return "The source lets none of its values be kept"
    told = (
        {**record, "phone": phone(str(record["phone"]), record.get("country"))}
        if record.get("phone")
        else record
    )
    return ", ".join(str(told[key]) for key in ("street", "city", "phone") if told.get(key))


def _point(value: str) -> str:
    """Latitude and longitude to 11 m, which tells two doors apart and can still be read."""
    try:
        latitude, longitude = (float(part) for part in value.split(","))
    except ValueError:
        return value
    return f"{latitude:.4f}, {longitude:.4f}"


def _hours(value: str, today: dt.date) -> str:
    try:
        form = parse_hours(value)
    except BadHours:
        return value
    parts = list(_week(form.weekly)) if form.weekly is not None else []
    parts += [f"{date(day.date, today)} {periods(day.periods)}" for day in form.special]
    return ", ".join(parts) or value


def _week(hours: WeeklyHours) -> list[str]:
    """Neighbouring days with equal times joined."""
    runs: list[tuple[str, str, tuple[Period, ...] | None]] = []
    for day in DAYS:
        if runs and runs[-1][2] == hours.get(day):
            runs[-1] = (runs[-1][0], day, runs[-1][2])
        else:
            runs.append((day, day, hours.get(day)))
    return [f"{_span(first, last)} {periods(times)}" for first, last, times in runs if times is not None]


def _span(first: str, last: str) -> str:
    return _DAY_NAMES[first] if first == last else f"{_DAY_NAMES[first]}–{_DAY_NAMES[last]}"
