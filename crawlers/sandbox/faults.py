"""Misbehaviour that can be switched on per source: what bad days at a source look like."""

import dataclasses
import json
import re
from typing import Any

from crawlers.sandbox.wire import Answered, GoogleError

STATUSES = {
    "429": (429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'."),
    "500": (500, "INTERNAL", "Internal error encountered."),
    "503": (503, "UNAVAILABLE", "The service is currently unavailable."),
    "401": (401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
    "403": (403, "PERMISSION_DENIED", "The caller does not have permission"),
    "disabled": (
        403,
        "PERMISSION_DENIED",
        "This API has not been used in project 4711 before or it is disabled. Enable it, then retry.",
    ),
    "404": (404, "NOT_FOUND", "Requested entity was not found."),
}  # fmt: skip
REASONS = {"disabled": "SERVICE_DISABLED"}
"""What google.rpc.ErrorInfo adds to a status."""
KINDS = (
    *STATUSES,
    "hangup",
    "empty",
    "no_rows",
    "partial",
    "truncated",
    "html",
    "consent",
    "challenge",
    "drift",
)
"""Statuses by number; disabled: the project has not switched the API on; hangup: the connection ends
without an answer; empty: no bytes; no_rows: readable and holds nothing; partial: 3 rows in 10 are gone;
truncated: half the bytes; html: a page where JSON is due; consent: a cookie wall; challenge: a bot check
with 403; drift: the same data under other names."""

CONSENT = (
    "<!doctype html><html><head><title>Before you continue</title></head><body>"
    '<form action="https://consent.example/save" method="post"><h1>Before you continue</h1>'
    "<p>We use cookies and data.</p><button>Reject all</button><button>Accept all</button></form>"
    "</body></html>"
)
CHALLENGE = (
    "<!doctype html><html><head><title>Just a moment...</title></head><body>"
    "<p>Checking your browser before accessing this site. Enable JavaScript and cookies to continue.</p>"
    "</body></html>"
)


@dataclasses.dataclass(slots=True)
class Fault:
    """One switched-on misbehaviour: its kind, for how many more answers, on which part of the path."""

    kind: str
    left: int | None = None
    path: str = ""

    def applies(self, path: str) -> bool:
        """Whether this request is hit; counts down. The token endpoint is spared unless it is named."""
        if self.left == 0 or self.path not in path or (path == "/token" and self.path != "/token"):
            return False
        if self.left is not None:
            self.left -= 1
        return True


def spoil(kind: str, good: Answered) -> Answered:
    """The answer `good` as a source on a bad day would give it."""
    is_json = good.headers.get("content-type", "").startswith("application/json")
    if kind in STATUSES:
        return _status(kind, is_json=is_json)
    match kind:
        case "hangup":
            return Answered(0)
        case "empty":
            return dataclasses.replace(good, body=b"")
        case "truncated":
            return dataclasses.replace(good, body=good.body[: len(good.body) // 2])
        case "consent":
            return _page(200, CONSENT)
        case "challenge":
            return _page(403, CHALLENGE)
        case "html":
            return _page(200, "<!doctype html><html><title>Error 200</title><p>That's an error.</p></html>")
        case _:
            pass
    return _bent_json(kind, good) if is_json else _bent_page(kind, good)


def _status(kind: str, *, is_json: bool) -> Answered:
    code, status, message = STATUSES[kind]
    answer = (
        GoogleError(code, status, message, REASONS.get(kind)).answer()
        if is_json
        else _page(code, f"<!doctype html><html><title>{code}</title><h1>{code}</h1></html>")
    )
    if code in {429, 503}:
        return dataclasses.replace(answer, headers={**answer.headers, "retry-after": "30"})
    return answer


def _page(status: int, html: str) -> Answered:
    return Answered(status, html.encode(), {"content-type": "text/html; charset=utf-8"})


def _bent_json(kind: str, good: Answered) -> Answered:
    body: Any = json.loads(good.body)
    if kind == "no_rows":
        body = {}
    elif kind == "partial":
        body = {
            key: value[: len(value) * 7 // 10] if isinstance(value, list) else value
            for key, value in body.items()
        }
    else:
        body = _renamed(body)
    return dataclasses.replace(good, body=json.dumps(body, ensure_ascii=False).encode())


def _renamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {f"{key}V2": _renamed(item) for key, item in value.items()}
    return [_renamed(item) for item in value] if isinstance(value, list) else value


def _bent_page(kind: str, good: Answered) -> Answered:
    html = good.body.decode()
    if kind == "no_rows":
        html = re.sub(r"<main.*</main>", "<main></main>", html, flags=re.DOTALL)
    if kind in {"no_rows", "drift"}:
        # A site that moved its data into scripts: the frame is there, the facts are not.
        html = re.sub(r'<script type="application/ld\+json">.*?</script>', "", html, flags=re.DOTALL)
    if kind == "drift":
        html = re.sub(r"<main.*</main>", '<div id="app"></div>', html, flags=re.DOTALL)
    return dataclasses.replace(good, body=html.encode())
