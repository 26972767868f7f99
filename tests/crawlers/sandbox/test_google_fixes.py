import json
from typing import Any

import pytest

from tests.crawlers.sandbox.client import INFORMATION, Client


def patch(
    client: Client, name: str, mask: str, body: dict[str, Any], more: str = ""
) -> tuple[int, dict[str, Any]]:
    answer = client.as_owner(f"{INFORMATION}/{name}?updateMask={mask}{more}", "PATCH", body)
    return answer.status, json.loads(answer.body)


def planted(client: Client, field: str, kind: str | None = None) -> dict[str, Any]:
    return next(
        row
        for row in client.mismatches()
        if (row["source"], row["field"]) == ("google", field) and kind in (None, row["kind"])
    )


def state(client: Client, row: dict[str, Any]) -> str:
    rows = client.mismatches()
    return str(
        next(one["state"] for one in rows if all(one[key] == row[key] for key in ("source_id", "field")))
    )


def test_a_fix_shows_after_a_day(client: Client) -> None:
    row = planted(client, "phone")
    name = f"locations/{row['source_id']}"
    body = {"phoneNumbers": {"primaryPhone": row["true"]}}
    status, answer = patch(client, name, "phoneNumbers.primaryPhone", body)
    assert (status, answer["phoneNumbers"]) == (200, body["phoneNumbers"])
    pending = client.location(row["code"])
    assert pending["phoneNumbers"]["primaryPhone"].endswith("555-0100")
    assert pending["metadata"]["hasPendingEdits"] is True
    assert state(client, row) == "waiting"
    client.server.sandbox.advance(1)
    assert client.location(row["code"])["phoneNumbers"]["primaryPhone"][-4:] == row["true"][-4:]
    assert "hasPendingEdits" not in client.location(row["code"])["metadata"]
    assert state(client, row) == "fixed"


def test_validate_only_changes_nothing(client: Client) -> None:
    row = planted(client, "name")
    name = f"locations/{row['source_id']}"
    assert patch(client, name, "title", {"title": row["true"]}, "&validateOnly=true")[0] == 200
    client.server.sandbox.advance(2)
    assert client.location(row["code"])["title"] == row["planted"]


@pytest.mark.parametrize(
    ("mask", "body"),
    [
        ("", {"title": "x"}),
        ("nonsense", {"nonsense": 1}),
        ("metadata", {"metadata": {}}),
        ("title", {}),
        ("phoneNumbers", {"phoneNumbers": {"primaryPhone": "12"}}),
        ("websiteUri", {"websiteUri": "ostermill"}),
        ("openInfo", {"openInfo": {"status": "AJAR"}}),
        ("storefrontAddress", {"storefrontAddress": {"locality": "Columbus"}}),
        ("regularHours", {"regularHours": {"periods": [{"openDay": "MOONDAY"}]}}),
        ("latlng", {"latlng": "here"}),
    ],
)
def test_a_fix_google_would_refuse_is_refused(client: Client, mask: str, body: dict[str, Any]) -> None:
    name = client.location("0101")["name"]
    status, answer = patch(client, name, mask, body)
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_a_body_that_is_no_json_is_refused(client: Client) -> None:
    name = client.location("0101")["name"]
    answer = client.as_owner(f"{INFORMATION}/{name}?updateMask=title", "PATCH", b"<xml/>")
    assert answer.status == 400


def test_every_field_written_back_right_is_fixed(client: Client) -> None:
    """A right location's own JSON is taken in as a fix of the wrong one of each kind."""
    sandbox = client.server.sandbox
    masks = {
        "street": "storefrontAddress", "hours": "regularHours", "special_hours": "specialHours",
        "status": "openInfo", "name": "title", "website": "websiteUri", "coordinates": "latlng",
        "category": "categories",
    }  # fmt: skip
    wrong = {row["code"]: client.location(row["code"]) for row in map(planted, [client] * 8, masks)}
    rows = {field: planted(client, field) for field in masks}
    for row in rows.values():
        client.control("fix", body={"source": "google", "code": row["code"], "field": row["field"]})
    right = {code: client.location(code) for code in wrong}
    sandbox.fixes.clear()
    for field, row in rows.items():
        patch(client, right[row["code"]]["name"], masks[field], right[row["code"]])
    sandbox.advance(1)
    assert {state(client, row) for row in rows.values()} == {"fixed"}


def test_google_overwrites_a_stubborn_value_once(client: Client) -> None:
    sandbox = client.server.sandbox
    row = planted(client, "hours")
    client.control("fix", body={"source": "google", "code": row["code"], "field": "hours"})
    right = client.location(row["code"])["regularHours"]
    sandbox.fixes.clear()
    for states in (["waiting", "fixed", "came_back"], ["waiting", "fixed", "fixed"]):
        patch(client, f"locations/{row['source_id']}", "regularHours", {"regularHours": right})
        seen = [state(client, row)]
        for days in (1, 3):
            sandbox.advance(days)
            seen.append(state(client, row))
        assert seen == states
        assert updated(client, row).get("diffMask") == ("regularHours" if seen[-1] == "came_back" else None)


def updated(client: Client, row: dict[str, Any]) -> dict[str, Any]:
    url = f"{INFORMATION}/locations/{row['source_id']}:getGoogleUpdated?readMask=title,phoneNumbers,metadata"
    found: dict[str, Any] = json.loads(client.as_owner(url).body)
    return found


def test_what_google_changes_by_itself_shows_to_customers_and_not_in_the_owner_s_account(
    client: Client,
) -> None:
    before = {row["name"]: row for row in client.locations()}
    client.server.sandbox.advance(3)
    changed = [row for row in client.locations() if row["metadata"].get("hasGoogleUpdated")]
    assert changed
    for row in changed:
        assert {**row, "metadata": {}} == {**before[row["name"]], "metadata": {}}
        seen = updated(client, {"source_id": row["name"].removeprefix("locations/")})
        assert seen["diffMask"] in {"phoneNumbers", "openInfo"}
