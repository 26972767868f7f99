import json

import pytest

from crawlers.sandbox import google
from crawlers.sandbox.wire import Answered
from tests.crawlers.sandbox.client import ACCOUNTS, INFORMATION, Client


def error(answer: Answered) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["error"]["status"]


def test_a_call_without_a_token_is_unauthenticated(client: Client) -> None:
    assert error(client.ask(ACCOUNTS)) == (401, "UNAUTHENTICATED")
    assert error(client.ask(ACCOUNTS, headers={"authorization": "Bearer stolen"})) == (401, "UNAUTHENTICATED")


def test_a_token_ends_with_its_hour(client: Client) -> None:
    client.log_in()
    client.server.sandbox.advance(59 / 60 / 24)
    assert client.ask(ACCOUNTS, headers=client.bearer).status == 200
    client.server.sandbox.advance(2 / 60 / 24)
    assert client.ask(ACCOUNTS, headers=client.bearer).status == 401


def test_two_tokens_hold_side_by_side(client: Client) -> None:
    first, second = (json.loads(client.token().body)["access_token"] for _ in range(2))
    assert first != second
    for token in (first, second):
        assert client.ask(ACCOUNTS, headers={"authorization": f"Bearer {token}"}).status == 200


@pytest.mark.parametrize(
    ("changed", "status", "word"),
    [
        ({"refresh_token": "gone"}, 400, "invalid_grant"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_the_token_endpoint_names_what_is_wrong(
    client: Client, changed: dict[str, str], status: int, word: str
) -> None:
    answer = client.token(**changed)
    assert (answer.status, json.loads(answer.body)["error"]) == (status, word)


def test_withdrawn_consent_is_invalid_grant_and_ends_tokens(client: Client) -> None:
    client.log_in()
    client.control("revoke")
    assert client.ask(ACCOUNTS, headers=client.bearer).status == 401
    assert json.loads(client.token().body)["error"] == "invalid_grant"


def test_a_permission_is_given_back_once_with_any_of_its_tokens(client: Client) -> None:
    client.log_in()
    token = client.bearer["authorization"].removeprefix("Bearer ")
    revoked = client.ask("https://oauth2.googleapis.com/revoke", "POST", body=f"token={token}")
    assert (revoked.status, json.loads(revoked.body)) == (200, {})
    assert json.loads(client.token().body)["error"] == "invalid_grant"
    assert client.ask(ACCOUNTS, headers=client.bearer).status == 401
    again = client.ask("https://oauth2.googleapis.com/revoke", "POST", body=f"token={token}")
    assert (again.status, json.loads(again.body)["error"]) == (400, "invalid_token")


def test_accounts_come_page_by_page(client: Client) -> None:
    rows = list(client.pages(f"{ACCOUNTS}?pageSize=1", "accounts"))
    assert [row["type"] for row in rows] == ["PERSONAL", "LOCATION_GROUP", "LOCATION_GROUP"]


def test_locations_demand_a_read_mask(client: Client) -> None:
    url = f"{INFORMATION}/accounts/{google.CHAIN}/locations"
    assert error(client.as_owner(url)) == (400, "INVALID_ARGUMENT")
    assert error(client.as_owner(f"{url}?readMask=title,nonsense")) == (400, "INVALID_ARGUMENT")


def test_only_masked_fields_are_shown(client: Client) -> None:
    url = f"{INFORMATION}/accounts/-/locations?readMask=title,phoneNumbers.primaryPhone,store_code&pageSize=1"
    (row,) = json.loads(client.as_owner(url).body)["locations"]
    assert set(row) == {"title", "phoneNumbers", "storeCode"}


def test_pages_hold_ten_unless_asked_and_never_more_than_a_hundred(client: Client) -> None:
    url = f"{INFORMATION}/accounts/{google.CHAIN}/locations?readMask=name"
    assert len(json.loads(client.as_owner(url).body)["locations"]) == 10
    assert len(json.loads(client.as_owner(f"{url}&pageSize=900").body)["locations"]) == 27


@pytest.mark.parametrize("size", [1, 7, 100])
def test_every_page_size_gives_every_location_once(client: Client, size: int) -> None:
    names = [row["name"] for row in client.locations(size=size)]
    assert len(names) == len(set(names)) == 27


def test_a_page_token_of_another_list_is_refused(client: Client) -> None:
    url = f"{INFORMATION}/accounts/{{}}/locations?readMask=name&pageSize=1"
    token = json.loads(client.as_owner(url.format(google.CHAIN)).body)["nextPageToken"]
    for wrong in (f"{url.format(google.REGION)}&pageToken={token}", f"{url.format('-')}&pageToken=@"):
        assert error(client.as_owner(wrong)) == (400, "INVALID_ARGUMENT")


def test_one_location_is_reached_through_several_accounts(client: Client) -> None:
    all_of_them, some = (
        {row["name"] for row in client.locations(at)} for at in (google.CHAIN, google.REGION)
    )
    assert some
    assert some < all_of_them
    assert client.locations(google.PERSON) == []


def test_a_location_is_found_by_its_store_code(client: Client) -> None:
    url = f"{INFORMATION}/accounts/-/locations?readMask=storeCode&filter=storeCode%3D%220103%22"
    assert json.loads(client.as_owner(url).body) == {"locations": [{"storeCode": "0103"}], "totalSize": 1}


def test_zeros_are_left_out_as_proto3_does(client: Client) -> None:
    times = [
        period[key]
        for row in client.locations()
        for period in row["regularHours"]["periods"]
        for key in ("openTime", "closeTime")
    ]
    assert {"hours": 7} in times
    assert all(0 not in time.values() for time in times)


def test_a_duplicate_names_the_location_it_repeats(client: Client) -> None:
    rows = {row["name"]: row for row in client.locations()}
    doubles = [row for row in rows.values() if "duplicateLocation" in row["metadata"]]
    assert len(doubles) == 2
    for double in doubles:
        original = rows[double["metadata"]["duplicateLocation"]]
        assert original["storefrontAddress"]["locality"] == double["storefrontAddress"]["locality"]
        assert "storeCode" not in double


@pytest.mark.parametrize("name", ["locations/123", "locations/abc"])
def test_an_unknown_location_is_not_found(client: Client, name: str) -> None:
    assert error(client.as_owner(f"{INFORMATION}/{name}?readMask=title")) == (404, "NOT_FOUND")


def test_an_unknown_path_answers_with_a_page(client: Client) -> None:
    answer = client.as_owner(f"{INFORMATION}/nonsense")
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=UTF-8")
