"""A process that asks one address again and again, as a worker would: URL-OF-DATABASE ADDRESS TIMES."""

import sys
from urllib.parse import urlsplit

from crawlers.http import Client, Limits
from crawlers.meter import Held, Meter
from crawlers.pace import SystemClock
from crawlers.source import Request
from listings import logs
from listings.db import Database
from listings.sources import GOOGLE, SOURCES


def main(url: str, address: str, times: int) -> None:
    clock = SystemClock()
    limits = Limits(rate=20, retries=0)
    with Client("Test", allowed=[urlsplit(address).netloc], limits=limits) as client:
        meter = Meter(client, Database(url), SOURCES[GOOGLE], 1, "account", limit=None)
        done = 0
        while done < times:
            try:
                meter.fetch(Request(address))
                done += 1
            except Held as held:
                clock.sleep(max(0.0, (held.until - clock.now()).total_seconds()))


if __name__ == "__main__":
    logs.configure("ERROR")
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
