"""Why Yelp refused: its error bodies read into an outcome and a sentence a person can act on.

https://docs.developer.yelp.com/docs/places-api-errors
"""

from collections.abc import Mapping
from typing import Any

from crawlers.formats.http_answer import outcome_of
from crawlers.source import Answer, Outcome, Reading

_KEY = "check the API key"
_CODES = {
    "TOKEN_INVALID": (Outcome.BLOCKED, f"the API key was not accepted: {_KEY}"),
    "TOKEN_MISSING": (Outcome.BLOCKED, f"no API key was sent: {_KEY}"),
    "TOKEN_EXPIRED": (Outcome.BLOCKED, f"the API key has expired: {_KEY}"),
    "INVALID_AUTHORIZATION_METHOD": (Outcome.BLOCKED, f"the key was sent in a way Yelp doesn't know: {_KEY}"),
    "UNAUTHORIZED_ACCESS_TOKEN": (Outcome.BLOCKED, "the plan of this API key doesn't cover this endpoint"),
    "NOT_AUTHORIZED": (Outcome.BLOCKED, "the plan of this API key doesn't cover this"),
    "ACCESS_DENIED": (Outcome.BLOCKED, "the plan of this API key doesn't cover this"),
    "BUSINESS_NOT_FOUND": (Outcome.NOT_FOUND, "Yelp does not know this business (any more)"),
    "NOT_FOUND": (Outcome.NOT_FOUND, "Yelp does not know this"),
    "BUSINESS_MIGRATED": (Outcome.MOVED, "Yelp has merged this business into another and doesn't say which"),
    "LOCATION_MISSING": (Outcome.UNREADABLE, "the request names no place that Yelp knows"),
    "LOCATION_NOT_FOUND": (Outcome.UNREADABLE, "the request names no place that Yelp knows"),
    "BUSINESS_UNAVAILABLE": (
        Outcome.UNREADABLE, "the business exists, but Yelp shows it to no API while it has no recommended review",
    ),
    "TOO_MANY_REQUESTS_PER_SECOND": (Outcome.QUOTA, "too many requests a second: wait some seconds"),
    "ACCESS_LIMIT_REACHED": (Outcome.QUOTA, "the day's calls are used up: wait until they are counted anew"),
    "INTERNAL_ERROR": (Outcome.UNAVAILABLE, "Yelp failed inside: try again later"),
    "INTERNAL_SERVER_ERROR": (Outcome.UNAVAILABLE, "Yelp failed inside: try again later"),
    "SERVICE_UNAVAILABLE": (Outcome.UNAVAILABLE, "Yelp is not available: try again later"),
    "REQUEST_TIMED_OUT": (Outcome.UNAVAILABLE, "Yelp took too long: try again later"),
}  # fmt: skip
_LIMITS = {"TOO_MANY_REQUESTS_PER_SECOND": "second", "ACCESS_LIMIT_REACHED": "day"}


def error_reading(document: Any, answer: Answer) -> Reading | None:
    """The reading of a Yelp error body; None when it is none.

    With QUOTA `extra["limit"]` tells which of the two limits was met, "second" or "day", and
    `extra["resets_at"]` when the day's limit ends, as the header says it. A business that was merged
    into another one is MOVED with `extra["new_id"]`.
    """
    error = document.get("error") if isinstance(document, Mapping) else None
    if isinstance(error, str):
        error = {"code": error, "description": document.get("description")}
    if not isinstance(error, Mapping):
        return None
    code = error["code"] if isinstance(error.get("code"), str) else "no code"
    new_id = error.get("new_business_id")
    if isinstance(new_id, str) and new_id:
        return Reading(
            Outcome.MOVED, detail=f"{code}: the business is now {new_id}", extra={"new_id": new_id}
        )
    outcome, cause = _CODES.get(code) or _unknown(error, answer.status)
    return Reading(outcome, detail=f"{code}: {cause}", extra=_limit(code, answer))


def _unknown(error: Mapping[str, Any], status: int) -> tuple[Outcome, str]:
    outcome = outcome_of(status)
    words = error.get("description")
    cause = f"Yelp did not accept the request: {words[:200]}" if isinstance(words, str) else "Yelp refused"
    return (Outcome.UNREADABLE if outcome is Outcome.OK else outcome), cause


def _limit(code: str, answer: Answer) -> dict[str, str]:
    if code not in _LIMITS:
        return {}
    resets = answer.headers.get("ratelimit-resettime")
    return {"limit": _LIMITS[code], **({"resets_at": resets} if resets and _LIMITS[code] == "day" else {})}
