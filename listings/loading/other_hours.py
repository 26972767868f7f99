"""Opening hours as other tools write them, turned into OpenStreetMap text.

Google Business Profile sheet: a column a day, "09:00-17:00", several by comma, "x" closed
(https://support.google.com/business/answer/3370250); special hours "2026-12-24: 09:00-13:00"
(https://support.google.com/business/answer/6303076). Yext: "10am-12pm, 3-5", "closed", "24hr".
Uberall: "Mo=08:00-16:00;Tu=08:00-15:00&17:00-19:00;Sa;Su".
"""

import datetime as dt
import re
from collections.abc import Mapping

from listings.normalize.hours import BadHours, format_osm, parse_osm
from listings.records import DAYS, Period, SpecialDay

CLOSED = {"x", "closed", "off"}
ALL_DAY = {"24hr", "24 hours", "open 24 hours", "24h", "00:00-24:00"}
_TIME = r"(\d{1,2})(?::(\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?"
_SPAN = re.compile(rf"{_TIME}\s*(?:-|–|to)\s*{_TIME}", re.IGNORECASE)
_SPECIAL = re.compile(r"(\d{4}-\d{2}-\d{2})\s*:\s*([^,]+(?:,(?!\s*\d{4}-)[^,]+)*)")


def hours_of_days(days: Mapping[str, str]) -> str:
    """A cell a day as OpenStreetMap text; an empty cell is an unknown day. Raises BadHours."""
    weekly = {day: periods(days[day]) if days.get(day) else None for day in DAYS}
    return format_osm(weekly)


def hours_of_text(text: str) -> str:
    """Hours in one cell: OpenStreetMap syntax as it is, Uberall's form translated. Raises BadHours."""
    if "=" in text:
        return hours_of_days(_uberall(text))
    parse_osm(text)
    return text


def special_of_text(text: str) -> str:
    """Special hours in one cell, OpenStreetMap or Google's form, as OpenStreetMap text. Raises BadHours."""
    found = _SPECIAL.findall(text)
    if not found:
        parse_osm(text)
        return text
    days = []
    for date, spans in found:
        try:
            days.append(SpecialDay(dt.date.fromisoformat(date), periods(spans.strip())))
        except ValueError as error:
            raise BadHours(f"“{date}” is no date") from error
    return format_osm({}, tuple(days))


def periods(cell: str) -> tuple[Period, ...]:
    """The periods of one day's cell; () when closed. Raises BadHours naming what can't be read."""
    plain = cell.strip().casefold()
    if plain in CLOSED:
        return ()
    if plain in ALL_DAY:
        return (("00:00", "24:00"),)
    spans = [span.strip() for span in re.split(r"[,&]", plain) if span.strip()]
    found: list[Period] = []
    for span in spans:
        opens, closes = _period(span)
        # Yext writes "10am-12pm, 3-5": without a half of the day it is the one after the span before.
        if found and re.search(r"[ap]\.?m", plain) and not re.search(r"m", span) and opens < found[-1][1]:
            opens, closes = _later(opens), _later(closes)
        found.append((opens, closes))
    return tuple(found)


def _later(time: str) -> str:
    return f"{int(time[:2]) + 12:02d}{time[2:]}" if int(time[:2]) < 12 else time


def _period(span: str) -> Period:
    found = _SPAN.fullmatch(span)
    if found is None:
        raise BadHours(f"“{span}” is no opening time such as 09:00-17:00")
    opens_hour, opens_minute, opens_half, closes_hour, closes_minute, closes_half = found.groups()
    opens = _clock(span, opens_hour, opens_minute, opens_half)
    closes = _clock(span, closes_hour, closes_minute, closes_half)
    if closes == "00:00":
        closes = "24:00"
    return opens, closes


def _clock(span: str, hour: str, minute: str | None, half: str | None) -> str:
    hours, minutes = int(hour), int(minute or 0)
    if half:
        if not 1 <= hours <= 12:
            raise BadHours(f"“{span}” is no opening time such as 9 AM-5 PM")
        hours = hours % 12 + (12 if half.startswith("p") else 0)
    if hours > 24 or minutes > 59 or (hours == 24 and minutes):
        raise BadHours(f"“{span}” is no opening time such as 09:00-17:00")
    return f"{hours:02d}:{minutes:02d}"


def _uberall(text: str) -> dict[str, str]:
    days = {}
    for part in text.split(";"):
        day, _, spans = part.strip().partition("=")
        if day.casefold() not in DAYS:
            raise BadHours(f"“{part.strip()}” does not begin with a day such as Mo=")
        days[day.casefold()] = spans.strip() or "x"
    return days
