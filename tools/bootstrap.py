"""Sets up `.venv` from the hashed lock files with nothing but the standard library.

`python3 tools/bootstrap.py run` installs what the product needs, `… dev` what tests and checks
need on top. A second call with an unchanged lock file does nothing.
"""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}


def main(kind: str) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an older Python meets first
        print(f"Goodstanding needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    lock = ROOT / LOCKS[kind]
    stamp = VENV / "goodstanding.stamp"
    wanted = _digest(lock)
    have = stamp.read_text().split() if stamp.exists() else []
    # The dev set contains the run set, so a dev environment also serves `run`.
    if wanted in have:
        return 0
    if not (VENV / "bin" / "python").exists():
        venv.create(VENV, with_pip=True)
    python = str(VENV / "bin" / "python")
    if subprocess.run([python, "-m", "uv", "--version"], capture_output=True, check=False).returncode:
        subprocess.run([python, "-m", "pip", "install", "--quiet", "uv"], check=False)
    uv = [python, "-m", "uv", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)]
    pip = [python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)]
    if _fails([*uv, "--python", python]) and _fails(pip):
        print("Could not install the locked packages; see the lines above.", file=sys.stderr)
        return 1
    stamp.write_text(" ".join({_digest(ROOT / LOCKS["run"]), wanted}))
    return 0


def _fails(command: list[str]) -> bool:
    return subprocess.run(command, check=False).returncode != 0


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
