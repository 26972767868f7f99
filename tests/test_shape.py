"""Rules about the shape of the code that no other tool checks."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pydantic import SecretStr

import crawlers
import listings
import reputation
import web
from crawlers.handlers import make_handlers
from listings import jobs
from listings.db import Database
from listings.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("listings", "reputation", "crawlers", "web")
VERSIONS = ROOT / "listings" / "migrations" / "versions"
PRODUCT = [
    path
    for path in (
        *(file for package in PACKAGES for file in (ROOT / package).rglob("*.py")),
        *ROOT.glob("*.py"),
    )
    if VERSIONS not in path.parents
]
EVERYTHING = [
    *PRODUCT,
    *(file for name in ("tests", "bench", "tools") for file in (ROOT / name).rglob("*.py")),
]

LINES_A_FILE = 400
LINES_A_FUNCTION = 50
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "misc", "base", "shared"}
READS_ENVIRONMENT = {"listings/settings.py"}
COMMITS = {"listings/db.py", "listings/migrate.py"}
"""Below the doors, only what makes the transactions. Commands are doors wherever they stand."""


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), name(path))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_a_file_stays_within_its_cap() -> None:
    lengths = {name(path): len(path.read_text().splitlines()) for path in EVERYTHING}
    assert {told: lines for told, lines in lengths.items() if lines > LINES_A_FILE} == {}


def test_a_function_stays_within_its_cap() -> None:
    lengths = {
        f"{name(path)} {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path in EVERYTHING
        for function in functions(parsed(path))
    }
    assert {told: lines for told, lines in lengths.items() if lines > LINES_A_FUNCTION} == {}


def test_no_module_is_a_catch_all() -> None:
    found = [name(path) for path in PRODUCT if {path.stem, *path.relative_to(ROOT).parts} & NO_NAMES]
    assert found == []


def test_nothing_is_imported_inside_a_function() -> None:
    found = [
        f"{name(path)}:{node.lineno}"
        for path in PRODUCT
        for function in functions(parsed(path))
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert found == []


def test_only_the_settings_read_the_environment() -> None:
    found = {name(path) for path in PRODUCT for node in ast.walk(parsed(path)) if _is_environment(node)}
    assert found <= READS_ENVIRONMENT


def _is_environment(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in ("environ", "environb", "getenv", "putenv")
    return (
        isinstance(node, ast.ImportFrom)
        and node.module == "os"
        and bool({alias.name for alias in node.names} & {"environ", "environb", "getenv", "putenv"})
    )


def test_only_doors_open_and_commit_transactions() -> None:
    found = {name(path) for path in PRODUCT for node in ast.walk(parsed(path)) if _is_transaction(node)}
    floors = {told for told in found if told.startswith(("listings/", "reputation/"))}
    assert {told for told in floors if "/commands/" not in told} <= COMMITS


def _is_transaction(node: ast.AST) -> bool:
    if isinstance(node, ast.With):
        opened = [item.context_expr for item in node.items]
        return any(isinstance(call, ast.Call) and _called(call) == "write" for call in opened)
    return isinstance(node, ast.Call) and _called(node) in ("commit", "begin")


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def test_every_declared_job_has_its_one_handler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in (listings, reputation, crawlers, web):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)
    settings = Settings(home=tmp_path, secret_key=SecretStr("k" * 40))
    handlers = make_handlers(settings, Database(settings.database))
    assert {job.name for job in handlers} == set(jobs.DECLARED)
    assert set(handlers) == set(jobs.DECLARED.values())


def test_a_queue_is_declared_the_same_by_all_its_jobs() -> None:
    queues = {job.queue for job in jobs.DECLARED.values()}
    assert len(queues) == len({queue.name for queue in queues})
