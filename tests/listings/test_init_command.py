import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from listings import jobs
from listings.commands.init import init
from listings.db import Database
from listings.migrate import check
from listings.settings import Settings


def run_init(home: Path, **settings: str) -> Result:
    environment = {f"GOODSTANDING_{name.upper()}": value for name, value in settings.items()}
    return CliRunner().invoke(init, env={"GOODSTANDING_HOME": str(home), **environment})


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_an_installation_is_made_that_nobody_else_reads(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "home"
    assert run_init(home).exit_code == 0
    assert (mode(home), mode(home / "secret.key")) == (0o700, 0o600)
    assert len(Settings(home=home).signing_key()) >= 32
    database = Database(Settings(home=home).database)
    check(database)
    jobs.check_tables(database)
    database.dispose()


def test_running_it_again_keeps_the_key_and_mends_the_permissions(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run_init(home)
    key = (home / "secret.key").read_text()
    home.chmod(0o755)
    (home / "secret.key").chmod(0o644)
    assert run_init(home).exit_code == 0
    assert (home / "secret.key").read_text() == key
    assert (mode(home), mode(home / "secret.key")) == (0o700, 0o600)


def test_a_key_from_the_environment_is_written_nowhere(tmp_path: Path) -> None:
    assert run_init(tmp_path / "home", secret_key="k" * 40).exit_code == 0
    assert not (tmp_path / "home" / "secret.key").exists()


@pytest.mark.db
def test_a_database_elsewhere_is_brought_up_to_date(tmp_path: Path, database_url: str) -> None:
    done = run_init(tmp_path / "home", database_url=database_url)
    assert done.exit_code == 0, done.output
    assert not (tmp_path / "home" / "goodstanding.db").exists()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://u:hidden@127.0.0.1:1/name", "127.0.0.1"),
        ("postgresql://u:hidden@127.0.0.1:1", "GOODSTANDING_DATABASE_URL"),
        ("mysql://u:hidden@127.0.0.1/name", "GOODSTANDING_DATABASE_URL"),
        ("postgresql://u:hidden@127.0.0.1:port/name", "GOODSTANDING_DATABASE_URL"),
        ("sqlite://", "GOODSTANDING_DATABASE_URL"),
        ("nonsense", "GOODSTANDING_DATABASE_URL"),
        ("sqlite:////nowhere/at/all.db", "/nowhere/at/all.db"),
    ],
)
def test_an_unusable_database_is_one_clear_line(tmp_path: Path, url: str, words: str) -> None:
    done = run_init(tmp_path / "home", database_url=url)
    assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert words in done.output
    assert "hidden" not in done.output


def test_a_file_that_is_no_database_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_bytes(b"these are my notes\n" * 500)
    done = run_init(tmp_path / "home", database_url=f"sqlite:///{tmp_path / 'notes.db'}")
    assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert "not a database" in done.output


def test_a_home_that_can_not_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run_init(tmp_path / "file" / "home")
    assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert "GOODSTANDING_HOME" in done.output
