import pytest

from listings.normalize.address import address_form
from listings.normalize.east_asia import east_asian_line


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("大阪府大阪市北区梅田３丁目２−１", "梅田3-2-1"),
        ("〒530-0001 大阪府大阪市北区梅田三丁目2番1号", "北区梅田3丁目2-1"),
        ("三重県四日市市浜田町5番4号", "浜田町5-4"),
        ("北京市朝阳区建国路88号", "建国路88号"),
        ("서울특별시 중구 세종대로 110", "세종대로 110"),
    ],
)
def test_one_door_has_one_form_with_and_without_its_towns(left: str, right: str) -> None:
    assert address_form(left).key == address_form(right).key


@pytest.mark.parametrize("street", ["120 Main St", "Lindenstraße 4", "", "大阪市"])
def test_other_lines_and_bare_towns_stay(street: str) -> None:
    assert east_asian_line(street) == street


def test_another_block_has_another_form() -> None:
    assert address_form("梅田3-2-1").key != address_form("梅田3-2-2").key


def test_ten_thousand_characters_take_no_time() -> None:
    assert east_asian_line("市" * 10_000)
