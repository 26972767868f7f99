"""Two hundred slow hosts through one client: how much of the allowed rate is kept, and is it ever exceeded?

    python -m bench.bench_hosts [--hosts 200] [--seconds 20] [--scale 0.1]

Every host answers after five seconds and may be asked every ten, both times `--scale`. They are
addresses 127.0.x.y of one server in a process of its own. One client, with one thread a host that
asks as fast as the client lets it. The times are those of writing to the socket, noted around each
write: when a loaded server's threads get to read is not the client's doing. Too early is a write
that begins sooner after the one before has returned than the interval, without any allowance.
There is no peer: what counts is the share of what is allowed.
"""

import argparse
import resource
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

import httpcore

from crawlers.http import CheckedTransport, Client, Limits
from crawlers.source import Answer, Request

SLOW, INTERVAL = 5.0, 10.0
Writes = dict[str, list[tuple[float, float]]]
"""By host, when each write to its socket began and had returned; one write is one request."""


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, writes: list[tuple[float, float]]) -> None:
        self._inner = inner
        self._writes = writes

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        began = time.monotonic()
        self._inner.write(buffer, timeout)
        self._writes.append((began, time.monotonic()))

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Network(httpcore.SyncBackend):
    """The network, with a note of when each request was written."""

    def __init__(self) -> None:
        self.writes: Writes = defaultdict(list)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        stream = super().connect_tcp(host, port, timeout, local_address, socket_options)
        return _Stream(stream, self.writes[host])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    slow = 0.0

    def do_GET(self) -> None:
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
    """Print the port, answer slowly until standard input ends."""
    _Handler.slow = slow
    server = _Server(("", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


def crawl(hosts: list[str], interval: float, seconds: float) -> Writes:
    """Ask every host again and again for so long; when the requests were written."""
    network = _Network()
    limits = Limits(rate=1 / interval, retries=0, connections=2 * len(hosts))
    end = time.monotonic() + seconds

    def ask(host: str) -> None:
        while time.monotonic() < end:
            if not isinstance(client.fetch(Request(f"http://{host}/")), Answer):
                raise SystemExit("the benchmark's own server failed")

    transport = CheckedTransport(allowed=frozenset(hosts), connections=limits.connections, network=network)
    with Client("Goodstanding-Bench", allowed=hosts, limits=limits, transport=transport) as client:
        threads = [threading.Thread(target=ask, args=(host,)) for host in hosts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return network.writes


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
    writes = crawl(
        [f"127.0.{1 + number // 250}.{1 + number % 250}:{port}" for number in range(options.hosts)],
        interval,
        options.seconds,
    )
    server.communicate()
    print(f"{options.hosts} hosts, answers after {slow:g} s, a request every {interval:g} s and host")
    table(writes, interval)
    return None


def table(writes: Writes, interval: float) -> None:
    """Print the share of the allowed rate, and how many requests left too early."""
    gaps = [
        began - returned for moments in writes.values() for (_, returned), (began, _) in pairwise(moments)
    ]
    spans = sum(moments[-1][0] - moments[0][0] for moments in writes.values())
    early = sum(gap < interval for gap in gaps)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    print(f"requests {sum(map(len, writes.values()))}, too early {early}, shortest gap {min(gaps):.4f} s")
    print(f"share of the allowed rate {len(gaps) * interval / spans:.2f}, peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
