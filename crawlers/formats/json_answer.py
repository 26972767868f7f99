"""The bytes of a JSON API's answer brought to plain values, or to the outcome they stand for."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from crawlers.formats.http_answer import refused, wall
from crawlers.source import Answer, Outcome, Reading

_WRAPPERS = ("data", "response", "result", "results", "body", "answer", "answers", "payload", "json", "items")
_DEPTH = 3


def decode(answer: Answer) -> Any | Reading:
    """The document of a JSON answer, or the reading of bytes that are none.

    An error status with a JSON body is left to the source's own error reader.
    """
    body = answer.body.removeprefix(b"\xef\xbb\xbf").strip()
    if not body:
        return refused(answer) or unreadable("the answer is empty")
    if body[:1] == b"<":
        page = body[:20_000].decode("utf-8", "replace")
        return wall(page) or refused(answer) or unreadable("HTML was answered where JSON is due")
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return refused(answer) or unreadable(f"the answer is no whole JSON: {error}")


def answers_in(document: Any, known: frozenset[str]) -> Iterator[Any]:
    """The answers in what a collector saved: one, a list of them, or one inside a wrapper.

    A mapping with one of the `known` keys is an answer itself.
    """
    yield from _open(document, known, _DEPTH)


def _open(document: Any, known: frozenset[str], depth: int) -> Iterator[Any]:
    if isinstance(document, list) and depth and all(isinstance(item, Mapping) for item in document):
        for item in document:
            yield from _open(item, known, depth - 1)
        return
    inner = _wrapped(document, known) if depth else None
    if inner is None:
        yield document
    else:
        yield from _open(inner, known, depth - 1)


def _wrapped(document: Any, known: frozenset[str]) -> Any:
    if not isinstance(document, Mapping) or any(document.get(key) is not None for key in known):
        return None
    for key in _WRAPPERS:
        if isinstance(document.get(key), Mapping | list):
            return document[key]
    return None


def merged(readings: list[Reading], empty: str) -> Reading:
    """Several readings as one: the first that isn't OK decides, else all records in order.

    `empty` is what to say of no readings at all.
    """
    for reading in readings:
        if reading.outcome is not Outcome.OK:
            return reading
    if len(readings) == 1:
        return readings[0]
    return Reading(
        Outcome.OK,
        listings=tuple(listing for reading in readings for listing in reading.listings),
        reviews=tuple(review for reading in readings for review in reading.reviews),
        detail=None if readings else empty,
    )


def unreadable(detail: str) -> Reading:
    """The reading of an answer in another shape than the contract's."""
    return Reading(Outcome.UNREADABLE, detail=detail)
