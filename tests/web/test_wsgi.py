import subprocess
import sys
from pathlib import Path

from listings.db import Database

ROOT = Path(__file__).resolve().parents[2]
ASK = "import wsgi; print(wsgi.app.test_client().get('/healthz').status_code)"


def ask(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", ASK],
        check=False, cwd=ROOT, env={f"GOODSTANDING_{name}": value for name, value in environment.items()},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_the_application_is_made_from_the_environment(tmp_path: Path, database: Database) -> None:
    done = ask(HOME=str(tmp_path), DATABASE_URL=database.url, SECRET_KEY="k" * 40)
    assert done.stdout == "200\n"
    assert '"endpoint": "health.healthz"' in done.stderr


def test_there_is_no_application_without_a_key_or_a_database(tmp_path: Path, database: Database) -> None:
    keyless = ask(HOME=str(tmp_path), DATABASE_URL=database.url)
    assert "BadSettings: GOODSTANDING_SECRET_KEY" in keyless.stderr
    empty = ask(HOME=str(tmp_path / "elsewhere"), SECRET_KEY="k" * 40)
    assert "run `goodstanding init`" in empty.stderr
    assert keyless.stdout == empty.stdout == ""
