"""A worker in a process of its own, to be killed: DATABASE-URL SANDBOX HOME; begins when it is told a line.

It does what `goodstanding worker` does, but for the schedule. Imported and waiting it begins in a moment.
"""

import sys
import threading
from pathlib import Path

from pydantic import SecretStr

from crawlers.handlers import make_handlers
from crawlers.worker import Pace, work
from listings import logs
from listings.db import Database
from listings.settings import Settings
from tests.flows.conftest import KEY

QUICK = Pace(beat=0.5, patience=60, tick=600, poll=0.05, grace=1)


def main(url: str, sandbox: str, home: Path) -> None:
    settings = Settings(home=home, database_url=url, secret_key=SecretStr(KEY), demo=True, sandbox=sandbox)
    logs.configure("ERROR")
    database = Database(settings.database)
    handlers = make_handlers(settings, database)
    if sys.stdin.readline():
        work(database, handlers, [], "kill-me", threading.Event(), pace=QUICK)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
