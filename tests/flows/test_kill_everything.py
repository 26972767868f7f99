"""Web, schedule and worker killed at once, in the middle of traffic: what was answered with 200 is kept and done."""

import datetime as dt
import hashlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from listings import job_rows
from listings.clock import now
from listings.crawl_plan import CRAWLS
from listings.db import Database
from listings.models.listing import Listing
from listings.models.push import PushMessage
from listings.models.schedule import ScheduleSlot
from tests.domain import NOW, organization, place
from tests.waiting import until

pytestmark = [pytest.mark.db, pytest.mark.timeout(900)]
ROOT = Path(__file__).resolve().parents[2]
SECRET, BUSINESS = "s" * 40, "4dUfSwnp_4i0F-BmYnQxAA"


@dataclass
class Machine:
    """Everything that runs on one machine, in one process group, so that one signal ends all of it."""

    home: Path
    url: str
    port: int
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self) -> None:
        for command in ("serve", "worker"):
            process = subprocess.Popen(
                [sys.executable, "-m", "goodstanding", command],
                cwd=ROOT,
                env=self._environment(),
                process_group=self.running[0].pid if self.running else 0,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self.running.append(process)

    def kill(self) -> None:
        if self.running:
            os.killpg(self.running[0].pid, signal.SIGKILL)
        for process in self.running:
            process.wait()
        self.running.clear()

    def _environment(self) -> dict[str, str]:
        return {
            "GOODSTANDING_HOME": str(self.home),
            "GOODSTANDING_DATABASE_URL": self.url,
            "GOODSTANDING_PORT": str(self.port),
            "GOODSTANDING_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "GOODSTANDING_SECRET_KEY": "k" * 40,
            "GOODSTANDING_YELP_PUSH_SECRET": SECRET,
        }


@dataclass
class Sender:
    """Announces one change after the other, each until it was answered, as a source does."""

    port: int
    acknowledged: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        for number in count():
            moment = (NOW_IS + dt.timedelta(milliseconds=number)).isoformat()
            body = json.dumps(
                {
                    "time": moment,
                    "object": "business",
                    "data": {
                        "id": BUSINESS,
                        "updates": [{"event_type": "NEW_REVIEW_EVENT", "review_id": "r"}],
                    },
                }
            )
            while not self._sent(body):
                if self.stop.wait(0.02):
                    return
            said = json.dumps([moment, BUSINESS, [("NEW_REVIEW_EVENT", "r")]])
            self.acknowledged.append(hashlib.sha256(said.encode()).hexdigest())
            if self.stop.wait(0.005):
                return

    def _sent(self, body: str) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", f"/push/yelp/{SECRET}", body, {"Content-Type": "application/json"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


NOW_IS = now().replace(tzinfo=None)


@contextmanager
def sending(port: int) -> Iterator[Sender]:
    sender = Sender(port)
    thread = threading.Thread(target=sender.run)
    thread.start()
    try:
        yield sender
    finally:
        sender.stop.set()
        thread.join()


@pytest.fixture
def machine(tmp_path: Path, database: Database) -> Iterator[Machine]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    with database.write() as session:
        ours = organization(session)
        at = place(session, ours)
        listing = Listing(
            organization_id=ours,
            source="yelp",
            source_id=BUSINESS,
            location_id=at.id,
            first_seen_at=NOW,
            last_seen_at=NOW,
        )
        session.add(listing)
    made = Machine(tmp_path, database.url, port)
    yield made
    made.kill()


def kept(database: Database) -> set[str]:
    with database.read() as session:
        return set(session.scalars(sa.select(PushMessage.message_id)))


def jobs(database: Database) -> dict[str, int]:
    """Every job there is by where it stands; announcements of one business are gathered for a while."""
    with database.read() as session:
        assert job_rows.counts(session, CRAWLS["yelp"].name)
        return job_rows.counts(session)


@pytest.mark.parametrize("kills", [2, pytest.param(50, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])])
def test_what_was_acknowledged_survives_the_death_of_every_process(
    database: Database, machine: Machine, kills: int
) -> None:
    draw, pause = random.Random(3), threading.Event()
    with sending(machine.port) as sender:
        for _ in range(kills):
            before = len(sender.acknowledged)
            machine.start()
            until(lambda before=before: len(sender.acknowledged) > before + 5, seconds=120)  # type: ignore[misc]
            pause.wait(draw.uniform(0.06, 0.4))  # anywhere in a request
            machine.kill()
    assert set(sender.acknowledged) <= kept(database)
    machine.start()
    until(lambda: jobs(database).keys() <= {"SUCCESS", "DELAYED"}, seconds=240)
    if database.sqlite:
        with database.read() as session:
            assert session.scalar(sa.text("PRAGMA integrity_check")) == "ok"
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ScheduleSlot))
