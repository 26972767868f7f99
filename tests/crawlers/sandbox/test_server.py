import http.client
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from crawlers.sandbox.server import SandboxServer, start
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.world import HOST, World
from tests.crawlers.sandbox.client import Client


def test_a_request_for_a_real_host_is_served_for_it(server: SandboxServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/robots.txt", headers={"Host": HOST})
    assert connection.getresponse().read().startswith(b"User-agent")
    connection.close()


def test_a_host_nobody_plays_is_not_found(client: Client) -> None:
    assert client.ask("https://www.example.org/").status == 404
    assert client.ask("/").status == 404


def test_one_connection_carries_many_requests(server: SandboxServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    for path in ("robots.txt", "locations", "nothing", "robots.txt"):
        connection.request("GET", f"/{HOST}/{path}")
        connection.getresponse().read()
        assert connection.sock is not None
    connection.close()


def test_stopping_frees_the_port_and_ends_connections(world: World) -> None:
    server = start(world)
    connection = socket.create_connection(("127.0.0.1", server.port))
    connection.sendall(f"GET /{HOST}/robots.txt HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert connection.recv(9) == b"HTTP/1.1 "
    server.stop()
    while connection.recv(4096):
        pass
    connection.close()
    with start(world, port=server.port) as again:
        assert again.port == server.port


def test_a_taken_port_is_refused(server: SandboxServer, world: World) -> None:
    with pytest.raises(OSError, match="in use"):
        start(world, port=server.port)


def test_time_flows_when_it_is_given_a_pace(world: World) -> None:
    ticks = iter([10.0, 12.0, 13.0])
    sandbox = Sandbox(world, pace=3600, clock=lambda: next(ticks))
    assert [(sandbox.now - world.now).total_seconds() / 3600 for _ in range(2)] == [2, 3]


def test_the_sandbox_alone_starts_writes_the_file_and_stops_on_a_signal(tmp_path: Path) -> None:
    file = tmp_path / "locations.csv"
    command = [
        sys.executable,
        "-m",
        "crawlers.sandbox",
        "--port",
        "0",
        "--locations",
        "3",
        "--csv",
        str(file),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"127\.0\.0\.1:(\d+)", process.stdout.readline())
        assert found
        connection = http.client.HTTPConnection("127.0.0.1", int(found[1]))
        connection.request("GET", "/_control/")
        assert connection.getresponse().status == 200
        connection.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert len(file.read_text().splitlines()) == 4


def test_the_sandbox_alone_names_a_taken_port(server: SandboxServer) -> None:
    command = [sys.executable, "-m", "crawlers.sandbox", "--port", str(server.port)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"Port {server.port} on 127.0.0.1 can't be used")
