"""Every key the sandbox writes is in Google's discovery documents, with the right type."""

import json
from typing import Any

from crawlers.sandbox import google
from crawlers.sandbox.ids import place_id
from crawlers.sandbox.planting import listings
from tests.crawlers.discovery import departures, faults
from tests.crawlers.sandbox.client import ACCOUNTS, EVERYTHING, INFORMATION, REVIEWS, Client


def check(document_name: str, schema: str, *bodies: dict[str, Any]) -> None:
    assert departures(document_name, schema, *bodies) == []


def got(client: Client, url: str, method: str = "GET", body: Any = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(client.as_owner(url, method, body).body)
    return found


def test_accounts_and_locations_keep_to_the_schema(client: Client) -> None:
    check("mybusinessaccountmanagement.v1", "ListAccountsResponse", got(client, ACCOUNTS))
    url = f"{INFORMATION}/accounts/-/locations?readMask={EVERYTHING},profile,languageCode&pageSize=100"
    check("mybusinessbusinessinformation.v1", "ListLocationsResponse", got(client, url))
    name = client.location("0101")["name"]
    patched = got(client, f"{INFORMATION}/{name}?updateMask=title", "PATCH", {"title": "Ostermill"})
    check("mybusinessbusinessinformation.v1", "Location", patched)
    updated = got(client, f"{INFORMATION}/{name}:getGoogleUpdated?readMask=title")
    check("mybusinessbusinessinformation.v1", "GoogleUpdatedLocation", updated)


def test_attributes_keep_to_the_schema(client: Client) -> None:
    url = f"{INFORMATION}/{client.location('0101')['name']}/attributes"
    check("mybusinessbusinessinformation.v1", "Attributes", got(client, url))
    body = {"attributes": [{"name": "attributes/has_delivery", "values": [True]}]}
    sent = got(client, f"{url}?attributeMask=attributes/has_delivery,attributes/has_takeout", "PATCH", body)
    check("mybusinessbusinessinformation.v1", "Attributes", sent)
    names = [row["name"] for row in sent["attributes"]]
    assert "attributes/has_delivery" in names
    assert "attributes/has_takeout" not in names


def test_reviews_keep_to_the_schema(client: Client) -> None:
    names = [row["name"] for row in client.locations()]
    pages = [got(client, f"{REVIEWS}/{name}/reviews?pageSize=50") for name in names]
    check("mybusiness.v4", "ListReviewsResponse", *pages)
    body = {"locationNames": [f"accounts/{google.CHAIN}/{names[0]}"]}
    check(
        "mybusiness.v4",
        "BatchGetReviewsResponse",
        got(client, f"{REVIEWS}/locations:batchGetReviews", "POST", body),
    )
    review = f"https://mybusiness.googleapis.com/v4/{pages[0]['reviews'][0]['name']}"
    check("mybusiness.v4", "ReviewReply", got(client, f"{review}/reply", "PUT", {"comment": "Thank you."}))


def test_places_keep_to_the_schema(client: Client) -> None:
    entries = listings(client.server.sandbox.world, "google_places")
    bodies = [json.loads(client.place(place_id(entry.number)).body) for entry in entries]
    check("places.v1", "GoogleMapsPlacesV1Place", *bodies)
    found = client.search(mask="*", textQuery="Ostermill Bakery Philadelphia", pageSize=2)
    check("places.v1", "GoogleMapsPlacesV1SearchTextResponse", found)


def test_the_walker_finds_what_is_wrong() -> None:
    schemas = {"Day": {"type": "object", "properties": {"at": {"type": "string", "enum": ["A"]}}}}
    wrong = {"at": "B", "more": 1}
    assert len(faults(schemas, {"$ref": "Day"}, wrong, "Day")) == 2
    assert faults(schemas, {"$ref": "Day"}, {"at": "A"}, "Day") == []
    assert faults(schemas, {"type": "array", "items": {"type": "integer"}}, [1, "x", True], "n") != []
