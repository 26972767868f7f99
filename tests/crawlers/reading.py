"""How tests read an invented answer: by its file below payloads/, by its text, or by its document."""

import json
from pathlib import Path
from typing import Any

from crawlers.source import Answer, Reading, Request
from crawlers.sources import ADAPTERS
from listings.records import ListingRecord

PAYLOADS = Path(__file__).parent / "payloads"


def payload(source: str, file: str) -> bytes:
    """The bytes of one invented answer."""
    return (PAYLOADS / source / file).read_bytes()


def document(source: str, file: str) -> Any:
    """One invented answer, decoded, to be changed by a test."""
    return json.loads(payload(source, file))


def read(
    source: str, body: Any, url: str = "", status: int = 0, *, asked: Request | None = None, **headers: str
) -> Reading:
    """The reading of bytes, a text, or a document that becomes JSON."""
    if not isinstance(body, bytes):
        body = (body if isinstance(body, str) else json.dumps(body)).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return ADAPTERS[source]().read(Answer(url=url, status=status, headers=named, body=body, asked=asked))


def read_file(source: str, file: str, url: str = "") -> Reading:
    """The reading of one invented answer."""
    return read(source, payload(source, file), url)


def one(reading: Reading) -> ListingRecord:
    """The only listing of a reading."""
    (record,) = reading.listings
    return record
