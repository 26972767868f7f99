"""What one fetch may cost, what it may rely on, and who is asked before and told after each request."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from crawlers.outcomes import Failure, Trouble
from crawlers.source import Answer, Request

_SENDABLE = re.compile(r"[!-~]([ -~]*[!-~])?")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may cost. Seconds, bytes after decompression, requests per second and host."""

    max_bytes: int = 10_000_000
    deadline: float = 30.0
    max_redirects: int = 5
    retries: int = 5
    rate: float = 1.0
    rates: Mapping[str, float] = field(default_factory=dict)
    connections: int = 256


@dataclass(frozen=True, slots=True)
class Conditions:
    """The validators of the last answer; with them an unchanged page costs a 304."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """As request headers. They are the source's own text: one that can't be a header is not sent back."""
        validators = {"if-none-match": self.etag, "if-modified-since": self.last_modified}
        return {name: text for name, text in validators.items() if text and _SENDABLE.fullmatch(text)}


Permit = Callable[[str], Failure | None]
"""Asked before every hop (robots.txt): None when the URL may be fetched, else why not."""


class Watch(Protocol):
    """Asked before every single request, repeats and redirects included, and told how it went."""

    def admit(self, url: str) -> Failure | None:
        """Return when the request may leave; the failure when it may not."""
        ...

    def note(self, url: str, result: Answer | Trouble) -> None:
        """The answer, whatever its status, or the trouble that came instead."""
        ...


class Fetcher(Protocol):
    """Fetches as Client does."""

    def fetch(
        self,
        request: Request,
        *,
        conditions: Conditions | None = None,
        follow: bool = True,
        repeatable: bool | None = None,
        permit: Permit | None = None,
    ) -> Answer | Failure:
        """See Client.fetch."""
        ...
