"""Values as a source shows them, brought to the form the records ask for."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from listings.normalize.phone import phone_form

_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?\s*(Z|z|[+-]\d\d:?\d\d)$")


def text(value: Any) -> str | None:
    """A string without the white space around it; None for anything else and for "" ."""
    if not isinstance(value, str):
        return None
    return value.strip() or None


def lines(value: Any) -> str | None:
    """A text of several lines as one line, its lines joined by ", "."""
    if not isinstance(value, str):
        return None
    parts = (" ".join(part.split()).strip(" ,") for part in value.splitlines())
    return ", ".join(part for part in parts if part) or None


def phone(value: Any, country: str | None) -> str | None:
    """E.164 when the number is valid for the country (ISO 3166-1 alpha-2), else as shown.

    Without a country only a number in international form can be valid.
    """
    shown = text(value)
    if shown is None:
        return None
    return _e164(shown, country) or shown


def phone_extension(value: Any, country: str | None) -> Mapping[str, str]:
    """{"phone_extension": digits} for a valid number with an extension, else nothing."""
    shown = text(value)
    if shown is None or _e164(shown, country) is None:
        return {}
    extension = phone_form(shown, country).extension
    return {"phone_extension": extension} if extension else {}


def _e164(shown: str, country: str | None) -> str | None:
    if country is None and not shown.startswith("+"):
        return None
    return phone_form(shown, country).e164


def moment(value: Any) -> dt.datetime | None:
    """An RFC 3339 time with 0 to 9 digits of a second as aware UTC, cut to microseconds.

    None for anything that isn't one: a time without a zone is not guessed.
    """
    match = _RFC3339.match(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    date, time, fraction, zone = match.groups()
    micro = (fraction or "0")[:6].ljust(6, "0")
    offset = "+00:00" if zone in {"Z", "z"} else zone
    try:
        return dt.datetime.fromisoformat(f"{date}T{time}.{micro}{offset}").astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def unix_moment(seconds: int | None) -> dt.datetime | None:
    """Seconds since 1970 as aware UTC; None for none and for what no calendar holds."""
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None


def between(value: Any, low: float, high: float) -> float | None:
    """A number within bounds, None for anything else; a bool is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if low <= value <= high else None
