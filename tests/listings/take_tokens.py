"""A process that takes tokens: URL ALLOWED count|spaced. Prints "ready", waits for a line, prints how
many it got, or when each turn was.

"count": all of a day's tokens, as fast as it can. "spaced": for two seconds, so many a second.
"""

import datetime as dt
import sys

from listings import logs
from listings.clock import now
from listings.db import Database
from listings.quota import Endpoint, take
from listings.source_terms import Quota

AT = Endpoint("test", "api.example", "key")


def count(database: Database, allowed: int) -> None:
    quota, got = Quota(allowed, dt.timedelta(days=1), spaced=False), 0
    while True:
        with database.write() as session:
            turn = take(session, AT, quota, now())
        if turn.again_at is not None:
            break
        got += 1
    print(got)  # noqa: T201 - what the test reads


def spaced(database: Database, allowed: int) -> None:
    quota = Quota(allowed, dt.timedelta(seconds=1), spaced=True)
    end, moments = now().timestamp() + 2, []
    while (moment := now()).timestamp() < end:
        with database.write() as session:
            turn = take(session, AT, quota, moment, patience=0.5)
        if turn.again_at is None:
            moments.append(moment.timestamp() + turn.wait)
    print(*moments)  # noqa: T201 - what the test reads


if __name__ == "__main__":
    logs.configure("ERROR")
    print("ready", flush=True)  # noqa: T201 - what the test waits for
    sys.stdin.readline()
    {"count": count, "spaced": spaced}[sys.argv[3]](Database(sys.argv[1]), int(sys.argv[2]))
