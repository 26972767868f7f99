import datetime as dt
from typing import Any

import pytest

from crawlers.source import Outcome
from crawlers.sources.yelp import Yelp
from listings.records import OpenStatus, SpecialDay
from tests.crawlers.reading import document, one, read, read_file

SHOP = one(read_file("yelp", "details.json"))
FOUND = read_file("yelp", "search.json")
EXCERPTS = read_file("yelp", "reviews.json")
FRONT_END = read_file("yelp", "front_end.json")
ALL_DAY = (("00:00", "24:00"),)


def changed(**values: Any) -> dict[str, Any]:
    return {**document("yelp", "details.json"), **values}


def hours(*periods: dict[str, Any]) -> Any:
    return one(read("yelp", changed(hours=[{"hours_type": "REGULAR", "open": list(periods)}])))


def error(code: str, **more: Any) -> dict[str, Any]:
    return {"error": {"code": code, "description": "Said so.", **more}}


def test_details_show_address_lines_phone_and_counts() -> None:
    assert (SHOP.source_id, SHOP.name) == ("tErnPebb1e0000000000aa", "Tern & Pebble Bakery")
    assert (SHOP.street, SHOP.city, SHOP.region) == ("18 Wharf Ln, Ste 2", "Portland", "ME")
    assert (SHOP.postal_code, SHOP.country, SHOP.phone) == ("04101", "US", "+12075550142")
    assert (SHOP.rating, SHOP.review_count, SHOP.status) == (4.5, 318, OpenStatus.OPEN)
    assert (SHOP.website, SHOP.categories) == ("https://ternpebble.example/", ("Bakeries", "Coffee & Tea"))


def test_an_address_loses_what_follows_the_reader() -> None:
    assert SHOP.url == "https://www.yelp.com/biz/tern-portland"
    assert EXCERPTS.reviews[0].url == "https://www.yelp.com/biz/tern-saco?hrid=r1"


def test_day_zero_is_monday_and_a_night_stays_with_its_evening() -> None:
    assert SHOP.hours == {
        "mo": (("11:30", "14:30"), ("17:00", "24:00")), "tu": (), "we": (), "th": (), "fr": (("18:00", "02:00"),),
        "sa": ALL_DAY, "su": (),
    }  # fmt: skip


def test_special_days_are_in_order_and_may_be_closed() -> None:
    first, second = SHOP.special_hours or ()
    assert first == SpecialDay(dt.date(2026, 12, 24), (("07:00", "13:00"),))
    assert second == SpecialDay(dt.date(2026, 12, 25), ())


def test_details_without_hours_have_none_and_a_search_can_not_show_them() -> None:
    details = changed()
    del details["hours"], details["special_hours"]
    assert {"hours", "special_hours"} <= one(read("yelp", details)).shown
    assert one(read("yelp", details)).hours is None
    assert "hours" not in one(read_file("yelp", "matches.json")).shown


@pytest.mark.parametrize(
    "period",
    [
        {"day": 7, "start": "0900", "end": "1700"},
        {"day": 0, "start": "9 am", "end": "1700"},
        {"day": 0, "start": "0900", "end": "2575"},
        {"day": 0, "start": "0900", "end": "1700", "is_overnight": True},
        {"start": "0900", "end": "1700"},
    ],
)
def test_hours_that_leave_a_doubt_are_not_shown(period: dict[str, Any]) -> None:
    assert "hours" not in hours(period).shown


def test_a_search_shows_for_all_what_it_shows_for_one() -> None:
    closed, open_ = FOUND.listings
    assert closed.shown == open_.shown
    assert closed.hours is None
    assert open_.hours is not None
    assert (FOUND.total, "website" in closed.shown) == (240, False)


def test_nothing_is_null_and_no_review_is_no_rating() -> None:
    closed, _ = FOUND.listings
    assert (closed.street, closed.phone, closed.postal_code, closed.categories) == (None, None, None, None)
    assert (closed.rating, closed.review_count, closed.latitude) == (None, 0, None)


def test_closed_is_closed_for_good() -> None:
    assert FOUND.listings[0].status is OpenStatus.CLOSED
    for_now = changed(attributes={"business_temp_closed": 1767225600})
    assert one(read("yelp", for_now)).status is OpenStatus.TEMPORARILY_CLOSED


def test_a_match_shows_neither_rating_nor_status() -> None:
    found = one(read_file("yelp", "matches.json"))
    assert (found.source_id, found.phone, found.url) == ("m1", "+12075550143", None)
    assert found.shown.isdisjoint({"rating", "review_count", "status", "website"})


def test_a_time_without_zone_is_pacific_and_says_so() -> None:
    winter, summer = EXCERPTS.reviews
    assert winter.created_at == dt.datetime(2026, 1, 12, 1, 28, 17, tzinfo=dt.UTC)
    assert summer.created_at == dt.datetime(2026, 7, 12, 0, 28, 17, tzinfo=dt.UTC)
    assert winter.extra["zone_assumed"] == "America/Los_Angeles"


def test_an_excerpt_keeps_yelps_words_and_its_author() -> None:
    first, second = EXCERPTS.reviews
    assert (first.rating, first.author, first.reply) == (5, "Ada G.", None)
    assert (first.text or "").endswith("...")
    assert second.text is None
    assert EXCERPTS.total == 2


def test_excerpts_belong_to_the_business_that_was_asked_for() -> None:
    request = Yelp().excerpts("k", "tern-saco")
    reading = read("yelp", document("yelp", "reviews.json"), asked=request)
    assert {review.listing_source_id for review in reading.reviews} == {"tern-saco"}


def test_no_excerpt_beside_a_count_is_an_answer_that_holds_nothing() -> None:
    reading = read("yelp", {"reviews": [], "total": 318, "possible_languages": ["en"]})
    assert (reading.outcome, reading.reviews, reading.total) == (Outcome.OK, (), 318)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("VALIDATION_ERROR", Outcome.UNREADABLE),
        ("TOKEN_INVALID", Outcome.BLOCKED),
        ("INVALID_AUTHORIZATION_METHOD", Outcome.BLOCKED),
        ("BUSINESS_NOT_FOUND", Outcome.NOT_FOUND),
        ("BUSINESS_UNAVAILABLE", Outcome.UNREADABLE),
        ("TOO_MANY_REQUESTS_PER_SECOND", Outcome.QUOTA),
        ("ACCESS_LIMIT_REACHED", Outcome.QUOTA),
        ("INTERNAL_ERROR", Outcome.UNAVAILABLE),
        ("REQUEST_TIMED_OUT", Outcome.UNAVAILABLE),
        ("SOMETHING_NEW", Outcome.UNREADABLE),
    ],
)
def test_an_error_code_says_how_it_went(code: str, outcome: Outcome) -> None:
    reading = read("yelp", error(code))
    assert reading.outcome is outcome
    assert (reading.detail or "").startswith(code)


def test_an_unknown_code_goes_by_its_status() -> None:
    assert read("yelp", error("SOMETHING_NEW"), status=503).outcome is Outcome.UNAVAILABLE


def test_an_address_that_was_not_kept_can_not_be_shown() -> None:
    kept = changed(location={"display_address": ["18 Wharf Ln", "Portland, ME 04101"], "city": "Portland"})
    shop = one(read("yelp", kept))
    assert (shop.city, shop.shown.isdisjoint({"street", "region", "postal_code", "country"})) == (
        "Portland",
        True,
    )


def test_the_two_limits_are_told_apart() -> None:
    midnight = "2026-11-22T00:00:00+00:00"
    fast = read("yelp", error("TOO_MANY_REQUESTS_PER_SECOND"), ratelimit_resettime=midnight)
    used_up = read("yelp", error("ACCESS_LIMIT_REACHED"), ratelimit_resettime=midnight)
    assert fast.extra == {"limit": "second"}
    assert used_up.extra == {"limit": "day", "resets_at": midnight}


def test_a_merged_business_has_moved() -> None:
    reading = read("yelp", error("BUSINESS_MIGRATED", new_business_id="m2"), status=301)
    assert (reading.outcome, reading.extra["new_id"]) == (Outcome.MOVED, "m2")
    redirect = read("yelp", "", status=301, location="https://api.yelp.com/v3/businesses/m2")
    assert redirect.outcome is Outcome.MOVED


@pytest.mark.parametrize(
    ("page", "status", "outcome"),
    [
        ("<html><head><title>502 Bad Gateway</title></head></html>", 0, Outcome.UNAVAILABLE),
        ("<html><body>oops</body></html>", 502, Outcome.UNAVAILABLE),
        ("<html><title>yelp.com</title><script src='//x.example/datadome.js'>", 403, Outcome.BLOCKED),
        ("<html><title>Access to this page has been denied.</title></html>", 0, Outcome.BLOCKED),
        ("<html><head><title>Tern - Portland</title></head><body>…</body></html>", 0, Outcome.UNREADABLE),
    ],
)  # fmt: skip
def test_a_page_where_an_answer_is_due_is_never_a_missing_listing(
    page: str, status: int, outcome: Outcome
) -> None:
    assert read("yelp", page, status=status).outcome is outcome


def test_the_old_api_is_rejected() -> None:
    old = {
        "id": "tern", "name": "Tern", "is_closed": False, "review_count": 3, "categories": [["Bakeries", "bakeries"]],
        "location": {"address": ["18 Wharf Ln"], "country_code": "US", "coordinate": {"latitude": 1, "longitude": 2}},
    }  # fmt: skip
    for body in (old, {"businesses": [old], "total": 1}):
        reading = read("yelp", body)
        assert (reading.outcome, "v2" in (reading.detail or "")) == (Outcome.UNREADABLE, True)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda one: {"x1": one},
        lambda one: [one],
        lambda one: {"data": [one]},
        lambda one: {"data": {"business": one}},
        lambda one: {"data": {"search": {"total": 1, "business": [one]}}},
        lambda one: {"business": one, "reviews": document("yelp", "reviews.json")["reviews"]},
    ],
)
def test_answers_are_found_as_collectors_keep_them(wrap: Any) -> None:
    assert one(read("yelp", wrap(document("yelp", "details.json")))) == SHOP


def test_reviews_of_the_front_end_are_read_with_the_owners_answer() -> None:
    feed, newer = FRONT_END.reviews
    assert (feed.text, feed.author) == ("Don't miss the rye.\n\nGo early.", "Cy D'A.")
    assert (feed.created_at, feed.listing_source_id) == (dt.date(2025, 11, 2), "b1")
    assert feed.reply is not None
    assert (feed.reply.text, feed.reply.updated_at) == ("See you at seven!", dt.date(2025, 11, 3))
    assert newer.created_at == dt.datetime(2026, 2, 23, 15, 10, 29, tzinfo=dt.UTC)


def test_a_row_of_the_search_page_is_followed_through_its_redirects() -> None:
    row = FRONT_END.listings[0]
    assert (row.name, row.url) == ("Pebble & Sons", "https://www.yelp.com/biz/pebble-portland")
    assert (row.website, row.rating, row.street) == ("https://pebble.example/", None, None)


def test_an_address_whose_city_can_not_be_told_stays_whole() -> None:
    page = FRONT_END.listings[1]
    assert (page.region, page.postal_code, page.street) == ("ME", "04101", None)
    assert page.shown.isdisjoint({"street", "city", "country"})
    assert page.extra["address"] == "18 Wharf Ln Portland, ME 04101"


def test_a_day_that_the_front_end_does_not_name_is_unknown() -> None:
    week = FRONT_END.listings[1].hours or {}
    assert (week["mo"], week["tu"], week["we"], week["th"]) == (ALL_DAY, (("10:00", "01:00"),), (), None)


def test_requests_carry_the_key_in_the_header_and_the_alias_encoded() -> None:
    details = Yelp().details("secret", "bäckerei/x", "de_DE")
    assert details.url == "https://api.yelp.com/v3/businesses/b%C3%A4ckerei%2Fx?locale=de_DE"
    assert details.headers["Authorization"] == "Bearer secret"
    assert "secret" not in details.url
    assert Yelp().phone_search("k", "+12075550142").url.endswith("/search/phone?phone=%2B12075550142")
    match = Yelp().match(
        "k", {"name": "T & P", "address1": "1 A", "city": "C", "state": "ME", "country": "US"}
    )
    assert match.url.endswith("/matches?name=T+%26+P&address1=1+A&city=C&state=ME&country=US")
