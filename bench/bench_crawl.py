"""Crawled pages per second with everything done to them, beside a plain script in the same run.

    python -m bench.bench_crawl [--locations 200] [--rounds 3]

One local server, in a process of its own, plays Google's owner API and the website of an invented
chain. Ours crawls both as in production: fetch, pace, robots, store, read, match, compare, flag,
ingest, commit. The peer asks httpx.Client for the same pages and reads them with json and with
BeautifulSoup over lxml, and keeps nothing. Each measurement is a fresh process; CPU is the client's
alone, while pages per second also wait for the server.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from bench.plain_crawl import measured
from bench.sample_chain import settled
from crawlers.run import crawl
from listings.crawl_plan import CrawlSource

SOURCES = ("google", "website")
CLIENTS = {"theirs": ("-m", "bench.plain_crawl"), "ours": ("-m", "bench.bench_crawl")}


@contextmanager
def sources(locations: int) -> Iterator[str]:
    """The local server's host:port."""
    command = [sys.executable, "-m", "crawlers.sandbox", "--port", "0", "--locations", str(locations)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield urlsplit(server.stdout.readline().split()[-1]).netloc if server.stdout else ""
    finally:
        server.terminate()
        server.wait(10)


def ours(address: str, source: str, locations: int) -> None:
    """Set up a database, then crawl one source; only the crawl is measured."""
    with settled(address, locations) as (door, organization_id, _):
        began, cpu = time.perf_counter(), time.process_time()
        summary = crawl(door, CrawlSource(organization_id, source, "bench", None))
        measured(sum(summary.outcomes.values()), began, cpu)
        if not summary.complete:
            raise SystemExit(f"the crawl stopped: {summary.detail}")


def table(locations: int, rounds: int) -> None:
    """Measure in turn and print medians and ratios."""
    figures: dict[tuple[str, str], list[list[float]]] = {}
    for _ in range(rounds):
        for source in SOURCES:
            for client in ("theirs", "ours"):
                # A server of its own each time: it remembers tokens and what it has generated.
                with sources(locations) as address:
                    command = [sys.executable, *CLIENTS[client], "--locations", str(locations)]
                    command += ["--measure", address, source]
                    out = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
                figures.setdefault((source, client), []).append(json.loads(out.splitlines()[-1]))
    print("medians, httpx + bs4 / ours      pages      pages/s   ratio     CPU ms/page   ratio      peak MB")
    for source in SOURCES:
        peer, our = (
            [statistics.median(column) for column in zip(*figures[source, client], strict=True)]
            for client in ("theirs", "ours")
        )
        print(
            f"{source:<24}{f'{peer[0]:.0f} / {our[0]:.0f}':>14}{f'{peer[1]:.0f} / {our[1]:.0f}':>13}"
            f"{our[1] / peer[1]:>8.2f}{f'{peer[2]:.1f} / {our[2]:.1f}':>16}{our[2] / peer[2]:>8.1f}"
            f"{f'{peer[3]:.0f} / {our[3]:.0f}':>13}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--locations", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        address, source = given.measure
        ours(address, source, given.locations)
    else:
        table(given.locations, given.rounds)


if __name__ == "__main__":
    main()
