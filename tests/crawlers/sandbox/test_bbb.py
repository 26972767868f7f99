"""BBB's twin against what is written down of the site: pages in two builds, reviews, the search, its walls."""

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from crawlers.sandbox import bbb
from crawlers.sandbox.faults import Fault
from crawlers.sandbox.ledger import ledger
from crawlers.sandbox.planting import Listing, Role, listings
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.world import World
from tests.crawlers.sandbox.client import Client

STATE = re.compile(r"window\.__PRELOADED_STATE__ = (\{.*?\});</script>", re.DOTALL)
SEARCH = f"https://{bbb.HOST}/api/search?"


def own(world: World) -> list[Listing]:
    return [entry for entry in listings(world, "bbb") if entry.role is Role.OWN]


def page(client: Client, entry: Listing, rest: str = "") -> str:
    answer = client.ask(bbb.page_url(client.server.sandbox.world, entry) + rest)
    assert answer.status == 200
    return answer.body.decode()


def state(client: Client, entry: Listing, rest: str = "") -> dict[str, Any]:
    found = STATE.search(page(client, entry, rest))
    assert found is not None
    shown: dict[str, Any] = json.loads(found[1])
    return shown


def searched(client: Client, **asked: str) -> dict[str, Any]:
    query = {"find_country": "USA", "find_text": "Ostermill Bakery", "find_loc": "Philadelphia, PA", **asked}
    shown: dict[str, Any] = json.loads(client.ask(SEARCH + urlencode(query)).body)
    return shown


def test_a_page_shows_what_its_entry_shows_and_an_older_one_less(client: Client, world: World) -> None:
    for entry in own(world):
        facts = client.server.sandbox.shown(entry)
        text = page(client, entry)
        assert facts.postal_code in text
        assert ("__PRELOADED_STATE__" in text) == bbb.carries_state(entry)
        if bbb.carries_state(entry):
            profile = state(client, entry)["businessProfile"]
            assert profile["location"]["postalAddress"]["addressLine1"] == facts.lines[0]
            assert profile["urls"]["primary"] == facts.website
        else:
            assert "application/ld+json" in text
            assert facts.website not in text


def test_the_head_offices_page_speaks_for_all_and_has_no_branchs_address(
    client: Client, world: World
) -> None:
    (company,) = (entry for entry in listings(world, "bbb") if entry.role is Role.COMPANY)
    profile = state(client, company)["businessProfile"]
    assert profile["isSystemWide"] is True
    assert "aggregate report for all company locations" in page(client, company)
    assert profile["location"]["postalAddress"]["city"] == "Columbus"


def test_reviews_stand_on_pages_of_ten_to_their_end(client: Client, world: World) -> None:
    (company,) = (entry for entry in listings(world, "bbb") if entry.role is Role.COMPANY)
    total = state(client, company)["businessProfile"]["reviewsComplaintsSummary"]["reviewsTotal"]
    seen: list[str] = []
    rest, pages = "/customer-reviews", 0
    while rest:
        text, pages = page(client, company, rest), pages + 1
        cards = re.findall(r'<li class="bpr-review" id="([^"]+)"', text)
        items = state(client, company, rest)["customerReviews"]["items"]
        assert cards == [item["id"] for item in items]
        seen += cards
        further = re.search(r'rel="next" href="[^"]*(\?page=\d+)"', text)
        rest = f"/customer-reviews{further[1]}" if further else ""
    assert len(seen) == len(set(seen)) == total
    assert pages == -(-total // 10)
    assert client.ask(f"{bbb.page_url(world, company)}/customer-reviews?page={pages + 1}").status == 404


def test_the_ledger_tells_the_figures_and_reviews_of_every_page(client: Client, world: World) -> None:
    truth = ledger(client.server.sandbox)
    assert {row["source_id"] for row in truth["figures"]} == {
        bbb.source_id(world, entry) for entry in listings(world, "bbb")
    }
    texts = [page(client, entry, "/customer-reviews") for entry in own(world)]
    shown = {one for text in texts for one in re.findall(r'id="(\d{4}_\d+_\d+)"', text)}
    assert shown <= {row["source_review_id"] for row in truth["customer_reviews"]}


def test_the_search_marks_names_pages_by_fifteen_and_fails_beyond_its_last_page(client: Client) -> None:
    shown = searched(client)
    assert (shown["pageSize"], shown["totalPages"]) == (15, 1)
    assert all("<em>" in row["businessName"] for row in shown["results"])
    assert shown["results"][0]["id"].split("_")[2] == "LR"
    assert searched(client, find_country="CAN")["results"] == []
    assert client.ask(SEARCH + urlencode({"find_text": "x", "page": "16"})).status == 500


def test_a_profile_under_another_address_leads_to_its_own(client: Client, world: World) -> None:
    entry = own(world)[0]
    url = bbb.page_url(world, entry)
    moved = client.ask(url.replace("/profile/bakery/ostermill-bakery", "/profile/bakery/old-name"))
    assert (moved.status, moved.headers["location"]) == (301, url)
    assert client.ask(url.rpartition("-")[0] + "-1").status == 404


def test_the_walls_of_the_site_hold_no_business(client: Client, world: World) -> None:
    sandbox: Sandbox = client.server.sandbox
    for kind, status in (("challenge", 403), ("challenge_200", 200), ("refused", 403)):
        sandbox.faults["bbb"] = Fault(kind)
        answer = client.ask(bbb.page_url(world, own(world)[0]))
        assert (answer.status, b"Ostermill" in answer.body) == (status, False)


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_the_site_is_only_read(client: Client, method: str) -> None:
    assert client.ask(f"https://{bbb.HOST}/api/search", method).status == 405
