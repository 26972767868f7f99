"""Workers in processes of their own that are killed, replaced, upgraded and stopped."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from listings import job_rows
from listings.db import Database
from listings.jobs import enqueue, job_id
from listings.models.worker import WorkerHeartbeat
from tests.crawlers.work_alone import MANY_STEPS, QUICK, TWO_STEPS, ManySteps, TwoSteps
from tests.waiting import until

pytestmark = pytest.mark.db
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(database_url: str, tmp_path: Path) -> Iterator[Start]:
    """Start a worker process; all are killed at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(executor: str = "a", version: str = "jobs-1") -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "tests.crawlers.work_alone", database_url, executor, version]
        process = subprocess.Popen([*command, str(tmp_path)])
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def job(database: Database) -> str:
    with database.write() as session:
        return enqueue(session, TWO_STEPS, "k", TwoSteps(1))


def happened(folder: Path, what: str) -> int:
    return len(list(folder.glob(f"{what}.*")))


def state(database: Database, id_: str) -> str | None:
    with database.read() as session:
        return job_rows.state(session, id_)


def ended(database: Database) -> Callable[[], bool]:
    return lambda: state(database, job_id(TWO_STEPS, "k")) == "SUCCESS"


def beating_for(database: Database, executor: str) -> float:
    """Seconds that a worker has been making its rounds."""
    with database.read() as session:
        row = session.get(WorkerHeartbeat, executor)
        return (row.beat_at - row.started_at).total_seconds() if row else 0


def test_a_killed_job_goes_on_after_its_last_finished_step(
    database: Database, job: str, start: Start, tmp_path: Path
) -> None:
    process = start()
    until(lambda: happened(tmp_path, "second-a") == 1)
    process.kill()
    process.wait()
    start()
    until(lambda: happened(tmp_path, "second-a") == 2)
    (tmp_path / "go").touch()
    until(ended(database))
    assert (happened(tmp_path, "first"), happened(tmp_path, "third")) == (1, 1)


def test_a_survivor_takes_over_a_dead_workers_job(
    database: Database, job: str, start: Start, tmp_path: Path
) -> None:
    dying = start("a")
    until(lambda: happened(tmp_path, "second-a") == 1)
    start("b")
    start("c")
    dying.kill()
    until(lambda: happened(tmp_path, "second-b") + happened(tmp_path, "second-c") == 1)
    (tmp_path / "go").touch()
    until(ended(database))
    assert (happened(tmp_path, "first"), happened(tmp_path, "third")) == (1, 1)


def test_a_worker_that_lives_keeps_its_long_job(
    database: Database, job: str, start: Start, tmp_path: Path
) -> None:
    start("a")
    until(lambda: happened(tmp_path, "second-a") == 1)
    start("b")
    until(lambda: beating_for(database, "b") > 2 * QUICK.patience)
    assert happened(tmp_path, "second-b") == 0
    (tmp_path / "go").touch()
    until(ended(database))


def test_a_newer_version_ends_what_an_older_one_began(
    database: Database, job: str, start: Start, tmp_path: Path
) -> None:
    process = start("a", "jobs-1")
    until(lambda: happened(tmp_path, "second-a") == 1)
    process.kill()
    process.wait()
    (tmp_path / "go").touch()
    start("a", "jobs-2")
    until(ended(database))
    assert happened(tmp_path, "third") == 1


def test_an_older_version_that_comes_back_is_given_new_jobs(
    database: Database, start: Start, tmp_path: Path
) -> None:
    (tmp_path / "go").touch()
    for version in ("jobs-1", "jobs-2"):
        process = start("a", version)
        until(lambda: beating_for(database, "a") > 0)
        process.terminate()
        process.wait()
    with database.write() as session:
        enqueue(session, TWO_STEPS, "k", TwoSteps(1))
    start("a", "jobs-1")
    until(ended(database))


def test_a_stopped_worker_ends_in_time_and_its_job_goes_on_later(
    database: Database, job: str, start: Start, tmp_path: Path
) -> None:
    process = start()
    until(lambda: happened(tmp_path, "second-a") == 1)
    process.terminate()
    assert process.wait(timeout=10) == 0
    (tmp_path / "go").touch()
    start()
    until(ended(database))
    assert (happened(tmp_path, "first"), happened(tmp_path, "third")) == (1, 1)


def test_a_stopped_worker_leaves_its_job_to_the_others_at_once(
    database: Database, job: str, start: Start, tmp_path: Path
) -> None:
    process = start("a")
    until(lambda: happened(tmp_path, "second-a") == 1)
    process.terminate()
    (tmp_path / "go").touch()
    process.wait(timeout=10)
    start("b")
    until(ended(database))


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_forty_kills_lose_no_step_and_repeat_at_most_one_each(
    database: Database, start: Start, tmp_path: Path
) -> None:
    steps, kills = 4000, 40
    with database.write() as session:
        id_ = enqueue(session, MANY_STEPS, "k", ManySteps(steps))
    for _ in range(kills):
        before = happened(tmp_path, "step-*")
        process = start()
        # Somewhere in the middle of a step: as soon as a few more have been done.
        until(lambda before=before: happened(tmp_path, "step-*") > before + 20)  # type: ignore[misc]
        process.kill()
        process.wait()
    start()
    until(lambda: state(database, id_) == "SUCCESS", seconds=240)
    counts = [happened(tmp_path, f"step-{number}") for number in range(steps)]
    assert min(counts) == 1
    assert sum(counts) - steps <= kills
