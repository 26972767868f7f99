import polars as pl
import pytest

from listings.normalize.phone_kinds import central_pattern, is_central


@pytest.mark.parametrize(
    ("e164", "central"),
    [
        ("+18004633339", True), ("+12175550142", False), ("+448000246279", True), ("+443451234567", True),
        ("+442079460958", False), ("+498002255793", True), ("+493012345678", False), ("+611300123456", True),
        ("+39800987887", True), ("+33805123456", True), ("+33145678901", False), ("not a number", False),
    ],
)  # fmt: skip
def test_numbers_that_stand_for_no_place_are_told_in_every_country(e164: str, central: bool) -> None:
    assert is_central(e164) is central
    assert pl.Series([e164.removeprefix("+")]).str.contains(central_pattern()).to_list() == [central]


def test_a_north_american_toll_free_number_is_told_without_its_prefix() -> None:
    assert pl.Series(["8004633339", "2175550142"]).str.contains(central_pattern()).to_list() == [True, False]
