import json
from urllib.parse import parse_qs, urlsplit

import pytest

from crawlers.source import Answer, Outcome, Request
from crawlers.sources.google import REPLY_LIMIT, Credential, Google
from crawlers.sources.google_places import GooglePlaces
from crawlers.sources.website import Website
from tests.crawlers.reading import document, read

GOOGLE = Google()
SHOP = read("google", document("google", "locations.json")).listings[0]


def query(request: Request) -> dict[str, list[str]]:
    return parse_qs(urlsplit(request.url).query)


def body(request: Request) -> dict[str, object]:
    assert request.body is not None
    decoded: dict[str, object] = json.loads(request.body)
    return decoded


def test_a_permission_is_given_back_with_its_token_in_the_body_and_any_200_is_a_yes() -> None:
    request = GOOGLE.revoke("refresh")
    assert (request.method, request.url) == ("POST", "https://oauth2.googleapis.com/revoke")
    assert parse_qs((request.body or b"").decode()) == {"token": ["refresh"]}
    for body in (b"{}", b"", b"ok"):
        assert GOOGLE.read(Answer(request.url, 200, {}, body)).outcome is Outcome.OK
    ended = GOOGLE.read(Answer(request.url, 400, {}, b'{"error": "invalid_token"}'))
    assert (ended.outcome, ended.extra["oauth_error"]) == (Outcome.BLOCKED, "invalid_token")
    assert GOOGLE.read(Answer(request.url, 503, {}, b'{"error": "later"}')).outcome is Outcome.UNAVAILABLE


def test_a_token_is_asked_for_with_the_refresh_token_in_the_body() -> None:
    request = GOOGLE.token_refresh(Credential("id", "secret", "refresh"))
    assert (request.method, request.url) == ("POST", "https://oauth2.googleapis.com/token")
    assert parse_qs((request.body or b"").decode()) == {
        "client_id": ["id"], "client_secret": ["secret"], "refresh_token": ["refresh"],
        "grant_type": ["refresh_token"],
    }  # fmt: skip


def test_a_credential_keeps_its_secrets_out_of_its_text() -> None:
    assert "s3cret" not in repr(Credential("id", "s3cret", "s3cret"))


def test_locations_are_asked_for_with_a_read_mask_in_full_pages() -> None:
    request = GOOGLE.list_locations("accounts/7", "token", page="p2")
    assert urlsplit(request.url).path == "/v1/accounts/7/locations"
    assert query(request)["pageSize"] == ["100"]
    assert query(request)["pageToken"] == ["p2"]
    assert "storefrontAddress" in query(request)["readMask"][0].split(",")
    assert request.headers["Authorization"] == "Bearer token"


def test_reviews_are_asked_for_last_changed_first() -> None:
    request = GOOGLE.list_reviews("accounts/7", "locations/41", "token")
    assert urlsplit(request.url).path == "/v4/accounts/7/locations/41/reviews"
    assert query(request) == {"pageSize": ["50"], "orderBy": ["update_time desc"]}


def test_a_reply_is_put_and_taken_away() -> None:
    written = GOOGLE.reply("accounts/7/locations/41/reviews/x", "Danke ☺", "token")
    assert (written.method, body(written)) == ("PUT", {"comment": "Danke ☺"})
    gone = GOOGLE.delete_reply("accounts/7/locations/41/reviews/x", "token")
    assert (gone.method, gone.body, gone.url) == ("DELETE", None, written.url)


def test_a_reply_is_measured_in_bytes() -> None:
    GOOGLE.reply("r", "é" * (REPLY_LIMIT // 2), "token")
    with pytest.raises(ValueError, match="4096 bytes"):
        GOOGLE.reply("r", "é" * (REPLY_LIMIT // 2 + 1), "token")


def test_a_patch_names_what_it_changes() -> None:
    request = GOOGLE.patch_location(
        "locations/1", {"phone": "+12075550142", "website": "https://t.example"}, "token", validate_only=True
    )
    assert request.method == "PATCH"
    assert query(request) == {
        "updateMask": ["phoneNumbers.primaryPhone,websiteUri"],
        "validateOnly": ["true"],
    }
    assert body(request) == {
        "phoneNumbers": {"primaryPhone": "+12075550142"},
        "websiteUri": "https://t.example",
    }


def test_what_a_patch_writes_reads_back_as_it_was() -> None:
    fields = (
        "name", "street", "city", "region", "postal_code", "country", "phone", "website", "hours",
        "special_hours", "latitude", "longitude", "status",
    )  # fmt: skip
    request = GOOGLE.patch_location("locations/1", {name: getattr(SHOP, name) for name in fields}, "token")
    (back,) = read("google", body(request)).listings
    assert {name: getattr(back, name) for name in fields} == {name: getattr(SHOP, name) for name in fields}


@pytest.mark.parametrize(
    "fields", [{"rating": 5}, {"city": "Bath"}, {"latitude": 1.0}, {"status": "unknown"}], ids=str
)
def test_a_patch_refuses_what_google_can_not_take(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="Google"):
        GOOGLE.patch_location("locations/1", fields, "token")


def test_details_send_key_and_mask_as_headers() -> None:
    request = GooglePlaces().details("ChIJ/1", "key", mask="id")
    assert request.url == "https://places.googleapis.com/v1/places/ChIJ%2F1"
    assert (request.headers["X-Goog-Api-Key"], request.headers["X-Goog-FieldMask"]) == ("key", "id")


def test_a_search_repeats_its_parameters_with_the_page() -> None:
    request = GooglePlaces().search_text("Tern bakery", "key", page="p", regionCode="US")
    assert body(request) == {
        "textQuery": "Tern bakery", "pageSize": 20, "regionCode": "US", "pageToken": "p",
    }  # fmt: skip
    assert request.headers["X-Goog-FieldMask"].endswith(",nextPageToken")


def test_every_origin_can_be_sent_elsewhere() -> None:
    hosts = {
        "https://mybusiness.googleapis.com": "http://127.0.0.1:8123/mybusiness.googleapis.com",
        "https://shop.example": "http://127.0.0.1:8123/shop.example",
    }
    review = Google(hosts).get_review("accounts/7/locations/41/reviews/x", "token")
    assert review.url == (
        "http://127.0.0.1:8123/mybusiness.googleapis.com/v4/accounts/7/locations/41/reviews/x"
    )
    assert Website(hosts).page("https://shop.example/a?b=1").url == "http://127.0.0.1:8123/shop.example/a?b=1"
    assert Website(hosts).page("https://other.example/").url == "https://other.example/"
