"""One HTTP exchange as the twins see it, and the shapes Google's two APIs share."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: `host` is the real host, `path` without query, header names in lower case.

    `query` keeps the last value of a repeated parameter.
    """

    method: str
    host: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer: status, body, and the headers beside Content-Length and Date."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class GoogleError(Exception):
    """A refusal in the shape that Google's APIs share (google.rpc.Status as JSON)."""

    def __init__(self, code: int, status: str, message: str, reason: str | None = None) -> None:
        super().__init__(message)
        self.code, self.status, self.message, self.reason = code, status, message, reason

    def answer(self) -> Answered:
        """The refusal as bytes."""
        error: dict[str, Any] = {"code": self.code, "message": self.message, "status": self.status}
        if self.reason:
            error["details"] = [
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": self.reason,
                    "domain": "googleapis.com",
                    "metadata": {},
                }
            ]
        return json_answer({"error": error}, self.code)


def json_answer(body: Any, status: int = 200) -> Answered:
    """A JSON answer, written with two blanks of indent as Google's front ends do."""
    text = json.dumps(body, ensure_ascii=False, indent=2) + "\n"
    return Answered(status, text.encode(), {"content-type": "application/json; charset=UTF-8"})


def json_body(asked: Asked) -> dict[str, Any]:
    """The request's JSON object; GoogleError 400 when it isn't one."""
    try:
        body = json.loads(asked.body or b"{}")
    except ValueError as broken:
        raise bad_request("Invalid JSON payload received.") from broken
    if not isinstance(body, dict):
        raise bad_request("Invalid JSON payload received.")
    return body


def bad_request(message: str = "Request contains an invalid argument.") -> GoogleError:
    """400 INVALID_ARGUMENT."""
    return GoogleError(400, "INVALID_ARGUMENT", message)


def not_found() -> GoogleError:
    """404 NOT_FOUND."""
    return GoogleError(404, "NOT_FOUND", "Requested entity was not found.")


def project(body: Mapping[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """The part of `body` that a field mask names; paths are dotted, lists are gone through."""
    shown: dict[str, Any] = {}
    for path in paths:
        head, _, rest = path.partition(".")
        if head not in body:
            continue
        value = body[head]
        if rest and isinstance(value, list):
            value = [project(item, [rest]) for item in value]
        elif rest:
            value = {**shown.get(head, {}), **project(value, [rest])}
        shown[head] = value
    return shown


def page_size(query: Mapping[str, Any], default: int, most: int) -> int:
    """The pageSize asked for: absent or 0 is the default, more than `most` is `most`."""
    try:
        size = int(query.get("pageSize") or default)
    except (TypeError, ValueError) as broken:
        raise bad_request("Invalid value at 'page_size' (TYPE_INT32).") from broken
    if size < 0:
        raise bad_request("Page size must not be negative.")
    return min(size, most)
