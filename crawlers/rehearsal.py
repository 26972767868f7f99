"""The demo's and the tests' way to the local sources: every request goes to one loopback address.

The rest of the client works as ever (paces, redirects, robots, walls) and sees the real addresses;
only the connection goes elsewhere, with the real host as the first part of the path.
"""

from typing import Any

from crawlers.http import CheckedTransport


class SandboxTransport(CheckedTransport):
    """Sends everything to one exact host:port, the only address it may connect to."""

    def __init__(self, address: str) -> None:
        super().__init__(allowed=frozenset({address}))
        self._host, _, port = address.rpartition(":")
        self._port = int(port)

    def handle_request(self, request: Any) -> Any:
        """The request, its real host moved into the path."""
        path = f"/{request.url.host}".encode() + request.url.raw_path
        request.url = request.url.copy_with(scheme="http", host=self._host, port=self._port, raw_path=path)
        request.headers["host"] = f"{self._host}:{self._port}"
        return super().handle_request(request)
