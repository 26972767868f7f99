"""Jobs that gave up: one bad one holds no other up, is listed with its reason, and can be run again."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr

from goodstanding import main
from listings import job_rows, jobs
from listings.db import Database
from listings.jobs import Job, JobContext, Queue, enqueue, handled, run_worker
from listings.settings import Settings, environment
from tests.waiting import until

pytestmark = pytest.mark.db


@dataclass(frozen=True)
class Errand:
    """What the jobs of these tests are about."""

    number: int


def run(database: Database, tmp_path: Path, *arguments: str) -> Result:
    settings = Settings(home=tmp_path, database_url=database.url, secret_key=SecretStr("k" * 40))
    return CliRunner().invoke(main, ["jobs", *arguments], env=environment(settings))


def ended(database: Database) -> dict[str, int]:
    with database.read() as session:
        return job_rows.counts(session)


@pytest.mark.parametrize(
    "count", [60, pytest.param(1000, marks=[pytest.mark.soak, pytest.mark.timeout(1200)])]
)
def test_one_bad_job_among_many_is_listed_and_runs_again(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(jobs, "DECLARED", {})
    job = Job("errand", Queue("errands", concurrency=8), Errand)
    poison = [count // 2]

    def handler(_: JobContext, payload: Errand) -> None:
        if payload.number in poison:
            raise ValueError("the source was down")

    for first in range(0, count, 20):
        with database.write() as session:
            for number in range(first, first + 20):
                enqueue(session, job, str(number), Errand(number))
    with run_worker(database, dict([handled(job, handler)]), "test", poll=0.02, grace=1):
        until(lambda: ended(database) == {"SUCCESS": count - 1, "ERROR": 1}, seconds=600)
        listed = run(database, tmp_path, "failed", "--json")
        (told,) = (json.loads(line) for line in listed.stdout.splitlines())
        assert (told["id"], told["reason"]) == (f"errand:{count // 2}", "ValueError: the source was down")
        poison.clear()
        assert run(database, tmp_path, "again", told["id"]).exit_code == 0
        until(lambda: ended(database) == {"SUCCESS": count}, seconds=60)
    assert "No job has failed" in run(database, tmp_path, "failed").output


def test_only_failed_jobs_are_run_again(database: Database, tmp_path: Path) -> None:
    refused = run(database, tmp_path, "again", "errand:1")
    assert refused.exit_code == 2
    assert "no job of that name has failed" in refused.output
    assert run(database, tmp_path, "again").exit_code == 2
    assert run(database, tmp_path, "again", "--all").exit_code == 0
