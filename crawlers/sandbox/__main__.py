"""`python -m crawlers.sandbox`: the sandbox alone, for a look at it or for another program's tests."""

import signal
import threading
from pathlib import Path

import click

from crawlers.sandbox.server import serve
from crawlers.sandbox.users_file import write_csv
from crawlers.sandbox.world import BRAND, make_world
from listings import clock


@click.command(name="sandbox")
@click.option("--port", default=8787, show_default=True, help="Port on 127.0.0.1; 0 takes a free one.")
@click.option("--locations", default=24, show_default=True, help="How many locations the chain has.")
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same chain.")
@click.option("--pace", default=0.0, show_default=True, help="The world's seconds per real second.")
@click.option("--csv", "file", type=click.Path(path_type=Path), help="Write the user's import file here.")
def main(port: int, locations: int, seed: int, pace: float, file: Path | None) -> None:
    """Serve the invented chain until Ctrl-C."""
    world = make_world(seed, locations, now=clock.now())
    if file is not None:
        with file.open("w", encoding="utf-8", newline="") as out:
            write_csv(world, out)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        serve(
            world,
            port=port,
            pace=pace,
            ready=lambda origin: click.echo(f"{BRAND}, {locations} locations: {origin}/_control/"),
            stop=stop,
        )
    except OSError as taken:
        click.echo(
            f"Port {port} on 127.0.0.1 can't be used ({taken.strerror}); choose another with --port.",
            err=True,
        )
        raise SystemExit(2) from taken


if __name__ == "__main__":
    main()
