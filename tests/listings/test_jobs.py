"""Jobs carried out by a worker in this process; crashes are in test_jobs_crash.py."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from listings import job_rows, jobs
from listings.db import Database
from listings.jobs import Job, JobContext, Queue, enqueue, handled, job_id, run_worker

pytestmark = pytest.mark.db


@dataclass(frozen=True)
class Errand:
    """What the jobs of these tests are about."""

    number: int


@pytest.fixture
def errand(monkeypatch: pytest.MonkeyPatch) -> Job[Errand]:
    """A kind of job, the only one that is declared."""
    monkeypatch.setattr(jobs, "DECLARED", {})
    return Job("errand", Queue("errands", concurrency=2), Errand)


@contextmanager
def working(
    database: Database, job: Job[Errand], handler: Callable[[JobContext, Errand], None]
) -> Iterator[None]:
    with run_worker(database, dict([handled(job, handler)]), "test", poll=0.02, grace=1):
        yield


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for a condition; fail when it doesn't come true in time."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError("the condition did not come true")


def stands(database: Database, job: Job[Errand], key: str) -> str | None:
    with database.read() as session:
        return job_rows.state(session, job_id(job, key))


def test_a_committed_job_runs_with_its_payload(database: Database, errand: Job[Errand]) -> None:
    done: list[Errand] = []
    with database.write() as session:
        enqueue(session, errand, "a", Errand(7))
    with working(database, errand, lambda _, payload: done.append(payload)):
        until(lambda: stands(database, errand, "a") == "SUCCESS")
    assert done == [Errand(7)]


def test_a_rolled_back_job_does_not_exist(database: Database, errand: Job[Errand]) -> None:
    with database.write() as session:
        enqueue(session, errand, "a", Errand(7))
        session.rollback()
    assert stands(database, errand, "a") is None


def test_the_same_key_runs_once(database: Database, errand: Job[Errand]) -> None:
    done: list[Errand] = []
    with working(database, errand, lambda _, payload: done.append(payload)):
        for number in (1, 2):
            with database.write() as session:
                enqueue(session, errand, "a", Errand(number))
            until(lambda: stands(database, errand, "a") == "SUCCESS")
        with database.write() as session:
            enqueue(session, errand, "b", Errand(3))
        until(lambda: stands(database, errand, "b") == "SUCCESS")
    assert done == [Errand(1), Errand(3)]
