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
    if len(arguments) != 1 or not arguments[0].strip():
        print('usage: make migration m="what changes" (or m=--initial)', file=sys.stderr)
        return 2
    initial = arguments == ["--initial"]
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'head.db'}")
        if not initial:
            upgrade(database)
        number = "0001" if initial else f"{int(head()) + 1:04}"
        message = "Create the tables" if initial else arguments[0]
        # The first revision is written aside, so that the folder is at no moment without one.
        versions = Path(folder) if initial else VERSIONS
        with migrating(database) as connection:
            settings = config(connection)
            settings.set_main_option("version_locations", str(versions))
            command.revision(settings, message=message, autogenerate=True, rev_id=number)
        database.dispose()
        written = next(versions.glob(f"{number}_*.py"))
        (VERSIONS / written.name).write_text(_tidy(written))
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", VERSIONS / written.name], check=True)
    return 0


def _tidy(file: Path) -> str:
    lines = [line for line in file.read_text().splitlines() if not line.lstrip().startswith("# ###")]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
