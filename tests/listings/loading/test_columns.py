import pytest

from listings.loading.columns import BadHeader, understand

GOOGLE = [
    "Store code", "Business name", "Address line 1", "Address line 2", "Locality", "Administrative area",
    "Country / Region", "Postal code", "Latitude", "Longitude", "Primary phone", "Additional phones", "Website",
    "Primary category", "Sunday hours", "Monday hours", "Special hours", "Labels",
]  # fmt: skip
YEXT = [
    "Entity ID", "Name", "Address > Line 1", "Address > Line 2", "Address > City", "Address > Region",
    "Address > Postal Code", "Address > Country Code", "Main Phone", "Local Phone", "Website URL > URL",
    "Hours > Monday", "Yext Display Coordinate > Latitude", "Yext Display Coordinate > Longitude", "Timezone",
]  # fmt: skip
UBERALL = [
    "id", "Identifier", "Name", "Street and No.", "Zip", "City", "Province", "Country", "Phone", "Website",
    "Categories", "Keywords", "Lat", "Lng", "Opening Hours",
]  # fmt: skip
PLACE = {"code", "name", "street", "city", "region", "postal_code", "country", "phone", "website"}


@pytest.mark.parametrize("header", [GOOGLE, YEXT, UBERALL], ids=["google", "yext", "uberall"])
def test_the_headers_of_other_tools_are_understood(header: list[str]) -> None:
    found = understand(header)
    assert set(found.fields) >= PLACE | {"latitude", "longitude"}
    assert "hours" in found.fields or found.days


def test_address_lines_and_days_are_found_by_their_position() -> None:
    found = understand(GOOGLE)
    assert (found.street_lines, found.days, found.unknown) == ((3,), {"mo": 15, "su": 14}, {"Labels": 17})


def test_of_two_names_for_one_field_the_telling_one_decides() -> None:
    found = understand(UBERALL)
    assert (found.fields["code"], found.fields["category"]) == (1, 10)
    assert found.unknown == {"id": 0, "Keywords": 11}
    assert understand(YEXT).fields["phone"] == 8


def test_case_blanks_and_punctuation_do_not_matter() -> None:
    assert understand([" STORE-CODE ", "business_name"]).fields == {"code": 0, "name": 1}


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (["name", "city"], "no column for the location's code.*name, city"),
        (["1", "Elm", "Portland"], "no column for the location's code"),
        (["code", "phone", "Phone"], "two columns mean phone: “phone” and “Phone”"),
        (["code", "code"], "two columns mean code"),
    ],
)
def test_a_header_that_can_not_be_used_says_what_to_do(header: list[str], says: str) -> None:
    with pytest.raises(BadHeader, match=says):
        understand(header)
