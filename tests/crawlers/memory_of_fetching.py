"""Run as a program: fetch URLs and print the reasons and how many MB of memory that took at most.

python -m tests.crawlers.memory_of_fetching HOST:PORT URL…
"""

import sys
from pathlib import Path

from crawlers.http import Limits
from crawlers.outcomes import Failure
from crawlers.source import Request
from tests.crawlers.clients import quick_client


def peak() -> float:
    """The most memory this process has held so far, in MB."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1_000


def main() -> None:
    allowed, *urls = sys.argv[1:]
    with quick_client(allowed, limits=Limits(rate=100_000, retries=0)) as client:
        before = peak()
        results = [client.fetch(Request(url)) for url in urls]
    reasons = ",".join(result.reason if isinstance(result, Failure) else "fetched" for result in results)
    sys.stdout.write(f"{reasons} {peak() - before:.1f}\n")


if __name__ == "__main__":
    main()
