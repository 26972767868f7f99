"""How long the command line takes to be there, beside an interpreter that imports click and nothing else.

    python -m bench.bench_startup [--rounds 15]

Rounds are interleaved; time is that of a whole process, memory its peak.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAGE = """<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Bakery",
"name": "Elm Street", "telephone": "+1 503 555 0142"}</script>"""


def once(command: list[str]) -> tuple[float, float]:
    """Milliseconds and peak MB of one process."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    took = 1_000 * (time.perf_counter() - began)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return took, used.ru_maxrss / 1_000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(PAGE)
        ours = [sys.executable, "-m", "goodstanding"]
        commands = {
            'python -c "import click"': [sys.executable, "-c", "import click"],
            "goodstanding --help": [*ours, "--help"],
            "goodstanding read": [*ours, "read", "website", str(page)],
            "goodstanding compare --help": [*ours, "compare", "--help"],
            "goodstanding match --help": [*ours, "match", "--help"],
            "goodstanding import --help": [*ours, "import", "--help"],
        }
        figures: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for command in commands.values():
            once(command)
        for _ in range(given.rounds):
            for name, command in commands.items():
                figures[name].append(once(command))
    print(f"{'medians':<32}{'ms':>8}{'ratio':>8}{'peak MB':>10}")
    peer = statistics.median(took for took, _ in figures['python -c "import click"'])
    for name, rows in figures.items():
        took, peak = (statistics.median(column) for column in zip(*rows, strict=True))
        print(f"{name:<32}{took:>8.0f}{took / peer:>8.1f}{peak:>10.0f}")


if __name__ == "__main__":
    main()
