"""A proxy on loopback that cuts answers off on their way, as a broken line does."""

import http.client
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

MODES = ("short length", "cut chunk", "cut close", "reset")


@dataclass
class Cutting:
    """The running proxy: `cuts` says of a path, and how often it was asked for before, whether its answer is cut."""

    server: ThreadingHTTPServer
    behind: str
    mode: str = MODES[0]
    cuts: Callable[[str, int], bool] = lambda path, times: False
    asked: dict[str, int] = field(default_factory=dict)
    cut: int = 0

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"


@contextmanager
def cutting(behind: str) -> Iterator[Cutting]:
    """Run one proxy before the server at `behind`, host:port."""
    server = _Server(("127.0.0.1", 0), _Handler)
    running = server.state = Cutting(server, behind)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    state: Cutting

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's signature
        """Keep the test output clean."""

    def do_GET(self) -> None:
        state = self.server.state
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        connection = http.client.HTTPConnection(state.behind, timeout=30)
        # Without its conditions, so that there is a page to cut.
        headers = {name: value for name, value in self.headers.items() if not name.lower().startswith("if-")}
        connection.request(self.command, self.path, sent, headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        times = state.asked.get(self.path, 0)
        state.asked[self.path] = times + 1
        if len(body) > 1 and answer.status == 200 and state.cuts(self.path, times):
            state.cut += 1
            self._cut(answer, body)
        else:
            self._whole(answer, body)

    def do_POST(self) -> None:
        self.do_GET()

    def _head(self, answer: http.client.HTTPResponse, **framing: str) -> None:
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"content-length", "transfer-encoding", "connection", "date", "server"}:
                self.send_header(name, value)
        for name, value in framing.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def _whole(self, answer: http.client.HTTPResponse, body: bytes) -> None:
        self._head(answer, Content_Length=str(len(body)))
        self.wfile.write(body)

    def _cut(self, answer: http.client.HTTPResponse, body: bytes) -> None:
        half = body[: len(body) // 2]
        match self.server.state.mode:
            case "short length":
                self._head(answer, Content_Length=str(len(body)))
            case "cut chunk":
                self._head(answer, Transfer_Encoding="chunked")
                self.wfile.write(b"%x\r\n" % len(body))
            case "cut close":
                self._head(answer, Connection="close")
            case _:
                # With no time to linger, closing sends a reset instead of an end.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self._head(answer, Content_Length=str(len(body)))
        self.wfile.write(half)
        self.wfile.flush()
        self.close_connection = True
