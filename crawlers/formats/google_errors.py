"""Why Google refused: its error bodies read into an outcome and a sentence a person can act on.

Google's error model: https://cloud.google.com/apis/design/errors (google.rpc.Status with
ErrorInfo); OAuth's: RFC 6749 section 5.2.
"""

import re
from collections.abc import Mapping
from typing import Any

from crawlers.formats.http_answer import outcome_of
from crawlers.source import Outcome, Reading

_OAUTH = {
    "invalid_grant": "the consent was revoked or has expired (invalid_grant): connect the account again",
    "invalid_client": "the OAuth client id or secret is wrong (invalid_client)",
    "unauthorized_client": "this OAuth client may not use refresh tokens (unauthorized_client)",
    "invalid_scope": "the scope business.manage was not granted (invalid_scope): connect the account again",
    "access_denied": "the person declined the consent (access_denied): connect the account again",
    "invalid_token": "the permission has ended already (invalid_token)",
    "unsupported_grant_type": "Google doesn't know this way to ask for a token (unsupported_grant_type)",
}

_REASONS = {
    "API_KEY_INVALID": (Outcome.BLOCKED, "the API key is not valid"),
    "API_KEY_SERVICE_BLOCKED": (Outcome.BLOCKED, "the API key is restricted: it may not call this API"),
    "API_KEY_HTTP_REFERRER_BLOCKED": (
        Outcome.BLOCKED, "the API key is restricted to web pages: use one without a referrer restriction",
    ),
    "API_KEY_IP_ADDRESS_BLOCKED": (
        Outcome.BLOCKED, "the API key is restricted to other IP addresses: allow this server's address",
    ),
    "API_KEY_ANDROID_APP_BLOCKED": (Outcome.BLOCKED, "the API key is restricted to an Android app"),
    "API_KEY_IOS_APP_BLOCKED": (Outcome.BLOCKED, "the API key is restricted to an iOS app"),
    "BILLING_DISABLED": (Outcome.BLOCKED, "billing is not enabled for the project of this key"),
    "CONSUMER_SUSPENDED": (Outcome.BLOCKED, "Google has suspended the project of this key"),
    "ACCESS_TOKEN_EXPIRED": (Outcome.BLOCKED, "the access token has expired: refresh it"),
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": (
        Outcome.BLOCKED, "the scope business.manage is missing: connect the account again and grant it",
    ),
    "CREDENTIALS_MISSING": (Outcome.BLOCKED, "no credential was sent"),
}  # fmt: skip
_REASONS["ACCESS_TOKEN_TYPE_UNSUPPORTED"] = (Outcome.BLOCKED, "this kind of credential is not accepted")

_BY_STATUS = {
    "INVALID_ARGUMENT": (Outcome.UNREADABLE, "Google did not accept the request"),
    "FAILED_PRECONDITION": (Outcome.UNREADABLE, "Google can't do this to the location as it stands"),
    "OUT_OF_RANGE": (Outcome.UNREADABLE, "Google did not accept the request"),
    "UNAUTHENTICATED": (Outcome.BLOCKED, "the access token was not accepted: refresh it"),
    "PERMISSION_DENIED": (Outcome.BLOCKED, "the connected account has no rights to this"),
    "NOT_FOUND": (Outcome.NOT_FOUND, "Google does not know this id (any more)"),
    "ALREADY_EXISTS": (Outcome.UNAVAILABLE, "it exists already"),
    "ABORTED": (Outcome.UNAVAILABLE, "someone else changed it at the same time: read it again"),
    "RESOURCE_EXHAUSTED": (Outcome.QUOTA, "the limit of requests is reached: try again later"),
    "UNIMPLEMENTED": (Outcome.UNREADABLE, "this method does not exist"),
    "INTERNAL": (Outcome.UNAVAILABLE, "Google failed inside: try again later"),
    "UNAVAILABLE": (Outcome.UNAVAILABLE, "Google is not available: try again later"),
    "DEADLINE_EXCEEDED": (Outcome.UNAVAILABLE, "Google took too long: try again later"),
    "UNKNOWN": (Outcome.UNAVAILABLE, "Google failed for a reason it doesn't name: try again later"),
    "CANCELLED": (Outcome.UNAVAILABLE, "Google broke off: try again later"),
    "DATA_LOSS": (Outcome.UNAVAILABLE, "Google failed inside: try again later"),
}

_DISABLED = re.compile(
    r"has not been used in project|it is disabled|API is not enabled|accessNotConfigured", re.IGNORECASE
)
_SCOPE = re.compile(r"insufficient authentication scopes", re.IGNORECASE)
_NO_QUOTA = re.compile(r"quota_limit_value\W+0\b|limit(?:\s+is)?\W{1,3}0\b", re.IGNORECASE)
_PROJECT = re.compile(r"project[s=/ ]*#?(\d{6,})", re.IGNORECASE)

_LEGACY = {
    "OVER_QUERY_LIMIT": Outcome.QUOTA, "OVER_DAILY_LIMIT": Outcome.QUOTA,
    "REQUEST_DENIED": Outcome.BLOCKED, "INVALID_REQUEST": Outcome.UNREADABLE,
    "NOT_FOUND": Outcome.NOT_FOUND, "UNKNOWN_ERROR": Outcome.UNAVAILABLE,
}  # fmt: skip


def error_reading(document: Any, status: int) -> Reading | None:
    """The reading of a Google error body, its detail naming the cause; None when it is none."""
    if not isinstance(document, Mapping):
        return None
    error = document.get("error")
    if isinstance(error, str):
        told = _OAUTH.get(error, f"Google refused the token: {error[:80]}")
        return Reading(_oauth_outcome(status), detail=told, extra={"oauth_error": error})
    if isinstance(error, Mapping):
        outcome, cause = _explain(error, status)
        refused = 401 in (error.get("code"), status) and outcome is Outcome.BLOCKED
        return Reading(
            outcome,
            detail=f"{_label(error, status)}: {cause}",
            extra={"token_refused": True} if refused else {},
        )
    legacy = document.get("status")
    if isinstance(legacy, str) and legacy in _LEGACY:
        said = document.get("error_message")
        return Reading(_LEGACY[legacy], detail=f"{legacy}: {said[:200]}" if isinstance(said, str) else legacy)
    return None


def _oauth_outcome(status: int) -> Outcome:
    """A refusal, unless the status says that it may pass (RFC 7009 section 2.2.1)."""
    outcome = outcome_of(status)
    return outcome if outcome in (Outcome.UNAVAILABLE, Outcome.QUOTA) else Outcome.BLOCKED


def _label(error: Mapping[str, Any], status: int) -> str:
    return " ".join(str(part) for part in (error.get("code") or status, error.get("status")) if part)


def _explain(error: Mapping[str, Any], status: int) -> tuple[Outcome, str]:
    message = error["message"] if isinstance(error.get("message"), str) else ""
    infos = [info for info in _list(error.get("details")) if isinstance(info, Mapping)]
    reasons = [info["reason"] for info in infos if isinstance(info.get("reason"), str)]
    everything = f"{message} {infos} {error.get('errors')}"
    if "SERVICE_DISABLED" in reasons or _DISABLED.search(everything):
        return Outcome.BLOCKED, _disabled(everything)
    for reason in reasons:
        if reason in _REASONS:
            return _REASONS[reason]
    if _SCOPE.search(message):
        return _REASONS["ACCESS_TOKEN_SCOPE_INSUFFICIENT"]
    if "API key not valid" in message:
        return _REASONS["API_KEY_INVALID"]
    return _plain(error, status, message, everything)


def _plain(error: Mapping[str, Any], status: int, message: str, everything: str) -> tuple[Outcome, str]:
    outcome, cause = _BY_STATUS.get(str(error.get("status")), (None, ""))
    if outcome is None:
        code = error.get("code")
        outcome = outcome_of(code if isinstance(code, int) else status)
        outcome, cause = (Outcome.UNREADABLE if outcome is Outcome.OK else outcome), "Google refused"
    if outcome is Outcome.QUOTA and _NO_QUOTA.search(everything):
        return outcome, "the project's quota is 0: Google has not approved it for these APIs yet"
    if outcome is Outcome.UNREADABLE and message:
        return outcome, f"{cause}: {message[:200]}"
    return outcome, cause


def _disabled(everything: str) -> str:
    project = _PROJECT.search(everything)
    where = f" in project {project[1]}" if project else ""
    return f"the API is not enabled{where}: enable it in the Google Cloud console, then wait a few minutes"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
