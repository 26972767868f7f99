import pytest

from listings.normalize.address import (
    AddressForm,
    address_form,
    city_form,
    postal_code_form,
    region_form,
)


@pytest.mark.parametrize(
    ("street", "form"),
    [
        ("400 N Alder St", AddressForm("400", "n", "alder", "street")),
        ("400 Alder Street South", AddressForm("400", None, "alder", "street", "s")),
        ("400 Alder St Ste 12", AddressForm("400", None, "alder", "street", unit="unit 12")),
        (
            "400 Alder St, Bldg C, 2nd Floor",
            AddressForm("400", None, "alder", "street", unit="building c, floor 2"),
        ),
        ("9 Avenue K", AddressForm("9", None, "k", "avenue")),
        ("31 E St NW", AddressForm("31", None, "e", "street", "nw")),
        ("825 E 1180 S", AddressForm("825", "e", "1180", None, "s")),
        ("N94W17900 Appleton Ave", AddressForm("n94w17900", None, "appleton", "avenue")),
        ("123 1/2 Elm Ct", AddressForm("123 1/2", None, "elm", "court")),
        ("PO Box 77", AddressForm(po_box="77")),
        ("Postfach 12 34", AddressForm(po_box="1234")),
        ("2210 US Highway 31 S", AddressForm("2210", None, "31", "us_highway", "s")),
        ("Birch House, 9 Mill Lane", AddressForm("9", None, "mill", "lane", tail="birch house")),
        ("400 Alder St (near the park)", AddressForm("400", None, "alder", "street", tail="near the park")),
        ("Lindenstraße 8a", AddressForm("8a", None, "linden", "street")),
        ("14, rue de la Paix", AddressForm("14", None, "de la paix", "rue")),
        ("Calle 9 #12-34", AddressForm("12-34", None, "9", "calle")),
        ("ul. Długa 5 m. 3", AddressForm("5", None, "dluga", "ulica", unit="unit 3")),
        ("", AddressForm()),
        ("🍕🍕", AddressForm()),
    ],
)
def test_a_street_in_parts(street: str, form: AddressForm) -> None:
    assert address_form(street) == form


def test_equal_keys_are_one_door() -> None:
    assert address_form("17 W Forty-second St #4").key == address_form("17 West 42nd Street, Suite 4").key
    assert address_form("17 W 42nd St").key != address_form("17 E 42nd St").key


def test_the_country_settles_whether_a_slash_divides_unit_and_number() -> None:
    assert address_form("4/18 Banksia Rd", "AU").unit == "unit 4"
    assert address_form("4/18 Banksia Rd", "GB").number == "4/18"


@pytest.mark.parametrize(
    ("code", "country", "form"),
    [
        ("97205-1234", "US", "97205"),
        ("972051234", None, "97205"),
        ("1234", "US", "01234"),
        ("1234", "NL", "1234"),
        ("ec1a 1bb", "GB", "EC1A1BB"),
        ("D-10115", "DE", "10115"),
        ("〒150-0041", "JP", "1500041"),
        (" ", "US", None),
    ],
)
def test_postal_codes(code: str, country: str | None, form: str | None) -> None:
    assert postal_code_form(code, country) == form


def test_cities_and_regions_have_one_form_for_their_spellings() -> None:
    assert city_form("Ft. Worth") == city_form("Fort Worth")
    assert city_form("München") == city_form("Munich")
    assert region_form("Calif.") == region_form("California", "US") == "CA"
    assert region_form("Québec", "CA") == "QC"
    assert region_form("Nowhere", "ZZ") == "NOWHERE"
