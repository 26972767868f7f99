"""Jobs carried out by a worker in this process; crashes are in tests/crawlers/test_worker_crash.py."""

import datetime as dt
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from listings import job_rows, jobs
from listings.clock import now as present
from listings.db import Database
from listings.jobs import (
    BadJobs,
    Job,
    JobContext,
    Queue,
    Running,
    enqueue,
    handled,
    job_id,
    run_again,
    run_worker,
)
from tests.waiting import until

pytestmark = pytest.mark.db
QUEUE = Queue("errands", concurrency=2)


@dataclass(frozen=True)
class Errand:
    """What the jobs of these tests are about."""

    number: int


@pytest.fixture
def errand(monkeypatch: pytest.MonkeyPatch) -> Job[Errand]:
    """A kind of job, the only one that is declared."""
    monkeypatch.setattr(jobs, "DECLARED", {})
    return Job("errand", QUEUE, Errand)


def working(
    database: Database, job: Job[Errand], handler: Callable[[JobContext, Errand], None]
) -> AbstractContextManager[Running]:
    return run_worker(database, dict([handled(job, handler)]), "test", poll=0.02, grace=1)


def put(database: Database, job: Job[Errand], key: str, number: int = 0) -> str:
    with database.write() as session:
        return enqueue(session, job, key, Errand(number))


def stands(database: Database, id_: str) -> str | None:
    with database.read() as session:
        return job_rows.state(session, id_)


def test_a_committed_job_runs_with_its_payload(database: Database, errand: Job[Errand]) -> None:
    done: list[Errand] = []
    id_ = put(database, errand, "a", 7)
    with working(database, errand, lambda _, payload: done.append(payload)):
        until(lambda: stands(database, id_) == "SUCCESS")
    assert done == [Errand(7)]


def test_a_rolled_back_job_does_not_exist(database: Database, errand: Job[Errand]) -> None:
    with database.write() as session:
        enqueue(session, errand, "a", Errand(7))
        session.rollback()
    assert stands(database, job_id(errand, "a")) is None


def test_the_same_key_runs_once(database: Database, errand: Job[Errand]) -> None:
    done: list[Errand] = []
    with working(database, errand, lambda _, payload: done.append(payload)):
        for number, key in enumerate("aaba"):
            id_ = put(database, errand, key, number)
            until(lambda id_=id_: stands(database, id_) == "SUCCESS")  # type: ignore[misc]
    assert done == [Errand(0), Errand(2)]


def test_two_transactions_that_enqueue_one_key_make_one_job(database: Database, errand: Job[Errand]) -> None:
    done: list[Errand] = []
    both = threading.Barrier(2)

    def enqueue_at_once(number: int) -> None:
        both.wait()
        put(database, errand, "a", number)

    threads = [threading.Thread(target=enqueue_at_once, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with working(database, errand, lambda _, payload: done.append(payload)):
        until(lambda: stands(database, job_id(errand, "a")) == "SUCCESS")
    assert len(done) == 1


def test_a_delayed_job_waits(database: Database, errand: Job[Errand]) -> None:
    order: list[int] = []
    with database.write() as session:
        late = enqueue(session, errand, "late", Errand(2), delay=dt.timedelta(seconds=2))
    with working(database, errand, lambda _, payload: order.append(payload.number)):
        soon = put(database, errand, "soon", 1)
        until(lambda: stands(database, soon) == "SUCCESS")
        assert stands(database, late) == "DELAYED"
        until(lambda: stands(database, late) == "SUCCESS")
    assert order == [1, 2]


def test_a_failed_job_tells_why_and_can_be_run_again(database: Database, errand: Job[Errand]) -> None:
    answers = ["refused", "taken"]

    def handler(context: JobContext, _: Errand) -> None:
        if context.step("ask", lambda: answers.pop(0)) == "refused":
            raise ConnectionError("the source refused")

    id_ = put(database, errand, "a")
    with capture_logs() as logs, working(database, errand, handler):
        until(lambda: stands(database, id_) == "ERROR")
        assert [log["job"] for log in logs if log["event"] == "job_failed"] == [id_]
        with database.read() as session:
            (failure,) = job_rows.failed(session)
        assert (failure.id, failure.name) == (id_, "errand")
        assert failure.reason == "ConnectionError: the source refused"
        with database.write() as session:
            run_again(session, id_, QUEUE.name)
        until(lambda: stands(database, id_) == "SUCCESS")
    with database.read() as session:
        assert job_rows.failed(session) == []


def test_one_bad_job_holds_no_other_up(database: Database, errand: Job[Errand]) -> None:
    def handler(_: JobContext, payload: Errand) -> None:
        if payload.number == 3:
            raise ValueError("poison")

    ids = [put(database, errand, str(number), number) for number in range(8)]
    with working(database, errand, handler):
        until(lambda: {stands(database, id_) for id_ in ids} == {"SUCCESS", "ERROR"})
    with database.read() as session:
        assert [failure.id for failure in job_rows.failed(session)] == [ids[3]]


def test_a_job_that_has_not_ended_is_not_run_again(database: Database, errand: Job[Errand]) -> None:
    id_ = put(database, errand, "a")
    for unfit in (id_, "errand:nobody"):
        with database.write() as session, pytest.raises(BadJobs, match=unfit):
            run_again(session, unfit, QUEUE.name)


def test_a_worker_that_stops_begins_no_further_step(database: Database, errand: Job[Errand]) -> None:
    steps: list[str] = []
    begun, go_on = threading.Event(), threading.Event()

    def first() -> None:
        steps.append("first")
        begun.set()
        go_on.wait(30)

    def handler(context: JobContext, _: Errand) -> None:
        context.step("first", first)
        context.step("second", lambda: steps.append("second"))

    id_ = put(database, errand, "a")
    with working(database, errand, handler) as running:
        assert begun.wait(30)
        running.stopping.set()
        go_on.set()
        until(lambda: running.busy == 0)
    assert steps == ["first"]
    with working(database, errand, handler):
        until(lambda: stands(database, id_) == "SUCCESS")
    assert steps == ["first", "second"]


def test_a_declared_job_without_handler_is_refused_at_start(database: Database, errand: Job[Errand]) -> None:
    other = Job("other", QUEUE, Errand)
    with pytest.raises(BadJobs, match="'other' is declared"), working(database, errand, lambda *_: None):
        pass
    handlers = dict([handled(errand, lambda *_: None), handled(other, lambda *_: None)])
    del jobs.DECLARED["other"]
    with (
        pytest.raises(BadJobs, match="handler for 'other'"),
        run_worker(database, handlers, "test"),
    ):
        pass


def test_jobs_of_a_kind_nobody_knows_are_refused_at_start(database: Database, errand: Job[Errand]) -> None:
    put(database, Job("forgotten", QUEUE, Errand), "a")
    del jobs.DECLARED["forgotten"]
    with pytest.raises(BadJobs, match="'forgotten'"), working(database, errand, lambda *_: None):
        pass


def test_two_jobs_of_one_name_are_refused(errand: Job[Errand]) -> None:
    with pytest.raises(BadJobs, match="'errand'"):
        Job("errand", Queue("elsewhere", concurrency=1), Errand)


def test_a_job_in_a_queue_that_was_renamed_still_runs(database: Database, errand: Job[Errand]) -> None:
    id_ = put(database, Job("errand", QUEUE, Errand), "a")
    jobs.DECLARED.clear()
    moved = Job("errand", Queue("elsewhere", concurrency=1), Errand)
    with database.write() as session:
        job_rows.requeue(session, moved.name, moved.queue.name)
    with working(database, moved, lambda *_: None):
        until(lambda: stands(database, id_) == "SUCCESS")


def test_finished_jobs_are_forgotten_in_batches_and_failed_ones_later(
    database: Database, errand: Job[Errand]
) -> None:
    def handler(context: JobContext, payload: Errand) -> None:
        context.step("divide", lambda: 1 // payload.number)

    ids = [put(database, errand, str(number), number) for number in range(4)]
    with working(database, errand, handler):
        until(lambda: {stands(database, id_) for id_ in ids} == {"SUCCESS", "ERROR"})
    counts = []
    for days in (6, 8, 8, 8, 91):
        with database.write() as session:
            later = present() + dt.timedelta(days=days)
            week, season = later - dt.timedelta(days=7), later - dt.timedelta(days=90)
            counts.append(job_rows.purge(session, ended_before=week, failed_before=season, limit=2))
    assert counts == [0, 2, 1, 0, 1]


def test_two_survivors_take_a_job_over_once(database: Database, errand: Job[Errand]) -> None:
    id_ = put(database, errand, "a")
    with database.write() as session:
        left = {"status": "PENDING", "executor_id": "dead"}
        job_rows._execute(session, job_rows._status.update().values(**left))
    taken = []
    for dead in (["other"], [], ["dead", "other"], ["dead"]):
        with database.write() as session:
            taken.append(job_rows.take_over(session, dead))
    assert taken == [0, 0, 1, 0]
    assert stands(database, id_) == "ENQUEUED"


@dataclass(frozen=True)
class Letter:
    """Another payload."""

    number: int


def mypy_refuses(session: Session, job: Job[Errand]) -> None:
    """Never called: `make check` fails when one of these lines is no type error any more."""

    def reads_letters(_: JobContext, letter: Letter) -> None: ...

    enqueue(session, job, "a", Letter(1))  # type: ignore[misc]
    handled(job, reads_letters)  # type: ignore[arg-type]
    Job("errand", QUEUE, Errand(1))  # type: ignore[arg-type]
