"""A chain of 100,000 costs as much memory as one of 24."""

import json
import tracemalloc

from crawlers.sandbox import google
from crawlers.sandbox.ids import location_id, place_id
from crawlers.sandbox.server import start
from crawlers.sandbox.world import HOST, make_world
from tests.crawlers.sandbox.client import INFORMATION, REVIEWS, Client
from tests.crawlers.sandbox.conftest import NOW

LAST = 99_999


def test_a_chain_of_100_000_answers_without_being_built() -> None:
    with start(make_world(5, 100_000, now=NOW)) as server:
        client = Client(server)
        client.log_in()
        tracemalloc.start()
        url = f"{INFORMATION}/accounts/{google.CHAIN}/locations?readMask=name,storeCode&pageSize=100"
        first = json.loads(client.as_owner(url).body)
        assert len(first["locations"]) == 100
        assert first["nextPageToken"]
        last = client.as_owner(f"{INFORMATION}/locations/{location_id(LAST * 4)}?readMask=storeCode")
        assert json.loads(last.body) == {"storeCode": "100100"}
        assert client.as_owner(f"{REVIEWS}/locations/{location_id(LAST * 4)}/reviews").status == 200
        facts = server.sandbox.world.facts(LAST)
        found = client.search(textQuery=f"{facts.name} {facts.street} {facts.city} {facts.postal_code}")
        assert found["places"][0]["id"] == place_id(LAST * 4)
        assert client.ask(f"https://{HOST}/sitemap.xml").body.count(b"<sitemap>") == 105
        assert client.ask(f"https://{HOST}/locations?page=2000").status == 200
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 20_000_000


def test_every_block_of_a_large_chain_is_planted_alike() -> None:
    with start(make_world(5, 100_000, now=NOW)) as server:
        client = Client(server)
        counts = [
            len(client.control(f"ledger?from={start_}&to={start_ + 24}", "GET")["mismatches"])
            for start_ in (0, 24 * 1000, 24 * 4000)
        ]
    assert len(set(counts)) == 1
