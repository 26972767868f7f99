"""XLSX workbooks written by hand, the well-formed and the wicked."""

import zipfile
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets><sheet name="Stores" sheetId="1" r:id="rId7"/>'
    '<sheet name="Notes" sheetId="2" r:id="rId8"/></sheets></workbook>'
)
LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId8" Type="{RELATED}/worksheet" Target="worksheets/notes.xml"/>'
    f'<Relationship Id="rId7" Type="{RELATED}/worksheet" Target="worksheets/stores.xml"/>'
    f'<Relationship Id="rId1" Type="{RELATED}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
    f'<Relationship Id="rId2" Type="{RELATED}/styles" Target="styles.xml"/></Relationships>'
)


def workbook(path: Path, rows: str, **parts: str) -> Path:
    """A workbook whose first sheet holds `rows` (row elements); `parts` are further files under xl."""
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    files = {
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": LINKS,
        "xl/worksheets/stores.xml": sheet,
        **{f"xl/{name}.xml": text for name, text in parts.items()},
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def row(number: int, *cells: str) -> str:
    """A row of texts that stand in the cells themselves."""
    texts = "".join(
        f'<c r="{chr(65 + column)}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        for column, text in enumerate(cells)
    )
    return f'<row r="{number}">{texts}</row>'


def strings(*texts: str) -> str:
    """The part of shared strings."""
    return f'<sst xmlns="{MAIN}">{"".join(f"<si><t>{text}</t></si>" for text in texts)}</sst>'


def styles(*codes: str) -> str:
    """A styles part: style 0 is general, style n has the n-th format."""
    formats = "".join(
        f'<numFmt numFmtId="{164 + number}" formatCode="{code}"/>' for number, code in enumerate(codes)
    )
    used = "".join(f'<xf numFmtId="{164 + number}"/>' for number in range(len(codes)))
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts>'
        f'<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>{used}</cellXfs></styleSheet>'
    )
