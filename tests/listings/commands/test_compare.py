import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from listings.commands.compare import compare


def run(tmp_path: Path, content: bytes | str, *options: str) -> Result:
    file = tmp_path / "pairs.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return CliRunner().invoke(compare, [str(file), *options])


def test_rows_come_back_in_order_with_verdict_and_reason_and_their_other_columns(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        "note,field,left,right,country\n"
        "first,phone,030 901820,+4930901820,DE\n"
        'second, Street ,"400 Alder St, Ste 1",402 Alder St,\n'
        "third,name,Kestrel\n",
    )
    assert found.exit_code == 0
    assert list(csv.reader(found.output.splitlines())) == [
        ["note", "field", "left", "right", "country", "verdict", "reason"],
        ["first", "phone", "030 901820", "+4930901820", "DE", "equivalent", "phone.format"],
        ["second", " Street ", "400 Alder St, Ste 1", "402 Alder St", "", "different", "street.other_number"],
        ["third", "name", "Kestrel", "", "", "missing", "name.not_on_listing"],
    ]


def test_a_file_is_written_whole_and_the_verdicts_are_counted(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    found = run(tmp_path, "\ufefffield,left,right\nname,A,A\nname,A,B\n\n", "-o", str(out))
    assert found.exit_code == 0
    assert found.output == "2 rows compared: 1 same, 1 different\n"
    assert (
        out.read_text()
        == "field,left,right,verdict,reason\nname,A,A,same,name.same\nname,A,B,different,name.other_name\n"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "pairs.csv"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("left,right\nA,B\n", "the header has no field"),
        ("", "the header has no field and no left and no right"),
        ("field,left,right\nname,A,A\nfax,1,2\n", "line 3: unknown field 'fax'"),
        ("field,left,right\nname,A,B,C\n", "line 2: 4 cells under 3 headings"),
        ("field,left,right\nname,Caf\xe9,A\n".encode("latin-1"), "not UTF-8 near line"),
        ('field,left,right\nname,"A,B\n', "no valid CSV"),
    ],
)
def test_an_unusable_file_ends_with_one_line_and_nothing_written(
    tmp_path: Path, content: bytes | str, says: str
) -> None:
    out = tmp_path / "out.csv"
    found = run(tmp_path, content, "-o", str(out))
    assert found.exit_code == 2
    assert says in found.output
    assert found.output.count("\n") == 1
    assert not out.exists()


def test_an_unusable_file_prints_no_row(tmp_path: Path) -> None:
    found = run(tmp_path, "field,left,right\nname,A,A\nfax,1,2\n")
    assert "same" not in found.output


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    found = run(tmp_path, "field,left,right\nname,A,A\n", "-o", str(tmp_path / "no" / "out.csv"))
    assert found.exit_code == 2
    assert "can't be written" in found.output
