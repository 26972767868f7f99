"""Clients, clocks and networks of the fetching tests: a clock that only sleeps on paper, a detour."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpcore
import httpx

from crawlers.http import CheckedTransport, Client, Limits
from crawlers.pace import Clock
from crawlers.resolve import Resolver

QUICK = Limits(rate=100_000, retries=0)


@dataclass
class PaperClock:
    """Sleeping moves this clock on and takes no time."""

    moment: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += seconds

    def now(self) -> dt.datetime:
        return dt.datetime(2026, 3, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=self.moment - 1_000)


class _Bytes(httpx.SyncByteStream):
    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self._body


class Scripted(httpx.BaseTransport):
    """Answers by a plain function and notes when each request came."""

    def __init__(
        self, answer: Callable[[httpx.Request], tuple[int, dict[str, str], bytes]], clock: Clock
    ) -> None:
        self._answer = answer
        self._clock = clock
        self.asked: list[tuple[float, httpx.Request]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((self._clock.monotonic(), request))
        status, headers, body = self._answer(request)
        wire = [(name.encode(), value.encode()) for name, value in headers.items()]
        return httpx.Response(status, headers=wire, stream=_Bytes(body))


class Detour(httpcore.NetworkBackend):
    """Leads connections to public addresses to a server on loopback and the others where they ask."""

    def __init__(self, ports: dict[str, int]) -> None:
        self._ports = ports
        self._network = httpcore.SyncBackend()
        self.dialled: list[str] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        self.dialled.append(host)
        if host in self._ports:
            return self._network.connect_tcp("127.0.0.1", self._ports[host], timeout)
        if not host.startswith("127."):
            raise AssertionError(f"the test would reach beyond loopback: {host}")
        return self._network.connect_tcp(host, port, timeout)


def quick_client(*allowed: str, limits: Limits = QUICK) -> Client:
    """A client without a pace that may fetch from exactly these host:port."""
    return Client("Goodstanding-Test", allowed=allowed, limits=limits)


def detoured_client(network: Detour, resolver: Resolver, **options: Any) -> Client:
    """A client that believes it is on the internet."""
    transport = CheckedTransport(resolver=resolver, network=network, **options)
    return Client("Goodstanding-Test", limits=QUICK, transport=transport)


def resolver_of(names: dict[str, Sequence[str]]) -> Resolver:
    """A resolver that knows these names and no others."""

    def resolve(host: str, port: int) -> Sequence[str]:
        return names.get(host, ())

    return resolve
