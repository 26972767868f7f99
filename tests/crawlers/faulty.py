"""A web server on loopback that misbehaves on request, and keeps a log of what it was asked."""

import gzip
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGE = b"<html><body><h1>Sunny Side Bakery</h1><a href='tel:+15035550142'>503-555-0142</a></body></html>"
JSON = b'{"reviews": [{"id": "r1", "rating": 5}], "total": 1}'


@dataclass(frozen=True)
class Hit:
    """One request as it arrived; `at` is time.monotonic, `peer` tells the connection."""

    method: str
    path: str
    headers: dict[str, str]
    at: float
    peer: int


@dataclass
class Faulty:
    """The running server; `answers` are further paths a test wants, each a function on the handler."""

    server: ThreadingHTTPServer
    hits: list[Hit] = field(default_factory=list)
    stopping: Event = field(default_factory=Event)
    answers: dict[str, Callable[[Any], None]] = field(default_factory=dict)

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"http://{self.authority}{path}"


@contextmanager
def faulty() -> Iterator[Faulty]:
    """Run one server on a free port."""
    server = _Server(("127.0.0.1", 0), _Handler)
    running = server.state = Faulty(server)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        running.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


@cache
def bomb(coding: str, size: int = 200_000_000) -> bytes:
    """A small body that unpacks to `size` zeros."""
    if coding == "gzip":
        return gzip.compress(bytes(size), 6)
    return zlib.compress(bytes(size), 6)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    state: Faulty

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's signature
        """Keep the test output clean."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        state = self.server.state
        state.hits.append(Hit(self.command, self.path, headers, time.monotonic(), self.client_address[1]))
        if parts.path in state.answers:
            state.answers[parts.path](self)
        else:
            getattr(self, "mode_" + parts.path.strip("/").replace("-", "_"), self.mode_page)()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def send(self, body: bytes, status: int = 200, kind: str = "text/html", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value.encode().decode("latin-1"))
        self.end_headers()
        self.wfile.write(body)

    def open(self, **headers: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def drip(self, piece: bytes) -> None:
        while not self.server.state.stopping.wait(0.05):
            self.wfile.write(piece)
            self.wfile.flush()

    def hang_up(self) -> None:
        self.wfile.flush()
        self.close_connection = True

    def mode_page(self) -> None:
        self.send(PAGE)

    def mode_close(self) -> None:
        self.close_connection = True
        self.send(PAGE, Connection="close")

    def mode_json(self) -> None:
        self.send(JSON, kind="application/json")

    def mode_gzip(self) -> None:
        self.send(gzip.compress(PAGE), Content_Encoding="gzip")

    def mode_bomb(self) -> None:
        coding = self.query.get("coding", "gzip")
        self.send(bomb(coding), Content_Encoding=coding)

    def mode_endless(self) -> None:
        self.open(Connection="close")
        while not self.server.state.stopping.is_set():
            self.wfile.write(b"<div>" * 2_000)

    def mode_endless_headers(self) -> None:
        self.send_response(200)
        self.flush_headers()
        self.drip(b"X-More: and more\r\n")

    def mode_silence(self) -> None:
        self.server.state.stopping.wait(30)

    def mode_slowloris(self) -> None:
        self.open(Content_Length="100000")
        self.drip(b"x")

    def mode_slow_status(self) -> None:
        self.drip(b"H")

    def mode_short_length(self) -> None:
        self.open(Content_Length=str(len(JSON) + 500))
        self.wfile.write(JSON)
        self.hang_up()

    def mode_cut_chunk(self) -> None:
        self.open(Transfer_Encoding="chunked")
        self.wfile.write(b"%x\r\n%s\r\n" % (20, JSON[:20]))
        self.hang_up()

    def mode_cut_close(self) -> None:
        self.open(Connection="close")
        self.wfile.write(JSON[: len(JSON) // 2])
        self.hang_up()

    def mode_cut_gzip(self) -> None:
        self.send(gzip.compress(JSON * 100)[:-20], Content_Encoding="gzip")

    def mode_reset(self) -> None:
        self.hang_up()

    def mode_redirect(self) -> None:
        self.send(b"", int(self.query.get("status", 302)), Location=self.query["to"])

    def mode_loop(self) -> None:
        self.send(b"", 302, Location=self.path)

    def mode_quota(self) -> None:
        self.send(b"slow down", 429, Retry_After=self.query.get("after", "2"))

    def mode_down(self) -> None:
        self.send(b"<html>maintenance</html>", 503)

    def mode_captcha(self) -> None:
        self.send(b"<html><form>Please verify you are human <input name=c></form></html>")

    def mode_etag(self) -> None:
        if self.headers.get("If-None-Match") == '"v1"':
            self.send_response(304)
            self.send_header("ETag", '"v1"')
            self.end_headers()
        else:
            self.send(PAGE, ETag='"v1"')

    def mode_cookie(self) -> None:
        self.send(PAGE, Set_Cookie="track=me; Path=/")
