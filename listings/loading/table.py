"""A CSV or XLSX file as a header and rows of text; the first thing that refuses a bad file."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

MAX_FILE_BYTES = 200_000_000
MAX_UNPACKED_BYTES = 400_000_000
MAX_CELL = 20_000


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
    if not data.strip():
        raise BadFile(f"{path}: the file is empty.")
    lines = _sheet(path, data) if data[:2] == b"PK" else _csv(path, data)
    numbered = [(number, cells) for number, cells in lines if any(cell.strip() for cell in cells)]
    if not numbered:
        raise BadFile(f"{path}: the file is empty.")
    header = tuple(cell.strip() for cell in numbered[0][1])
    return Table(header, tuple((number, _fit(path, number, cells, header)) for number, cells in numbered[1:]))


def _fit(path: Path, number: int, cells: tuple[str, ...], header: tuple[str, ...]) -> tuple[str, ...]:
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        raise BadFile(
            f"{path}, row {number}: {len(cells)} cells under {len(header)} columns. "
            "Put cells that hold a comma into double quotes."
        )
    return tuple(cells[: len(header)]) + ("",) * (len(header) - len(cells))


def _csv(path: Path, data: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise BadFile(
            f"{path}, row {row}: not UTF-8 text (byte 0x{data[error.start]:02x}). Save it as “CSV UTF-8”."
        ) from error
    if "\x00" in text:
        raise BadFile(f"{path}: holds zero bytes, so it is no CSV file. Save it as “CSV UTF-8” or XLSX.")
    delimiter = ";" if _first_line(text).count(";") > _first_line(text).count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            yield start, tuple(cells)
            start = reader.line_num + 1
    except csv.Error as error:
        raise BadFile(f"{path}, row {start}: {error}. Check the double quotes there.") from error


def _first_line(text: str) -> str:
    return text.lstrip().split("\n", 1)[0]


def _sheet(path: Path, data: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise BadFile(
                f"{path}: unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB. Split the file."
            )
        rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    except (zipfile.BadZipFile, CalamineError) as error:
        raise BadFile(f"{path}: not a readable XLSX file. Save it again, or as “CSV UTF-8”.") from error
    for number, row in enumerate(rows, start=1):
        yield number, tuple(_cell(value) for value in row)


def _cell(value: object) -> str:
    # A spreadsheet keeps a store code such as 0101 typed as a number as 101.0.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
