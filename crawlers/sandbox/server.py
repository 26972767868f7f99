"""The sandbox over HTTP on loopback: every source's wire format over one invented chain.

From Python::

    world = make_world(seed=7, locations=24, now=clock.now())
    with start(world) as server:            # port=0 takes a free port
        server.origin                       # "http://127.0.0.1:41234"
        server.sandbox.advance(1)           # a day passes: edits, removals, replies, fixes show
        ledger(server.sandbox)              # the truth, see crawlers.sandbox.ledger
        locations_csv(world)                # the user's import file

or `python -m crawlers.sandbox --port 8787 --locations 24 --seed 7`, which stops on Ctrl-C.

**Addresses.** The real host is the first part of the path, so an adapter only has its origin
replaced: https://mybusiness.googleapis.com/v4/… is {origin}/mybusiness.googleapis.com/v4/…, and the
page https://www.ostermill.example/locations/… is {origin}/www.ostermill.example/locations/…
`server.address(url)` maps one. Answers (websites, Location headers, sitemaps) hold the real
addresses. A request whose Host header isn't loopback is served for that host as it stands.

**Keys.** Google: POST {origin}/oauth2.googleapis.com/token with client_id `oauth.CLIENT_ID`,
client_secret `oauth.CLIENT_SECRET`, refresh_token `oauth.REFRESH_TOKEN`; access tokens last an hour
of the world's time, so `advance` ends them. Places: `places.API_KEY` in X-Goog-Api-Key. Yelp:
`yelp.API_KEY` as a bearer.

**Control** (JSON in and out)::

    GET    /_control/                    the moment, the faults that are on
    POST   /_control/advance?days=1      time passes; fractions are fine
    GET    /_control/ledger?from=0&to=24 the truth now, over a range of locations
    GET    /_control/locations.csv       the user's import file
    POST   /_control/faults              {"source", "kind", "count", "path"}; kinds in faults.KINDS
    DELETE /_control/faults              all faults off
    POST   /_control/fix                 {"source", "code", "field"}: shown right from now on
    POST   /_control/announce            {"code", "url", "event"}: Yelp's webhook sends to url
    POST   /_control/revoke              Google's consent is withdrawn: invalid_grant

A PATCHed location shows a day later (`fix_delay`), a reply is PENDING for an hour (`reply_delay`)
and REJECTED after it when it holds a link. Three days after it shows, Google overwrites a fixed
value where a plant says comes_back. Time stands still but for `advance`, unless `pace` is given
(the world's seconds per real second).
"""

import contextlib
import email.utils
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from crawlers.sandbox import control
from crawlers.sandbox.faults import spoil
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.twins import MISHAPS, twin_of
from crawlers.sandbox.wire import Answered, Asked, json_answer
from crawlers.sandbox.world import World

LOOPBACK = "127.0.0.1"
_MOST_BODY = 4 << 20


def respond(sandbox: Sandbox, asked: Asked) -> Answered:
    """The answer to one request at a real host, spoilt by the fault that is on for its source."""
    twin = twin_of(asked.host)
    if twin is None:
        return json_answer({"error": f"the sandbox plays no host {asked.host}"}, 404)
    with sandbox.lock:
        fault = sandbox.faults.get(twin.SOURCE)
        hit = fault is not None and fault.applies(asked.path)
    if fault is None or not hit:
        return twin.answer(sandbox, asked)
    # What is spoilt has changed, so no condition holds.
    headers = {name: value for name, value in asked.headers.items() if not name.startswith("if-")}
    good = twin.answer(sandbox, replace(asked, headers=headers))
    own = MISHAPS.get(twin.SOURCE, {}).get(fault.kind)
    return own(asked, good) if own is not None else spoil(fault.kind, good)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "sandbox", ""
    disable_nagle_algorithm = True
    server: "_Server"

    def _serve(self) -> None:
        asked = self._asked()
        if asked.host == "_control":
            answer = control.answer(self.server.sandbox, asked)
        else:
            answer = respond(self.server.sandbox, asked)
        self._send(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - http.server's names

    def _asked(self) -> Asked:
        parts = urlsplit(self.path)
        host = (parts.hostname or self.headers.get("Host", "").rsplit(":", 1)[0]).lower()
        path = unquote(parts.path)
        if host in {LOOPBACK, "localhost", ""}:
            host, _, rest = path.lstrip("/").partition("/")
            path = f"/{rest}"
        length = min(int(self.headers.get("Content-Length") or 0), _MOST_BODY)
        return Asked(
            method=self.command,
            host=host,
            path=path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )

    def _send(self, answer: Answered) -> None:
        if answer.status == 0:
            self.close_connection = True
            return
        headers = {
            "date": email.utils.format_datetime(self.server.sandbox.now, usegmt=True),
            **answer.headers,
        }
        if answer.status != 304:
            headers["content-length"] = str(len(answer.body))
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        reason = self.responses.get(answer.status, ("", ""))[0]
        body = b"" if self.command == "HEAD" else answer.body
        # One write: two would wait for each other's acknowledgement.
        self.wfile.write(f"HTTP/1.1 {answer.status} {reason}\r\n{head}\r\n".encode() + body)

    def log_message(self, *_: Any) -> None:
        """Say nothing: addresses hold keys."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, sandbox: Sandbox, port: int) -> None:
        self.sandbox = sandbox
        self.open: set[socket.socket] = set()
        super().__init__((LOOPBACK, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no news."""


class SandboxServer:
    """A sandbox that answers on loopback until `stop`."""

    def __init__(self, sandbox: Sandbox, port: int = 0) -> None:
        self.sandbox = sandbox
        self._server = _Server(sandbox, port)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port it listens at."""
        return int(self._server.server_address[1])

    @property
    def origin(self) -> str:
        """The http origin, without a slash at its end."""
        return f"http://{LOOPBACK}:{self.port}"

    def address(self, url: str) -> str:
        """Where the sandbox serves a real http(s) address."""
        parts = urlsplit(url)
        return f"{self.origin}/{parts.netloc}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")

    def stop(self) -> None:
        """Stop listening, end open connections and free the port; again does nothing."""
        self._server.shutdown()
        self._server.server_close()
        for connection in list(self._server.open):
            with contextlib.suppress(OSError):  # the client may have closed it in the meantime
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def __enter__(self) -> Self:
        """The running server itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()


def start(world: World, *, port: int = 0, **options: Any) -> SandboxServer:
    """Start serving a world in a thread of its own; `options` are Sandbox's keyword arguments.

    Raises OSError when the port is taken.
    """
    return SandboxServer(Sandbox(world, **options), port)


def serve(
    world: World, *, port: int = 0, ready: Callable[[str], None], stop: threading.Event, **options: Any
) -> None:
    """Serve until `stop` is set; `ready` is called with the origin once it answers.

    Raises OSError when the port is taken.
    """
    with start(world, port=port, **options) as server:
        ready(server.origin)
        stop.wait()
