"""The fix kit: the value in the form a source wants it, and where it is entered."""

import json

import pytest

from listings.kit import kit, shown_value
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.mismatch import Mismatch
from listings.sources import SOURCES, WEBSITE
from tests.domain import RIGHT

PLACE = {"code": "A1", "name": "Elm Books", "phone": RIGHT, "country": "US"}


def test_the_own_website_gets_ready_markup_and_the_page_to_change() -> None:
    location = Location(**PLACE, website="https://elm.example/a1")
    listing = Listing(source=WEBSITE, source_id="x", url="https://elm.example/a1")
    found = kit(SOURCES[WEBSITE], location, listing, Mismatch(field="phone", record_value=RIGHT))
    assert found.edit_url == "https://elm.example/a1"
    assert found.value == "+1 215-555-0133"
    assert json.loads(found.markup or "")["telephone"] == RIGHT


@pytest.mark.parametrize("url", [None, "", "javascript:alert(1)", "data:text/html,x"])
def test_no_address_is_offered_that_is_no_page(url: str | None) -> None:
    listing = Listing(source=WEBSITE, source_id="x", url=url)
    found = kit(SOURCES[WEBSITE], Location(**PLACE), listing, Mismatch(field="name", record_value="Elm"))
    assert found.edit_url is None


@pytest.mark.parametrize("source", list(SOURCES))
def test_every_source_says_how_it_is_corrected(source: str) -> None:
    listing = Listing(source=source, source_id="a b&c=/x", url="https://elm.example")
    found = kit(SOURCES[source], Location(**PLACE), listing, Mismatch(field="name", record_value="Elm"))
    assert found.how
    assert (found.markup is not None) == (source == WEBSITE)
    assert " " not in (found.edit_url or "")


def test_a_value_that_is_no_number_is_shown_as_it_is() -> None:
    assert shown_value("phone", "call us", Location(**PLACE)) == "call us"
