import json
from typing import Any

from crawlers.sources.google import Google
from tests.crawlers.reading import read

GOOGLE = Google()
GIVEN: dict[str, Any] = {
    "attributes/has_delivery": True,
    "attributes/wi_fi": "free_wi_fi",
    "attributes/url_menu": ["https://tern.example/menu"],
    "attributes/cards": {"set": ["visa"], "unset": ["amex"]},
}


def test_attributes_stand_beside_the_fields_of_their_location() -> None:
    request = GOOGLE.patch_attributes("locations/41", GIVEN, "t")
    (record,) = read("google", json.loads(request.body or b"")).listings
    assert (record.source_id, record.shown) == ("locations/41", frozenset())
    assert record.extra == {"attributes": GIVEN}


def test_an_attribute_is_taken_away_by_naming_it_without_a_value() -> None:
    request = GOOGLE.patch_attributes("locations/41", {"attributes/wi_fi": None, "attributes/a": False}, "t")
    assert request.url.endswith("attributeMask=attributes%2Fwi_fi%2Cattributes%2Fa")
    assert json.loads(request.body or b"")["attributes"] == [{"name": "attributes/a", "values": [False]}]


def test_a_location_without_attributes_is_readable() -> None:
    (record,) = read("google", {"name": "locations/41/attributes", "attributes": []}).listings
    assert record.extra == {"attributes": {}}
    (record,) = read("google", {"name": "locations/41/attributes"}).listings
    assert (record.source_id, record.extra) == ("locations/41", {"attributes": {}})
