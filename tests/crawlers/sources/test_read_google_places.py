import datetime as dt
from typing import Any

import pytest

from crawlers.source import Outcome
from crawlers.sources.google_places import DETAILS_MASK, GooglePlaces
from listings.records import LISTING_FIELDS, OpenStatus, SpecialDay
from tests.crawlers.reading import document, one, read, read_file

DETAILS = read_file("google_places", "details.json")
SHOP = one(DETAILS)
ALL_DAY = (("00:00", "24:00"),)


def hours(periods: list[dict[str, Any]]) -> Any:
    return one(read("google_places", {"id": "x", "regularOpeningHours": {"periods": periods}})).hours


def test_a_place_shows_its_address_lines_phone_and_counts() -> None:
    assert (SHOP.source_id, SHOP.name) == ("ChIJpebble01", "Tern & Pebble Bakery")
    assert (SHOP.street, SHOP.city, SHOP.region) == ("Mill House, 18 Wharf Lane", "Norwich", None)
    assert (SHOP.postal_code, SHOP.country, SHOP.phone) == ("NR1 1AA", "GB", "+441603660000")
    assert (SHOP.rating, SHOP.review_count, SHOP.status) == (4.6, 318, OpenStatus.OPEN)
    assert SHOP.categories == ("bakery", "store", "food", "establishment")


def test_day_zero_is_sunday_and_a_night_stays_with_its_evening() -> None:
    assert SHOP.hours == {
        "mo": ALL_DAY, "tu": (), "we": (), "th": (), "fr": (("18:00", "02:00"),),
        "sa": (("20:00", "24:00"),), "su": (("09:00", "13:30"),),
    }  # fmt: skip


def test_only_special_days_are_special_hours() -> None:
    assert SHOP.special_hours == (
        SpecialDay(dt.date(2026, 12, 25), ()),
        SpecialDay(dt.date(2026, 12, 27), (("10:00", "12:00"),)),
    )


def test_a_special_day_inside_a_long_opening_is_no_closed_day() -> None:
    first, last = ({"year": 2026, "month": 12, "day": day} for day in (24, 30))
    whole = {
        "open": {"day": 4, "hour": 0, "minute": 0, "date": first, "truncated": True},
        "close": {"day": 3, "hour": 23, "minute": 59, "date": last, "truncated": True},
    }
    special = [{"date": {"year": 2026, "month": 12, "day": day}} for day in (25, 30)]
    body = {"id": "x", "currentOpeningHours": {"periods": [whole], "specialDays": special}}
    assert one(read("google_places", body)).special_hours == (
        SpecialDay(dt.date(2026, 12, 25), ALL_DAY),
        SpecialDay(dt.date(2026, 12, 30), ALL_DAY),
    )


def test_one_period_that_never_closes_is_open_around_the_clock() -> None:
    assert set(hours([{"open": {"day": 0, "hour": 0, "minute": 0}}]).values()) == {ALL_DAY}


def test_no_periods_at_all_is_never_open() -> None:
    assert set(hours([]).values()) == {()}


def test_a_writer_that_leaves_zeros_out_means_sunday_and_midnight() -> None:
    assert hours([{"open": {"hour": 9}, "close": {"hour": 17, "minute": 5}}])["su"] == (("09:00", "17:05"),)


def test_a_renamed_part_of_a_point_makes_the_hours_unknown() -> None:
    assert (
        hours([{"open": {"day": 1, "hr": 9, "minute": 0}, "close": {"day": 1, "hour": 17, "minute": 0}}])
        is None
    )


def test_opening_for_more_than_a_day_is_cut_at_midnight() -> None:
    week = hours([{"open": {"day": 6, "hour": 8, "minute": 0}, "close": {"day": 1, "hour": 2, "minute": 0}}])
    assert (week["sa"], week["su"], week["mo"]) == ((("08:00", "24:00"),), ALL_DAY, (("00:00", "02:00"),))


def test_descriptions_serve_where_periods_were_not_kept() -> None:
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    texts = [
        "8:00\u202fAM\u2009–\u20096:00\u202fPM",
        *["Closed"] * 4,
        "11:30 AM – 2:00 PM, 5:00 – 11:00 PM",
        "Open 24 hours",
    ]
    said = [f"{day}: {text}" for day, text in zip(days, texts, strict=True)]
    week = one(read("google_places", {"regularOpeningHours": {"weekdayDescriptions": said}})).hours
    assert week is not None
    assert (week["mo"], week["tu"], week["su"]) == ((("08:00", "18:00"),), (), ALL_DAY)
    assert week["sa"] == (("11:30", "14:00"), ("17:00", "23:00"))


def test_a_review_keeps_both_texts_and_its_author_and_link() -> None:
    review = DETAILS.reviews[0]
    assert (review.text, review.original_text, review.language) == ("Good bread.", "Gutes Brot.", "de")
    assert review.created_at == dt.datetime(2026, 5, 4, 10, 11, 12, 987654, tzinfo=dt.UTC)
    assert (review.rating, review.author, review.reply) == (5, "Oskar Lind", None)
    assert review.listing_source_id == "ChIJpebble01"
    assert DETAILS.reviews[1].text is None


def test_what_the_mask_left_out_is_not_shown() -> None:
    assert "rating" in SHOP.shown
    record = one(
        read("google_places", {"id": "x", "displayName": {"text": "T"}, "websiteUri": "https://t.example"})
    )
    assert record.shown == {"name", "website"}


def test_a_known_mask_tells_what_could_have_been_shown() -> None:
    asked = GooglePlaces().details("x", "key", DETAILS_MASK)
    record = one(read("google_places", {"id": "x", "displayName": {"text": "T"}}, asked=asked))
    assert {"phone", "rating", "hours", "website"} <= record.shown
    assert record.phone is None


def test_the_whole_place_shows_that_it_has_no_phone() -> None:
    whole = document("google_places", "details.json") | {
        "viewport": {}, "iconMaskBaseUri": "x", "utcOffsetMinutes": 0, "plusCode": {},
        "timeZone": {"id": "Europe/London"},
    }  # fmt: skip
    del whole["nationalPhoneNumber"], whole["internationalPhoneNumber"]
    record = one(read("google_places", whole))
    assert record.shown == set(LISTING_FIELDS)
    assert record.phone is None


def test_a_place_that_has_moved_names_the_new_one() -> None:
    reading = read(
        "google_places", {"id": "old", "businessStatus": "CLOSED_PERMANENTLY", "movedPlace": "places/new"}
    )
    assert (reading.outcome, reading.extra["new_id"], reading.listings) == (Outcome.MOVED, "new", ())


def test_a_search_lists_places_and_leads_on() -> None:
    reading = read_file("google_places", "search.json")
    first, second = reading.listings
    assert reading.next_page == "again"
    assert (first.status, first.extra["moved_to"]) == (OpenStatus.CLOSED, "A9")
    assert (first.street, first.city, first.region, first.postal_code) == (
        "2 Quay St",
        "Portland",
        "ME",
        "04101",
    )
    assert (second.status, second.phone) == (OpenStatus.UNKNOWN, "+12075550199")


def test_a_service_area_place_shows_no_address() -> None:
    body = {
        "id": "x",
        "pureServiceAreaBusiness": True,
        "postalAddress": {"regionCode": "US", "locality": "Bath"},
    }
    assert not {"street", "city"} & one(read("google_places", body)).shown


def test_an_address_in_one_line_that_leaves_a_doubt_is_not_taken_apart() -> None:
    record = one(read("google_places", {"id": "x", "formattedAddress": "Somewhere 5, Atlantis"}))
    assert "street" not in record.shown
    assert record.extra["formatted_address"] == "Somewhere 5, Atlantis"


def test_the_older_api_reads_the_same_way() -> None:
    reading = read_file("google_places", "legacy_details.json")
    record = one(reading)
    assert (record.street, record.city, record.phone) == ("18 Wharf Ln #2", "Portland", "+12075550142")
    assert record.hours is not None
    assert set(record.hours.values()) == {ALL_DAY}
    assert (reading.reviews[0].rating, reading.reviews[0].created_at) == (
        3,
        dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )
    assert one(read("google_places", [document("google_places", "legacy_details.json")["result"]])) == record


@pytest.mark.parametrize("body", [{}, {"places": []}, {"results": [], "status": "ZERO_RESULTS"}], ids=str)
def test_a_search_without_a_find_is_empty(body: Any) -> None:
    reading = read("google_places", body)
    assert (reading.outcome, reading.listings) == (Outcome.OK, ())


@pytest.mark.parametrize(
    "body",
    [document("google", "reviews.json"), document("google", "locations.json"), {"hello": 1}, [[["x"]]]],
    ids=lambda value: str(value)[:20],
)
def test_an_answer_of_another_api_is_not_taken_for_this_ones(body: Any) -> None:
    assert read("google_places", body).outcome is Outcome.UNREADABLE
