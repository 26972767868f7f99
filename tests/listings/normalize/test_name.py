import pytest

from listings.normalize.name import name_form


@pytest.mark.parametrize(
    ("name", "core", "store_number", "department"),
    [
        ("The Kestrel Tire Co., LLC", "kestrel tire co", None, None),
        ("Brandt & Söhne GmbH & Co. KG", "brandt and sohne", None, None),
        ("Kowalski Sp. z o.o.", "kowalski", None, None),
        ("Kestrel Tire #204", "kestrel tire", "204", None),
        ("Kestrel Tire Store No 204", "kestrel tire store", "204", None),
        ("Savemore Pharmacy", "savemore pharmacy", None, "pharmacy"),
        ("St. Anne Hospital - Emergency Room", "st anne hospital emergency room", None, "emergency room"),
        ("Meridian Hotel Cafe", "meridian hotel cafe", None, "cafe"),
        ("Blue Finch Cafe", "blue finch cafe", None, None),
        ("Union Branch with ATM", "union branch with atm", None, None),
        ("Limited", "limited", None, None),
        ("The", "the", None, None),
        ("日本料理 さくら", "日本料理 さくら", None, None),
        ("", "", None, None),
    ],
)
def test_what_names_the_business(
    name: str, core: str, store_number: str | None, department: str | None
) -> None:
    form = name_form(name)
    assert (form.core, form.store_number, form.department) == (core, store_number, department)
    assert form.tokens == tuple(form.core.split())


def test_the_city_leaves_the_end_of_the_core_but_not_of_the_full_name() -> None:
    form = name_form("Kestrel Tire of Tacoma", "Tacoma")
    assert (form.core, form.full) == ("kestrel tire", "kestrel tire of tacoma")
    assert name_form("Tacoma", "Tacoma").core == "tacoma"
