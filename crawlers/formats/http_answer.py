"""What an answer says before its content is read: the status, and the walls that answer instead."""

import re

from crawlers.source import Answer, Outcome, Reading

_CONSENT = re.compile(
    r"consent\.(google|youtube|yahoo)\.|before you continue to|guce\.\w+\.com", re.IGNORECASE
)
_CAPTCHA = re.compile(
    r"unusual traffic from your computer|/sorry/index|cf-chl-|challenge-platform/h/"
    r"|<title>\s*(just a moment|attention required|access denied|are you a robot)|px-captcha|datadome",
    re.IGNORECASE,
)
_BY_STATUS = {
    304: Outcome.NOT_MODIFIED, 401: Outcome.BLOCKED, 403: Outcome.BLOCKED, 404: Outcome.NOT_FOUND,
    407: Outcome.BLOCKED, 408: Outcome.UNAVAILABLE, 409: Outcome.UNAVAILABLE, 410: Outcome.NOT_FOUND,
    425: Outcome.UNAVAILABLE, 429: Outcome.QUOTA, 451: Outcome.BLOCKED,
}  # fmt: skip


def outcome_of(status: int) -> Outcome:
    """The outcome an HTTP status stands for (RFC 9110); 0, unknown, and 2xx are OK."""
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if 300 <= status < 400:
        return Outcome.MOVED
    if status >= 500:
        return Outcome.UNAVAILABLE
    return Outcome.UNREADABLE if status >= 400 else Outcome.OK


def wall(page: str) -> Reading | None:
    """The reading of a page that stands before the content: consent or a robot check; else None."""
    head = page[:20_000]
    if _CONSENT.search(head):
        return Reading(Outcome.CONSENT_WALL, detail="a consent page was answered instead of the content")
    if _CAPTCHA.search(head):
        return Reading(Outcome.BLOCKED, detail="a robot check was answered instead of the content")
    return None


def refused(answer: Answer) -> Reading | None:
    """The reading of an answer whose status alone decides; None when the body has to be read."""
    outcome = outcome_of(answer.status)
    if outcome is Outcome.OK:
        return None
    moved = {"location": answer.headers["location"]} if "location" in answer.headers else {}
    return Reading(outcome, detail=f"the server answered with status {answer.status}", extra=moved)
