import http.client
import json

import pytest

from crawlers.sandbox.faults import KINDS
from crawlers.sandbox.wire import Answered
from tests.crawlers.sandbox.client import ACCOUNTS, PLACES, Client


def fault(client: Client, source: str, kind: str, **more: object) -> None:
    assert "error" not in client.control("faults", body={"source": source, "kind": kind, **more})


def page(client: Client) -> Answered:
    return client.ask(client.server.sandbox.world.facts(0).website)


@pytest.mark.parametrize(
    ("kind", "status"), [("500", 500), ("503", 503), ("429", 429), ("403", 403), ("401", 401)]
)
def test_statuses_come_in_the_sources_own_shape(client: Client, kind: str, status: int) -> None:
    client.log_in()
    for source in ("google", "website"):
        fault(client, source, kind)
    api = client.ask(ACCOUNTS, headers=client.bearer)
    assert (api.status, json.loads(api.body)["error"]["code"]) == (status, status)
    assert (page(client).status, page(client).headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert ("retry-after" in api.headers) == (status in {429, 503})


def test_a_fault_lasts_for_its_count_and_its_path(client: Client) -> None:
    fault(client, "website", "500", count=2, path="/locations/")
    assert client.ask("https://www.ostermill.example/robots.txt").status == 200
    assert [page(client).status for _ in range(3)] == [500, 500, 200]


def test_one_source_falls_ill_alone_and_gets_well(client: Client) -> None:
    fault(client, "website", "500")
    assert client.as_owner(ACCOUNTS).status == 200
    fault(client, "website", "none")
    assert page(client).status == 200
    fault(client, "website", "500")
    client.control("faults", "DELETE")
    assert page(client).status == 200


def test_the_token_endpoint_is_hit_only_when_named(client: Client) -> None:
    fault(client, "google", "503")
    assert client.token().status == 200
    fault(client, "google", "503", path="/token")
    assert client.token().status == 503


def test_bent_answers_are_bent_the_way_they_say(client: Client) -> None:
    client.log_in()
    bodies = {}
    for kind in ("none", "no_rows", "partial", "truncated", "drift", "empty", "html", "consent"):
        fault(client, "google", kind)
        bodies[kind] = client.ask(ACCOUNTS, headers=client.bearer).body
    assert json.loads(bodies["no_rows"]) == {}
    assert len(json.loads(bodies["partial"])["accounts"]) == 2
    assert bodies["none"].startswith(bodies["truncated"])
    assert "accountNameV2" in json.loads(bodies["drift"])["accountsV2"][0]
    assert bodies["empty"] == b""
    assert all(bodies[kind].startswith(b"<!doctype html>") for kind in ("html", "consent"))


def test_a_drifted_page_keeps_its_frame_and_loses_its_facts(client: Client) -> None:
    fault(client, "website", "drift")
    html = page(client).body.decode()
    assert "<footer>" in html
    assert "ld+json" not in html
    assert "tel:" not in html


def test_a_hang_up_gives_no_answer(client: Client) -> None:
    fault(client, "google_places", "hangup")
    with pytest.raises(http.client.RemoteDisconnected):
        client.ask(f"{PLACES}/x")


@pytest.mark.parametrize(
    "body",
    [
        {"source": "nobody", "kind": "500"},
        {"source": "google", "kind": "tired"},
        {"kind": "500"},
        {"source": "google", "kind": "500", "colour": "red"},
    ],
)
def test_an_unknown_fault_is_refused_in_words(client: Client, body: dict[str, str]) -> None:
    answer = client.ask("/_control/faults", "POST", body)
    assert answer.status == 400
    assert json.loads(answer.body)["error"]


def test_every_fault_can_be_switched_on_for_every_source(client: Client) -> None:
    client.log_in()
    for kind in set(KINDS) - {"hangup"}:
        for source in ("google", "google_places", "website"):
            fault(client, source, kind)
        spoilt = (client.ask(ACCOUNTS, headers=client.bearer), client.ask(f"{PLACES}/x"), page(client))
        assert all(answer.status in {200, 401, 403, 404, 429, 500, 503} for answer in spoilt)


def test_time_passes_only_forward(client: Client) -> None:
    assert client.control("advance?days=2")["day"] == 2
    assert client.control("advance?days=0.5")["day"] == 2.5
    assert "error" in client.control("advance?days=-1")
    assert "error" in client.control("advance?days=soon")


@pytest.mark.parametrize(
    ("source", "code", "field"),
    [("website", "9999", "phone"), ("google", "0118", "phone"), ("google", "0101", "colour")],
)
def test_nothing_unknown_is_set_right(client: Client, source: str, code: str, field: str) -> None:
    answer = client.ask("/_control/fix", "POST", {"source": source, "code": code, "field": field})
    assert answer.status == 400


def test_the_import_file_can_be_fetched(client: Client) -> None:
    assert client.ask("/_control/locations.csv").body.startswith(b"code,name,street,")
    assert client.ask("/_control/nonsense").status == 404
