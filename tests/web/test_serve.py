import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest
import sqlalchemy as sa

from listings.db import Database

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-W", "ignore", str(ROOT / "goodstanding.py"), "serve"]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    """A home folder with a key, and the environment of its commands."""

    home: Path
    database: Database
    port: int

    def environment(self, **changes: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}  # noqa: TID251
        return kept | {
            "GOODSTANDING_HOME": str(self.home),
            "GOODSTANDING_DATABASE_URL": self.database.url,
            "GOODSTANDING_PORT": str(self.port),
            "GOODSTANDING_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "GOODSTANDING_SECRET_KEY": "k" * 40,
            **changes,
        }

    def refusal(self, **changes: str) -> str:
        """What `serve` says when it refuses to start."""
        done = subprocess.run(
            COMMAND,
            check=False,
            env=self.environment(**changes),
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 2, done.stderr
        assert done.stdout == ""
        return done.stderr


@pytest.fixture
def installation(tmp_path: Path, database: Database) -> Installation:
    return Installation(tmp_path, database, free_port())


@pytest.fixture
def served(installation: Installation) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        COMMAND, env=installation.environment(), cwd=installation.home, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    assert "Goodstanding is at" in process.stderr.readline()
    drain = threading.Thread(target=process.stderr.read, daemon=True)
    drain.start()
    answer(installation.port)
    yield process
    if process.poll() is None:
        process.kill()
    process.wait(10)
    drain.join(10)
    process.stderr.close()


def answer(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    finally:
        connection.close()


def afresh(port: int, warm: threading.Barrier) -> int:
    """Ask on a new connection each time, until nobody listens; how many were answered."""
    count = 0
    while True:
        try:
            assert answer(port) == 200
        except ConnectionRefusedError:
            return count
        count += 1
        if count == 1:
            warm.wait(60)


def kept_alive(port: int, warm: threading.Barrier) -> int:
    """The same on one connection for as long as the server keeps it."""
    count = 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    while True:
        try:
            connection.request("GET", "/healthz")
        except ConnectionRefusedError:
            return count
        response = connection.getresponse()
        assert response.read()
        assert response.status == 200
        if response.will_close:
            connection.close()
        count += 1
        if count == 1:
            warm.wait(60)


def test_sigterm_under_load_ends_in_time_and_fails_nobody(
    installation: Installation, served: subprocess.Popen[str]
) -> None:
    warm = threading.Barrier(5)
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(job, installation.port, warm) for job in (afresh, kept_alive) * 2]
        warm.wait(60)
        served.send_signal(signal.SIGTERM)
        began = monotonic()
        assert served.wait(20) == 0
        assert monotonic() - began <= 10
        assert all(job.result(timeout=30) >= 1 for job in jobs)


def test_a_slow_request_is_answered_after_sigterm(
    installation: Installation, served: subprocess.Popen[str]
) -> None:
    with socket.create_connection(("127.0.0.1", installation.port), timeout=20) as slow:
        slow.sendall(b"GET /healthz HTTP/1.1\r\n")
        served.send_signal(signal.SIGTERM)
        slow.sendall(f"Host: 127.0.0.1:{installation.port}\r\nConnection: close\r\n\r\n".encode())
        received = b""
        while chunk := slow.recv(4096):
            received += chunk
    assert received.startswith(b"HTTP/1.1 200")
    assert served.wait(10) == 0


def no_key(installation: Installation) -> dict[str, str]:
    return {"GOODSTANDING_SECRET_KEY": ""}


def short_key(installation: Installation) -> dict[str, str]:
    return {"GOODSTANDING_SECRET_KEY": "changeme"}


def no_database(installation: Installation) -> dict[str, str]:
    return {"GOODSTANDING_DATABASE_URL": f"sqlite:///{installation.home / 'elsewhere.db'}"}


def empty_database(installation: Installation) -> dict[str, str]:
    file = installation.home / "empty.db"
    file.touch()
    return {"GOODSTANDING_DATABASE_URL": f"sqlite:///{file}"}


def newer_database(installation: Installation) -> dict[str, str]:
    with installation.database.write() as db:
        db.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    return {}


def silent_database(installation: Installation) -> dict[str, str]:
    return {"GOODSTANDING_DATABASE_URL": f"postgresql://u:canary@127.0.0.1:{installation.port}/x"}


def sandbox_outside_the_demo(installation: Installation) -> dict[str, str]:
    return {"GOODSTANDING_SANDBOX": "127.0.0.1:9000"}


def demo_for_the_world(installation: Installation) -> dict[str, str]:
    return {"GOODSTANDING_DEMO": "1", "GOODSTANDING_HOST": "0.0.0.0"}  # noqa: S104 - is refused


def http_for_the_world(installation: Installation) -> dict[str, str]:
    return {"GOODSTANDING_PUBLIC_URL": "http://reviews.example.com"}


@pytest.mark.parametrize(
    ("unusable", "says"),
    [
        (no_key, "GOODSTANDING_SECRET_KEY: no key of 32 characters or more; run `goodstanding init`"),
        (short_key, "GOODSTANDING_SECRET_KEY"),
        (no_database, "run `goodstanding init`"),
        (empty_database, "run `goodstanding init`"),
        (newer_database, "newer version"),
        (silent_database, "GOODSTANDING_DATABASE_URL"),
        (sandbox_outside_the_demo, "GOODSTANDING_SANDBOX"),
        (demo_for_the_world, "GOODSTANDING_HOST"),
        (http_for_the_world, "GOODSTANDING_PUBLIC_URL"),
    ],
)
def test_what_is_unusable_is_refused_in_one_line(
    installation: Installation, unusable: Callable[[Installation], dict[str, str]], says: str
) -> None:
    told = installation.refusal(**unusable(installation))
    assert told.startswith("Error: ")
    assert says in told
    assert told.count("\n") == 1
    assert "canary" not in told


def test_a_port_in_use_is_refused_in_one_line(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", installation.port)):
        told = installation.refusal()
    assert f"can't listen on 127.0.0.1:{installation.port}" in told
    assert told.count("\n") == 1


def test_nothing_is_imported_from_the_current_folder(installation: Installation) -> None:
    (installation.home / "wsgi.py").write_text("raise SystemExit('the wrong wsgi')")
    (installation.home / "gunicorn.conf.py").write_text("raise SystemExit('the wrong settings')")
    process = subprocess.Popen(
        COMMAND, env=installation.environment(), cwd=installation.home, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    assert "Goodstanding is at" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    _, rest = process.communicate(timeout=20)
    assert "wrong" not in rest
    assert process.returncode == 0
