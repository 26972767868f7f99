"""`goodstanding worker` as a process."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from listings.db import Database
from listings.models.worker import WorkerHeartbeat
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def worker(home: Path, url: str, slot: str = "1") -> Iterator["subprocess.Popen[str]"]:
    environment = {
        "GOODSTANDING_HOME": str(home),
        "GOODSTANDING_DATABASE_URL": url,
        "GOODSTANDING_SECRET_KEY": "k" * 40,
        "GOODSTANDING_WORKER_SLOT": slot,
    }
    command = [sys.executable, "-m", "goodstanding", "worker"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.communicate()


def beating(database: Database, count: int = 1) -> bool:
    with database.read() as session:
        rows = session.scalars(sa.select(WorkerHeartbeat)).all()
        return sum(row.beat_at > row.started_at for row in rows) == count


@pytest.mark.db
def test_a_worker_runs_until_it_is_asked_to_stop(tmp_path: Path, database: Database) -> None:
    with worker(tmp_path, database.url) as process:
        until(lambda: beating(database))
        process.terminate()
        assert process.wait(timeout=10) == 0
    with database.read() as session:
        assert session.scalars(sa.select(WorkerHeartbeat.stopped_at)).one()


def test_a_second_worker_of_the_same_slot_is_refused(tmp_path: Path, database: Database) -> None:
    with worker(tmp_path, database.url):
        until(lambda: beating(database))
        with worker(tmp_path, database.url) as second:
            _, told = second.communicate(timeout=60)
            assert (second.returncode, told.count("\n")) == (2, 1)
            assert "GOODSTANDING_WORKER_SLOT" in told
        with worker(tmp_path, database.url, slot="2"):
            until(lambda: beating(database, 2))


def test_a_worker_without_database_is_refused_in_one_line(tmp_path: Path) -> None:
    with worker(tmp_path, f"sqlite:///{tmp_path / 'none.db'}") as process:
        _, told = process.communicate(timeout=60)
        assert (process.returncode, told.count("\n")) == (2, 1)
        assert "run `goodstanding init`" in told
