"""The sandbox's Yelp: the contract's shapes and refusals, and exactly the planted differences."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from crawlers.sandbox import yelp
from crawlers.sandbox.facts import e164, osm_hours
from crawlers.sandbox.ids import business_id
from crawlers.sandbox.planting import Role, listings
from crawlers.sandbox.world import World
from tests.crawlers.sandbox.client import Client
from tests.crawlers.sandbox.test_ledger import in_ledger

API = "https://api.yelp.com/v3/businesses"
KEY = {"authorization": f"Bearer {yelp.API_KEY}"}


def asked(client: Client, path: str, **query: Any) -> tuple[int, dict[str, Any]]:
    answer = client.ask(f"{API}{path}?{urlencode(query)}", headers=KEY)
    return answer.status, json.loads(answer.body)


def test_details_show_exactly_the_planted_differences(client: Client, world: World) -> None:
    found = set()
    for entry in listings(world, "yelp"):
        _, shown = asked(client, f"/{business_id(entry.number)}")
        assert len(shown["id"]) == 22
        if entry.role is Role.OWN:
            wrong = _compared(shown, world, entry.index)
            found |= {(world.code(entry.index), field) for field, differs in wrong.items() if differs}
    assert found == in_ledger(client.server.sandbox, "yelp")


def _compared(shown: dict[str, Any], world: World, index: int) -> dict[str, bool]:
    truth, place, at = world.facts(index), shown["location"], shown["coordinates"]
    special = [(day["date"], day["start"]) for day in shown.get("special_hours", ())]
    return {
        "name": shown["name"] != truth.name,
        "street": ", ".join(line for line in (place["address1"], place["address2"]) if line) != truth.street,
        "city": place["city"] != truth.city,
        "postal_code": place["zip_code"] != truth.postal_code,
        "phone": e164(shown["display_phone"]) != truth.phone or shown["phone"] != truth.phone,
        "website": shown["attributes"]["business_url"] != truth.website,
        "category": shown["categories"][0]["alias"] != "bakeries",
        "coordinates": (at["latitude"], at["longitude"]) != (truth.latitude, truth.longitude),
        "status": shown["is_closed"] or shown["attributes"]["business_temp_closed"] is not None,
        "special_hours": len(special) != len(truth.special_hours),
        "hours": _week(shown["hours"][0]["open"]) != osm_hours(truth.hours),
    }


def _week(rows: list[dict[str, Any]]) -> str:
    week: list[list[tuple[str, str]]] = [[] for _ in range(7)]
    for row in rows:
        opens, closes = (f"{row[name][:2]}:{row[name][2:]}" for name in ("start", "end"))
        assert row["is_overnight"] == (closes <= opens)
        week[row["day"]].append((opens, "24:00" if closes == "00:00" else closes))
    return osm_hours(tuple(tuple(day) for day in week))


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [({}, 400, "INVALID_AUTHORIZATION_METHOD"), ({"authorization": "Bearer x"}, 401, "TOKEN_INVALID")],
)
def test_a_call_needs_a_key_that_is_known(
    client: Client, headers: dict[str, str], status: int, code: str
) -> None:
    answer = client.ask(f"{API}/search?location=x", headers=headers)
    assert (answer.status, json.loads(answer.body)["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        ("/matches", {"name": "x"}, 400, "VALIDATION_ERROR"),
        ("/search", {}, 400, "LOCATION_MISSING"),
        ("/search", {"location": "x", "limit": "1000"}, 400, "VALIDATION_ERROR"),
        ("/search/phone", {"phone": "12"}, 400, "VALIDATION_ERROR"),
        ("/nobody-at-all", {}, 404, "BUSINESS_NOT_FOUND"),
    ],
)
def test_a_wrong_call_is_refused_in_yelps_form(
    client: Client, path: str, query: dict[str, str], status: int, code: str
) -> None:
    answered, body = asked(client, path, **query)
    assert (answered, body["error"]["code"]) == (status, code)


def test_every_answer_counts_the_days_calls(client: Client) -> None:
    left = []
    for _ in range(2):
        headers = client.ask(f"{API}/search?location=x", headers=KEY).headers
        left.append(int(headers["ratelimit-remaining"]))
        assert headers["ratelimit-resettime"] == "2026-11-15T00:00:00+00:00"
    assert left[0] - left[1] == 1


def test_three_excerpts_at_most_are_cut_and_keep_their_language(client: Client, world: World) -> None:
    for entry in listings(world, "yelp"):
        _, body = asked(client, f"/{business_id(entry.number)}/reviews")
        assert len(body["reviews"]) == min(3, body["total"])
        assert all(len(one["text"]) <= 160 for one in body["reviews"])
        assert all(1 <= one["rating"] <= 5 and one["user"]["name"] for one in body["reviews"])
