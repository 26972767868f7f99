from typing import Any

import pytest

from crawlers.source import Outcome
from crawlers.sources.bing import Bing
from tests.crawlers.reading import document, one, payload, read, read_file

SEARCH = read_file("bing", "local_search.json")


def answer(**values: Any) -> dict[str, Any]:
    return {**document("bing", "local_search.json"), **values}


def test_a_place_shows_its_address_phone_and_page() -> None:
    place = SEARCH.listings[0]
    assert (place.name, place.street, place.city) == ("Tern & Pebble", "18 Wharf Ln Ste 2", "Portland")
    assert (place.region, place.postal_code, place.country) == ("ME", "04101", "US")
    assert (place.phone, place.website) == ("+12075550142", "https://ternpebble.example/")
    assert (place.latitude, place.longitude, place.categories) == (43.6571, -70.2505, ("Bakery",))


def test_nothing_is_null_and_neither_stars_nor_hours_can_be_shown() -> None:
    kiosk = SEARCH.listings[1]
    assert (kiosk.street, kiosk.phone, kiosk.website, kiosk.categories) == (None, None, None, None)
    assert kiosk.shown.isdisjoint({"rating", "review_count", "hours", "status"})


def test_no_places_is_an_answer_that_holds_nothing() -> None:
    reading = read("bing", answer(resourceSets=[{"estimatedTotal": 0, "resources": []}]))
    assert (reading.outcome, reading.listings) == (Outcome.OK, ())


def test_an_answer_given_under_load_is_not_believed() -> None:
    nothing = answer(resourceSets=[{"estimatedTotal": 0, "resources": []}])
    assert read("bing", nothing, x_ms_bm_ws_info="1").outcome is Outcome.UNAVAILABLE


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"authenticationResultCode": "InvalidCredentials", "statusCode": 401}, Outcome.BLOCKED),
        ({"statusCode": 400, "errorDetails": ["A parameter is missing."]}, Outcome.UNREADABLE),
        ({"statusCode": 404, "errorDetails": ["None"]}, Outcome.NOT_FOUND),
        ({"statusCode": 429}, Outcome.QUOTA),
        ({"statusCode": 503, "errorDetails": []}, Outcome.UNAVAILABLE),
    ],
)
def test_an_error_has_the_shape_of_an_answer(values: dict[str, Any], outcome: Outcome) -> None:
    assert read("bing", answer(resourceSets=[], **values)).outcome is outcome


@pytest.mark.parametrize(
    "body",
    [
        {"_type": "SearchResponse", "webPages": {"value": [{"name": "Tern", "url": "https://t.example"}]}},
        [{"title": "Tern", "url": "https://t.example", "description": "18 Wharf Ln"}],
        {"resourceSets": [{"resources": [{"__type": "Location:x", "name": "Portland", "address": {}}]}]},
        {"resourceSets": "changed"},
        {},
    ],
)  # fmt: skip
def test_other_results_of_bing_are_no_listings(body: Any) -> None:
    assert read("bing", body).outcome is Outcome.UNREADABLE


def test_a_page_is_read_by_its_markup_and_the_stars_are_not_bings() -> None:
    place = one(read_file("bing", "place_page.html"))
    assert (place.source_id, place.name, place.phone) == ("YN114x0001", "Tern & Pebble", "+12075550142")
    assert place.shown == {"name", "phone", "website", "categories"}


def test_a_page_of_results_is_no_listing() -> None:
    page = '<html><title>tern - Bing</title><body><h1>tern</h1><a href="tel:+12075550142">x</a></body></html>'
    assert read("bing", page).outcome is Outcome.UNREADABLE
    assert read("bing", payload("bing", "place_page.html"), status=403).outcome is Outcome.BLOCKED


def test_a_request_asks_around_a_point() -> None:
    url = Bing().local_search("k", "Tern & Pebble", 43.6571, -70.2505).url
    assert url == (
        "https://dev.virtualearth.net/REST/v1/LocalSearch/"
        "?query=Tern+%26+Pebble&userLocation=43.6571%2C-70.2505%2C5000&maxResults=25&key=k"
    )
