"""Memory over 100,000 pages: does a worker that fetches and reads grow?

    python -m bench.bench_memory [--pages 100000]

One process fetches pages of a hundred hosts from a server in another process, reads each as the
website's adapter does, and prints its resident memory ten times on the way; then the slope of a
straight line through the second half, in MB per 10,000 pages. Nothing is stored: the database is
another process' memory on PostgreSQL and a file on SQLite. There is no peer.
"""

import argparse
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import linear_regression
from typing import Any

from crawlers.http import Client, Limits
from crawlers.source import Answer, Outcome, Request
from crawlers.sources.website import Website

HOSTS = 100
PAGE = (
    "<!doctype html><html><head><title>Shop {n}</title><script type='application/ld+json'>"
    '{{"@context":"https://schema.org","@type":"Bakery","name":"Shop {n}","telephone":"+1 503 555 0142",'
    '"address":{{"@type":"PostalAddress","streetAddress":"{n} Main St","addressLocality":"Portland",'
    '"addressRegion":"OR","postalCode":"97201","addressCountry":"US"}}}}</script></head>'
    "<body><h1>Shop {n}</h1>" + "<p>Fresh bread every day.</p>" * 40 + "</body></html>"
)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        body = PAGE.format(n=self.path.rpartition("/")[2]).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def serve() -> None:
    """Print the port and answer until standard input ends."""
    server = ThreadingHTTPServer(("", 0), _Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


def resident() -> float:
    """This process' resident memory in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def crawl(port: int, pages: int) -> list[tuple[float, float]]:
    """Fetch and read; pages so far and memory, twenty times."""
    hosts = [f"127.0.2.{1 + number}:{port}" for number in range(HOSTS)]
    adapter, seen = Website(), []
    began = time.monotonic()
    with Client("Goodstanding-Bench", allowed=hosts, limits=Limits(rate=1e9)) as client:
        for number in range(pages):
            answer = client.fetch(Request(f"http://{hosts[number % HOSTS]}/stores/{number}"))
            if not isinstance(answer, Answer) or adapter.read(answer).outcome is not Outcome.OK:
                raise SystemExit("the benchmark's own server failed")
            if (number + 1) % (pages // 20) == 0:
                seen.append((float(number + 1), resident()))
                print(
                    f"{number + 1:>8} pages {seen[-1][1]:7.1f} MB {time.monotonic() - began:6.0f} s",
                    flush=True,
                )
    return seen


def main() -> None:
    """Run it and print the slope."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        return serve()
    command = [sys.executable, "-m", "bench.bench_memory", "--serve"]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    seen = crawl(int(server.stdout.readline() if server.stdout else ""), options.pages)
    server.communicate()
    late = seen[len(seen) // 2 :]
    slope = linear_regression([pages for pages, _ in late], [memory for _, memory in late]).slope * 10_000
    print(f"slope of the second half: {slope:+.2f} MB per 10,000 pages")
    return None


if __name__ == "__main__":
    main()
