from pathlib import Path

import pytest

from crawlers.source import Answer, Outcome, Request
from crawlers.sources.yahoo import Yahoo
from tests.crawlers.reading import one, payload, read, read_file

LISTING = one(read_file("yahoo", "listing.html"))
URL = "https://local.yahoo.com/info-123456-tern-pebble-bakery/"
OWN_PAGES = Path(__file__).parent.parent / "payloads" / "website"


def test_a_listing_is_read_by_its_markup() -> None:
    assert (LISTING.name, LISTING.street, LISTING.city) == ("Tern & Pebble Bakery", "18 Wharf Ln", "Portland")
    assert (LISTING.phone, LISTING.country) == ("+12075550142", "US")
    assert (LISTING.source_id, LISTING.url) == ("123456", URL)


def test_stars_are_yelps_and_yahoos_own_address_is_no_website() -> None:
    assert LISTING.shown.isdisjoint({"rating", "review_count", "website", "status"})


def test_plain_text_serves_where_nothing_is_marked_up() -> None:
    listing = one(read_file("yahoo", "plain.html", URL))
    assert (listing.name, listing.street, listing.postal_code) == (
        "Tern & Pebble Bakery",
        "18 Wharf Ln",
        "04101",
    )
    assert (listing.phone, listing.extra["layer"], listing.source_id) == ("+12075550142", "visible", "123456")


@pytest.mark.parametrize(
    "file", ["bakery_jsonld.html", "bakery_microdata.html", "bakery_rdfa.html", "hcard.html"]
)
def test_every_kind_of_markup_is_read(file: str) -> None:
    assert one(read("yahoo", (OWN_PAGES / file).read_bytes(), URL)).name == "Tern & Pebble Bakery"


def test_a_redirect_to_another_host_is_a_consent_wall() -> None:
    page = payload("yahoo", "listing.html")
    assert read("yahoo", page, "https://guce.yahoo.com/consent?x=1").outcome is Outcome.CONSENT_WALL
    elsewhere = Answer("https://www.yahoo.com/", 200, {}, page, asked=Request(URL))
    assert Yahoo().read(elsewhere).outcome is Outcome.CONSENT_WALL


def test_a_redirect_to_another_listing_has_moved_and_says_where_to() -> None:
    page, there = payload("yahoo", "listing.html"), "https://local.yahoo.com/info-777-another/"
    moved = Yahoo().read(
        Answer(f"{there}?guccounter=1&guce_referrer=aHR0", 200, {}, page, asked=Request(URL))
    )
    assert (moved.outcome, moved.listings, moved.extra["new_url"]) == (Outcome.MOVED, (), there)
    renamed = "https://local.yahoo.com/info-123456-tern-and-pebble"
    assert Yahoo().read(Answer(renamed, 200, {}, page, asked=Request(URL))).outcome is Outcome.OK


def test_a_redirect_to_yahoos_search_is_neither_a_wall_nor_a_listing() -> None:
    page = payload("yahoo", "listing.html")
    found = Yahoo().read(Answer("https://search.yahoo.com/search?p=tern", 200, {}, page, asked=Request(URL)))
    assert (found.outcome, found.listings) == (Outcome.UNREADABLE, ())
    assert "name its page" in (found.detail or "")


@pytest.mark.parametrize(
    "more", ["guccounter=1", "guccounter=2&guce_referrer=a&guce_referrer_sig=b", "a=1&guccounter=1"]
)
def test_what_a_consent_leaves_in_the_address_goes(more: str) -> None:
    page = payload("yahoo", "plain.html")
    answer = Answer(f"{URL}?{more}", 200, {}, page, asked=Request(URL))
    (listing,) = Yahoo().read(answer).listings
    assert listing.url == (f"{URL}?a=1" if "a=1" in more else URL)


def test_a_consent_page_is_recognised_by_its_words() -> None:
    page = '<html><head><title>Yahoo</title></head><body><form action="https://consent.yahoo.com/v2"></form></body></html>'
    assert read("yahoo", page).outcome is Outcome.CONSENT_WALL


def test_a_listing_may_link_to_the_consent_host() -> None:
    page = payload("yahoo", "plain.html").decode()
    linked = page.replace("<body>", "<body><a href='https://guce.yahoo.com/privacy'>Privacy</a>")
    assert one(read("yahoo", linked)).name == "Tern & Pebble Bakery"


def test_an_error_page_with_a_phone_number_is_no_listing() -> None:
    page = payload("yahoo", "plain.html").replace(
        b"Tern & Pebble Bakery, Portland ME - Yahoo Local", b"404 Not Found"
    )
    assert read("yahoo", page).outcome is Outcome.NOT_FOUND


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (404, Outcome.NOT_FOUND),
        (410, Outcome.NOT_FOUND),
        (301, Outcome.MOVED),
        (403, Outcome.BLOCKED),
        (429, Outcome.QUOTA),
        (500, Outcome.UNAVAILABLE),
    ],
)
def test_a_status_decides_before_the_page(status: int, outcome: Outcome) -> None:
    assert read("yahoo", payload("yahoo", "listing.html"), URL, status).outcome is outcome


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><h1>Tern</h1><p>A bakery.</p></body></html>",
        "<html><body><h1>A</h1><h1>B</h1><a href='tel:+12075550142'>x</a></body></html>",
        "<html><body><h1>Tern &amp; Pe",
        "no page",
        " ",
    ],
)
def test_a_page_without_name_and_place_is_unreadable(page: str) -> None:
    assert read("yahoo", page).outcome is Outcome.UNREADABLE
