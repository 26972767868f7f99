"""Every key the sandbox writes is in Google's discovery documents, with the right type."""

import json
from pathlib import Path
from typing import Any

import pytest

from crawlers.sandbox import google
from crawlers.sandbox.ids import place_id
from crawlers.sandbox.planting import listings
from tests.crawlers.sandbox.client import ACCOUNTS, EVERYTHING, INFORMATION, REVIEWS, Client

DISCOVERY = Path(__file__).resolve().parents[3].parent / "shared" / "contracts" / "google" / "discovery"
ADDED_2026 = {"reviewReplyState": "string"}
"""Announced by Google after the stored copy of the v4 document."""

TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "object": dict,
}


def document(name: str) -> dict[str, Any]:
    file = DISCOVERY / f"{name}.json"
    if not file.exists():
        pytest.skip(f"{file} is absent: the shared contracts aren't beside this checkout")
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["schemas"]
    return found


def faults(schemas: dict[str, Any], schema: dict[str, Any], value: Any, at: str) -> list[str]:
    """Where `value` departs from the discovery schema: unknown keys, wrong types, unknown enum words."""
    if "$ref" in schema:
        return faults(schemas, schemas[schema["$ref"]], value, at)
    if schema["type"] == "array":
        if not isinstance(value, list):
            return [f"{at}: {value!r} is no list"]
        return [row for item in value for row in faults(schemas, schema["items"], item, f"{at}[]")]
    if schema["type"] == "any":
        return []
    wrong = not isinstance(value, TYPES[schema["type"]]) or (schema["type"] == "integer" and value is True)
    if wrong or ("enum" in schema and value not in schema["enum"]):
        return [f"{at}: {value!r} isn't {schema.get('enum') or schema['type']}"]
    if not isinstance(value, dict):
        return []
    return _keys(schemas, schema, value, at)


def _keys(schemas: dict[str, Any], schema: dict[str, Any], value: dict[str, Any], at: str) -> list[str]:
    known = schema.get("properties", {})
    rows = []
    for key, item in value.items():
        if key in known:
            rows += faults(schemas, known[key], item, f"{at}.{key}")
        elif "additionalProperties" not in schema and key not in ADDED_2026:
            rows.append(f"{at}.{key} isn't in the schema")
    return rows


def check(document_name: str, schema: str, *bodies: dict[str, Any]) -> None:
    schemas = document(document_name)
    for body in bodies:
        assert body
        assert faults(schemas, {"$ref": schema}, body, schema) == []


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
