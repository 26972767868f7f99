import csv
import datetime as dt
import io
import json
from typing import Any

import pytest

from crawlers.sandbox.ids import location_id, place_id, place_number
from crawlers.sandbox.server import start
from crawlers.sandbox.users_file import locations_csv
from crawlers.sandbox.world import World, make_world
from tests.crawlers.sandbox.client import PLACES, Client

PLAIN = place_id(0)


def details(client: Client, place: str, mask: str = "*") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(client.place(place, mask).body)
    return found


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["error"]["status"]


def test_a_call_needs_a_key_that_is_known(client: Client) -> None:
    assert refusal(client.ask(f"{PLACES}/{PLAIN}")) == (403, "PERMISSION_DENIED")
    wrong = client.place(PLAIN, **{"x-goog-api-key": "other"})
    assert refusal(wrong) == (400, "INVALID_ARGUMENT")
    assert json.loads(wrong.body)["error"]["details"][0]["reason"] == "API_KEY_INVALID"


@pytest.mark.parametrize("mask", ["", "id,nonsense", "places.id"])
def test_details_need_a_field_mask_of_a_place(client: Client, mask: str) -> None:
    assert refusal(client.place(PLAIN, mask)) == (400, "INVALID_ARGUMENT")


def test_only_masked_fields_are_shown(client: Client) -> None:
    shown = details(client, PLAIN, "id,displayName.text,reviews.rating")
    assert set(shown) == {"id", "displayName", "reviews"}
    assert set(shown["displayName"]) == {"text"}
    assert all(set(review) == {"rating"} for review in shown["reviews"])


@pytest.mark.parametrize("place", ["ChIJunknown", "x", place_id(10**6), place_id(0)[:-1] + "A"])
def test_an_obsolete_id_is_not_found(client: Client, place: str) -> None:
    assert refusal(client.place(place)) == (404, "NOT_FOUND")


def test_ids_lead_back_to_their_number() -> None:
    numbers = [0, 1, 97, 4 * 10**5]
    assert [place_number(place_id(number)) for number in numbers] == numbers
    assert len({place_id(number) for number in numbers} | {location_id(number) for number in numbers}) == 8


def test_the_owners_listing_names_its_place(client: Client) -> None:
    place = client.location("0102")["metadata"]["placeId"]
    assert details(client, place, "formattedAddress")["formattedAddress"].startswith("3920 Church St #344, ")


def test_a_place_shows_five_reviews_without_replies(client: Client) -> None:
    shown = details(client, PLAIN, "reviews,userRatingCount,rating")
    assert len(shown["reviews"]) == 5 < shown["userRatingCount"]
    assert {key for review in shown["reviews"] for key in review} == {
        "name", "relativePublishTimeDescription", "rating", "text", "originalText", "authorAttribution",
        "publishTime", "flagContentUri", "googleMapsUri",
    }  # fmt: skip
    assert all(len(review["publishTime"]) == 30 for review in shown["reviews"])


def test_search_finds_the_branch_first(client: Client) -> None:
    facts = client.server.sandbox.world.facts(4)
    for query in (
        f"{facts.name} {facts.street} {facts.city}",
        f"{facts.name}, {facts.street}, {facts.postal_code}",
    ):
        assert client.search(textQuery=query)["places"][0]["id"] == place_id(4 * 4)


def test_search_results_page_with_the_same_query_only(client: Client) -> None:
    query = f"Ostermill Bakery {client.server.sandbox.world.facts(4).city}"
    first = client.search(textQuery=query, pageSize=1)
    second = client.search(textQuery=query, pageSize=1, pageToken=first["nextPageToken"])
    assert first["places"][0]["id"] != second["places"][0]["id"]
    changed = client.search(textQuery="bakery", pageSize=1, pageToken=first["nextPageToken"])
    assert changed["error"]["code"] == 400


def test_search_by_city_finds_the_sibling_too(client: Client) -> None:
    world = client.server.sandbox.world
    city = world.facts(24).city
    found = client.search(textQuery=f"Ostermill Bakery {city}")["places"]
    assert place_id(24 * 4) in {place["id"] for place in found}


def test_a_replaced_business_stands_at_the_address(client: Client) -> None:
    facts = client.server.sandbox.world.facts(16)
    found = client.search(textQuery=f"{facts.name}, {facts.street}, {facts.city}")["places"]
    assert found[0]["displayName"]["text"] == "Bluebird Nail Studio"
    assert client.place(place_id(16 * 4)).status == 404


def test_search_near_a_point_needs_no_city(client: Client) -> None:
    facts = client.server.sandbox.world.facts(4)
    middle = {"latitude": facts.latitude, "longitude": facts.longitude}
    circle = {"circle": {"center": middle, "radius": 5000.0}}
    found = client.search(textQuery="Ostermill Bakery", locationBias=circle)["places"]
    assert place_id(4 * 4) in {place["id"] for place in found}
    assert client.search(textQuery="zzz", locationBias=circle) == {}


@pytest.mark.parametrize("body", [{}, {"textQuery": " "}, {"textQuery": "x", "pageToken": 5}])
def test_a_search_that_makes_no_sense_is_refused(client: Client, body: dict[str, Any]) -> None:
    assert client.search(**body)["error"]["status"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    ("hours", "first", "words"),
    [
        ("24/7", {"open": {"day": 0, "hour": 0, "minute": 0}}, "Monday: Open 24 hours"),
        (
            "Mo-Th 06:30-22:00; Fr-Sa 06:30-01:00; Su 07:00-21:00",
            {"open": {"day": 0, "hour": 7, "minute": 0}, "close": {"day": 0, "hour": 21, "minute": 0}},
            "Friday: 6:30\u2009–\u20091:00\u202fAM",
        ),
        (
            "Mo-Fr 06:00-14:00,16:00-20:00; Sa-Su 07:00-18:00",
            {"open": {"day": 0, "hour": 7, "minute": 0}, "close": {"day": 0, "hour": 18, "minute": 0}},
            "Monday: 6:00\u202fAM\u2009–\u20092:00\u202fPM, 4:00\u2009–\u20098:00\u202fPM",
        ),
        (
            "Mo off; Tu-Su 07:00-15:00",
            {"open": {"day": 0, "hour": 7, "minute": 0}, "close": {"day": 0, "hour": 15, "minute": 0}},
            "Monday: Closed",
        ),
    ],
)
def test_hours_are_periods_from_sunday_and_words(hours: str, first: dict[str, Any], words: str) -> None:
    """In a chain big enough to have every kind of week."""
    world = make_world(7, 240, now=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    from_file = {row["hours"]: index for index, row in enumerate(_rows(world)) if index % 24 in {0, 2, 3}}
    with start(world) as server:
        shown = details(Client(server), place_id(from_file[hours] * 4), "regularOpeningHours")
    assert shown["regularOpeningHours"]["periods"][0] == first
    assert words in shown["regularOpeningHours"]["weekdayDescriptions"]


def test_the_coming_week_names_its_special_days(client: Client) -> None:
    client.server.sandbox.advance(7)
    shown = details(client, PLAIN, "currentOpeningHours")["currentOpeningHours"]
    assert shown["specialDays"] == [{"date": {"year": 2026, "month": 11, "day": 26}}]
    assert all(
        period["open"]["date"] != {"year": 2026, "month": 11, "day": 26} for period in shown["periods"]
    )


def _rows(world: World) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(locations_csv(world))))
