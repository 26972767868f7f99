"""The one way out to the world: every fetch has a deadline, a size, a pace and a checked address.

A name is resolved, all its addresses are checked, and the connection goes to the very address that
was checked, so a name that answers differently the second time (DNS rebinding) is never asked a
second time. TLS and the Host header keep the name. Redirects are followed here, each through the
same door; cookies, proxies and everything else of the environment are left out.
"""

import random
import ssl
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import httpcore
import httpx

from crawlers.addresses import Target, check_host, redirect_target, target_of
from crawlers.body import ACCEPT_ENCODING, looks_cut, read_body
from crawlers.limits import Conditions, Limits, Permit, Watch
from crawlers.outcomes import Failure, Reason, Trouble, outcome_of
from crawlers.pace import Clock, Deadline, Pace, SystemClock
from crawlers.resolve import Resolver, checked_addresses, system_resolver
from crawlers.retry import PASSING_STATUS, Jitter, backoff, retry_after, worth_repeating
from crawlers.source import Answer, Outcome, Request

__all__ = ["CheckedTransport", "Client", "Conditions", "Limits"]

_POOLS, _KEPT = 64, 16
_CONNECT_SECONDS, _CONNECT_ADDRESSES = 10.0, 4
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CREDENTIALS = ("authorization", "x-goog-api-key", "x-api-key")
_ANYWHERE = frozenset(
    {"accept", "accept-encoding", "accept-language", "user-agent", "if-none-match", "if-modified-since"}
)
"""What may follow a redirect to another origin; everything else may be a secret."""
_FRAMING = {"content-length", "transfer-encoding"}
_DROPPED = _FRAMING | {"connection", "content-encoding", "keep-alive", "set-cookie"}
"""Not part of an answer: they describe the transfer, or would keep us recognisable."""


def _left(timeout: object) -> float:
    """Seconds a single socket operation may still take."""
    if not isinstance(timeout, Deadline):
        raise TypeError("every request carries its Deadline in the place of httpcore's timeouts")
    return timeout.left()


class _Stream(httpcore.NetworkStream):
    """A connection whose every read and write ends at the deadline of the request using it."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), 65_536):
            self._inner.write(buffer[start : start + 65_536], _left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _CheckedNetwork(httpcore.NetworkBackend):
    """Opens connections to checked addresses only; `allowed` names exact host:port exceptions."""

    def __init__(self, resolver: Resolver, allowed: frozenset[str], network: httpcore.NetworkBackend) -> None:
        self._resolver = resolver
        self._allowed = allowed
        self._network = network

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = checked_addresses(
            host, port, allowed=self._allowed, resolver=self._resolver, seconds=_left(timeout)
        )
        failed: Exception | None = None
        for address in addresses[:_CONNECT_ADDRESSES]:
            seconds = min(_CONNECT_SECONDS, _left(timeout))
            try:
                return _Stream(
                    self._network.connect_tcp(address, port, seconds, local_address, socket_options)
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise Trouble(Reason.CONNECTION_FAILED, f"no connection to {host}:{port}: {failed}")


class _Raw(httpx.SyncByteStream):
    """The bytes of an answer as they come, httpcore's errors told in our words."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._answer.iter_stream()
        except _NETWORK_ERRORS as error:
            raise _trouble(error) from None

    def close(self) -> None:
        self._answer.close()


_NETWORK_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.RemoteProtocolError,
)


def _trouble(error: Exception) -> Trouble:
    """What httpcore met, in our words."""
    if isinstance(error, httpcore.TimeoutException):
        return Trouble(Reason.DEADLINE, "the answer wasn't complete in time")
    if isinstance(error, httpcore.RemoteProtocolError):
        return Trouble(Reason.BROKEN_ANSWER, f"the answer is cut short or not HTTP: {error}")
    cause = error.args[0] if error.args else None
    if isinstance(error, httpcore.ConnectError):
        reason = Reason.TLS_FAILED if isinstance(cause, ssl.SSLError) else Reason.CONNECTION_FAILED
        return Trouble(reason, f"no connection: {error}")
    return Trouble(Reason.CONNECTION_LOST, f"the connection broke: {error}")


class CheckedTransport(httpx.BaseTransport):
    """Keep-alive connections of HTTP/1.1 to checked addresses. Thread-safe."""

    def __init__(
        self,
        *,
        allowed: frozenset[str] = frozenset(),
        resolver: Resolver = system_resolver,
        connections: int = 256,
        network: httpcore.NetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        context = tls or httpx.create_ssl_context(trust_env=False)
        backend = _CheckedNetwork(resolver, allowed, network or httpcore.SyncBackend())
        # A pool looks at each of its connections for each of them: many hosts need many small ones.
        self._pools = [
            httpcore.ConnectionPool(context, None, connections, _KEPT, 15.0, network_backend=backend)
            for _ in range(_POOLS)
        ]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request, whose `timeout` extension carries a Deadline; raises Trouble."""
        url = request.url
        try:
            answer = self._pools[hash(url.host) % _POOLS].handle_request(
                httpcore.Request(
                    request.method,
                    httpcore.URL(
                        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        except _NETWORK_ERRORS as error:
            raise _trouble(error) from None
        return httpx.Response(answer.status, headers=answer.headers, stream=_Raw(answer))

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools:
            pool.close()


@dataclass(frozen=True, slots=True)
class _Errand:
    """What stays the same over the attempts and redirects of one fetch."""

    request: Request
    headers: Mapping[str, str]
    follow: bool
    permit: Permit | None
    watch: Watch | None


class Client:
    """Fetches for all adapters and all threads of a worker; use it as a context manager.

    `allowed` are exact "host:port" exceptions to the address check (the demo's sandbox). Retries and
    redirects end at the fetch's one deadline; waiting for the host's turn doesn't count towards it.
    """

    def __init__(
        self,
        user_agent: str,
        *,
        allowed: Iterable[str] = (),
        limits: Limits | None = None,
        resolver: Resolver = system_resolver,
        clock: Clock | None = None,
        transport: httpx.BaseTransport | None = None,
        jitter: Jitter = random.uniform,
    ) -> None:
        self._limits = limits or Limits()
        self._user_agent = user_agent
        self._allowed = frozenset(allowed)
        self._clock = clock or SystemClock()
        self._jitter = jitter
        self._transport = transport or CheckedTransport(
            allowed=self._allowed, resolver=resolver, connections=self._limits.connections
        )
        self.pace = Pace(self._clock, self._limits.rate, self._limits.rates)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.close()

    def fetch(
        self,
        request: Request,
        *,
        conditions: Conditions | None = None,
        follow: bool = True,
        repeatable: bool | None = None,
        permit: Permit | None = None,
        watch: Watch | None = None,
    ) -> Answer | Failure:
        """The answer when it came whole with a 2xx and isn't a wall; whatever else, a Failure.

        A 304 is a Failure with outcome NOT_MODIFIED. `follow` concerns GET only: a redirected
        write is never sent elsewhere. `repeatable` says whether the request may be sent again after
        trouble; by default only a GET is. `watch` is asked before and told after each single request.
        Network trouble never raises.
        """
        deadline = Deadline(self._clock, self._limits.deadline)
        follow = follow and request.method == "GET"
        errand = _Errand(request, self._headers(request, conditions), follow, permit, watch)
        repeat = request.method == "GET" if repeatable is None else repeatable
        attempt = 0
        while True:
            result = self._attempt(errand, deadline)
            if isinstance(result, Answer) or not repeat or attempt == self._limits.retries:
                return result
            attempt += 1
            if not self._pause(result, attempt, deadline):
                return result

    def _headers(self, request: Request, conditions: Conditions | None) -> dict[str, str]:
        headers = {"accept": "*/*", "accept-encoding": ACCEPT_ENCODING, "user-agent": self._user_agent}
        headers |= conditions.headers() if conditions else {}
        return headers | {name.lower(): value for name, value in request.headers.items()}

    def _pause(self, failure: Failure, attempt: int, deadline: Deadline) -> bool:
        """Back off with full jitter before the next attempt; False when there should be none."""
        if not worth_repeating(failure):
            return False
        if failure.retry_after is not None:
            # the host is held already: the next attempt starts exactly when it is let go
            return failure.retry_after < deadline.remaining
        seconds = backoff(attempt, self._jitter)
        if seconds >= deadline.remaining:
            return False
        self._clock.sleep(seconds)
        return True

    def _attempt(self, errand: _Errand, deadline: Deadline) -> Answer | Failure:
        try:
            answer = self._followed(errand, deadline)
        except Trouble as trouble:
            return Failure.of(trouble, errand.request.url)
        if isinstance(answer, Failure):
            return answer
        outcome = outcome_of(answer.status, answer.headers, answer.body, answer.url)
        if outcome is Outcome.OK:
            return answer
        wish = retry_after(answer.headers.get("retry-after"), self._clock.now())
        if outcome is outcome_of(answer.status, {}, b""):
            return Failure(outcome, Reason.HTTP_STATUS, f"HTTP {answer.status}", answer.url, wish, answer)
        detail = f"HTTP {answer.status} with a challenge, log-in or consent page"
        return Failure(outcome, Reason.WALL, detail, answer.url, wish, answer)

    def _followed(self, errand: _Errand, deadline: Deadline) -> Answer | Failure:
        """The answer at the end of the redirects; every hop goes through the same checks."""
        target, headers = self._admitted(errand.request.url), errand.headers
        for _ in range(self._limits.max_redirects + 1):
            refusal = self._refusal(errand.permit, target, deadline)
            answer = refusal or self._watched(errand, target, headers, deadline)
            if isinstance(answer, Failure):
                return answer
            location = answer.headers.get("location")
            if not errand.follow or answer.status not in _REDIRECTS or not location:
                return answer
            onward = self._admitted(redirect_target(target, location))
            if onward.origin != target.origin:
                headers = {name: value for name, value in headers.items() if name in _ANYWHERE}
            target = onward
        raise Trouble(Reason.TOO_MANY_REDIRECTS, f"more than {self._limits.max_redirects} redirects")

    def _admitted(self, url: str) -> Target:
        """The URL taken apart, when its host may be asked for at all; raises Trouble."""
        target = target_of(url)
        if target.authority not in self._allowed:
            check_host(target.host)
        return target

    def _refusal(self, permit: Permit | None, target: Target, deadline: Deadline) -> Failure | None:
        """Why the hop isn't permitted; finding out, or waiting for it, is not on our time."""
        if permit is None:
            return None
        began = self._clock.monotonic()
        refusal = permit(target.url)
        deadline.extend(self._clock.monotonic() - began)
        return refusal

    def _watched(
        self, errand: _Errand, target: Target, headers: Mapping[str, str], deadline: Deadline
    ) -> Answer | Failure:
        """One request in its turn; the watch is asked last of all, for what it allows may change in a wait."""
        holder = (target.host, *(headers.get(name) for name in _CREDENTIALS))
        self._wait_for_turn(target, holder, deadline)
        watch = errand.watch
        if watch is None:
            return self._once(errand.request, target, headers, deadline, holder)
        refusal = self._refusal(watch.admit, target, deadline)
        if refusal is not None:
            return refusal
        try:
            answer = self._once(errand.request, target, headers, deadline, holder)
        except Trouble as trouble:
            watch.note(target.url, trouble)
            raise
        watch.note(target.url, answer)
        return answer

    def _wait_for_turn(self, target: Target, holder: Hashable, deadline: Deadline) -> None:
        """Return when the host may be asked; raises Trouble when that is too late for this fetch."""
        while held := self.pace.held(holder):
            if held >= deadline.left():
                raise Trouble(Reason.HELD, f"{target.host} asked us to wait", held)
            self._clock.sleep(held)
        deadline.extend(self.pace.wait(target.host))

    def _once(
        self,
        request: Request,
        target: Target,
        headers: Mapping[str, str],
        deadline: Deadline,
        holder: Hashable,
    ) -> Answer:
        """One request and its whole answer."""
        response = self._transport.handle_request(self._message(request, target, headers, deadline))
        try:
            body = self._body(response)
        finally:
            response.close()
        wish = retry_after(response.headers.get("retry-after"), self._clock.now())
        if wish is not None and response.status_code in PASSING_STATUS:
            self.pace.hold(holder, wish)
        kept = {name: value for name, value in response.headers.items() if name not in _DROPPED}
        return Answer(target.url, response.status_code, kept, body, self._clock.now(), request)

    def _message(
        self, request: Request, target: Target, headers: Mapping[str, str], deadline: Deadline
    ) -> httpx.Request:
        """The request for the wire; it keeps its distance to the last one as it leaves."""

        def traced(event: str, _: Mapping[str, Any]) -> None:
            if event == "http11.send_request_headers.started":
                deadline.extend(self.pace.sending(target.host))
            elif event.startswith("http11.send_request_headers."):
                self.pace.sent(target.host)

        timeout = {"connect": deadline, "read": deadline, "write": deadline, "pool": deadline.left()}
        extensions = {"timeout": timeout, "trace": traced}
        return httpx.Request(
            request.method, target.url, headers=dict(headers), content=request.body, extensions=extensions
        )

    def _body(self, response: httpx.Response) -> bytes:
        if response.status_code in _REDIRECTS and "location" in response.headers:
            return b""  # it says nothing that Location doesn't, and may be a bomb
        encoding = response.headers.get("content-encoding", "")
        body = read_body(response.iter_raw(), encoding, self._limits.max_bytes)
        if not _FRAMING & response.headers.keys() and looks_cut(body):
            raise Trouble(Reason.BROKEN_ANSWER, "the connection was closed in the middle of the answer")
        return body
