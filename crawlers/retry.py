"""When a fetch is worth another try, and how long to wait before it."""

import datetime as dt
import email.utils
import math
from collections.abc import Callable

from crawlers.outcomes import Failure, Reason

PASSING_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
"""HTTP's ways to say "not now"; with a Retry-After they keep the host quiet until then."""

Jitter = Callable[[float, float], float]
"""Draws a number between two, as random.uniform does."""

_PASSING = frozenset(
    {Reason.NAME_UNRESOLVED, Reason.CONNECTION_FAILED, Reason.CONNECTION_LOST, Reason.BROKEN_ANSWER}
)
_FIRST = 0.5
_LONGEST = 8.0


def worth_repeating(failure: Failure) -> bool:
    """Whether the same request may well succeed a little later."""
    if failure.reason is Reason.HTTP_STATUS and failure.answer is not None:
        return failure.answer.status in PASSING_STATUS
    return failure.reason in _PASSING


def backoff(attempt: int, jitter: Jitter) -> float:
    """Seconds before retry number `attempt` (from 1): full jitter, so that many don't march in step."""
    return jitter(0.0, min(_LONGEST, _FIRST * 2**attempt))


def retry_after(value: str | None, moment: dt.datetime) -> float | None:
    """Seconds a Retry-After header asks for (RFC 9110, 10.2.3: a number or a date), None without."""
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        until = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=dt.UTC)
    return float(max(0, math.ceil((until - moment).total_seconds())))
