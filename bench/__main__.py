"""Every benchmark, one table a subject: `make bench`, or `python -m bench [SUBJECT…] [OPTION…]`."""

import subprocess
import sys
import tempfile
from pathlib import Path

from bench import chain

HERE = Path(__file__).parent
LINKED = "match"


def main(arguments: list[str]) -> int:
    """Run the subjects, by default all there are; 1 when one of them fails, 2 when there is no such one.

    What stands from the first option on is for the subjects themselves.
    """
    first = next((at for at, word in enumerate(arguments) if word.startswith("-")), len(arguments))
    subjects, options = arguments[:first], arguments[first:]
    known = sorted(file.stem.removeprefix("bench_") for file in HERE.glob("bench_*.py"))
    unknown = set(subjects) - set(known)
    if unknown:
        print(f"no benchmark {min(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    failed = 0
    for subject in subjects or known:
        print(f"\n== {subject}: python -m bench {subject}", flush=True)
        failed |= _run(subject, options)
    return int(failed)


def _run(subject: str, options: list[str]) -> bool:
    command = [sys.executable, "-m", f"bench.bench_{subject}", *options]
    if subject != LINKED:
        return subprocess.run(command, check=False).returncode != 0
    with tempfile.TemporaryDirectory() as folder:
        linked = chain.write(Path(folder) / "10000x40000", 10_000, 40_000)
        return subprocess.run([*command, "--linked", str(linked)], check=False).returncode != 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
