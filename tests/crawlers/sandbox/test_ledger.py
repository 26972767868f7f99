"""The ledger against the wire: what is planted shows, and nothing else is wrong."""

import json
import re
from typing import Any

import pytest

from crawlers.sandbox.facts import FIELDS, Facts, e164, field_text, national, osm_hours
from crawlers.sandbox.google_location import changes
from crawlers.sandbox.ids import location_number, place_id
from crawlers.sandbox.ledger import ledger
from crawlers.sandbox.planting import KINDS, Role, listing, listings
from crawlers.sandbox.server import SandboxServer, start
from crawlers.sandbox.staging import STAGED
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.website import style
from crawlers.sandbox.world import World, make_world
from tests.crawlers.sandbox.client import EVERYTHING, Client, all_mismatches
from tests.crawlers.sandbox.conftest import NOW

PLANTED = sum(len(plants) for staged in STAGED.values() for plants in staged.faults.values())


def wrong_fields(truth: Facts, shown: Facts) -> set[str]:
    return {field for field in FIELDS if field_text(truth, field) != field_text(shown, field)}


def in_ledger(sandbox: Sandbox, source: str) -> set[tuple[str, str]]:
    rows = all_mismatches(sandbox)
    return {
        (row["code"], row["field"]) for row in rows if row["source"] == source and row["state"] != "fixed"
    }


@pytest.mark.parametrize("day", [0, 1, 2])
def test_google_shows_exactly_the_planted_differences(client: Client, world: World, day: int) -> None:
    client.server.sandbox.advance(day)
    found = set()
    for row in client.seen_locations():
        entry = listing(world, "google", location_number(row["name"].split("/")[1]))
        if entry.role is Role.OWN:
            body = {"specialHours": None, **row}
            shown = Facts(**changes(body, [name for name in EVERYTHING.split(",") if name not in SKIPPED]))
            fields = wrong_fields(world.facts(entry.index), shown)
            found |= {(world.code(entry.index), field) for field in fields}
    assert found == in_ledger(client.server.sandbox, "google")


SKIPPED = {"name", "storeCode", "metadata"}


def test_places_shows_exactly_the_planted_differences(client: Client, world: World) -> None:
    found = set()
    for entry in listings(world, "google_places"):
        if entry.role is not Role.OWN:
            continue
        place = json.loads(client.place(place_id(entry.number)).body)
        truth = world.facts(entry.index)
        code = world.code(entry.index)
        found |= {(code, field) for field, wrong in _compared(place, truth).items() if wrong}
    assert found == in_ledger(client.server.sandbox, "google_places")


def _compared(place: dict[str, Any], truth: Facts) -> dict[str, bool]:
    parts = {part["types"][0]: part["longText"] for part in place["addressComponents"]}
    street = f"{parts['street_number']} {parts['route']}"
    if "subpremise" in parts:
        street += f", Suite {parts['subpremise']}"
    where = place["location"]
    return {
        "name": place["displayName"]["text"] != truth.name,
        "street": street != truth.street,
        "city": parts["locality"] != truth.city,
        "postal_code": parts["postal_code"] != truth.postal_code,
        "phone": e164(place["nationalPhoneNumber"]) != truth.phone
        or e164(place["internationalPhoneNumber"]) != truth.phone,
        "website": place["websiteUri"] != truth.website,
        "category": place["primaryType"] != "bakery",
        "coordinates": (where["latitude"], where["longitude"]) != (truth.latitude, truth.longitude),
        "status": place["businessStatus"] != "OPERATIONAL",
        "hours": _week(place["regularOpeningHours"]["periods"]) != osm_hours(truth.hours),
    }


def _week(periods: list[dict[str, Any]]) -> str:
    if "close" not in periods[0]:
        return "24/7"
    week: list[list[tuple[str, str]]] = [[] for _ in range(7)]
    for period in periods:
        opens, closes = (f"{at['hour']:02d}:{at['minute']:02d}" for at in (period["open"], period["close"]))
        week[(period["open"]["day"] - 1) % 7].append((opens, closes))
    return osm_hours(tuple(tuple(day) for day in week))


def test_pages_show_exactly_the_planted_differences(client: Client, world: World) -> None:
    found = set()
    for entry in listings(world, "website"):
        truth, code = world.facts(entry.index), world.code(entry.index)
        html = client.ask(truth.website).body.decode()
        shown = {
            "phone": f"tel:{truth.phone}" in html and national(truth.phone) in html,
            "street": f">{truth.street}<" in html,
            "name": f">{truth.name}<" in html,
            "hours": _hours_on(html) == [list(day) for day in truth.hours],
        }
        if style(world, entry.index) != "text" and 'itemprop="' not in html:
            assert f'"streetAddress": "{truth.street}"' in html or not shown["street"]
        if entry.role is Role.OWN:
            found |= {(code, field) for field, right in shown.items() if not right}
        else:
            assert all(shown.values())
    assert found == in_ledger(client.server.sandbox, "website")


def _hours_on(html: str) -> list[list[tuple[str, str]]]:
    return [re.findall(r"(\d\d:\d\d)–(\d\d:\d\d)", cell) for cell in re.findall(r"<td>(.*?)</td>", html)]


def test_a_block_of_24_holds_every_kind_of_fault(server: SandboxServer) -> None:
    server.sandbox.advance(2)
    truth = ledger(server.sandbox)
    assert {row["kind"] for row in truth["mismatches"]} == set(KINDS)
    assert len(truth["mismatches"]) == PLANTED
    assert {row["role"] for row in truth["listings"]} == set(Role)
    assert {row["source"] for row in truth["missing"]} == {
        key for key, staged in STAGED.items() if staged.missing
    }
    assert truth["coming"] == []


def test_faults_of_later_days_are_announced_and_then_there(server: SandboxServer) -> None:
    coming = ledger(server.sandbox)["coming"]
    plants = [plant for staged in STAGED.values() for found in staged.faults.values() for plant in found]
    assert sorted(row["from_day"] for row in coming) == sorted(p.from_day for p in plants if p.from_day)
    server.sandbox.advance(2)
    for row in coming:
        assert (row["code"], row["field"]) in in_ledger(server.sandbox, row["source"])


def test_a_planted_value_is_never_the_true_one() -> None:
    for seed in range(12):
        sandbox = Sandbox(make_world(seed, 48, now=NOW))
        sandbox.advance(2)
        rows = all_mismatches(sandbox)
        assert len(rows) == 2 * PLANTED
        assert all(row["true"] != row["planted"] == row["shown"] for row in rows)


def test_the_ledger_of_a_seed_is_always_the_same(world: World) -> None:
    first, second = Sandbox(world), Sandbox(make_world(7, now=NOW))
    for sandbox in (first, second):
        sandbox.advance(3.5)
    assert ledger(first) == ledger(second)


def test_the_ledger_speaks_of_a_range_when_asked(client: Client) -> None:
    part = client.control("ledger?from=2&to=4", "GET")
    assert {row["at"] for row in part["listings"]} == {"0103", "0104"}
    with start(make_world(7, 30, now=NOW)) as other:
        assert len(Client(other).control("ledger", "GET")["listings"]) > len(part["listings"])


@pytest.mark.parametrize("locations", [1, 2, 23, 25, 49])
def test_a_chain_of_any_size_has_a_ledger_and_a_sibling(locations: int) -> None:
    truth = ledger(Sandbox(make_world(3, locations, now=NOW)))
    siblings = {row["at"] for row in truth["listings"] if row["role"] == "sibling"}
    assert len(siblings) == -(-locations // 24)
    assert {row["code"] for row in truth["mismatches"]} <= {
        f"{101 + index:04d}" for index in range(locations)
    }
