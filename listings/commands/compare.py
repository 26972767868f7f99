"""`goodstanding compare`: a CSV of value pairs comes back with a verdict and a reason on each row."""

import csv
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from listings.compare import FIELDS, compare_field

_NEEDED = ("field", "left", "right")
_ADDED = ("verdict", "reason")


class Unusable(click.ClickException):
    """The file can't be compared; the message is one line that says what to do."""

    exit_code = 2


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here, not to the screen."
)
def compare(file: Path, output: Path | None) -> None:
    """Compare the pairs of values in FILE, a CSV of field,left,right[,country].

    The rows come back in order with verdict and reason added; other columns are kept. `left` is
    your record, `right` the listing. The file is checked whole before anything is written.
    """
    count = _check(file)
    if output is None:
        with click.open_file("-", "w", encoding="utf-8") as screen:
            _write(file, screen)
        return
    try:
        with _whole_file(output) as target:
            verdicts = _write(file, target)
    except OSError as error:
        raise Unusable(f"{output}: can't be written: {error.strerror}") from error
    found = ", ".join(f"{number} {verdict}" for verdict, number in verdicts.most_common())
    click.echo(f"{count} rows compared: {found or 'none'}", err=True)


def _check(file: Path) -> int:
    """The number of rows, all of which can be compared; raises Unusable for the first that can't."""
    rows = _rows(file)
    header = next(rows, (0, []))[1]
    lacking = [name for name in _NEEDED if name not in header]
    if lacking:
        raise Unusable(f"{file}: the header has no {' and no '.join(lacking)}; it must name field,left,right")
    column, count = header.index("field"), 0
    for line, row in rows:
        name = row[column].strip().lower() if len(row) > column else ""
        if name not in FIELDS:
            raise Unusable(
                f"{file}, line {line}: unknown field {name[:40]!r}; use one of {', '.join(FIELDS)}"
            )
        if len(row) > len(header):
            raise Unusable(
                f"{file}, line {line}: {len(row)} cells under {len(header)} headings; quote commas"
            )
        count += 1
    return count


def _rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    """The line number and cells of each row that isn't blank."""
    with file.open(encoding="utf-8-sig", newline="") as source:
        reader = csv.reader(source, strict=True)
        try:
            yield from ((reader.line_num, row) for row in reader if row)
        except UnicodeDecodeError as error:
            line = reader.line_num + 1
            raise Unusable(f"{file}: not UTF-8 near line {line}; save it as CSV in UTF-8") from error
        except csv.Error as error:
            raise Unusable(f"{file}, line {reader.line_num}: no valid CSV: {error}") from error


def _write(file: Path, target: IO[str]) -> Counter[str]:
    """Writes the rows with verdict and reason; the number of rows by verdict."""
    rows = _rows(file)
    header = next(rows)[1]
    kept = [name for name in header if name not in _ADDED]
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow([*kept, *_ADDED])
    verdicts: Counter[str] = Counter()
    for _, cells in rows:
        row = dict(zip(header, [*cells, *[""] * (len(header) - len(cells))], strict=True))
        found = compare_field(row["field"].strip().lower(), row["left"], row["right"], row.get("country"))
        verdicts[found.verdict] += 1
        writer.writerow([*(row[name] for name in kept), found.verdict, found.reason])
    return verdicts


@contextmanager
def _whole_file(path: Path) -> Iterator[IO[str]]:
    """A text file that takes the place of `path` only when all of it is written."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as target:
            yield target
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
