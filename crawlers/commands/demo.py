"""`goodstanding demo`: local sources, worker and web on one machine, without a key or the internet."""

import datetime as dt
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from pydantic import SecretStr

from crawlers import demo as story_of
from crawlers.door import make_door
from crawlers.sandbox import oauth
from crawlers.sandbox.server import SandboxServer, start
from crawlers.sandbox.world import make_world
from listings import clock, jobs, logs, migrate
from listings.commands.guarded import Guarded
from listings.commands.init import prepare_home
from listings.commands.ready import Refused
from listings.db import Database
from listings.secrets import Vault
from listings.settings import Settings, environment

FOLDER = "goodstanding-demo"
SEED = 7
# Quick enough to watch a fix and a reply arrive.
FIX_SHOWS = dt.timedelta(seconds=60)
REPLY_SHOWS = dt.timedelta(seconds=30)


@click.command(cls=Guarded)
@click.option("--fresh", is_flag=True, help="Empty the demo's folder first.")
@click.option("--port", default=8000, show_default=True, help="Port of the web pages.")
@click.option("--locations", default=24, show_default=True, help="How many locations the sample chain has.")
@click.option("--home", type=click.Path(path_type=Path), default=Path(FOLDER), show_default=True)
def demo(*, fresh: bool, port: int, locations: int, home: Path) -> None:
    """Try everything on a sample chain: prints the address and the log-in, stops with Ctrl-C.

    The chain, its reviews and what the sources say wrong about it are invented.
    """
    _check_port(port)
    _make_room(home, fresh=fresh)
    began = time.monotonic()
    story = story_of.read_story(home)
    first = story is None
    base = Settings(home=home, port=port, public_url=f"http://127.0.0.1:{port}", demo=True, database_url="")
    logs.configure(base.log_level)
    prepare_home(base)
    now = clock.now()
    story = story or story_of.begin_story(home, now)
    world = make_world(SEED, locations, now=story.began)
    with start(world, pace=1.0, fix_delay=FIX_SHOWS, reply_delay=REPLY_SHOWS) as sandbox:
        settings = base.model_copy(
            update={
                "sandbox": f"127.0.0.1:{sandbox.port}",
                "google_client_id": oauth.CLIENT_ID,
                "google_client_secret": SecretStr(oauth.CLIENT_SECRET),
            }
        )
        if first:
            _set_up(settings, sandbox, story)
            story_of.keep_story(home, story)
        else:
            sandbox.sandbox.advance((now - story.began) / dt.timedelta(days=1))
        _run(settings, story, began)


def _make_room(home: Path, *, fresh: bool) -> None:
    """Leave nothing in the folder, or a whole demo. Raises Refused where something else lives."""
    if not home.exists() or not any(home.iterdir()):
        return
    if not (home / story_of.MARK).exists():
        raise Refused(f"{home}: holds files but no demo, and is left alone; choose another --home")
    # What an interrupted set-up left behind is no demo to go on with.
    if fresh or story_of.read_story(home) is None:
        shutil.rmtree(home)


def _set_up(settings: Settings, sandbox: SandboxServer, story: story_of.Story) -> None:
    database = Database(settings.database)
    migrate.upgrade(database)
    jobs.create_tables(database)
    click.echo("Setting up the sample chain …")
    organization_id = story_of.settle(
        database,
        Vault(settings),
        sandbox.sandbox.world,
        settings.home,
        story=story,
        now=story.began,
    )
    door = make_door(settings, database, lambda: sandbox.sandbox.now)
    story_of.live_through(door, sandbox.sandbox, organization_id, lambda line: click.echo(f"  {line}"))
    door.close()
    database.dispose()


def _run(settings: Settings, story: story_of.Story, began: float) -> None:
    with _processes(settings, ("worker", "serve")) as running:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        if not _answers(settings, running):
            raise Refused("the web pages did not start; see the lines above")
        seconds = time.monotonic() - began
        click.echo(f"\nGoodstanding runs at {settings.public_url} (ready after {seconds:.0f} s).")
        click.echo(f"  everything:        {story_of.ADMIN}   password {story.password}")
        click.echo(f"  a manager's phone: {story_of.MANAGER}   password {story.password}")
        click.echo(f"Its data lies in {settings.home.absolute()}. Ctrl-C stops it; --fresh starts over.")
        # One ends, all end: half a demo would look like a broken product.
        while not stop.wait(0.5) and all(process.poll() is None for process in running):
            pass


@contextmanager
def _processes(settings: Settings, commands: Sequence[str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    given = environment(settings)
    running: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            running.append(  # noqa: PERF401 - what was started before a failure has to be ended
                subprocess.Popen([sys.executable, "-m", "goodstanding", command], env=given)  # noqa: S603
            )
        yield running
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=15)


def _answers(settings: Settings, running: Sequence[subprocess.Popen[bytes]]) -> bool:
    for _ in range(1200):
        if any(process.poll() is not None for process in running):
            return False
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", settings.port)) == 0:
                return True
        time.sleep(0.1)
    return False


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Refused(f"port {port} on 127.0.0.1 is in use; choose another with --port") from error
