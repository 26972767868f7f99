"""A CSV or XLSX file as a header and rows of text; the first thing that refuses a bad file."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from listings.loading.workbook import BadWorkbook, first_sheet

MAX_FILE_BYTES = 200_000_000
MAX_CELLS = 20_000_000
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
"""How the compound files of Excel before 2007 begin, and of today's when encrypted."""

Lines = Iterator[tuple[int, tuple[str, ...]]]


class BadFile(Exception):
    """The file can't be read at all; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Table:
    """`header`, and `rows` as (row number in the file counted from 1, cells)."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_table(path: Path) -> Table:
    """Read a whole file, wholly blank rows left out. Raises BadFile."""
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_FILE_BYTES else b""
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror or error}") from error
    if size > MAX_FILE_BYTES:
        raise BadFile(f"{path}: larger than {MAX_FILE_BYTES // 1_000_000} MB. Split the file.")
    if data.startswith(OLD_EXCEL):
        raise BadFile(
            f"{path}: an .xls file or a protected one. Save it as XLSX or “CSV UTF-8”, unprotected."
        )
    lines = _sheet(path, data) if data.startswith(b"PK") else _csv(path, data)
    filled = ((number, cells) for number, cells in lines if any(cell.strip() for cell in cells))
    first = next(filled, None)
    if first is None:
        raise BadFile(f"{path}: the file is empty.")
    header = tuple(cell.strip() for cell in first[1])
    return Table(header, tuple(_rows(path, header, filled)))


def _rows(path: Path, header: tuple[str, ...], lines: Lines) -> Lines:
    for count, (number, cells) in enumerate(lines, start=1):
        # A few bytes a row can stand for hundreds of empty cells.
        if count * len(header) > MAX_CELLS:
            raise BadFile(f"{path}: more than {MAX_CELLS:,} cells. Split the file.")
        yield number, _fit(path, number, cells, header)


def _fit(path: Path, number: int, cells: tuple[str, ...], header: tuple[str, ...]) -> tuple[str, ...]:
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        raise BadFile(
            f"{path}, row {number}: {len(cells)} cells under {len(header)} columns. "
            "Put cells that hold a comma into double quotes."
        )
    return tuple(cells[: len(header)]) + ("",) * (len(header) - len(cells))


def _csv(path: Path, data: bytes) -> Lines:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadFile(
            f"{path}, line {line}: not UTF-8 text (byte 0x{data[error.start]:02x}). Save it as “CSV UTF-8”."
        ) from error
    if "\x00" in text:
        raise BadFile(f"{path}: holds zero bytes, so it is no CSV file. Save it as “CSV UTF-8” or XLSX.")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    number = 0
    try:
        # Counted as a spreadsheet counts them: a cell may hold line breaks.
        for number, cells in enumerate(reader, start=1):
            yield number, tuple(cells)
    except csv.Error as error:
        raise BadFile(f"{path}, row {number + 1}: {error}. Check the double quotes there.") from error


def _delimiter(text: str) -> str:
    """What separates the cells: whichever of comma, semicolon and tab the header has most of."""
    first = text.lstrip().split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _sheet(path: Path, data: bytes) -> Lines:
    try:
        yield from first_sheet(io.BytesIO(data))
    except BadWorkbook as error:
        raise BadFile(f"{path}: {error}") from error
