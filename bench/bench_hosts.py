"""Two hundred slow hosts through one client: how much of the allowed rate is kept, and is it ever exceeded?

    python -m bench.bench_hosts [--hosts 200] [--seconds 20] [--scale 0.1]

Every host answers after five seconds and may be asked every ten, both times `--scale`. They are
addresses 127.0.x.y of one server in a process of its own, which notes when each request came. One
client, with one thread a host that asks as fast as the client lets it. Too early is a request that
comes sooner after the one before than the interval, less the quarter of a second by which the
server's own threads may be late. There is no peer: what counts is the share of what is allowed.
"""

import argparse
import json
import resource
import subprocess
import sys
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any, ClassVar

from crawlers.http import Client, Limits
from crawlers.source import Answer, Request

SLOW, INTERVAL = 5.0, 10.0
LATE = 0.25
Came = dict[str, list[float]]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    slow = 0.0
    came: ClassVar[Came] = defaultdict(list)

    def do_GET(self) -> None:
        self.came[self.headers["Host"]].append(time.monotonic())
        time.sleep(self.slow)
        self.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 11\r\n\r\n<p>slow</p>"
        )

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512


def serve(slow: float) -> None:
    """Print the port, answer slowly until standard input ends, print when each host was asked."""
    _Handler.slow = slow
    server = _Server(("", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
    print(json.dumps(_Handler.came), flush=True)


def crawl(hosts: list[str], interval: float, seconds: float) -> None:
    """Ask every host again and again for so long."""
    limits = Limits(rate=1 / interval, retries=0, connections=2 * len(hosts))
    end = time.monotonic() + seconds

    def ask(host: str) -> None:
        while time.monotonic() < end:
            if not isinstance(client.fetch(Request(f"http://{host}/")), Answer):
                raise SystemExit("the benchmark's own server failed")

    with Client("Goodstanding-Bench", allowed=hosts, limits=limits) as client:
        threads = [threading.Thread(target=ask, args=(host,)) for host in hosts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def main() -> None:
    """Run it and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--scale", type=float, default=0.1)
    parser.add_argument("--serve", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve is not None:
        return serve(options.serve)
    interval, slow = INTERVAL * options.scale, SLOW * options.scale
    command = [sys.executable, "-m", "bench.bench_hosts", "--serve", str(slow)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    port = int(server.stdout.readline() if server.stdout else "")
    crawl(
        [f"127.0.{1 + number // 250}.{1 + number % 250}:{port}" for number in range(options.hosts)],
        interval,
        options.seconds,
    )
    came: Came = json.loads(server.communicate()[0])
    print(f"{options.hosts} hosts, answers after {slow:g} s, a request every {interval:g} s and host")
    table(came, interval)
    return None


def table(came: Came, interval: float) -> None:
    """Print the share of the allowed rate, and how many requests came too early."""
    gaps = [later - earlier for moments in came.values() for earlier, later in pairwise(moments)]
    spans = sum(moments[-1] - moments[0] for moments in came.values())
    early = sum(gap < interval - LATE for gap in gaps)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    kept = len(gaps) * interval / spans
    print(f"requests {sum(map(len, came.values()))}, too early {early}")
    print(f"share of the allowed rate {kept:.2f}, peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
