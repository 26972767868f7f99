import datetime as dt
import json
from typing import Any

import pytest

from crawlers.source import Outcome
from crawlers.sources.bbb import Bbb
from listings.records import OpenStatus
from tests.crawlers.reading import document, one, payload, read, read_file

PROFILE = read_file("bbb", "profile_state.json")
FIRM = one(PROFILE)
SEARCH = read_file("bbb", "search.json")
PAGE = read_file("bbb", "profile_page.html")
COLLECTED = read_file("bbb", "collected.json")


def changed(**values: Any) -> dict[str, Any]:
    return {"businessProfile": {**document("bbb", "profile_state.json")["businessProfile"], **values}}


def test_a_profile_shows_its_place_and_its_country_by_its_address() -> None:
    assert (FIRM.name, FIRM.street, FIRM.city) == ("Tern & Pebble Roofing", "18 Wharf Ln, Ste 2", "Portland")
    assert (FIRM.region, FIRM.postal_code, FIRM.country) == ("ME", "04101-1234", "US")
    assert (FIRM.phone, FIRM.website) == ("+12075550142", "https://ternpebble.example")
    assert (FIRM.source_id, FIRM.categories) == ("0123_45678_9", ("Roofing Contractors", "Gutters"))


def test_grade_stars_and_complaints_are_three_figures() -> None:
    assert (FIRM.rating, FIRM.extra["stars"], FIRM.extra["grade"]) == (4.25, 4.25, "A-")
    assert (FIRM.extra["complaints"], FIRM.extra["complaints_closed_twelve_months"]) == (31, 12)
    assert FIRM.extra["accredited"] is True


def test_figures_of_a_whole_company_and_counts_that_end_are_marked() -> None:
    assert (FIRM.review_count, FIRM.extra["review_count_capped"], FIRM.extra["system_wide"]) == (
        10000,
        True,
        True,
    )


def test_no_stars_is_no_rating() -> None:
    summary = {"averageOfReviewStarRatings": 0, "reviewsTotal": 0, "complaintsTotal": 0}
    firm = one(read("bbb", changed(reviewsComplaintsSummary=summary, rating={"bbbRating": "NR"})))
    assert (firm.rating, firm.review_count, firm.extra["grade"], firm.extra["stars"]) == (None, 0, "NR", None)


def test_out_of_business_is_closed() -> None:
    assert FIRM.status is OpenStatus.OPEN
    assert one(read("bbb", changed(orgDetails={"isOutOfBusiness": True}))).status is OpenStatus.CLOSED


def test_persons_and_hidden_mail_are_left_out() -> None:
    whole = json.dumps(
        [line for reading in (PROFILE, COLLECTED, PAGE) for line in map(str, reading.listings)]
    )
    assert "Secret" not in whole
    assert "!~xK_bL!" not in whole


def test_an_excerpt_shows_only_its_parts() -> None:
    part = {"bbbId": "0123", "businessId": "45678", "names": {"primary": "Tern"}}
    firm = one(read("bbb", {"businessProfile": part}))
    assert (set(firm.shown), firm.source_id, firm.url) == ({"name"}, "0123_45678", None)


def test_a_review_has_its_answer_and_what_was_said_after() -> None:
    (review,) = PROFILE.reviews
    assert (review.rating, review.author, review.created_at) == (2, "Ada G", dt.date(2026, 8, 9))
    assert review.reply is not None
    assert (review.reply.text, review.reply.updated_at) == (
        "The ladders are back home.",
        dt.date(2026, 8, 12),
    )
    assert review.extra == {"customer_response": "Thank you.", "customer_response_date": "2026-08-13"}
    assert review.listing_source_id == FIRM.source_id


@pytest.mark.parametrize(
    "date", [{"day": "x", "month": "1", "year": "2026"}, {"day": "31", "month": "02"}, None]
)
def test_a_date_that_is_none_is_none(date: Any) -> None:
    review = {"reviewStarRating": 3, "id": "1", "date": date}
    assert read("bbb", {"customerReviews": {"items": [review]}}).reviews[0].created_at is None


def test_a_search_row_loses_its_marks_and_blanks() -> None:
    row = SEARCH.listings[0]
    assert (row.name, row.city, row.country) == ("Tern & Pebble Roofing", "Portland", "US")
    assert (row.phone, row.extra["phones"]) == ("+12075550142", ["+12075550143"])
    assert (row.latitude, row.longitude) == (43.6571, -70.2505)
    assert (SEARCH.next_page, SEARCH.extra["total_results"]) == ("3", 597)


def test_an_empty_grade_is_none_and_a_search_can_not_show_stars() -> None:
    row = SEARCH.listings[0]
    assert row.extra["grade"] is None
    assert row.shown.isdisjoint({"rating", "review_count", "hours", "status"})


def test_a_local_report_is_marked_and_canada_is_a_country() -> None:
    row = SEARCH.listings[1]
    assert (row.extra["local_report"], row.country, row.street, row.phone) == (True, "CA", None, None)
    assert row.status is OpenStatus.CLOSED


def test_the_last_page_that_the_site_gives_is_the_fifteenth() -> None:
    assert read("bbb", {**document("bbb", "search.json"), "page": 15}).next_page is None


def test_no_results_is_an_answer_that_holds_nothing() -> None:
    assert read("bbb", {"page": 1, "totalResults": 0, "results": []}).outcome is Outcome.OK


def test_a_page_with_state_reads_as_the_state() -> None:
    assert one(read_file("bbb", "state_page.html")).extra["grade"] == "A-"
    assert one(read_file("bbb", "state_page.html")).street == FIRM.street


def test_a_page_without_state_reads_by_its_markup() -> None:
    firm = one(PAGE)
    assert (firm.name, firm.phone, firm.country) == ("Tern & Pebble Roofing", "+12075550142", "US")
    assert firm.url == "https://www.bbb.org/us/me/portland/profile/roofing/tern-0123-45678"
    figures = [firm.extra[name] for name in ("grade", "accredited", "complaints", "reviews")]
    assert figures == ["A-", False, 31, 2]
    assert "rating" not in firm.shown


def test_review_cards_are_read_with_the_next_page() -> None:
    first, second = PAGE.reviews
    assert (first.source_review_id, first.rating, first.author) == ("1_2_3", 2, "Ada G")
    assert (first.text, first.created_at) == ("They left ladders behind.", dt.date(2026, 8, 9))
    assert first.reply is not None
    assert (first.reply.text, first.reply.updated_at) == ("Back home now.", dt.date(2026, 8, 12))
    assert (second.text, second.reply, PAGE.next_page) == ("Dry again.\nAt last.", None, "2")


def test_collected_rows_are_read_and_a_complaint_is_no_review_with_stars() -> None:
    review, complaint = COLLECTED.reviews
    assert (one(COLLECTED).source_id, one(COLLECTED).street) == ("0123_45678_9", None)
    assert (review.rating, review.extra) == (4, {})
    assert (complaint.rating, complaint.extra["complaint"]) == (None, True)
    assert complaint.extra["complaint_status"] == "Resolved"


@pytest.mark.parametrize(
    "title", ["Just a moment...", "You have been blocked | Better Business Bureau&#174;", "403 Forbidden"]
)
def test_a_challenge_or_a_refusal_is_blocked(title: str) -> None:
    page = f"<html><head><title>{title}</title></head><body></body></html>"
    assert read("bbb", page).outcome is Outcome.BLOCKED
    assert read("bbb", page, status=403).outcome is Outcome.BLOCKED


def test_a_whole_page_may_carry_the_script_of_a_robot_check() -> None:
    page = payload("bbb", "state_page.html").decode()
    guarded = page.replace("</head>", "<script src='/cdn-cgi/challenge-platform/h/b/x.js'></script></head>")
    assert one(read("bbb", guarded)).name == FIRM.name


def test_the_sites_failures_are_not_missing_listings() -> None:
    assert read("bbb", {"message": "x"}, status=500).outcome is Outcome.UNAVAILABLE
    assert read("bbb", "<html><title>x</title></html>").outcome is Outcome.UNREADABLE
    assert read("bbb", b"URL,Title\nhttps://www.bbb.org/us/x,Tern\n").outcome is Outcome.UNREADABLE


def test_a_card_that_was_cut_is_left_out() -> None:
    body = payload("bbb", "profile_page.html")
    assert read("bbb", body[: body.index(b"Dry again") + 5]).reviews == PAGE.reviews[:1]


def test_linked_data_is_read_without_its_page() -> None:
    node = {"@type": "LocalBusiness", "name": "Tern", "hasCertification": {"@type": "Certification"}}
    assert one(read("bbb", {"@context": "https://schema.org", **node})).name == "Tern"


@pytest.mark.parametrize("said", ["Unknown", True, {"value": None}, ["x"]])
def test_only_words_that_say_so_close_a_business(said: Any) -> None:
    row = {**document("bbb", "search.json")["results"][0], "outOfBusinessStatus": said}
    assert "status" not in one(read("bbb", row)).shown


def test_requests_ask_by_name_and_not_by_who_pays() -> None:
    request = Bbb().search("tern & co", "Portland, ME", page=2)
    assert request.url == (
        "https://www.bbb.org/api/search?find_country=USA&find_text=tern+%26+co&find_loc=Portland%2C+ME&page=2&sort=AToZ"
    )
    assert Bbb({"https://www.bbb.org": "http://127.0.0.1:1"}).profile("https://www.bbb.org/us/x").url == (
        "http://127.0.0.1:1/us/x"
    )
