"""Widget requests per second, beside a hello-world of the same server in the same run.

`python bench/bench_widget.py` starts the web process on a fresh SQLite file with 1,000 reviews and
50 widgets, asks it over loopback with wrk where that is installed, else with threads of its own,
and prints a table: requests per second (median of the rounds), their ratio to hello, memory.
"""

import datetime as dt
import http.client
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

from flask import Flask
from pydantic import SecretStr

from listings.db import Database
from listings.jobs import create_tables
from listings.logs import configure
from listings.migrate import upgrade
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.organization import Organization
from listings.settings import Settings
from reputation.models.review import Review
from reputation.widgets import WidgetOptions, create
from web.app import create_app
from web.policies import POLICIES, Anybody
from web.server import Server

ROUNDS, SECONDS, CONNECTIONS = 3, 3, 8
PLACES, REVIEWS = 50, 20
NOW = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)


def settings_in(home: Path, port: int) -> Settings:
    return Settings(
        home=home,
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        secret_key=SecretStr("k" * 40),
        log_level="ERROR",
    )


def fill(database: Database) -> list[str]:
    """Places, their reviews, a widget each; returns the public ids."""
    with database.write() as db:
        organization = Organization(name="Bench", created_at=NOW)
        db.add(organization)
        db.flush()
        public_ids = []
        for place in range(PLACES):
            location = Location(
                organization_id=organization.id,
                code=f"{place:03}",
                name="Bench",
                created_at=NOW,
                updated_at=NOW,
            )
            db.add(location)
            db.flush()
            listing = Listing(
                organization_id=organization.id, source="google", source_id=f"l{place}", location_id=location.id,
                rating=4.2, review_count=REVIEWS, first_seen_at=NOW, last_seen_at=NOW,
            )  # fmt: skip
            db.add(listing)
            db.flush()
            db.add_all(review(organization.id, listing, number) for number in range(REVIEWS))
            options = WidgetOptions(limit=REVIEWS)
            widget = create(
                db, organization.id, name="w", location_ids=[location.id], options=options, now=NOW
            )
            public_ids.append(widget.public_id)
    return public_ids


def review(organization_id: int, listing: Listing, number: int) -> Review:
    return Review(
        organization_id=organization_id, listing_id=listing.id, location_id=listing.location_id, source="google",
        source_review_id=f"{listing.id}-{number}", rating=1 + number % 5, text="Warm bread, kind people. " * 8,
        author=f"Guest {number}", written_at=NOW - dt.timedelta(days=number), content_hash="", identity_hash="",
        first_seen_at=NOW,
    )  # fmt: skip


def serve(home: str, port: int) -> None:
    """The product's own server with two more routes: hello in our application, hello in bare Flask."""
    settings = settings_in(Path(home), port)
    configure(settings.log_level)
    POLICIES["hello"] = Anybody.PUBLISHED
    app = create_app(settings, Database(settings.database))
    app.add_url_rule("/hello", "hello", lambda: "hello")
    bare = Flask("bare")
    bare.add_url_rule("/bare", "bare", lambda: "hello")
    inner = app.wsgi_app
    app.wsgi_app = lambda environ, start: (  # type: ignore[method-assign,assignment]
        bare.wsgi_app(environ, start) if environ["PATH_INFO"] == "/bare" else inner(environ, start)
    )
    Server(settings, lambda: app).run()


def wrk(port: int, path: str, etag: str) -> float:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s"]
    command += ["-H", f"If-None-Match: {etag}"] if etag else []
    told = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True, timeout=60
    )
    return float(told.stdout.split("Requests/sec:")[1].split()[0])


def threads(port: int, path: str, etag: str) -> float:
    counts = [0] * CONNECTIONS
    end = time.monotonic() + SECONDS

    def ask(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        while time.monotonic() < end:
            connection.request("GET", path, headers={"If-None-Match": etag} if etag else {})
            connection.getresponse().read()
            counts[number] += 1
        connection.close()

    running = [threading.Thread(target=ask, args=(number,)) for number in range(CONNECTIONS)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return sum(counts) / SECONDS


def megabytes(pid: int) -> float:
    """Memory of a process and those it started, as Linux tells it; what they share counts once."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    own = int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1024
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(megabytes(int(child)) for child in children)


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            get(port, "/healthz")
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("the server did not start")


def get(port: int, path: str) -> tuple[str, int]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    found = answer.headers.get("ETag") or "", len(answer.read())
    connection.close()
    return found


def measure(port: int, public_id: str, ask: Callable[[int, str, str], float]) -> None:
    script, json = f"/w/{public_id}.js", f"/w/{public_id}.json"
    etag, size = get(port, script)
    cases = {
        "bare Flask hello": ("/bare", ""),
        "hello in our application": ("/hello", ""),
        f"widget script, {size / 1000:.1f} KB": (script, ""),
        "widget script, 304": (script, etag),
        "widget JSON": (json, ""),
    }
    speeds: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name, (path, known) in cases.items():
            speeds[name].append(ask(port, path, known))
    ours = statistics.median(speeds["hello in our application"])
    print(f"{'median of ' + str(ROUNDS) + ' rounds':32} {'requests/s':>10} {'of our hello':>13}")
    for name, found in speeds.items():
        median = statistics.median(found)
        print(f"{name:32} {median:10,.0f} {median / ours:13.2f}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    port = free_port()
    ask = wrk if shutil.which("wrk") else threads
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(Path(folder), port)
        database = Database(settings.database)
        upgrade(database)
        create_tables(database)
        public_ids = fill(database)
        database.dispose()
        process = get_context("spawn").Process(target=serve, args=(folder, port))
        process.start()
        try:
            wait_for(port)
            print(f"client: {ask.__name__}, {CONNECTIONS} connections, {SECONDS} s each")
            measure(port, public_ids[0], ask)
            print(f"memory of the web process: {megabytes(process.pid or 0):.0f} MB")
        finally:
            process.terminate()
            process.join(15)


if __name__ == "__main__":
    main()
