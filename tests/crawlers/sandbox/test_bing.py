"""The sandbox's Bing: what the service answers, with its mixed capitals, and exactly the planted differences."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from crawlers.sandbox import bing
from crawlers.sandbox.facts import e164
from crawlers.sandbox.planting import Role, listings
from crawlers.sandbox.world import World
from tests.crawlers.sandbox.client import Client
from tests.crawlers.sandbox.test_ledger import in_ledger

SEARCH = "https://dev.virtualearth.net/REST/v1/LocalSearch/"


def asked(client: Client, **query: Any) -> tuple[int, dict[str, Any]]:
    answer = client.ask(f"{SEARCH}?{urlencode({'key': bing.API_KEY, **query})}")
    return answer.status, json.loads(answer.body)


def test_the_service_shows_exactly_the_planted_differences(client: Client, world: World) -> None:
    found = set()
    for entry in listings(world, "bing"):
        if entry.role is not Role.OWN:
            continue
        truth, shown = world.facts(entry.index), client.server.sandbox.shown(entry)
        _, body = asked(
            client, query=truth.name, userLocation=f"{shown.latitude},{shown.longitude},10", maxResults=25
        )
        rows = body["resourceSets"][0]["resources"]
        row = next(one for one in rows if one["point"]["coordinates"] == [shown.latitude, shown.longitude])
        wrong = {
            "street": row["Address"]["addressLine"] != truth.street,
            "phone": e164(row["PhoneNumber"]) != truth.phone,
            "website": row["Website"] != truth.website,
            "category": row["entityType"] != "Bakery",
            "coordinates": row["point"]["coordinates"] != [truth.latitude, truth.longitude],
            "postal_code": row["Address"]["postalCode"] != truth.postal_code,
        }
        found |= {(world.code(entry.index), field) for field, differs in wrong.items() if differs}
    assert found == in_ledger(client.server.sandbox, "bing")


@pytest.mark.parametrize(("key", "code"), [("", "NoCredentials"), ("other", "InvalidCredentials")])
def test_a_search_needs_a_key_that_is_known(client: Client, key: str, code: str) -> None:
    status, body = asked(client, key=key, query="x", userLocation="1,1,1")
    assert (status, body["statusCode"], body["authenticationResultCode"]) == (401, 401, code)


def test_a_search_needs_a_place_and_words(client: Client) -> None:
    assert asked(client, query="x")[0] == 400
    assert asked(client, userLocation="1,1,1")[0] == 400
    status, body = asked(client, query="nothing", userLocation="1,1,1")
    assert (status, body["resourceSets"][0]["estimatedTotal"]) == (200, 0)


def test_a_page_names_its_place_and_others_are_not_found(client: Client, world: World) -> None:
    entry = next(iter(listings(world, "bing")))
    page = client.ask(bing.page_url(world, entry))
    assert f'data-ypid="{bing.source_id(world, entry)}"' in page.body.decode()
    assert client.ask("https://www.bing.com/maps?ss=ypid.YN114x99999999").status == 404
