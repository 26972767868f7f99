"""A worker in a process of its own that renormalises in small pieces, for a test that kills it: URL FOLDER.

It leaves a file per piece, and waits in the third, written but not yet known as done, for the file `go`.
"""

import os
import signal
import sys
import threading
from functools import partial
from pathlib import Path

import crawlers.renormalise
from crawlers.worker import work
from listings.db import Database
from listings.jobs import DECLARED, handled
from listings.renormalise import RENORMALISE
from tests.crawlers.work_alone import QUICK, leave
from tests.waiting import until


def main(url: str, folder: Path) -> None:
    DECLARED.clear()
    DECLARED[RENORMALISE.name] = RENORMALISE
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    some = crawlers.renormalise.renormalise_some

    def watched(database: Database, version: int) -> int:
        done = some(database, version)
        if leave(folder, "piece") == 3:
            until((folder / "go").exists)
        return done

    crawlers.renormalise.renormalise_some = watched
    crawlers.renormalise.AT_ONCE = 7
    database = Database(url)
    handlers = dict([handled(RENORMALISE, partial(crawlers.renormalise.renormalise, database))])
    work(database, handlers, [], "a", stop, pace=QUICK)
    os._exit(0)  # as the command does


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
