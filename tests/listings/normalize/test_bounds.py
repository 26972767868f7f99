"""Every normaliser takes any text, and its work doesn't grow with an attacker's length."""

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.compare import FIELDS, compare_field
from listings.loading.other_hours import hours_of_text, periods, special_of_text
from listings.normalize.address import address_form, city_form, postal_code_form, region_form
from listings.normalize.category import node
from listings.normalize.geo import parse_point
from listings.normalize.hours import parse_hours
from listings.normalize.name import name_form
from listings.normalize.phone import phone_form
from listings.normalize.web_address import web_form


def hours(text: str) -> object:
    """Hours in any of the notations that are read; a refusal is an answer too."""
    answers: list[object] = []
    for read in (parse_hours, hours_of_text, special_of_text, periods):
        try:
            answers.append(read(text))
        except ValueError:
            answers.append(None)
    return answers


FORMS: dict[str, Callable[[str], object]] = {
    "name": name_form,
    "address": address_form,
    "postal code": lambda text: postal_code_form(text, "US"),
    "city": city_form,
    "region": lambda text: region_form(text, "US"),
    "phone": lambda text: phone_form(text, "US"),
    "website": web_form,
    "category": node,
    "point": parse_point,
    "hours": hours,
}
WORST = [
    *(
        "a",
        "1",
        " ",
        "a ",
        "1-",
        "1/",
        ", ",
        "# ",
        "( ",
        ") ",
        "st ",
        "n ",
        "one ",
        "oh ",
        "и",
        "é",
        "א",
        "漢",
        "\x00",
    ),
    *(
        "a.",
        "s a de ",
        "suite ",
        "fl 1 ",
        "http://",
        "a.b/",
        "?a=1&",
        "+1",
        "(503",
        "Mo-Fr ",
        "09:00-",
        "24/7;",
    ),
]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@given(
    text=st.text(max_size=200)
    | st.sampled_from(["\u202eabc", "🍕" * 50, "مطعم ١٢", "１２３ Ｍａｉｎ", "\ud800"])
)
def test_any_text_has_a_form(form: Callable[[str], object], text: str) -> None:
    form(text)


def calls(work: Callable[[], object]) -> int:
    """How many Python functions the work calls."""
    count = 0

    def count_call(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(count_call)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("unit", WORST)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_twice_the_length_is_at_most_twice_the_work(form: Callable[[str], object], unit: str) -> None:
    long = unit * (50_000 // len(unit))
    once, twice = calls(lambda: form(long)), calls(lambda: form(long + long))
    assert twice <= 2.3 * once + 50
    assert twice < 60_000


@pytest.mark.timeout(20)
@pytest.mark.parametrize("unit", WORST)
def test_a_hundred_thousand_characters_compare_in_every_field(unit: str) -> None:
    long = unit * (100_000 // len(unit))
    for field in FIELDS:
        compare_field(field, long, long + "z")
