"""Large pages fetched, read and stored per second, beside Scrapy with lxml in the same run.

    python -m bench.bench_pages [--locations 400] [--rounds 3] [--scrapy-python PYTHON]

A bare local server hands out location pages of 150 to 200 KB. The peer fetches 16 at a time, reads the
JSON-LD with lxml and stores answer and record, a commit a page. Ours does the same work with our own
parts, two pages at a time ("same work": robots, pace and every layer of a page included); and it
crawls as a worker does, two batches at a time, with all that follows ("whole crawl": quota, drift,
match, compare, flag). PYTHON is one that has Scrapy (`pip install scrapy` in an environment of its
own); without it ours runs alone.
"""

import argparse
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

from bench.pages import answer, page, serve
from bench.plain_crawl import measured
from bench.sample_chain import settled
from crawlers.outcomes import Failure
from crawlers.readers import READERS
from crawlers.run import crawl
from crawlers.sandbox.facts import Facts
from crawlers.sandbox.world import make_world
from crawlers.source import Request
from listings import clock
from listings.crawl_plan import BATCH, CrawlSource
from listings.models.location import Location
from listings.observe import named, observe
from listings.snapshots import Fetched, pack, store
from listings.sources import WEBSITE, facts

HERE = Path(__file__).parent
AT_A_TIME = 2
"""Batches that one worker carries out side by side."""


def business(shown: Facts) -> dict[str, object]:
    """A branch in schema.org's words."""
    return {
        "@context": "https://schema.org",
        "@type": "Bakery",
        "name": shown.name,
        "url": shown.website,
        "telephone": shown.phone,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": shown.street,
            "addressLocality": shown.city,
            "addressRegion": shown.region,
            "postalCode": shown.postal_code,
            "addressCountry": "US",
        },
        "geo": {"@type": "GeoCoordinates", "latitude": shown.latitude, "longitude": shown.longitude},
    }


def served(locations: int) -> dict[bytes, bytes]:
    """Every branch's page as a whole answer, by the path under which the local sources are asked."""
    world, draw = make_world(7, locations, now=clock.now()), random.Random(7)
    ready = {}
    for index in range(locations):
        shown = world.facts(index)
        at = urlsplit(shown.website)
        ready[f"/{at.hostname}{at.path}".encode()] = answer(page(business(shown), draw))
    return ready


@contextmanager
def server(ready: dict[bytes, bytes]) -> Iterator[str]:
    """The local server's host:port, in a process of its own."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    child = os.fork()
    if child == 0:
        serve(listener, ready)
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def whole(address: str, locations: int) -> None:
    """Crawl as a worker does, with all that follows from a page; only the crawl is measured."""
    with settled(address, locations) as (door, organization_id, _):
        with door.database.read() as session:
            ids = session.scalars(sa.select(Location.id).order_by(Location.id)).all()
        batches = [
            CrawlSource(organization_id, WEBSITE, f"bench-{first}", list(ids[first : first + BATCH]))
            for first in range(0, len(ids), BATCH)
        ]
        began, cpu = time.perf_counter(), time.process_time()
        with ThreadPoolExecutor(AT_A_TIME) as threads:
            done = list(threads.map(lambda batch: crawl(door, batch), batches))
        measured(sum(summary.outcomes["ok"] for summary in done), began, cpu)


def same(address: str, locations: int) -> None:
    """The peer's own work with our parts: fetch, read, and keep answer and record, a commit a page."""
    adapter, source = READERS[WEBSITE].adapter, facts(WEBSITE)
    with settled(address, locations) as (door, organization_id, world):

        def keep(url: str) -> None:
            answer = door.fetch(Request(url), permit=door.robots.objection)
            if isinstance(answer, Failure):
                raise SystemExit(f"{url}: {answer.detail}")
            now, reading = clock.now(), adapter.read(answer)
            kept = Fetched(url, answer.status, "ok", pack(answer.body), now, adapter.reader_version)
            found = named(reading.listings, url, source)
            with door.database.write() as session:
                snapshot = store(session, organization_id, source, kept)
                for one in found:
                    observe(
                        session, source, snapshot, one.record,
                        source_id=one.source_id, hashes=door.hashes, now=now,
                    )  # fmt: skip

        urls = [world.facts(index).website for index in range(locations)]
        began, cpu = time.perf_counter(), time.process_time()
        with ThreadPoolExecutor(AT_A_TIME) as threads:
            pages = sum(1 for _ in threads.map(keep, urls))
        measured(pages, began, cpu)


CLIENTS = ("scrapy", "same work", "whole crawl")


def table(locations: int, rounds: int, scrapy: str | None) -> None:
    """Measure in turn and print medians and the ratio."""
    figures: dict[str, list[list[float]]] = {}
    ready = served(locations)
    for _ in range(rounds):
        for client in CLIENTS if scrapy else CLIENTS[1:]:
            with server(ready) as address, tempfile.TemporaryDirectory() as folder:
                paths = Path(folder) / "paths"
                paths.write_bytes(b"\n".join(ready))
                command = [
                    scrapy or "",
                    str(HERE / "scrapy_crawl.py"),
                    str(paths),
                    folder,
                    f"http://{address}",
                ]
                if client != "scrapy":
                    command = [sys.executable, "-m", "bench.bench_pages", "--locations", str(locations)]
                    command += ["--measure", address, client]
                out = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
            figures.setdefault(client, []).append(json.loads(out.splitlines()[-1]))
    medians = {
        client: [statistics.median(one) for one in zip(*rows, strict=True)]
        for client, rows in figures.items()
    }
    print("medians         pages   pages/s   of scrapy   CPU ms/page   peak MB")
    for client, (pages, speed, cpu, peak) in medians.items():
        share = f"{speed / medians['scrapy'][1]:.2f}" if scrapy else "-"
        print(f"{client:<12}{pages:>9.0f}{speed:>10.0f}{share:>12}{cpu:>14.1f}{peak:>10.0f}")
    if not scrapy:
        print("the peer was left out: give --scrapy-python, a Python that has Scrapy")


def main() -> None:
    """Run all rounds, or one measurement in a process of its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--locations", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scrapy-python", metavar="PYTHON")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        address, client = given.measure
        {"same work": same, "whole crawl": whole}[client](address, given.locations)
    else:
        table(given.locations, given.rounds, given.scrapy_python)


if __name__ == "__main__":
    main()
