"""A real PostgreSQL server for one test session, on loopback, in a folder of its own.

PostgreSQL refuses to run as root, so root drops to the user `postgres` with setpriv. The server is
a child that is told to shut down when its parent dies, so that a killed test run leaves nothing.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

# Speed over safety: what a power cut does to a test database is of no interest.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


def binaries() -> Path | None:
    """The folder of the newest installed server's programs; None when there is no server."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    return folders[-1] if folders else None


@contextmanager
def server(programs: Path) -> Iterator[str]:
    """Start a server; its SQLAlchemy URL without a database name, such as postgresql+psycopg://postgres@…"""
    folder = Path(tempfile.mkdtemp(prefix="goodstanding-pg-"))
    user: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data = folder / "data"
    subprocess.run(
        [*user, programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"],
        check=True, capture_output=True, cwd=folder,
    )  # fmt: skip
    port = _free_port()
    settings = [f"-c{setting}" for setting in (*FAST, "listen_addresses=127.0.0.1", f"port={port}")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig=QUIT", *user[1:], programs / "postgres", "-D", data, "-k", folder, *settings],
            stdout=log, stderr=log, cwd=folder,
        )  # fmt: skip
    try:
        _wait_until_ready(process, programs, port, folder / "log")
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def execute(server_url: str, statement: str, database: str = "postgres") -> None:
    """Run one statement outside a transaction, as CREATE DATABASE wants it."""
    url = server_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(f"{url}/{database}", autocommit=True) as connection:
        connection.execute(statement.encode())


def _wait_until_ready(process: subprocess.Popen[bytes], programs: Path, port: int, log: Path) -> None:
    ready: list[str | Path] = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
    while subprocess.run(ready, check=False).returncode:
        if process.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
