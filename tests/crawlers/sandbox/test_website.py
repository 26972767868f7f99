import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from crawlers.sandbox.website import style
from crawlers.sandbox.wire import Answered
from crawlers.sandbox.world import HOST
from tests.crawlers.sandbox.client import Client

SITE = f"https://{HOST}"


def page(client: Client, index: int, **headers: str) -> Answered:
    return client.ask(client.server.sandbox.world.facts(index).website, headers=headers)


def jsonld(answer: Answered) -> Any:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', answer.body.decode(), re.DOTALL)
    assert found
    return json.loads(found[1])


def one_of_style(client: Client, wanted: str) -> int:
    world = client.server.sandbox.world
    return next(index for index in range(world.locations) if style(world, index) == wanted)


def test_every_branch_in_the_sitemap_has_a_page(client: Client) -> None:
    tree = ET.fromstring(client.ask(f"{SITE}/sitemap.xml").body)  # noqa: S314 - our own bytes
    urls = [loc.text or "" for loc in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(urls) == 24
    assert {client.ask(url).status for url in urls} == {200}


def test_the_locator_leads_to_every_page_and_so_do_the_cities(client: Client) -> None:
    locator = client.ask(f"{SITE}/locations").body.decode()
    links = re.findall(r'href="(/locations/[^"?]+)"', locator)
    assert len(links) == 24
    city = links[0].rsplit("/", 1)[0]
    assert re.findall(r'href="(/locations/[^"]+)"', client.ask(SITE + city).body.decode()) == links[:3]


def test_robots_name_the_sitemap(client: Client) -> None:
    assert f"Sitemap: {SITE}/sitemap.xml" in client.ask(f"{SITE}/robots.txt").body.decode()


@pytest.mark.parametrize(
    "path", ["/nothing", "/locations/oh/columbus/x-9999", "/locations?page=99", "/stores/1"]
)
def test_an_unknown_page_is_a_page_with_404(client: Client, path: str) -> None:
    answer = client.ask(SITE + path)
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_an_old_address_moves_to_the_new_one(client: Client) -> None:
    answer = client.ask(f"{SITE}/stores/0102")
    assert answer.status == 301
    assert client.ask(answer.headers["location"]).status == 200


def test_a_known_page_is_not_sent_again(client: Client) -> None:
    first = page(client, 0)
    for known in (
        {"if-none-match": first.headers["etag"]},
        {"if-none-match": f'"other", W/{first.headers["etag"]}'},
        {"if-modified-since": first.headers["last-modified"]},
    ):
        again = page(client, 0, **known)
        assert (again.status, again.body) == (304, b"")
    for unknown in (
        {"if-none-match": '"other"', "if-modified-since": first.headers["last-modified"]},
        {"if-modified-since": "Mon, 01 Jan 2024 00:00:00 GMT"},
        {"if-modified-since": "yesterday"},
    ):
        assert page(client, 0, **unknown).status == 200


def test_a_mended_page_has_a_new_tag_and_date(client: Client) -> None:
    row = next(row for row in client.mismatches() if row["source"] == "website")
    before = client.ask(row["source_id"])
    client.control("advance?days=1")
    client.control("fix", body={"source": "website", "code": row["code"], "field": row["field"]})
    after = client.ask(row["source_id"], headers={"if-modified-since": before.headers["last-modified"]})
    assert after.status == 200
    assert after.headers["etag"] != before.headers["etag"]


def test_head_sends_the_headers_alone(client: Client) -> None:
    url = client.server.sandbox.world.facts(0).website
    head, full = client.ask(url, "HEAD"), client.ask(url)
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", full.headers["etag"])
    assert client.ask(url, "POST", b"x").status == 405


@pytest.mark.parametrize("wanted", ["jsonld", "graph", "list", "string"])
def test_the_store_is_in_every_style_of_jsonld(client: Client, wanted: str) -> None:
    index = one_of_style(client, wanted)
    facts = client.server.sandbox.world.facts(index)
    found = jsonld(page(client, index))
    nodes = found if isinstance(found, list) else found.get("@graph", [found])
    (store,) = [node for node in nodes if "Bakery" in node["@type"]]
    assert (store["name"], store["url"]) == (facts.name, facts.website)
    assert ("openingHours" in store) == (wanted in {"list", "string"})
    assert '"validFrom": "2026-11-26"' in json.dumps(store)


def test_microdata_marks_what_people_read(client: Client) -> None:
    index = one_of_style(client, "microdata")
    html, facts = page(client, index).body.decode(), client.server.sandbox.world.facts(index)
    assert f'<span itemprop="streetAddress">{facts.street}</span>' in html
    assert "application/ld+json" not in html


def test_a_page_without_markup_has_a_telephone_link(client: Client) -> None:
    index = one_of_style(client, "text")
    html = page(client, index).body.decode()
    assert f'href="tel:{client.server.sandbox.world.facts(index).phone}"' in html
    assert "itemprop" not in html
    assert "ld+json" not in html
