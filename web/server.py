"""gunicorn with our own application object: nothing is imported from the folder it starts in."""

import logging
from collections.abc import Callable

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from listings.settings import Settings

STOP_WITHIN_S = 8
"""Requests in flight get this long after SIGTERM; service managers usually kill after ten seconds."""


class DrainingWorker(ThreadWorker):  # type: ignore[misc]
    """A thread worker that answers whoever had connected before it stops.

    gunicorn stops accepting at SIGTERM and resets the connections that the kernel has queued; here
    they are taken first, and the listener is closed at once, so that later callers are refused
    cleanly and can go elsewhere.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        """Start or stop accepting; stopping for good takes the queued connections in."""
        super().set_accept_enabled(enabled)
        if self.alive or enabled:
            return
        for listener in self.sockets:
            waiting = -1
            while waiting < self.nr_conns:
                waiting = self.nr_conns
                self.accept(listener)
            listener.close()


class TemplateLogger(Logger):  # type: ignore[misc]
    """Hands gunicorn's records to the root logger, which keeps their templates and kinds only."""

    def setup(self, cfg: Config) -> None:
        """Replace gunicorn's own handlers."""
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.setLevel(logging.WARNING)
        self.error_log.propagate = True


class Server(BaseApplication):  # type: ignore[misc]
    """One process with threads; the application is made after the fork, so no connection crosses it."""

    def __init__(self, settings: Settings, make_app: Callable[[], Flask]) -> None:
        self._settings = settings
        self._make_app = make_app
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults; the environment has no say."""
        settings = self._settings
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        for name, value in {
            "bind": f"{host}:{settings.port}",
            "worker_class": DrainingWorker,
            "workers": 1,
            "threads": settings.web_threads,
            "graceful_timeout": STOP_WITHIN_S,
            "keepalive": 5,
            "control_socket_disable": True,
            # Who is believed is decided once, by GOODSTANDING_TRUSTED_PROXIES.
            "forwarded_allow_ips": "",
            "logger_class": TemplateLogger,
            "when_ready": lambda _: click.echo(
                f"Goodstanding is at {settings.public_url} (Ctrl-C ends it)", err=True
            ),
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, asked for by the worker process."""
        return self._make_app()
