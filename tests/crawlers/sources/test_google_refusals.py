from typing import Any

import pytest

from crawlers.source import Outcome
from tests.crawlers.reading import read


def error(code: int, status: str, message: str = "", **info: Any) -> dict[str, Any]:
    details = (
        [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "domain": "googleapis.com", **info}]
        if info
        else []
    )
    return {"error": {"code": code, "message": message, "status": status, "details": details}}


REFUSALS: tuple[tuple[Any, Outcome, str], ...] = (
    (error(400, "INVALID_ARGUMENT", "readMask is required"), Outcome.UNREADABLE, "readMask is required"),
    (error(400, "INVALID_ARGUMENT", reason="API_KEY_INVALID"), Outcome.BLOCKED, "key is not valid"),
    (error(401, "UNAUTHENTICATED"), Outcome.BLOCKED, "refresh it"),
    (error(401, "UNAUTHENTICATED", reason="ACCESS_TOKEN_EXPIRED"), Outcome.BLOCKED, "has expired"),
    (error(403, "PERMISSION_DENIED"), Outcome.BLOCKED, "no rights"),
    (
        error(
            403, "PERMISSION_DENIED", reason="SERVICE_DISABLED", metadata={"consumer": "projects/123456789"}
        ),
        Outcome.BLOCKED,
        "not enabled in project 123456789",
    ),
    (
        error(
            403,
            "PERMISSION_DENIED",
            "Some API has not been used in project 987654321 before or it is disabled.",
        ),
        Outcome.BLOCKED,
        "not enabled in project 987654321",
    ),
    (
        error(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes."),
        Outcome.BLOCKED,
        "scope business.manage is missing",
    ),
    (error(403, "PERMISSION_DENIED", reason="API_KEY_SERVICE_BLOCKED"), Outcome.BLOCKED, "restricted"),
    (error(403, "PERMISSION_DENIED", reason="API_KEY_IP_ADDRESS_BLOCKED"), Outcome.BLOCKED, "IP address"),
    (error(403, "PERMISSION_DENIED", reason="BILLING_DISABLED"), Outcome.BLOCKED, "billing"),
    (error(404, "NOT_FOUND"), Outcome.NOT_FOUND, "404 NOT_FOUND"),
    (error(409, "ABORTED"), Outcome.UNAVAILABLE, "read it again"),
    (error(429, "RESOURCE_EXHAUSTED"), Outcome.QUOTA, "try again later"),
    (
        error(429, "RESOURCE_EXHAUSTED", reason="RATE_LIMIT_EXCEEDED", metadata={"quota_limit_value": "0"}),
        Outcome.QUOTA,
        "quota is 0",
    ),
    (error(500, "INTERNAL"), Outcome.UNAVAILABLE, "try again later"),
    (error(503, "UNAVAILABLE"), Outcome.UNAVAILABLE, "not available"),
    ({"error": {"code": 418}}, Outcome.UNREADABLE, "418"),
    ({"error": "invalid_grant", "error_description": "Token has been revoked."}, Outcome.BLOCKED, "revoked"),
    ({"error": "invalid_client"}, Outcome.BLOCKED, "client id or secret"),
)


@pytest.mark.parametrize("source", ["google", "google_places"])
@pytest.mark.parametrize(("body", "outcome", "cause"), REFUSALS, ids=lambda value: str(value)[:60])
def test_an_error_body_names_its_cause(source: str, body: Any, outcome: Outcome, cause: str) -> None:
    reading = read(source, body)
    assert reading.outcome is outcome
    assert cause in (reading.detail or "")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("ZERO_RESULTS", Outcome.OK),
        ("OVER_QUERY_LIMIT", Outcome.QUOTA),
        ("REQUEST_DENIED", Outcome.BLOCKED),
        ("INVALID_REQUEST", Outcome.UNREADABLE),
        ("NOT_FOUND", Outcome.NOT_FOUND),
    ],
)
def test_the_older_api_says_its_outcome_in_the_body(status: str, outcome: Outcome) -> None:
    assert read("google_places", {"results": [], "status": status}).outcome is outcome


@pytest.mark.parametrize("source", ["google", "google_places"])
@pytest.mark.parametrize(
    ("body", "status", "outcome"),
    [
        (b"", 200, Outcome.UNREADABLE),
        (b"", 503, Outcome.UNAVAILABLE),
        (b"<!doctype html><title>Sign in</title>", 200, Outcome.UNREADABLE),
        (b"<!doctype html><title>Error 404</title>", 404, Outcome.NOT_FOUND),
        (b"<html><head><title>Before you continue to Google</title>", 200, Outcome.CONSENT_WALL),
        (b"<html>Our systems have detected unusual traffic from your computer network", 429, Outcome.BLOCKED),
        (b"{}", 429, Outcome.QUOTA),
        (b'{"locations": [', 200, Outcome.UNREADABLE),
        (b"\xff\xfe\x00", 200, Outcome.UNREADABLE),
        (b"[]", 200, Outcome.OK),
        (b"null", 200, Outcome.UNREADABLE),
    ],
)
def test_bytes_that_are_no_answer_have_a_typed_outcome(
    source: str, body: bytes, status: int, outcome: Outcome
) -> None:
    reading = read(source, body, status=status)
    assert (reading.outcome, reading.listings, reading.reviews) == (outcome, (), ())
