"""What Yelp's headers tell of the day's calls.

https://docs.developer.yelp.com/docs/places-rate-limiting
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from crawlers.formats import shown


def facts(headers: Mapping[str, str]) -> dict[str, Any]:
    """{"limit", "remaining", "resets_at"} as far as told: two numbers and a moment in UTC; {} without any.

    Where one call has a limit of its own, the narrower of both counts.
    """
    found: dict[str, Any] = {}
    day = _pair(headers, "ratelimit-dailylimit", "ratelimit-remaining")
    own = _pair(headers, "ratelimit-resourcedailylimit", "ratelimit-resourceremaining")
    pairs = [pair for pair in (day, own) if pair[1] is not None]
    limit, remaining = min(pairs, key=lambda pair: pair[1] or 0) if pairs else day
    if limit is not None:
        found["limit"] = limit
    if remaining is not None:
        found["remaining"] = remaining
    resets = shown.moment(headers.get("ratelimit-resettime"))
    if found and resets is not None:
        found["resets_at"] = resets.astimezone(dt.UTC)
    return found


def _pair(headers: Mapping[str, str], limit: str, remaining: str) -> tuple[int | None, int | None]:
    return _number(headers.get(limit)), _number(headers.get(remaining))


def _number(text: str | None) -> int | None:
    """Yelp writes whole numbers, at times as "300.0"."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return int(value) if 0 <= value < 1e12 else None
