"""What goes wrong before any work is done: one clear line, the right exit code, nothing half-done."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from crawlers.sandbox import oauth, places
from crawlers.sandbox.faults import Fault
from crawlers.sandbox.server import SandboxServer, start
from crawlers.sandbox.world import make_world
from goodstanding import main
from listings import clock
from listings.db import Database
from listings.models.organization import Organization
from tests.crawlers.reading import PAYLOADS

ROOT = Path(__file__).resolve().parent.parent
WORKING = ("serve", "worker", "crawl", "replay", "import stores.csv", "check google", "person list")
GOOGLE = {
    "client_id": oauth.CLIENT_ID,
    "client_secret": oauth.CLIENT_SECRET,
    "refresh_token": oauth.REFRESH_TOKEN,
}


@dataclass
class Desk:
    """Somebody at the command line in a folder of their own."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        named = {"HOME": str(self.folder / "home"), "SECRET_KEY": "k" * 40, **self.settings}
        return {f"GOODSTANDING_{name}": value for name, value in named.items()}

    def runs(self, *words: str) -> Result:
        return CliRunner().invoke(main, words, env=self.environment)

    def told(self, code: int, *words: str) -> str:
        """The one line of a command that ends with `code`."""
        result = self.runs(*words)
        assert result.exit_code == code, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        (line,) = result.stderr.splitlines()
        return line

    def told_powerless(self, *words: str) -> str:
        """The one line of a refused command whose process heeds permissions even when root runs it."""
        heedful = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
        done = subprocess.run(
            [*heedful, sys.executable, "-W", "ignore", "-m", "goodstanding", *words],
            cwd=self.folder,
            env={**self.environment, "PYTHONPATH": str(ROOT), "PATH": os.defpath},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        (line,) = done.stderr.splitlines()
        return line


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def ready(desk: Desk, sqlite_template: Path) -> Desk:
    """A desk with a database that is up to date and holds an organization."""
    (desk.folder / "home").mkdir()
    file = desk.folder / "home" / "goodstanding.db"
    shutil.copy(sqlite_template, file)
    database = Database(f"sqlite:///{file}")
    with database.write() as session:
        session.add(Organization(name="Tallow Creek", created_at=clock.now()))
    database.dispose()
    (desk.folder / "stores.csv").write_text("code,name\n0101,Elm Street\n")
    return desk


@pytest.mark.parametrize("words", WORKING)
def test_without_a_database_a_command_says_how_to_make_one(desk: Desk, words: str) -> None:
    told = desk.told(2, *words.split())
    assert "there is no database at" in told
    assert "run `goodstanding init`" in told
    assert not (desk.folder / "home").exists()


@pytest.mark.parametrize("words", [*WORKING, "init"])
def test_a_database_of_a_newer_version_is_left_alone(ready: Desk, words: str) -> None:
    file = ready.folder / "home" / "goodstanding.db"
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    assert "of a newer version (revision 9999" in ready.told(2, *words.split())


@pytest.mark.parametrize("words", WORKING)
def test_a_file_that_is_no_database_is_told(ready: Desk, words: str) -> None:
    (ready.folder / "home" / "goodstanding.db").write_bytes(b"these are my notes\n" * 500)
    assert "can't be opened" in ready.told(2, *words.split())


@pytest.mark.parametrize("words", [*WORKING, "init"])
def test_a_bad_setting_is_named(ready: Desk, words: str) -> None:
    ready.settings["PORT"] = "eighty"
    assert "GOODSTANDING_PORT" in ready.told(2, *words.split())


@pytest.fixture
def locked(ready: Desk) -> Iterator[Desk]:
    """A desk whose data folder can be read and not written."""
    home = ready.folder / "home"
    for path in (*home.iterdir(), home):
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield ready
    home.chmod(0o755)


@pytest.mark.parametrize("words", WORKING)
def test_a_data_folder_that_can_not_be_written_is_one_line(locked: Desk, words: str) -> None:
    assert "home" in locked.told_powerless(*words.split())


def test_init_names_the_folder_that_it_can_not_write(desk: Desk) -> None:
    desk.folder.chmod(0o555)
    told = desk.told_powerless("init")
    desk.folder.chmod(0o755)
    assert "GOODSTANDING_HOME: can't write to" in told


def test_a_result_that_can_not_be_written_leaves_nothing_behind(desk: Desk) -> None:
    rows = "id,name\n1,Elm\n"
    (desk.folder / "fields.csv").write_text("field,left,right\nname,Elm,Elm\n")
    (desk.folder / "rows.csv").write_text(rows)
    out = desk.folder / "out"
    out.mkdir(mode=0o555)
    assert "can't be written" in desk.told_powerless("compare", "fields.csv", "-o", "out/c.csv")
    assert list(out.iterdir()) == []


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


def test_a_port_in_use_is_told_before_anything_is_made(desk: Desk, taken: int) -> None:
    told = desk.told(2, "demo", "--port", str(taken), "--home", str(desk.folder / "demo"))
    assert f"port {taken} on 127.0.0.1 is in use" in told
    assert not (desk.folder / "demo").exists()


@pytest.mark.parametrize("options", [(), ("--fresh",)])
def test_the_demo_stays_out_of_an_installation(ready: Desk, options: tuple[str, ...]) -> None:
    home = ready.folder / "home"
    before = (home / "goodstanding.db").read_bytes()
    assert "holds files but no demo" in ready.told(2, "demo", "--port", "0", "--home", str(home), *options)
    assert (home / "goodstanding.db").read_bytes() == before


def test_serve_names_the_setting_of_a_port_in_use(ready: Desk, taken: int) -> None:
    ready.settings["PORT"] = str(taken)
    assert "GOODSTANDING_PORT" in ready.told(2, "serve")


CUT = (PAYLOADS / "google" / "locations.json").read_bytes()[:700]
PAGE = b"<!doctype html><html><title>Error</title><p>502 Bad Gateway</p></html>"


@pytest.mark.parametrize(
    ("source", "body"),
    [
        *(("google", body) for body in (b"", b"\x00\xff\xfe" * 200, PAGE, CUT)),
        *(("google_places", body) for body in (b"", b"\x00\xff\xfe" * 200, PAGE, CUT)),
        *(("website", body) for body in (b"", b"\x00\xff\xfe" * 200, CUT)),
    ],
)
def test_an_answer_that_is_none_is_told_and_ends_with_one(desk: Desk, source: str, body: bytes) -> None:
    file = desk.folder / "answer"
    file.write_bytes(body)
    result = desk.runs("read", source, str(file))
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert (result.exit_code, result.stderr) == (1, "")
    assert [line["kind"] for line in lines] == ["unreadable"]
    assert all(lines[0][name] for name in ("reason", "detail", "file", "source"))


@pytest.fixture
def sources() -> Iterator[SandboxServer]:
    with start(make_world(seed=7, locations=3, now=clock.now())) as server:
        yield server


@pytest.fixture
def connected(ready: Desk, sources: SandboxServer) -> Desk:
    """A desk whose Google and Places access both work."""
    ready.settings |= {"SANDBOX": sources.origin.removeprefix("http://"), "DEMO": "1"}
    connect(ready, "google", GOOGLE)
    connect(ready, "google_places", {"api_key": places.API_KEY})
    return ready


def connect(desk: Desk, source: str, secret: dict[str, str]) -> None:
    file = desk.folder / "access.json"
    file.write_text(json.dumps(secret))
    assert desk.runs("connect", source, str(file)).exit_code == 0


@pytest.mark.parametrize("source", ["google", "google_places"])
def test_an_access_that_works_is_said_to_work(connected: Desk, source: str) -> None:
    result = connected.runs("check", source)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "works" in result.stdout


def test_a_key_that_nobody_knows_is_the_cause(connected: Desk) -> None:
    connect(connected, "google_places", {"api_key": "AIzaWrong"})
    assert "key" in connected.told(1, "check", "google_places").casefold()


def test_consent_taken_back_is_the_cause(connected: Desk, sources: SandboxServer) -> None:
    sources.sandbox.revoked.add(oauth.REFRESH_TOKEN)
    assert "connect" in connected.told(1, "check", "google").casefold()


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("disabled", "API"),
        ("429", "limit of requests"),
        ("html", "HTML was answered"),
        ("503", "unavailable"),
    ],
)
def test_the_cause_at_the_source_is_named(
    connected: Desk, sources: SandboxServer, fault: str, cause: str
) -> None:
    sources.sandbox.faults["google"] = Fault(fault)
    assert cause.casefold() in connected.told(1, "check", "google").casefold()


def test_an_access_sealed_with_another_key_is_told(connected: Desk) -> None:
    connected.settings["SECRET_KEY"] = "another key, also long enough to be one"
    assert "GOODSTANDING_" in connected.told(2, "check", "google")


def test_a_source_that_is_not_connected_says_how(ready: Desk) -> None:
    assert "goodstanding connect google FILE" in ready.told(1, "check", "google")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"not json", "not a JSON file"),
        (b"\xff\xfe\x00", "not a JSON file"),
        (b"[]", "must hold one JSON object"),
        (b'{"client_id": "x"}', "client_secret"),
        (json.dumps({**GOOGLE, "refresh_token": ""}).encode(), "refresh_token"),
        (json.dumps({**GOOGLE, "password": "x"}).encode(), "password"),
    ],
)
def test_a_file_that_holds_no_access_is_told(ready: Desk, body: bytes, says: str) -> None:
    file = ready.folder / "access.json"
    file.write_bytes(body)
    told = ready.told(2, "connect", "google", str(file))
    assert str(file) in told
    assert says in told
