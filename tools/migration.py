"""Writes the migration from the newest revision to today's models: `make migration m="Add cases"`.

`--initial` writes the first revision anew, for as long as nothing has been released.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

import reputation.models  # noqa: F401 - every table has to be known to the metadata
from listings.db import Database
from listings.migrate import LOCATION, config, head, migrating, upgrade

VERSIONS = LOCATION / "versions"


def main(arguments: list[str]) -> int:
    if not arguments:
        print('usage: make migration m="what changes" (or --initial)', file=sys.stderr)
        return 2
    initial = arguments == ["--initial"]
    message = "Create the tables" if initial else arguments[0]
    if initial:
        for file in VERSIONS.glob("0001_*.py"):
            file.unlink()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'head.db'}")
        if not initial:
            upgrade(database)
        with migrating(database) as connection:
            number = "0001" if initial else f"{int(head()) + 1:04}"
            command.revision(config(connection), message=message, autogenerate=True, rev_id=number)
        _tidy(next(VERSIONS.glob(f"{number}_*.py")))
        database.dispose()
    return 0


def _tidy(file: Path) -> None:
    lines = [line for line in file.read_text().splitlines() if not line.lstrip().startswith("# ###")]
    file.write_text("\n".join(lines) + "\n")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(file)], check=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
