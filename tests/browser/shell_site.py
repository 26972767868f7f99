"""The preview application on a loopback port, and what a page must never do while it is looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request
from playwright.sync_api import Response as PageResponse
from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    """Keeps hundreds of request lines out of a failed test's report."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of `app` while the block runs."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


@dataclass
class Watched:
    """A page with everything it complained of and every host it asked beside its own."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def open(self, path: str) -> Page:
        self.page.goto(self.origin + path)
        return self.page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _answered(self, response: PageResponse) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.request.method} {response.url} {response.status}")

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.origin).netloc:
            self.strangers.append(request.url)


@contextmanager
def watched(browser: Browser, origin: str, *, width: int = 1440, scheme: str = "light") -> Iterator[Watched]:
    """A fresh page of `width` pixels in the colours of `scheme`."""
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": 844 if width < 500 else 900},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    try:
        yield Watched(context.new_page(), origin)
    finally:
        context.close()
