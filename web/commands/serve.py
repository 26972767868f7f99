"""`goodstanding serve`: the web pages."""

import socket

import click

from listings import jobs
from listings.commands.guarded import Guarded
from listings.commands.ready import Refused, ready_database, settings_from_env
from listings.db import Database
from listings.settings import LOOPBACK_HOSTS, BadSettings, Settings
from web.app import Application, create_app
from web.server import Server


@click.command(cls=Guarded)
def serve() -> None:
    """Serve the web pages until SIGTERM or Ctrl-C."""
    settings = _usable_settings()

    def make_app() -> Application:
        return create_app(settings, Database(settings.database, pool_size=settings.web_threads))

    Server(settings, make_app).run()


def _usable_settings() -> Settings:
    settings = settings_from_env()
    try:
        settings.signing_key()
    except BadSettings as error:
        raise Refused(str(error)) from error
    _check_jobs(ready_database(settings))
    if settings.sandbox and not settings.demo:
        raise Refused("GOODSTANDING_SANDBOX: only `goodstanding demo` uses local sources; unset it")
    if settings.demo and settings.host not in LOOPBACK_HOSTS:
        raise Refused("GOODSTANDING_HOST: the demo is served on this machine only; use 127.0.0.1")
    _check_port(settings)
    return settings


def _check_jobs(database: Database) -> None:
    try:
        jobs.check_tables(database)
    except jobs.BadJobs as error:
        raise Refused(str(error)) from error
    finally:
        database.dispose()


def _check_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Refused(
                f"GOODSTANDING_PORT: can't listen on {settings.host}:{settings.port} ({error.strerror}); "
                "stop what listens there or choose another port"
            ) from error
