import resource
import struct
import zipfile
from pathlib import Path

import pytest

from listings.loading.table import BadFile, read_table
from tests.listings.loading.workbooks import BOOK, LINKS, MAIN, row, strings, styles, workbook


def cells(path: Path) -> list[tuple[str, ...]]:
    """The rows below the header."""
    return [cells for _, cells in read_table(path).rows]


def refusal(path: Path) -> str:
    with pytest.raises(BadFile) as refused:
        read_table(path)
    assert str(path) in str(refused.value)
    return str(refused.value)


def test_the_first_sheet_is_read_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    table = read_table(workbook(tmp_path / "a.xlsx", row(2, "code", "name") + row(5, "1", "Elm")))
    assert (table.header, table.rows) == (("code", "name"), ((5, ("1", "Elm")),))


def test_shared_strings_are_looked_up_without_their_phonetic_guides(tmp_path: Path) -> None:
    shared = strings("code", "name").replace(
        "</sst>", "<si><r><t>東</t></r><r><t>京</t></r><rPh><t>トウキョウ</t></rPh></si></sst>"
    )
    sheet = (
        '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row><c><v>7</v></c><c t="s"><v>2</v></c></row>'
    )
    assert cells(workbook(tmp_path / "a.xlsx", sheet, sharedStrings=shared)) == [("7", "東京")]


@pytest.mark.parametrize(
    ("stored", "style", "shown"),
    [
        ("101", 0, "101"),
        ("101", 1, "0101"),
        ("2139", 2, "02139"),
        ("101.0", 0, "101"),
        ("2.175550142E9", 0, "2175550142"),
        ("40.712800000000001", 0, "40.7128"),
        ("-74.006", 0, "-74.006"),
        ("46095", 3, "2026-03-14"),
        ("46095.5", 3, "2026-03-14 12:00"),
        ("0.375", 4, "09:00"),
        ("1E999", 0, "1E999"),
    ],
)
def test_a_number_is_what_people_see(tmp_path: Path, stored: str, style: int, shown: str) -> None:
    sheet = row(1, "code") + f'<row r="2"><c r="A2" s="{style}"><v>{stored}</v></c></row>'
    formats = styles("0000", "00000", "yyyy\\-mm\\-dd", "[h]:mm")
    assert cells(workbook(tmp_path / "a.xlsx", sheet, styles=formats)) == [(shown,)]


def test_a_formula_is_its_result_and_without_one_it_is_itself(tmp_path: Path) -> None:
    sheet = row(1, "code", "name") + (
        '<row r="2"><c r="A2" t="str"><f>LOWER(C2)</f><v>elm</v></c><c r="B2"><f>HYPERLINK(1)</f></c></row>'
    )
    assert cells(workbook(tmp_path / "a.xlsx", sheet)) == [("elm", "=HYPERLINK(1)")]


def test_prefixed_elements_are_understood(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", "")
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", LINKS)
        archive.writestr(
            "xl/worksheets/stores.xml",
            f'<x:worksheet xmlns:x="{MAIN}"><x:row><x:c t="str"><x:v>code</x:v></x:c></x:row></x:worksheet>',
        )
    assert read_table(file).header == ("code",)


def test_what_is_no_workbook_is_refused_in_plain_words(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"PK\x03\x04 and then nothing of a zip")
    assert "not a readable XLSX" in refusal(file)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    assert "no XLSX workbook" in refusal(file)
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500)
    assert ".xls" in refusal(file)


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_a_workbook_cut_short_is_refused(tmp_path: Path, kept: float) -> None:
    whole = workbook(tmp_path / "a.xlsx", row(1, "code") + row(2, "1")).read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(whole[: int(len(whole) * kept)])
    assert "not a readable XLSX" in refusal(tmp_path / "cut.xlsx")


def test_a_damaged_sheet_is_refused(tmp_path: Path) -> None:
    assert "not a readable XLSX" in refusal(workbook(tmp_path / "a.xlsx", row(1, "code") + "<row><c>"))
    assert "not a readable XLSX" in refusal(workbook(tmp_path / "b.xlsx", '<row r="x"></row>'))


def test_declared_entities_are_refused(tmp_path: Path) -> None:
    laughs = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    file = workbook(
        tmp_path / "a.xlsx", row(1, "code"), sharedStrings=f"{laughs}<sst><si><t>&b;</t></si></sst>"
    )
    assert "entities" in refusal(file)


def bomb(path: Path, unpacked: int) -> Path:
    """A sheet of blanks that packs to a thousandth."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", LINKS)
        with archive.open("xl/worksheets/stores.xml", "w", force_zip64=True) as part:
            part.write(f'<worksheet xmlns="{MAIN}">'.encode())
            for _ in range(unpacked // 1_000_000):
                part.write(b" " * 1_000_000)
    return path


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    file = bomb(tmp_path / "bomb.xlsx", 400_000_000)
    before = memory()
    assert "unpacks to more than" in refusal(file)
    assert memory() - before < 100


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    file = bomb(tmp_path / "bomb.xlsx", 400_000_000)
    body = bytearray(file.read_bytes())
    entry = body.rindex(b"PK\x01\x02")
    # The size once unpacked stands 24 bytes into the entry of the central directory.
    body[entry + 24 : entry + 28] = struct.pack("<L", 1_000)
    file.write_bytes(body)
    before = memory()
    assert "not a readable XLSX" in refusal(file)
    assert memory() - before < 100


@pytest.mark.parametrize(
    "sheet",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>',
        row(1, *["x"] * 26)
        + "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(600_000, 600_002)),
        f'<row r="1"><c r="A1" t="str"><v>{"x" * 10_000_000}</v></c></row>',
    ],
    ids=["far away", "too many rows", "one huge cell"],
)
def test_a_sheet_without_end_costs_next_to_nothing(tmp_path: Path, sheet: str) -> None:
    file = workbook(tmp_path / "a.xlsx", sheet)
    before = memory()
    refusal(file)
    assert memory() - before < 100


def test_a_long_string_that_every_cell_shares_is_held_once(tmp_path: Path) -> None:
    shared = strings("code", "x" * 30_000)
    sheet = row(1, "code") + '<row><c t="s"><v>1</v></c></row>' * 20_000
    file = workbook(tmp_path / "a.xlsx", sheet, sharedStrings=shared)
    before = memory()
    assert len(read_table(file).rows) == 20_000
    assert memory() - before < 100
