from typing import Any

import pytest

from listings.loading.columns import understand
from listings.loading.rows import RowValues, read_row
from listings.records import OpenStatus


def values(**cells: str) -> dict[str, Any]:
    """What a row with these cells sets."""
    header = ["code", *(name.replace("_", " ") for name in cells)]
    found = read_row(understand(header), 7, ["0101", *cells.values()])
    assert isinstance(found, RowValues), found
    return dict(found.values)


def problems(**cells: str) -> list[str]:
    header = ["code", *(name.replace("_", " ") for name in cells if name != "code")]
    code = cells.pop("code", "0101")
    found = read_row(understand(header), 7, [code, *cells.values()])
    assert isinstance(found, list), found
    return [str(error) for error in found]


def test_an_empty_cell_sets_nothing_and_a_dash_clears() -> None:
    assert values(name="Elm", phone="", website="-") == {"name": "Elm", "website": None}


def test_a_name_and_a_status_can_not_be_cleared() -> None:
    assert problems(name="-") == ["row 7, name: can't be cleared."]
    assert problems(status="-") == ["row 7, status: can't be cleared."]


@pytest.mark.parametrize(
    ("cells", "field", "value"),
    [
        ({"website": "example.com/elm"}, "website", "https://example.com/elm"),
        ({"country": "us"}, "country", "US"),
        ({"latitude": "45,5231"}, "latitude", 45.5231),
        ({"status": "Permanently closed"}, "status", OpenStatus.CLOSED),
        ({"phone": "'+1 503 555 0142"}, "phone", "+1 503 555 0142"),
        (
            {"tracking_phones": "503-555-0142; 503-555-0143"},
            "tracking_phones",
            ["503-555-0142", "503-555-0143"],
        ),
        ({"street": "12 Elm St", "address_line_2": "Suite 4"}, "street", "12 Elm St, Suite 4"),
        ({"street": "12 Elm St", "address_line_2": "-"}, "street", "12 Elm St"),
        (
            {"monday_hours": "x", "tuesday_hours": "09:00-12:00, 13:00-17:00"},
            "hours",
            "Mo off; Tu 09:00-12:00,13:00-17:00",
        ),
        ({"monday_hours": "-", "tuesday_hours": "-"}, "hours", None),
        (
            {"opening_hours": "Mo=08:00-16:00;Tu=08:00-12:00&13:00-17:00;Sa"},
            "hours",
            "Mo 08:00-16:00; Tu 08:00-12:00,13:00-17:00; Sa off",
        ),
        (
            {"special_hours": "2026-12-24: 09:00-13:00, 2026-12-25: x"},
            "special_hours",
            "2026 Dec 24 09:00-13:00; 2026 Dec 25 off",
        ),
    ],
)
def test_a_cell_becomes_the_value_it_means(cells: dict[str, str], field: str, value: Any) -> None:
    assert values(**cells)[field] == value


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"name": '=HYPERLINK("http://x")'}, "row 7, name: begins with “=”"),
        ({"city": "@SUM(A1)"}, "row 7, city: begins with “@”"),
        ({"city": "#REF!"}, "row 7, city: “#REF!” is the error of a formula"),
        ({"phone": "5.03555E+09"}, "row 7, phone: “5.03555E+09” is a number that a spreadsheet cut short"),
        ({"phone": "call us"}, "row 7, phone: “call us” is no phone number"),
        ({"city": "Por\x1b[31mtland"}, "row 7, city: holds a control character"),
        ({"country": "\x1b]0;x"}, "row 7, country: holds a control character"),
        ({"name": "x" * 2001}, "row 7, name: is longer"),
        ({"country": "Germany"}, "row 7, country: “Germany” is no two-letter country code"),
        ({"website": "javascript:alert(1)"}, "row 7, website:"),
        ({"website": "http://user:word@example.com"}, "row 7, website:"),
        ({"website": "http://[::1"}, "row 7, website:"),
        ({"latitude": "91"}, "row 7, latitude: “91” is no number between -90 and 90"),
        ({"longitude": "nan"}, "row 7, longitude:"),
        ({"hours": "whenever we like"}, "row 7, hours:"),
        ({"monday_hours": "25:00-26:00"}, "row 7, hours:"),
        ({"special_hours": "2026-02-30: 09:00-13:00"}, "row 7, special_hours: “2026-02-30” is no date"),
        ({"status": "haunted"}, "row 7, status: “haunted” is none of"),
        ({"time_zone": "Mars/Olympus"}, "row 7, time_zone:"),
        ({"street": "12 Elm St", "address_line_2": "=A1"}, "row 7, street: begins with “=”"),
        ({"code": ""}, "row 7, code: is empty"),
        ({"code": "x" * 61}, "row 7, code: is longer"),
        ({"code": "<b>"}, "row 7, code: holds a character"),
        ({"code": "=A1"}, "row 7, code: “=A1” is a formula"),
        ({"code": "1.01E+14"}, "row 7, code: “1.01E+14” is a number that a spreadsheet cut short"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_by_row_and_column(cells: dict[str, str], says: str) -> None:
    (told,) = problems(**cells)
    assert told.startswith(says)


def test_every_bad_cell_of_a_row_is_told() -> None:
    assert len(problems(code="", latitude="north", country="??")) == 3
