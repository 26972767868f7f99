"""Sets up what a command of the Makefile needs, with nothing but the standard library.

`python3 tools/bootstrap.py run` makes `.venv` from the hashed lock file, `… dev` adds what tests
and checks need, `… test` also Chromium, PostgreSQL and Java by apt where they are absent. A second call
with nothing changed does nothing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock", "test": "requirements-dev.lock"}


def main(kind: str) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an older Python meets first
        print(f"Goodstanding needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    if kind not in LOCKS:
        print(f"usage: python3 tools/bootstrap.py {'|'.join(LOCKS)}", file=sys.stderr)
        return 2
    return _python_packages(kind) or (_system_packages() if kind == "test" else 0)


def _python_packages(kind: str) -> int:
    lock = ROOT / LOCKS[kind]
    stamp = VENV / "goodstanding.stamp"
    wanted = _digest(lock, ROOT / "pyproject.toml")
    # The dev set contains the run set, so a dev environment also serves `run`.
    if stamp.exists() and wanted in stamp.read_text().split():
        return 0
    if not PYTHON.exists():
        venv.create(VENV, with_pip=True)
    if not _works(PYTHON, "-m", "uv", "--version", quiet=True):
        print("Setting up .venv …", file=sys.stderr)
        _works(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv", quiet=True)
    if not (_install("--require-hashes", "-r", str(lock)) and _install("--no-deps", "-e", str(ROOT))):
        print("Could not install the locked packages; see the lines above.", file=sys.stderr)
        return 1
    serves = {wanted, _digest(ROOT / LOCKS["run"], ROOT / "pyproject.toml")}
    stamp.write_text(" ".join(sorted(serves)))
    return 0


def _install(*what: str) -> bool:
    """Install with uv, which takes seconds, or with pip where uv doesn't work."""
    uv = ("-m", "uv", "pip", "install", "--quiet", "--python", str(PYTHON))
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    return _works(PYTHON, *uv, *what) or _works(PYTHON, *pip, *what)


def _system_packages() -> int:
    missing = [package for package, present in _present().items() if not present]
    if not missing:
        return 0
    # Chromium without any font draws boxes where text should be.
    fonts = ["fonts-liberation"] if "chromium" in missing else []
    install = ["apt-get", "install", "-y", "--no-install-recommends", *missing, *fonts]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {' and '.join(missing)} for the tests …", file=sys.stderr)
        quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
        subprocess.run([*quiet, "apt-get", "update", "-qq"], check=False, stdout=subprocess.DEVNULL)
        subprocess.run([*quiet, *install], check=False, stdout=subprocess.DEVNULL)
        missing = [package for package, present in _present().items() if not present]
    if missing:
        print(f"The tests that need {' and '.join(missing)} can't run. Install with:", file=sys.stderr)
        print(f"  sudo apt-get update && sudo {' '.join(install)}", file=sys.stderr)
        return 1 if os.environ.get("CI") else 0
    return 0


def _present() -> dict[str, bool]:
    return {
        "chromium": shutil.which("chromium") is not None,
        "postgresql": any(Path("/usr/lib/postgresql").glob("*/bin/postgres")),
        "openjdk-17-jre-headless": shutil.which("java") is not None,
    }


def _works(program: Path, *arguments: str, quiet: bool = False) -> bool:
    output = subprocess.DEVNULL if quiet else None
    command = [str(program), *arguments]
    return subprocess.run(command, check=False, stdout=output, stderr=output).returncode == 0


def _digest(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
