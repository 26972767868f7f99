"""Pages per second through our client against a plain httpx.Client, in the same run.

    python -m bench.bench_fetch [--pages 600] [--rounds 5]

A server in a process of its own hands out listing pages of 150 to 200 KB, plain and gzipped. Each
measurement is a fresh process with one thread, and rounds are interleaved: only the ratio inside one
run counts. Our client has a rate that never binds; everything else (address checks, deadline, size
limits, pace, wall detection) is as in production. "parse" adds reading the page's JSON-LD.
"""

import argparse
import gzip
import json
import os
import random
import resource
import socket
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import httpx
from selectolax.lexbor import LexborHTMLParser

from bench.pages import REVIEWS, answer, page, serve
from crawlers.http import Client, Limits
from crawlers.source import Answer, Request

PAGES = 40
CASES = [(coding, work) for coding in ("plain", "gzip") for work in ("fetch", "parse")]


def served() -> dict[bytes, bytes]:
    """Every page, plain and gzipped, as a whole answer by its path."""
    draw = random.Random(7)
    ready = {}
    for number in range(PAGES):
        plain = page(shop(number), draw)
        ready[f"/plain/{number}".encode()] = answer(plain)
        ready[f"/gzip/{number}".encode()] = answer(gzip.compress(plain, 6), "Content-Encoding: gzip")
    return ready


def shop(number: int) -> dict[str, Any]:
    """A schema.org business."""
    return {
        "@type": "LocalBusiness",
        "name": f"Shop {number}",
        "telephone": "+1 503 555 0142",
        "address": {"streetAddress": f"{number} Main St", "addressLocality": "Portland"},
    }


def parsed(body: bytes) -> int:
    """Read the page's JSON-LD; the number of reviews in it."""
    nodes = LexborHTMLParser(body).css("script[type='application/ld+json']")
    return sum(len(json.loads(node.text())["review"]) for node in nodes)


def through(client: str, base: str) -> Callable[[str], bytes]:
    """A function that fetches one path with the named client."""
    if client == "httpx":
        plain = httpx.Client(trust_env=False)
        return lambda path: plain.get(base + path).content
    ours = Client("Goodstanding-Bench", allowed=[base.removeprefix("http://")], limits=Limits(rate=1e9))

    def fetch(path: str) -> bytes:
        answer = ours.fetch(Request(base + path))
        if not isinstance(answer, Answer):
            raise SystemExit(f"the benchmark's own server failed: {answer.detail}")
        return answer.body

    return fetch


def measure(client: str, base: str, coding: str, work: str, pages: int) -> None:
    """Print pages per second, CPU milliseconds a page and peak memory in MB."""
    fetch = through(client, base)
    fetch(f"/{coding}/0")
    began, cpu = time.perf_counter(), time.process_time()
    for number in range(pages):
        body = fetch(f"/{coding}/{number % PAGES}")
        if work == "parse" and parsed(body) != REVIEWS:
            raise SystemExit("a page came back different")
    took, used = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    print(json.dumps([pages / took, 1_000 * used / pages, peak]))


def main() -> None:
    """Run all cases and print a table of medians."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--measure", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        client, base, coding, work = options.measure
        return measure(client, base, coding, work, options.pages)

    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    server = os.fork()
    if server == 0:
        serve(listener, served())
    try:
        table(f"http://127.0.0.1:{listener.getsockname()[1]}", options.pages, options.rounds)
    finally:
        os.kill(server, 9)
        os.waitpid(server, 0)
    return None


def table(base: str, pages: int, rounds: int) -> None:
    """Measure every case in turn and print medians and ratios."""
    figures: dict[tuple[str, str, str], list[list[float]]] = defaultdict(list)
    for _ in range(rounds):
        for coding, work in CASES:
            for client in ("httpx", "ours"):
                command = [sys.executable, "-m", "bench.bench_fetch", "--pages", str(pages)]
                command += ["--measure", client, base, coding, work]
                out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
                figures[coding, work, client].append(json.loads(out))
    print("medians, httpx / ours      pages/s   ratio     CPU ms/page   ratio      peak MB")
    for coding, work in CASES:
        peer = [statistics.median(column) for column in zip(*figures[coding, work, "httpx"], strict=True)]
        ours = [statistics.median(column) for column in zip(*figures[coding, work, "ours"], strict=True)]
        print(
            f"{coding + ' ' + work:<18}{f'{peer[0]:.0f} / {ours[0]:.0f}':>16}{ours[0] / peer[0]:>8.2f}"
            f"{f'{peer[1]:.2f} / {ours[1]:.2f}':>16}{ours[1] / peer[1]:>8.2f}{f'{peer[2]:.0f} / {ours[2]:.0f}':>13}"
        )


if __name__ == "__main__":
    main()
