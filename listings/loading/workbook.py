"""The first sheet of an XLSX workbook (ECMA-376), read as a stream and within fixed bounds.

A sheet is sparse, compressed and shares its strings, so a file of a kilobyte can describe a table of
gigabytes. Nothing is built here that the file doesn't spell out cell by cell: parts are unpacked in
pieces up to a limit, rows come as they are met, and documents that declare entities are refused.
"""

import datetime as dt
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import IO
from xml.parsers import expat

from listings.loading.number_formats import Formats

MAX_UNPACKED_BYTES = 300_000_000
MAX_COLUMNS = 500
MAX_ROWS = 500_000
PIECE = 262_144
TEXT = ("t", "v", "f")
"""Elements whose characters are data: text, value, formula."""
LONGEST_TEXT = 100_000
"""Characters in one element; a cell of Excel holds 32,767."""
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, NotImplementedError, OSError, ValueError, LookupError,
)  # fmt: skip
"""What a damaged or invented archive, document or number makes the libraries raise."""
EPOCHS = {False: dt.datetime(1899, 12, 30), True: dt.datetime(1904, 1, 1)}  # noqa: DTZ001 - a sheet has no zone


class BadWorkbook(Exception):
    """The workbook can't be read; the message says why and what to do."""


def first_sheet(file: IO[bytes]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows of the first sheet as (row number, cells as text); a row that holds nothing may be absent.

    A number keeps the leading zeros that its format shows, a date becomes ISO text, a formula is its
    stored result, or its own text behind "=" where the file holds none. Raises BadWorkbook.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            yield from _rows(archive)
    except UNREADABLE as error:
        raise BadWorkbook("not a readable XLSX file. Save it again, or as “CSV UTF-8”.") from error
    except RuntimeError as error:  # what zipfile raises for an encrypted part
        raise BadWorkbook("protected by a password. Save it without one.") from error


def _rows(archive: zipfile.ZipFile) -> Iterator[tuple[int, tuple[str, ...]]]:
    if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_BYTES:
        raise BadWorkbook(f"unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB. Split the file.")
    parts = set(archive.namelist())
    if "xl/workbook.xml" not in parts:
        raise BadWorkbook("a zip file but no XLSX workbook. Save it as XLSX, or as “CSV UTF-8”.")
    book = _Workbook()
    for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        if name in parts:
            _drain(archive, name, book)
    if book.sheet not in parts:
        raise BadWorkbook("holds no worksheet. Save it again, or as “CSV UTF-8”.")
    strings, formats = _Strings(), Formats()
    if book.strings in parts:
        _drain(archive, book.strings, strings)
    if book.styles in parts:
        _drain(archive, book.styles, formats)
    sheet = _Sheet(strings.found, formats, EPOCHS[book.from_1904])
    for _ in _pieces(archive, book.sheet, sheet):
        yield from sheet.rows
        sheet.rows.clear()


class _Reader:
    """Hears a document's elements; names come without their prefix."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""

    def end(self, name: str, text: str) -> None:
        """An element ends; `text` is what stood in it, for elements of TEXT only."""


def _drain(archive: zipfile.ZipFile, name: str, reader: _Reader | Formats) -> None:
    for _ in _pieces(archive, name, reader):
        pass


def _pieces(archive: zipfile.ZipFile, name: str, reader: _Reader | Formats) -> Iterator[None]:
    """Parse a part; gives way after each piece. The archive's own sizes and checksums bound what is read."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    local: dict[str, str] = {}
    text: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        text.clear()
        reader.start(local.get(tag) or local.setdefault(tag, tag.rpartition(":")[2]), attributes)

    def end(tag: str) -> None:
        reader.end(local[tag], "".join(text))
        text.clear()

    def hear(data: str) -> None:
        text.append(data)
        if len(text) * parser.buffer_size > LONGEST_TEXT:
            raise BadWorkbook(f"holds a text of more than {LONGEST_TEXT:,} characters. Shorten it.")

    def refuse(*_: object) -> None:
        raise BadWorkbook("declares entities, which no spreadsheet program does. Save it as “CSV UTF-8”.")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = hear
    parser.StartDoctypeDeclHandler = refuse
    with archive.open(name) as part:
        while piece := part.read(PIECE):
            parser.Parse(piece)
            yield
        parser.Parse(b"", True)
        yield


class _Workbook(_Reader):
    """Where the first sheet, the strings and the styles stand, and what day dates count from."""

    def __init__(self) -> None:
        self.sheet = "xl/worksheets/sheet1.xml"
        self.strings = "xl/sharedStrings.xml"
        self.styles = "xl/styles.xml"
        self.from_1904 = False
        self._first: str | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet" and self._first is None:
            self._first = next((value for key, value in attributes.items() if key.endswith(":id")), "")
        elif name == "Relationship":
            target = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", "")))[1:]
            kind = attributes.get("Type", "").rpartition("/")[2]
            if attributes.get("Id") == self._first:
                self.sheet = target
            elif kind == "sharedStrings":
                self.strings = target
            elif kind == "styles":
                self.styles = target


class _Strings(_Reader):
    """The table of strings that cells refer to by number; phonetic guides (rPh) are no text."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._parts: list[str] = []
        self._guide = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002 - the reader's signature
        self._guide = self._guide or name == "rPh"

    def end(self, name: str, text: str) -> None:
        if name == "rPh":
            self._guide = False
        elif name == "t" and not self._guide:
            self._parts.append(text)
        elif name == "si":
            self.found.append("".join(self._parts))
            self._parts.clear()


class _Sheet(_Reader):
    """Collects complete rows in `rows`."""

    def __init__(self, strings: list[str], formats: Formats, epoch: dt.datetime) -> None:
        self.rows: list[tuple[int, tuple[str, ...]]] = []
        self._strings, self._formats, self._epoch = strings, formats, epoch
        self._row = 0
        self._column = -1
        self._cells: list[str] = []
        self._kind, self._style = "n", 0
        self._held: dict[str, str] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "row":
            self._row = int(attributes.get("r") or self._row + 1)
            self._column, self._cells = -1, []
        elif name == "c":
            letters = re.match(r"[A-Z]{1,3}(?=\d)", attributes.get("r", ""))
            self._column = _index(letters.group()) if letters else self._column + 1
            self._kind = attributes.get("t", "n")
            self._style = int(attributes.get("s") or 0)
            self._held = {}

    def end(self, name: str, text: str) -> None:
        if name in TEXT:
            self._held[name] = self._held.get(name, "") + text
        elif name == "c":
            self._put(self._value())
        elif name == "row":
            if self._row > MAX_ROWS:
                raise BadWorkbook(f"more than {MAX_ROWS:,} rows. Split the file.")
            self.rows.append((self._row, tuple(self._cells)))

    def _put(self, value: str) -> None:
        if not value:
            return
        if self._column >= MAX_COLUMNS:
            raise BadWorkbook(f"row {self._row} has a value beyond column {MAX_COLUMNS}. Remove it.")
        self._cells += [""] * (self._column + 1 - len(self._cells))
        self._cells[self._column] = value

    def _value(self) -> str:
        value = self._held.get("v", "")
        if self._kind == "s":
            return self._strings[int(value)] if value.isdigit() and int(value) < len(self._strings) else ""
        if self._kind == "inlineStr":
            return self._held.get("t", "")
        if not value and self._held.get("f"):
            return f"={self._held['f']}"
        if self._kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        return self._formats.shown(value, self._style, self._epoch) if self._kind == "n" else value


def _index(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
