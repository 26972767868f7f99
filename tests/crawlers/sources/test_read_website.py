import datetime as dt
from dataclasses import replace

import pytest

from crawlers.source import Outcome
from listings.records import SpecialDay
from tests.crawlers.reading import one, payload, read, read_file

SHOP = one(read_file("website", "bakery_jsonld.html"))
BATH = "https://ternpebble.example/bath"


def ld(script: str, rest: str = "<p>Rye on Tuesdays.</p>") -> str:
    return (
        f'<html><head><script type="application/ld+json">{script}</script></head><body>{rest}</body></html>'
    )


def test_a_graph_gives_the_shop_not_its_head_office_or_department() -> None:
    assert SHOP.name == "Tern & Pebble Bakery"
    assert SHOP.source_id == "https://ternpebble.example/portland#shop"
    assert (SHOP.phone, SHOP.website) == ("+12075550142", "https://ternpebble.example/portland")


def test_an_address_is_followed_to_its_own_node_whatever_the_case_of_its_keys() -> None:
    assert (SHOP.street, SHOP.city, SHOP.region) == ("18 Wharf Lane, Suite 2", "Portland", "ME")
    assert (SHOP.postal_code, SHOP.country) == ("4101", "US")
    assert (SHOP.latitude, SHOP.longitude) == (43.6571, -70.2505)


def test_hours_in_parts_make_a_week_and_dated_ones_special_days() -> None:
    assert SHOP.hours == {
        "mo": (("07:30", "18:00"),), "tu": (("07:30", "18:00"),), "we": (), "th": (),
        "fr": (("18:00", "02:00"),), "sa": (("00:00", "24:00"),), "su": (),
    }  # fmt: skip
    assert SHOP.special_hours == (
        SpecialDay(dt.date(2026, 12, 24), ()),
        SpecialDay(dt.date(2026, 12, 25), ()),
        SpecialDay(dt.date(2026, 12, 31), (("09:00", "12:00"),)),
    )


def test_ratings_are_read_from_words_and_figures() -> None:
    assert (SHOP.rating, SHOP.review_count) == (4.7, 1204)


def test_the_types_are_the_categories_and_no_status_is_claimed() -> None:
    assert SHOP.categories == ("Bakery", "LocalBusiness")
    assert "status" not in SHOP.shown


def test_three_encodings_of_one_shop_are_one_listing() -> None:
    records = [
        one(read_file("website", f"bakery_{name}.html", BATH)) for name in ("json", "microdata", "rdfa")
    ]
    assert [record.extra["layer"] for record in records] == ["json-ld", "microdata", "rdfa"]
    plain = [replace(record, extra={}) for record in records]
    assert plain[0] == plain[1] == plain[2]
    assert (plain[0].street, plain[0].review_count) == ("9 Hill Road, Floor 1", 88)


def test_a_page_among_neighbours_is_told_by_its_address() -> None:
    assert (
        one(read_file("website", "neighbours.html", "http://www.ternpebble.example/bangor/")).name == "Bangor"
    )


def test_a_page_of_all_shops_gives_each_with_its_own_page() -> None:
    records = read_file("website", "neighbours.html", "https://ternpebble.example/shops").listings
    assert [record.url for record in records] == [
        f"https://ternpebble.example/{city}" for city in ("bath", "bangor", "saco")
    ]


def test_a_business_said_in_two_halves_is_one() -> None:
    halves = (
        '[{"@type": "Bakery", "name": "T", "telephone": "+12075550142"},'
        ' {"@type": "LocalBusiness", "name": "T", "aggregateRating": {"ratingValue": 4, "reviewCount": 3}}]'
    )
    record = one(read("website", ld(halves)))
    assert (record.phone, record.rating) == ("+12075550142", 4)


def test_a_service_leads_to_its_provider() -> None:
    body = '{"@type": "Service", "provider": {"@type": "AutoRepair", "name": "Gull Garage"}}'
    assert one(read("website", ld(body))).name == "Gull Garage"


def test_an_organization_counts_only_where_it_can_be_reached() -> None:
    assert read("website", ld('{"@type": "Organization", "name": "Tern"}')).listings == ()
    reachable = '{"@type": "Corporation", "name": "Tern", "contactPoint": {"telephone": "+12075550142"}}'
    assert one(read("website", ld(reachable))).phone == "+12075550142"


def test_a_type_nobody_knows_counts_with_an_address() -> None:
    body = '{"@type": "SourdoughLab", "name": "T", "address": {"streetAddress": "1 A St"}}'
    assert one(read("website", ld(body))).street == "1 A St"
    assert read("website", ld('{"@type": "SourdoughLab", "name": "T"}')).listings == ()


@pytest.mark.parametrize("kind", ["Person", "JobPosting", "WebPage", "City", "MusicEvent"])
def test_what_is_no_business_is_no_listing(kind: str) -> None:
    assert (
        read("website", ld(f'{{"@type": "{kind}", "name": "T", "telephone": "+12075550142"}}')).listings == ()
    )


def test_an_address_in_one_string_is_taken_apart_or_kept_beside() -> None:
    told = one(
        read("website", ld('{"@type": "Store", "name": "T", "address": "1 A St, Bath, ME 04530, USA"}'))
    )
    assert (told.street, told.city, told.country) == ("1 A St", "Bath", "US")
    vague = one(read("website", ld('{"@type": "Store", "name": "T", "address": "behind the mill"}')))
    assert "street" not in vague.shown
    assert vague.extra["address"] == "behind the mill"


def test_hours_that_can_not_be_read_are_not_shown_as_none() -> None:
    record = one(read("website", ld('{"@type": "Store", "name": "T", "openingHours": "call us"}')))
    assert "hours" not in record.shown
    assert record.extra["opening_hours"] == "call us"


def test_a_container_that_nobody_closed_is_no_page_that_breaks_off() -> None:
    page = '<div><div itemscope itemtype="http://schema.org/Store"><p itemprop="name">T<p>Open'
    assert one(read("website", page)).name == "T"
    assert read("website", page.removesuffix("<p>Open")).outcome is Outcome.UNREADABLE


def test_visible_text_serves_where_nothing_is_marked() -> None:
    record = one(read_file("website", "visible.html"))
    assert (record.phone, record.street, record.city) == (
        "+12075550142",
        "18 Wharf Lane, Suite 2",
        "Portland",
    )
    assert record.shown == {"street", "city", "region", "postal_code", "country", "phone"}


def test_two_different_visible_numbers_are_no_evidence() -> None:
    page = '<p><a href="tel:2075550142">a</a><a href="tel:2075550143">b</a> and some words</p>'
    assert read("website", page).listings == ()


def test_meta_tags_and_cards_are_read() -> None:
    meta, card = one(read_file("website", "meta.html")), one(read_file("website", "hcard.html"))
    assert (meta.name, meta.street, meta.phone, meta.latitude) == (
        "Tern & Pebble Bakery", "18 Wharf Lane", "+12075550142", 43.6571,
    )  # fmt: skip
    assert (card.name, card.street, card.country) == ("Tern & Pebble Bakery", "18 Wharf Lane", "US")


def test_what_markup_lacks_is_filled_from_what_the_page_shows() -> None:
    page = ld(
        '{"@type": "Bakery", "name": "T", "address": {"addressCountry": "US"}}',
        '<a href="tel:2075550142">Call</a>',
    )
    record = one(read("website", page))
    assert (record.phone, record.extra["from"]) == ("+12075550142", {"phone": "visible"})


def test_markup_and_page_that_disagree_on_the_phone_are_both_told() -> None:
    page = ld(
        '{"@type": "Bakery", "name": "T", "telephone": "+12075550142"}', '<a href="tel:+12075550199">x</a>'
    )
    record = one(read("website", page))
    assert (record.phone, record.extra["visible_phones"]) == ("+12075550142", ["+12075550199"])


def test_questions_and_breadcrumbs_alone_are_empty() -> None:
    reading = read_file("website", "faq_only.html")
    assert (reading.outcome, reading.listings) == (Outcome.OK, ())


@pytest.mark.parametrize(
    ("file", "outcome"),
    [
        ("shell.html", Outcome.UNREADABLE),
        ("late_markup.html", Outcome.UNREADABLE),
        ("captcha.html", Outcome.BLOCKED),
        ("consent.html", Outcome.CONSENT_WALL),
    ],
)
def test_a_page_that_hides_its_content_is_no_empty_page(file: str, outcome: Outcome) -> None:
    reading = read_file("website", file)
    assert reading.outcome is outcome
    assert reading.detail


def test_broken_markup_is_unreadable_unless_the_page_shows_enough() -> None:
    broken = '{"@type": "Bakery", "name: "T"'
    assert read("website", ld(broken)).outcome is Outcome.UNREADABLE
    shown = read("website", ld(broken, '<a href="tel:+12075550142">Call us</a>'))
    assert one(shown).phone == "+12075550142"
    assert shown.extra["broken"]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (404, Outcome.NOT_FOUND),
        (403, Outcome.BLOCKED),
        (503, Outcome.UNAVAILABLE),
        (304, Outcome.NOT_MODIFIED),
    ],
)
def test_a_status_that_is_no_success_decides(status: int, outcome: Outcome) -> None:
    assert read("website", payload("website", "bakery_jsonld.html"), status=status).outcome is outcome


def test_a_redirect_names_where_the_page_went() -> None:
    reading = read("website", "", status=301, location="https://ternpebble.example/new")
    assert (reading.outcome, reading.extra["location"]) == (Outcome.MOVED, "https://ternpebble.example/new")


def test_a_page_that_says_it_was_not_found_is_not_found() -> None:
    assert read("website", "<title>404 - Page not found</title><p>Sorry</p>").outcome is Outcome.NOT_FOUND


@pytest.mark.parametrize("body", [b"", b"%PDF-1.7 \x00\x01", b"just words"])
def test_bytes_that_are_no_page_are_unreadable(body: bytes) -> None:
    assert read("website", body).outcome is Outcome.UNREADABLE


def test_the_charset_is_taken_from_header_tag_or_bytes() -> None:
    page = ld('{"@type": "Bakery", "name": "Bäckerei Möwe"}')
    named = read("website", page.encode("latin-1"), content_type="text/html; charset=iso-8859-1")
    tagged = read("website", page.replace("<head>", '<head><meta charset="windows-1252">').encode("cp1252"))
    guessed = read("website", page.encode("cp1252"))
    assert {one(reading).name for reading in (named, tagged, guessed)} == {"Bäckerei Möwe"}


def test_json_ld_saved_without_its_page_is_read() -> None:
    assert one(read("website", {"@type": "http://schema.org/Bakery", "name": "T"})).categories == ("Bakery",)


def test_items_that_a_parser_saved_are_read() -> None:
    item = {
        "type": ["https://schema.org/Bakery"],
        "properties": {"name": ["T"], "telephone": ["+12075550142"]},
    }
    card = {"type": ["h-card"], "properties": {"name": ["T"], "tel": ["+12075550142"], "locality": ["Bath"]}}
    assert one(read("website", {"items": [item]})).phone == "+12075550142"
    assert one(read("website", {"items": [card], "rels": {}})).city == "Bath"
    assert read("website", {"items": [{"type": ["h-card"], "properties": {"name": ["Mara"]}}]}).listings == ()
