"""A worker in a process of its own, for tests that kill it: URL EXECUTOR VERSION FOLDER.

Its jobs leave a file per thing they do. One waits in its second step until the file `go` is there,
the other has many short steps. What the files count survives a kill, as what happens outside the product does.
"""

import os
import signal
import sys
import threading
from dataclasses import dataclass
from functools import partial
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


@dataclass(frozen=True)
class ManySteps:
    """How many steps it has."""

    number: int


STEPS = Queue("steps", concurrency=4)
TWO_STEPS = Job("two_steps", STEPS, TwoSteps)
MANY_STEPS = Job("many_steps", STEPS, ManySteps)
for job in (TWO_STEPS, MANY_STEPS):
    DECLARED.pop(job.name)  # only the worker's own process has them declared


def leave(folder: Path, what: str) -> int:
    """Leave one more file named after what happened; how many there are now."""
    count = len(list(folder.glob(f"{what}.*"))) + 1
    (folder / f"{what}.{count}").touch()
    return count


def main(url: str, executor: str, version: str, folder: Path) -> None:
    DECLARED.clear()
    DECLARED.update({job.name: job for job in (TWO_STEPS, MANY_STEPS)})
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())

    def wait_for_go() -> int:
        leave(folder, f"second-{executor}")
        until((folder / "go").exists)
        return 2

    def many_steps(context: JobContext, payload: ManySteps) -> None:
        for number in range(payload.number):
            context.step("leave", partial(leave, folder, f"step-{number}"))

    def two_steps(context: JobContext, _: TwoSteps) -> None:
        context.step("first", lambda: leave(folder, "first"))
        context.step("second", wait_for_go)
        context.step("third", lambda: leave(folder, "third"))

    database = Database(url)
    handlers = dict([handled(TWO_STEPS, two_steps), handled(MANY_STEPS, many_steps)])
    work(database, handlers, [], executor, stop, version=version, pace=QUICK)
    os._exit(0)  # as the command does


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4]))
