"""`goodstanding worker`: the schedule and the jobs."""

import fcntl
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click

from crawlers.handlers import make_handlers, make_tasks
from crawlers.worker import work
from listings.commands.guarded import Guarded
from listings.commands.ready import Refused, ready_database, settings_from_env
from listings.jobs import BadJobs
from listings.settings import BadSettings, Settings


@click.command(cls=Guarded)
def worker() -> None:
    """Run the schedule and the jobs until SIGTERM or Ctrl-C.

    On PostgreSQL start one on as many machines as wanted. Several on one machine each need a
    GOODSTANDING_WORKER_SLOT of their own.
    """
    settings = settings_from_env()
    database = ready_database(settings)
    with _alone(settings):
        stop = _stop_on_signals()
        click.echo("The worker runs; Ctrl-C stops it.", err=True)
        try:
            work(database, make_handlers(settings, database), make_tasks(settings), _name(settings), stop)
        except (BadJobs, BadSettings) as error:
            raise Refused(str(error)) from error
        finally:
            database.dispose()
        # Not an ordinary exit: it would wait for threads that work() may leave over.
        sys.stderr.flush()
        os._exit(0)


def _name(settings: Settings) -> str:
    return f"{socket.gethostname()}-{settings.worker_slot}"


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Hold the lock of this worker's name: a second one of that name would take its running jobs.

    The kernel lets go of it when the process ends, however it ends.
    """
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (settings.home / f"worker-{_name(settings)}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(
                f"a worker with slot {settings.worker_slot} runs on this machine already; "
                "set GOODSTANDING_WORKER_SLOT to another value to start a second one"
            ) from error
        yield
