from pathlib import Path

import pytest

from listings.loading import table
from listings.loading.table import BadFile, read_table


def written(folder: Path, body: bytes | str) -> Path:
    file = folder / "stores.csv"
    file.write_bytes(body if isinstance(body, bytes) else body.encode())
    return file


@pytest.mark.parametrize(
    "body",
    [
        "code,name\n1,Elm\n",
        "\ufeffcode,name\r\n1,Elm\r\n",
        "code;name\n1;Elm\n",
        "code\tname\n1\tElm\n",
        "code,name\r1,Elm\r",
        'code,name,,\n"1","Elm",,\n,,,\n',
        "code,name\n1,Elm",
    ],
    ids=[
        "plain",
        "byte order mark",
        "semicolons",
        "tabs",
        "old line ends",
        "empty columns",
        "no last line end",
    ],
)
def test_csv_as_programs_write_it(tmp_path: Path, body: str) -> None:
    found = read_table(written(tmp_path, body))
    assert (found.header[:2], [cells[:2] for _, cells in found.rows]) == (("code", "name"), [("1", "Elm")])


def test_a_cell_may_hold_line_breaks_and_rows_are_counted_as_a_spreadsheet_does(tmp_path: Path) -> None:
    body = 'code,street\n1,"12 Elm St\nSuite 4"\n\n2,9 Oak Ave\n'
    assert read_table(written(tmp_path, body)).rows == (
        (2, ("1", "12 Elm St\nSuite 4")),
        (4, ("2", "9 Oak Ave")),
    )


def test_a_short_row_is_filled_up(tmp_path: Path) -> None:
    assert read_table(written(tmp_path, "code,name,city\n1,Elm\n")).rows == ((2, ("1", "Elm", "")),)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"\n \n,,\n", "empty"),
        ("code,name\n1,Caf\u00e9\n".encode("latin-1"), "line 2: not UTF-8 text (byte 0xe9)"),
        ("code,name\n1,Elm\n".encode("utf-16"), "line 1: not UTF-8"),
        (b"code,name\n1,\x00\n", "zero bytes"),
        (b'code,name\n1,"Elm\n2,Oak\n', "row 2: unexpected end of data"),
        (b'code,name\n1,"Elm"x\n', "row 2"),
        (b"code,name\n1,Elm, Oak\n", "row 2: 3 cells under 2 columns"),
        (b"code,name\n1," + b"x" * 200_000 + b"\n", "row 2: field larger"),
    ],
)
def test_a_file_that_can_not_be_read_says_where_and_why(tmp_path: Path, body: bytes, says: str) -> None:
    file = written(tmp_path, body)
    with pytest.raises(BadFile) as refused:
        read_table(file)
    told = str(refused.value)
    assert told.startswith(str(file))
    assert says in told
    assert "\n" not in told


def test_a_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="Is a directory"):
        read_table(tmp_path)
    with pytest.raises(BadFile, match="No such file"):
        read_table(tmp_path / "none.csv")


def test_few_bytes_can_not_stand_for_endless_empty_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "MAX_CELLS", 10_000)
    file = written(tmp_path, "," * 999 + "code\n" + "1\n" * 11)
    with pytest.raises(BadFile, match="more than 10,000 cells"):
        read_table(file)
