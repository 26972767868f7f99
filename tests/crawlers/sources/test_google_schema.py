"""What the adapters ask for, and what their readers look for, is what Google describes."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crawlers.formats import google_profile, places
from crawlers.source import Request
from crawlers.sources.google import Google
from crawlers.sources.google_places import (
    DETAILS_MASK,
    FIND_MASK,
    ID_MASK,
    REVIEWS_MASK,
    SEARCH_MASK,
    GooglePlaces,
)
from listings.records import OpenStatus, SpecialDay
from tests.crawlers.discovery import REVIEWS_V4, document, has_field, objections

GOOGLE, PLACES = Google(), GooglePlaces()
ACCOUNT, LOCATION, REVIEW = "accounts/7", "locations/41", "accounts/7/locations/41/reviews/x"
WEEK = {"mo": (("08:00", "24:00"),), "tu": (("18:00", "02:00"),), "su": ()}
FIELDS: dict[str, Any] = {
    "name": "Tern", "street": "18 Wharf Lane", "city": "Portland", "region": "ME", "postal_code": "04101",
    "country": "US", "phone": "+12075550142", "website": "https://tern.example/", "hours": WEEK,
    "special_hours": (SpecialDay(dt.date(2026, 12, 25), ()), SpecialDay(dt.date(2026, 12, 31), (("20:00", "03:00"),))),
    "status": OpenStatus.CLOSED, "latitude": 43.6, "longitude": -70.2,
}  # fmt: skip
ATTRIBUTES = {
    "attributes/has_delivery": True, "attributes/wi_fi": "free_wi_fi",
    "attributes/url_menu": ["https://tern.example/menu"], "attributes/has_takeout": None,
    "attributes/pay_credit_card_types_accepted": {"set": ["visa"], "unset": ["american_express"]},
}  # fmt: skip
REQUESTS = {
    "accounts": GOOGLE.list_accounts("t", "p"),
    "locations": GOOGLE.list_locations(ACCOUNT, "t", "p"),
    "location": GOOGLE.get_location(LOCATION, "t"),
    "google updated": GOOGLE.get_google_updated(LOCATION, "t"),
    "patch": GOOGLE.patch_location(LOCATION, FIELDS, "t"),
    "patch tried": GOOGLE.patch_location(LOCATION, FIELDS, "t", validate_only=True),
    "attributes": GOOGLE.get_attributes(LOCATION, "t"),
    "attributes sent": GOOGLE.patch_attributes(LOCATION, ATTRIBUTES, "t"),
    "notifications": GOOGLE.set_notifications(ACCOUNT, "projects/p/topics/t", "t"),
    "reviews": GOOGLE.list_reviews(ACCOUNT, LOCATION, "t", "p"),
    "batch": GOOGLE.batch_get_reviews(ACCOUNT, [LOCATION], "t", "p"),
    "review": GOOGLE.get_review(REVIEW, "t"),
    "reply": GOOGLE.reply(REVIEW, "Thank you.", "t"),
    "no reply": GOOGLE.delete_reply(REVIEW, "t"),
    "place": PLACES.details("ChIJ1", "k", language="en"),
    "search": PLACES.search_text(
        "Tern",
        "k",
        page="p",
        regionCode="US",
        languageCode="en",
        includePureServiceAreaBusinesses=True,
        locationBias={"circle": {"center": {"latitude": 43.6, "longitude": -70.2}, "radius": 2000.0}},
    ),
    "find": PLACES.search_text("Tern", "k", FIND_MASK, size=5),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_google_knows_every_request(name: str) -> None:
    assert objections(REQUESTS[name]) == []


@pytest.mark.parametrize("mask", [ID_MASK, DETAILS_MASK, REVIEWS_MASK])
def test_every_field_asked_of_a_place_is_one(mask: str) -> None:
    api = document("places.v1")
    assert [path for path in mask.split(",") if not has_field(api, "GoogleMapsPlacesV1Place", path)] == []


@pytest.mark.parametrize("mask", [SEARCH_MASK, FIND_MASK])
def test_every_field_asked_of_a_search_is_one(mask: str) -> None:
    api, response = document("places.v1"), "GoogleMapsPlacesV1SearchTextResponse"
    assert [path for path in mask.split(",") if not has_field(api, response, path)] == []


@pytest.mark.parametrize(
    "wrong",
    [
        replace(REQUESTS["locations"], url=REQUESTS["locations"].url + "&pageWidth=3"),
        replace(REQUESTS["locations"], url=REQUESTS["locations"].url.replace("pageSize=100", "pageSize=many")),
        replace(REQUESTS["location"], url=REQUESTS["location"].url.replace("title", "titel")),
        replace(REQUESTS["location"], method="PUT"),
        replace(REQUESTS["patch"], body=b'{"titel": "Tern"}'),
        replace(REQUESTS["patch"], body=b'{"title": 3}'),
        replace(REQUESTS["patch"], body=b'{"openInfo": {"status": "SHUT"}}'),
        replace(REQUESTS["reply"], body=b'{"text": "Thank you."}'),
        replace(REQUESTS["batch"], body=b'{"locationNames": "locations/41"}'),
        Request("https://mybusiness.googleapis.com/v5/accounts"),
        Request("https://unheard.of.googleapis.com/v1/x"),
    ],
    ids=lambda request: f"{request.method} {request.url[8:60]} {(request.body or b'').decode()[:20]}",
)  # fmt: skip
def test_a_request_that_google_would_not_know_is_found(wrong: Request) -> None:
    assert objections(wrong) != []


@pytest.mark.parametrize(
    ("name", "schema", "struct"),
    [
        ("mybusinessbusinessinformation.v1", "Location", google_profile.Location),
        ("places.v1", "GoogleMapsPlacesV1Place", places.Place),
    ],
)
def test_a_reader_looks_for_no_field_that_google_does_not_have(
    name: str, schema: str, struct: type[msgspec.Struct]
) -> None:
    read = {field.encode_name for field in msgspec.structs.fields(struct)}
    assert read <= document(name)["schemas"][schema]["properties"].keys()


def test_the_description_of_the_reviews_agrees_with_google_s_older_one() -> None:
    file = Path(__file__).resolve().parents[3].parent / "shared/contracts/google/discovery/mybusiness.v4.json"
    if not file.exists():
        pytest.skip(f"{file} is absent: the shared contracts aren't beside this checkout")
    theirs = json.loads(file.read_text(encoding="utf-8"))["schemas"]
    added = {"reviewReplyState", "policyViolation", "reviewReplyUrl", "reviewMediaItems"}
    for name, schema in REVIEWS_V4["schemas"].items():
        if name == "ReviewMediaItem":
            continue
        ours = schema["properties"].keys() - added
        assert ours == theirs[name]["properties"].keys(), name
