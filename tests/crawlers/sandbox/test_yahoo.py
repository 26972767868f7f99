"""Yahoo's twin: listing pages in three forms, Yelp's stars on them, and the ways to a consent page."""

import re

from crawlers.sandbox import yahoo
from crawlers.sandbox.facts import national
from crawlers.sandbox.faults import Fault
from crawlers.sandbox.planting import Role, listings
from crawlers.sandbox.world import World
from tests.crawlers.sandbox.client import Client


def test_every_page_shows_its_entry_and_somebody_elses_stars(client: Client, world: World) -> None:
    forms = set()
    for entry in listings(world, "yahoo"):
        answer = client.ask(yahoo.page_url(world, entry))
        facts, text = client.server.sandbox.shown(entry), answer.body.decode()
        assert answer.status == 200
        assert national(facts.phone) in text
        assert facts.lines[0] in text
        assert "214" in text
        forms.add("json-ld" if "ld+json" in text else "microdata" if "itemscope" in text else "plain")
    assert forms == {"json-ld", "microdata", "plain"}


def test_the_number_in_the_address_decides_and_other_words_lead_to_the_right_ones(
    client: Client, world: World
) -> None:
    entry = next(listings(world, "yahoo"))
    url = yahoo.page_url(world, entry)
    moved = client.ask(re.sub(r"(info-\d+)-.*", r"\1-old-words", url))
    assert (moved.status, moved.headers["location"]) == (301, url)
    assert client.ask(re.sub(r"info-\d+", "info-21000001", url)).status == 404


def test_consent_is_asked_for_in_place_or_at_another_host(client: Client, world: World) -> None:
    url = yahoo.page_url(world, next(listings(world, "yahoo")))
    client.server.sandbox.faults["yahoo"] = Fault("consent")
    assert b"use cookies" in client.ask(url).body
    client.server.sandbox.faults["yahoo"] = Fault("consent_redirect")
    sent = client.ask(url)
    assert sent.status == 302
    assert sent.headers["location"].startswith(f"https://{yahoo.CONSENT_HOST}/")
    assert client.ask(sent.headers["location"]).status == 200


def test_yahoo_has_no_page_of_the_whole_company(world: World) -> None:
    assert all(entry.role is not Role.COMPANY for entry in listings(world, "yahoo"))
