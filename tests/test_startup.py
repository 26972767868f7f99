"""What the command line loads before it works: a command brings its own room and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.crawlers.reading import PAYLOADS

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {"listings", "reputation", "crawlers", "web"}
HEAVY = {
    "sqlalchemy",
    "alembic",
    "dbos",
    "flask",
    "gunicorn",
    "httpx",
    "httpcore",
    "apscheduler",
    "polars",
    "scipy",
}


def loaded(*arguments: str) -> set[str]:
    """The modules in memory when `goodstanding ARGUMENTS` has ended."""
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        "from goodstanding import main\n"
        f"main({list(arguments)!r})"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)])
def test_telling_about_itself_loads_no_room(arguments: tuple[str, ...]) -> None:
    assert loaded(*arguments) & (ROOMS | HEAVY) == set()


def test_reading_loads_no_database_no_web_and_no_matching() -> None:
    modules = loaded("read", "google_places", str(PAYLOADS / "google_places" / "details.json"))
    assert modules & HEAVY == set()
    assert not [
        name
        for name in modules
        if name.startswith(("listings.matching", "listings.models", "reputation.models"))
    ]


def test_comparing_loads_no_database_and_no_web() -> None:
    assert loaded("compare", "--help") & (HEAVY - {"polars", "scipy"}) == set()


def test_telling_about_matching_loads_nothing_of_it() -> None:
    assert loaded("match", "--help") & HEAVY == set()
