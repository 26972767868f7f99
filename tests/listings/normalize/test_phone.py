import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.normalize.phone import PhoneForm, phone_form, region_of


@pytest.mark.parametrize(
    ("phone", "country", "e164", "extension"),
    [
        ("(503) 228-4651", "US", "+15032284651", None),
        ("1.503.228.4651", None, "+15032284651", None),
        ("503-228-4651 ext 12", "US", "+15032284651", "12"),
        ("1-800-GO-FEDEX", "US", "+18004633339", None),
        ("030 901820", "DE", "+4930901820", None),
        ("+44 20 7946 0958", "US", "+442079460958", None),
        ("000-000-0000", "US", None, None),
        ("call us", "US", None, None),
        ("030 901820", "??", None, None),
    ],
)
def test_a_number_as_dialled_in_its_country(
    phone: str, country: str | None, e164: str | None, extension: str | None
) -> None:
    form = phone_form(phone, country)
    assert (form.e164, form.extension) == (e164, extension)


@given(st.from_regex(r"\(?[2-9]\d\d\)?[-. ]?\d{3}[-. ]?\d{4}", fullmatch=True))
def test_the_quick_way_agrees_with_libphonenumber(phone: str) -> None:
    number = phonenumbers.parse(phone, "US")
    assert (phone_form(phone, "US").e164 is not None) == phonenumbers.is_valid_number(number)


def test_an_empty_number_has_an_empty_form() -> None:
    assert phone_form("", "US") == PhoneForm(None, None, "")


def test_a_number_tells_its_region() -> None:
    assert region_of("+4930901820") == "DE"
    assert region_of("nonsense") is None
