"""Sitemaps of any make are read within bounds, and what isn't one is said to be none."""

import gzip
import tracemalloc
import zlib

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawlers.formats.page_links import PageLinks, same_site
from crawlers.formats.sitemap import LARGEST, MOST, NotASitemap, sitemap, sitemaps_of
from crawlers.source import Outcome
from crawlers.sources.website import Website
from tests.crawlers.reading import read

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
PAGE = "https://tern.example/stores/saco"
LAUGHS = '<!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


def urls(*addresses: str) -> bytes:
    rows = "".join(f"<url><loc> {one}\n</loc><lastmod>2026-01-01</lastmod></url>" for one in addresses)
    return f'<?xml version="1.0"?><urlset {NS}>{rows}</urlset>'.encode()


def test_pages_are_listed_once_in_order() -> None:
    assert sitemap(urls(PAGE, f"{PAGE}/2?a=1&amp;b=2", PAGE)).pages == (PAGE, f"{PAGE}/2?a=1&b=2")


def test_an_index_names_sitemaps_and_no_pages() -> None:
    body = f"<sitemapindex {NS}><sitemap><loc>https://tern.example/a.xml.gz</loc></sitemap></sitemapindex>"
    found = sitemap(body.encode())
    assert (found.pages, found.sitemaps) == ((), ("https://tern.example/a.xml.gz",))


def test_gzip_plain_text_and_files_without_namespace_are_read() -> None:
    assert sitemap(gzip.compress(urls(PAGE))).pages == (PAGE,)
    assert sitemap(f"\ufeff{PAGE}\nhttp://tern.example/\n".encode()).pages == (PAGE, "http://tern.example/")
    assert sitemap(urls(PAGE).replace(NS.encode(), b"")).pages == (PAGE,)
    assert sitemap(urls(PAGE).replace(b"url", b"sm:url").replace(b" xmlns=", b" xmlns:sm=")).pages == (PAGE,)


def test_pictures_of_a_page_are_no_pages() -> None:
    picture = b"<i:image><i:loc>https://tern.example/x.jpg</i:loc></i:image></url>"
    body = urls(PAGE).replace(b"</url>", picture, 1).replace(b"<urlset", b'<urlset xmlns:i="urn:i"')
    assert sitemap(body).pages == (PAGE,)


def test_a_file_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    whole = urls(PAGE, f"{PAGE}/2", f"{PAGE}/3")
    assert sitemap(whole[:-60]).pages[:2] == (PAGE, f"{PAGE}/2")
    assert sitemap(gzip.compress(whole)[:-4]).pages[0] == PAGE


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS.encode() + urls("&b;"),
        b"<urlset>" + LAUGHS.encode() + b"</urlset>",
        b"\x1f\x8b broken",
        b"",
        b"<html><body>Not found</body></html>",
        b"\x00\xff" * 500,
    ],
)
def test_what_is_no_sitemap_is_refused(body: bytes) -> None:
    with pytest.raises(NotASitemap):
        sitemap(body)


def test_a_bomb_costs_no_more_than_the_largest_file() -> None:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(1 << 20)
    bomb = squeeze.compress(urls(PAGE)[:-9])
    bomb += b"".join(squeeze.compress(zeros) for _ in range(400)) + squeeze.flush()
    assert len(bomb) < 500_000
    tracemalloc.start()
    assert sitemap(bomb).pages == (PAGE,)
    assert tracemalloc.get_traced_memory()[1] < 5 * LARGEST
    tracemalloc.stop()


def test_no_more_addresses_are_taken_than_the_protocol_allows() -> None:
    assert len(sitemap(urls(*(f"{PAGE}/{number}" for number in range(MOST + 100)))).pages) == MOST
    assert sitemap(urls(PAGE + "x" * 5000, PAGE)).pages == (PAGE,)


def test_robots_names_sitemaps_in_any_case() -> None:
    robots = "User-agent: *\nDisallow: /\nSITEMAP: https://tern.example/a.xml\n sitemap:https://tern.example/b.xml # x"
    assert sitemaps_of(robots) == ("https://tern.example/a.xml", "https://tern.example/b.xml")
    reading = read("website", robots, "https://tern.example/robots.txt")
    assert len(reading.extra["sitemap"].sitemaps) == 2


def test_a_sitemap_shows_no_business_and_says_where_pages_are() -> None:
    reading = read("website", urls(PAGE), asked=Website().sitemap("https://tern.example/sitemap.xml"))
    assert (reading.outcome, reading.listings) == (Outcome.OK, ())
    assert reading.extra["sitemap"].pages == (PAGE,)
    assert read("website", LAUGHS.encode() + urls("&b;")).outcome is Outcome.UNREADABLE


LOCATOR = """<link rel="canonical" href="https://www.tern.example/stores#top"><body>
<a href="/stores/saco#map">Saco</a> <a href="saco-2">Second <b>Saco</b></a> <a href="https://else.example/">Else</a>
<a href="/menu.pdf">Menu</a> <a href="javascript:go()">Go</a> <a rel="next" href="?page=2">More</a><a href="http://[">x</a>
"""


def test_a_locators_links_are_those_to_other_pages_of_the_site() -> None:
    page = PageLinks(LexborHTMLParser(LOCATOR), "https://tern.example/stores/")
    assert [(link.url, link.words, link.is_next) for link in page.links()] == [
        ("https://tern.example/stores/saco", "Saco", False),
        ("https://tern.example/stores/saco-2", "Second Saco", False),
        ("https://tern.example/stores/?page=2", "More", True),
    ]
    assert page.canonical() == "https://www.tern.example/stores"


@pytest.mark.parametrize(
    "own", ["https://else.example/stores", "https://tern.example/", "/stores", "ftp://tern.example/x"]
)
def test_a_canonical_link_that_leads_off_or_to_the_front_page_is_not_believed(own: str) -> None:
    page = PageLinks(
        LexborHTMLParser(f'<link rel="canonical" href="{own}">'), "https://tern.example/stores/saco"
    )
    assert page.canonical() is None


def test_a_site_is_a_host_with_or_without_www() -> None:
    assert same_site("https://www.tern.example/a", "http://tern.example")
    assert not same_site("https://tern.example.evil.example", "https://tern.example")
    assert not same_site("file:///etc/passwd", "file:///etc/passwd")
