"""May we fetch this page? robots.txt as RFC 9309 says, remembered for a day."""

import threading
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from protego import Protego

from crawlers.addresses import target_of
from crawlers.http import Client
from crawlers.outcomes import Failure, Reason, Trouble
from crawlers.pace import Clock
from crawlers.source import Answer, Outcome, Request

_DAY = 86_400.0  # RFC 9309, 2.4: not longer than 24 hours
_AGAIN = 600.0
_LONGEST_DELAY = 60.0
_MOST_SITES = 10_000
_READ_BYTES = 512_000  # RFC 9309, 2.5: at least 500 KiB


@dataclass(frozen=True, slots=True)
class _Rules:
    """One site's robots.txt: its rules, or why it couldn't be reached; good until then."""

    parsed: Protego | None
    failure: Failure | None
    until: float


class Robots:
    """Answers for all threads of a worker. `product` is our name in robots.txt: "Goodstanding"."""

    def __init__(self, client: Client, product: str, clock: Clock) -> None:
        self._client = client
        self._product = product
        self._clock = clock
        self._lock = threading.Lock()
        self._sites: dict[str, _Rules] = {}
        self._asking: dict[str, threading.Lock] = {}

    def allowed(self, url: str) -> bool:
        """Whether we may fetch the URL; asks its site for robots.txt when that isn't known."""
        return self.objection(url) is None

    def objection(self, url: str) -> Failure | None:
        """Why we may not fetch the URL, None when we may: made to be a fetch's `permit`.

        A robots.txt that answers 4xx or redirects for ever allows everything; one that can't be reached (5xx, 429, no
        connection) forbids everything, and then the failure is that of reaching it.
        """
        try:
            target = target_of(url)
        except Trouble as trouble:
            return Failure.of(trouble, url)
        site = target.url.removesuffix(target.path)
        rules = self._rules(site)
        if rules.parsed is not None and not rules.parsed.can_fetch(target.url, self._product):
            detail = f"robots.txt of {target.host} asks us to stay out of {urlsplit(target.url).path}"
            return Failure(Outcome.BLOCKED, Reason.ROBOTS, detail, url)
        return rules.failure if rules.parsed is None else None

    def _rules(self, site: str) -> _Rules:
        """What is remembered of the site, else what it says now; one thread asks, others wait."""
        with self._lock:
            asking = self._asking.setdefault(site, threading.Lock())
        with asking:
            known = self._sites.get(site)
            if known is not None and self._clock.monotonic() < known.until:
                return known
            fresh = self._asked(site)
            if fresh.parsed is None and known is not None and known.parsed is not None:
                fresh = _Rules(known.parsed, None, fresh.until)  # RFC 9309, 2.3.1.4: the old copy serves
            self._remember(site, fresh)
            return fresh

    def _remember(self, site: str, rules: _Rules) -> None:
        with self._lock:
            self._sites[site] = rules
            if len(self._sites) > _MOST_SITES:
                oldest = next(iter(self._sites))
                del self._sites[oldest]
                self._asking.pop(oldest, None)

    def _asked(self, site: str) -> _Rules:
        result = self._client.fetch(Request(f"{site}/robots.txt"))
        moment = self._clock.monotonic()
        if isinstance(result, Answer):
            return self._read(site, result.body, moment)
        if _allows_all(result):
            return self._read(site, b"", moment)
        return _Rules(None, _unreachable(result), moment + max(_AGAIN, result.retry_after or 0))

    def _read(self, site: str, body: bytes, moment: float) -> _Rules:
        parsed = Protego.parse(body[:_READ_BYTES].decode("utf-8-sig", "replace"))
        delay = parsed.crawl_delay(self._product)
        if delay:
            self._client.pace.slow(target_of(site).host, min(float(delay), _LONGEST_DELAY))
        return _Rules(parsed, None, moment + _DAY)


def _allows_all(failure: Failure) -> bool:
    """Whether RFC 9309, 2.3.1, takes the failure for "there is no robots.txt"."""
    if failure.reason is Reason.TOO_MANY_REDIRECTS:
        return True
    return failure.answer is not None and 400 <= failure.answer.status < 500 and failure.answer.status != 429


def _unreachable(failure: Failure) -> Failure:
    """The failure as that of the page: its outcome holds, its answer isn't the page's."""
    refused = failure.reason in (Reason.BLOCKED_ADDRESS, Reason.REFUSED_URL)
    reason = failure.reason if refused else Reason.ROBOTS
    return replace(failure, reason=reason, detail=f"robots.txt: {failure.detail}", answer=None)
