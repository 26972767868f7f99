"""A worker in a process of its own, for tests that kill it: URL EXECUTOR VERSION FOLDER.

Its one kind of job leaves a file per thing it does, and waits in its second step until the file
`go` is there. What the files count survives a kill, as what happens outside the product does.
"""

import os
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from crawlers.worker import Pace, work
from listings.db import Database
from listings.jobs import DECLARED, Job, JobContext, Queue, handled
from tests.waiting import until

QUICK = Pace(beat=0.1, patience=1.5, tick=60, poll=0.05, grace=2)


@dataclass(frozen=True)
class TwoSteps:
    """What the job is about."""

    number: int


TWO_STEPS = Job("two_steps", Queue("steps", concurrency=4), TwoSteps)
DECLARED.pop(TWO_STEPS.name)  # only the worker's own process has it declared


def leave(folder: Path, what: str) -> int:
    """Leave one more file named after what happened; how many there are now."""
    count = len(list(folder.glob(f"{what}.*"))) + 1
    (folder / f"{what}.{count}").touch()
    return count


def main(url: str, executor: str, version: str, folder: Path) -> None:
    DECLARED.clear()
    DECLARED[TWO_STEPS.name] = TWO_STEPS
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())

    def wait_for_go() -> int:
        leave(folder, f"second-{executor}")
        until((folder / "go").exists)
        return 2

    def handler(context: JobContext, _: TwoSteps) -> None:
        context.step("first", lambda: leave(folder, "first"))
        context.step("second", wait_for_go)
        context.step("third", lambda: leave(folder, "third"))

    database = Database(url)
    handlers = dict([handled(TWO_STEPS, handler)])
    work(database, handlers, [], executor, stop, version=version, pace=QUICK)
    os._exit(0)  # as the command does


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4]))
