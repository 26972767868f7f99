"""CSV files of records as people have them: any of the known columns, each row under an id of its own."""

import io
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from listings.normalize.columns import RAW_COLUMNS


class BadTable(Exception):
    """The file can't be used; the message names the file and row and says what to do."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file's rows as text in file order, and the id of each."""

    raw: pl.DataFrame
    ids: pl.Series

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self.raw.height

    def records(self, prefix: str = "") -> pl.DataFrame:
        """The known columns (RAW_COLUMNS) of those whose names begin with `prefix`, under the row's id."""
        held = [name for name in RAW_COLUMNS if name != "id" and prefix + name in self.raw.columns]
        return self.raw.select(self.ids.alias("id"), *(pl.col(prefix + name).alias(name) for name in held))

    def sources(self) -> list[str | None]:
        """The source of each row; without such a column the file is one source."""
        if "source" not in self.raw.columns:
            return [None] * self.height
        return self.raw["source"].str.strip_chars().str.to_lowercase().to_list()


def read_table(path: Path, *id_columns: str) -> Table:
    """The CSV file at `path`, whose ids stand in the first of `id_columns` that it has.

    UTF-8, with or without a byte order mark. Raises BadTable when it can't be read, isn't UTF-8, has
    rows of another length than its header, no id column, or an id that is empty or stands twice.
    """
    text = _text(path)
    try:
        raw = pl.read_csv(io.BytesIO(text), infer_schema=False)
    except pl.exceptions.NoDataError as error:
        raise BadTable(f"{path}: is empty; it needs a header and a row for each record") from error
    except pl.exceptions.PolarsError as error:
        first = str(error).partition("\n")[0]
        raise BadTable(
            f"{path}: isn't a CSV with as many values in each row as in the header ({first})"
        ) from error
    raw = raw.rename({name: name.strip().lower() for name in raw.columns}, strict=False)
    column = next((name for name in id_columns if name in raw.columns), None)
    if column is None:
        raise BadTable(f"{path}: the header has no {' or '.join(id_columns)} column; each row needs an id")
    return Table(raw, _ids(path, raw[column], column))


def _text(path: Path) -> bytes:
    try:
        text = path.read_bytes()
    except OSError as error:
        raise BadTable(f"{path}: can't be read: {error.strerror}") from error
    text = text.removeprefix(b"\xef\xbb\xbf")
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise BadTable(f"{path}: line {line} isn't UTF-8; save the file as CSV UTF-8") from error
    if b"\0" in text:
        raise BadTable(f"{path}: isn't a text file; save it as CSV UTF-8")
    return text


def _ids(path: Path, column: pl.Series, name: str) -> pl.Series:
    ids = column.str.strip_chars().fill_null("").alias("id")
    empty = (ids == "").arg_true()
    if len(empty):
        raise BadTable(f"{path}: row {empty[0] + 1} has no {name}; give each row an id of its own")
    twice = (~ids.is_first_distinct()).arg_true()
    if len(twice):
        again = ids[twice[0]]
        first = (ids == again).arg_true()[0]
        raise BadTable(
            f"{path}: row {twice[0] + 1} has the {name} {again!r} of row {first + 1}; ids must differ"
        )
    return ids
