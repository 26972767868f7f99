import datetime as dt

import pytest

from crawlers.source import OVERRULED, Outcome, Request
from listings.records import OpenStatus, SpecialDay
from tests.crawlers.reading import document, read, read_file

LOCATIONS = document("google", "locations.json")
SHOP, DELIVERIES = read("google", LOCATIONS).listings
FIRST, RATING_ONLY, UNRATED = read_file("google", "reviews.json").reviews


def test_a_location_shows_its_address_phone_and_page() -> None:
    assert (SHOP.source_id, SHOP.name, SHOP.phone) == (
        "locations/41000000000000000001", "Tern & Pebble Bakery", "+12075550142",
    )  # fmt: skip
    assert (SHOP.street, SHOP.city, SHOP.region) == ("18 Wharf Lane, Suite 2", "Portland", "ME")
    assert (SHOP.postal_code, SHOP.country) == ("04101", "US")
    assert SHOP.categories == ("Bakery", "Cafe")
    assert SHOP.status is OpenStatus.TEMPORARILY_CLOSED
    assert (SHOP.extra["store_code"], SHOP.extra["place_id"]) == ("TPB-01", "ChIJtern0001")


def test_zeros_that_proto_leaves_out_are_midnights() -> None:
    assert SHOP.hours == {
        "mo": (("07:30", "18:00"),),
        "tu": (("00:00", "24:00"),),
        "we": (("09:00", "24:00"),),
        "th": (),
        "fr": (("18:00", "02:00"),),
        "sa": (("08:00", "12:00"), ("14:00", "19:45")),
        "su": (),
    }


def test_special_hours_hold_closed_days_and_nights() -> None:
    assert SHOP.special_hours == (
        SpecialDay(dt.date(2026, 12, 24), (("07:00", "13:00"),)),
        SpecialDay(dt.date(2026, 12, 25), ()),
        SpecialDay(dt.date(2026, 12, 31), (("20:00", "03:00"),)),
    )


def test_a_business_that_only_visits_shows_no_address_to_be_wrong_about() -> None:
    assert not {"street", "city", "country"} & DELIVERIES.shown
    assert DELIVERIES.phone == "+12075550199"
    assert {"website", "hours"} <= DELIVERIES.shown
    assert DELIVERIES.hours is None


def test_a_field_outside_the_read_mask_is_not_shown() -> None:
    reading = read(
        "google",
        {"name": "locations/1", "title": "Tern"},
        url="https://x/v1/locations/1?readMask=title,websiteUri",
    )
    assert reading.listings[0].shown == {"name", "website"}


def test_the_page_token_leads_on() -> None:
    assert read("google", LOCATIONS).next_page == "page-2"


def test_googles_own_edits_come_with_their_masks() -> None:
    reading = read_file("google", "google_updated.json")
    assert reading.listings[0].name == "Tern and Pebble"
    assert reading.extra == {"diff_mask": ["title", "phoneNumbers"], "pending_mask": ["websiteUri"]}
    assert reading.listings[0].extra["google_changed"] == ["name", "phone"]
    assert reading.listings[0].extra["google_pending"] == ["website"]


@pytest.mark.parametrize(
    ("mask", "fields"),
    [
        ("phoneNumbers.primaryPhone", ["phone"]),
        ("openInfo.status,openInfo.canReopen", ["status"]),
        ("storefrontAddress", ["street", "city", "region", "postal_code", "country"]),
        ("categories.primaryCategory,latlng", ["category", "coordinates"]),
        ("labels,profile.description", None),
    ],
)
def test_the_paths_of_a_mask_are_told_as_fields(mask: str, fields: list[str] | None) -> None:
    answer = {"location": {"name": "locations/1", "title": "Tern"}, "diffMask": mask}
    assert read("google", answer).listings[0].extra.get("google_changed") == fields


@pytest.mark.parametrize("flag", ["hasGoogleUpdated", "hasPendingEdits"])
def test_a_location_that_customers_may_see_otherwise_is_named(flag: str) -> None:
    rows = [
        {"name": "locations/1", "title": "A", "metadata": {flag: True}},
        {"name": "locations/2", "title": "B"},
    ]
    assert read("google", {"locations": rows}).extra == {OVERRULED: ("locations/1",)}
    assert read("google", rows[0]).extra == {OVERRULED: ("locations/1",)}


def test_a_refused_token_is_told_from_missing_rights() -> None:
    said = {"error": {"code": 401, "status": "UNAUTHENTICATED", "message": "Expired."}}
    assert read("google", said).extra == {"token_refused": True}
    said = {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "No."}}
    assert read("google", said).extra == {}


@pytest.mark.parametrize(
    ("violation", "reason"), [("OFF_TOPIC", "off topic"), ({"type": "SPAM"}, '{"type":"SPAM"}'), (None, None)]
)
def test_a_rejected_reply_keeps_google_s_reason(violation: object, reason: str | None) -> None:
    reply = {"comment": "Thank you.", "reviewReplyState": "REJECTED", "policyViolation": violation}
    (shown,) = read("google", {"reviewId": "1", "starRating": "ONE", "reviewReply": reply}).reviews
    assert shown.reply is not None
    assert (shown.reply.state, shown.reply.reason) == ("rejected", reason)


def test_an_unknown_key_in_a_time_is_a_changed_schema_not_midnight() -> None:
    changed = {"title": "T", "regularHours": {"periods": [{"openDay": "MONDAY", "openTime": {"hour": 9}}]}}
    assert read("google", changed).outcome is Outcome.UNREADABLE


def test_a_pin_with_one_zero_left_out_is_on_the_equator() -> None:
    assert (read("google", {"title": "T", "latlng": {"longitude": 36.8}}).listings[0].latitude) == 0.0


def test_a_translated_comment_is_split_in_either_order() -> None:
    assert (FIRST.text, FIRST.original_text) == ("Warm bread.", "Pan caliente.")
    assert (UNRATED.text, UNRATED.original_text) == ("Good bread.", "Gutes Brot.")
    assert FIRST.extra["raw_text"].startswith("(Translated by Google)")


def test_a_review_carries_author_times_and_the_reply_with_its_state() -> None:
    assert (FIRST.source_review_id, FIRST.author, FIRST.rating) == ("AbFv-1", "Ines Calder", 4)
    assert FIRST.updated_at == dt.datetime(2026, 8, 2, 10, 0, 0, 123456, tzinfo=dt.UTC)
    assert FIRST.listing_source_id == "locations/41"
    assert FIRST.reply is not None
    assert (FIRST.reply.text, FIRST.reply.state) == ("Thank you.", "pending")


def test_a_rating_without_words_has_no_text() -> None:
    assert (RATING_ONLY.rating, RATING_ONLY.text, RATING_ONLY.reply) == (1, None, None)
    assert UNRATED.rating is None


def test_a_page_of_reviews_tells_the_sources_own_totals() -> None:
    reading = read_file("google", "reviews.json")
    assert (reading.total, reading.extra["average_rating"], reading.next_page) == (212, 4.1, "next")


def test_batched_reviews_belong_to_their_locations() -> None:
    reading = read_file("google", "batch_reviews.json")
    assert [review.listing_source_id for review in reading.reviews] == ["locations/41", "locations/42"]


@pytest.mark.parametrize(
    "body", [{}, {"reviews": [], "totalReviewCount": 0}, {"locations": []}, {"reviews": None}], ids=str
)
def test_an_answer_that_holds_nothing_is_no_error(body: object) -> None:
    reading = read("google", body)
    assert (reading.outcome, reading.listings, reading.reviews) == (Outcome.OK, (), ())


def test_an_empty_page_may_have_a_next_one() -> None:
    assert read("google", {"reviews": [], "nextPageToken": "on"}).next_page == "on"


def test_a_single_review_without_its_name_belongs_to_the_location_asked_about() -> None:
    url = "https://mybusiness.googleapis.com/v4/accounts/7/locations/41/reviews/x"
    (review,) = read("google", {"reviewId": "x", "starRating": "TWO"}, url=url).reviews
    assert review.listing_source_id == "locations/41"


def test_answers_to_writing_are_read_too() -> None:
    reply = read("google", {"comment": "Thanks", "updateTime": "2026-08-03T08:00:00Z"}).extra["reply"]
    assert (reply.text, reply.updated_at) == ("Thanks", dt.datetime(2026, 8, 3, 8, tzinfo=dt.UTC))
    assert read("google", LOCATIONS["locations"][0]).listings == (SHOP,)
    token = read("google", {"access_token": "t", "expires_in": 3599, "token_type": "Bearer"})
    assert token.extra["access_token"] == "t"


def test_accounts_stand_beside_the_records() -> None:
    reading = read("google", {"accounts": [{"name": "accounts/7"}], "nextPageToken": "2"})
    assert (reading.extra["accounts"], reading.next_page) == ([{"name": "accounts/7"}], "2")


def test_a_collectors_list_and_wrapper_hold_the_same_answers() -> None:
    reviews = document("google", "reviews.json")
    assert read("google", [reviews, reviews]).reviews == 2 * (FIRST, RATING_ONLY, UNRATED)
    assert read("google", {"fetched": 1, "data": reviews}).reviews == (FIRST, RATING_ONLY, UNRATED)


def test_an_answer_of_another_api_is_not_taken_for_this_ones() -> None:
    for body in (document("google_places", "details.json"), {"hello": 1}, [[[1, 2]]], "text", 5):
        assert read("google", body).outcome is Outcome.UNREADABLE


def test_a_request_that_is_known_tells_the_mask() -> None:
    asked = Request("https://x/v1/locations/1?readMask=title%2CopenInfo")
    assert read("google", {"title": "T"}, asked=asked).listings[0].shown == {"name", "status"}
