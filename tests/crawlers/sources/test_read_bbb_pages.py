"""What varies on BBB's pages: accreditation with its date, head offices, several addresses, pages of reviews."""

import json
from typing import Any

import pytest

from crawlers.source import Outcome, Reading
from listings.records import OpenStatus
from tests.crawlers.reading import document, one, payload, read

PATH = "/us/me/portland/profile/roofing-contractors/tern-pebble-roofing-0123-45678"
URL = f"https://www.bbb.org{PATH}"


def profile(**values: Any) -> dict[str, Any]:
    own = document("bbb", "profile_state.json")["businessProfile"]
    return {**own, "isSystemWide": False, "urls": {"profile": PATH}, "customerReviews": None, **values}


def page_with(state: dict[str, Any], body: str = "") -> str:
    script = f"<script>window.__PRELOADED_STATE__ = {json.dumps(state)};</script>"
    return f"<html><head><title>Tern | BBB</title>{script}</head><body>{body}</body></html>"


def reviews_page(total: int, shown: int, url: str, body: str = "") -> Reading:
    items = [
        {
            "id": f"r{number}",
            "reviewStarRating": 4,
            "text": "Dry.",
            "date": {"day": "01", "month": "02", "year": "2026"},
        }
        for number in range(shown)
    ]
    summary = {"averageOfReviewStarRatings": 4, "reviewsTotal": total}
    state = {
        "businessProfile": profile(reviewsComplaintsSummary=summary),
        "customerReviews": {"items": items},
    }
    return read("bbb", page_with(state, body), url)


def test_accreditation_comes_with_its_date() -> None:
    dates = {"accredited": "2018-10-22T00:00:00", "accreditationRevoked": None}
    firm = one(read("bbb", {"businessProfile": profile(dates=dates)}))
    assert (firm.extra["accredited"], firm.extra["accredited_since"]) == (True, "2018-10-22")
    assert "accreditation_revoked" not in firm.extra


def test_a_revoked_accreditation_is_told() -> None:
    dates = {"accredited": None, "accreditationRevoked": "2024-05-01T00:00:00"}
    said = profile(accreditationInformation={"isAccredited": False}, dates=dates)
    firm = one(read("bbb", {"businessProfile": said}))
    assert (firm.extra["accredited"], firm.extra["accreditation_revoked"]) == (False, "2024-05-01")
    assert "accredited_since" not in firm.extra


@pytest.mark.parametrize("flag", ["isSystemWide", "isLocalReport"])
def test_a_head_offices_profile_speaks_for_many(flag: str) -> None:
    assert not one(read("bbb", {"businessProfile": profile()})).speaks_for_many
    assert one(read("bbb", {"businessProfile": profile(**{flag: True})})).speaks_for_many


def test_a_page_without_state_says_in_words_that_it_speaks_for_all_locations() -> None:
    page = payload("bbb", "profile_page.html").decode()
    note = "<p>This BBB Business Profile is an aggregate\nreport for all company locations.</p>"
    assert not one(read("bbb", page)).speaks_for_many
    assert one(read("bbb", page.replace("<body>", f"<body>{note}"))).speaks_for_many


def test_each_address_of_a_business_is_a_listing_of_its_own() -> None:
    page = page_with({"businessProfile": profile()})
    at_55 = one(read("bbb", page, f"{URL}/addressId/55"))
    assert (at_55.source_id, at_55.url) == ("0123_45678_55", f"{URL}/addressId/55")
    assert one(read("bbb", page, URL)).source_id == "0123_45678"


def test_out_of_business_and_without_an_address() -> None:
    nowhere = {"latitude": None, "longitude": None, "postalAddress": {"addressLine1": "", "city": "Portland"}}
    gone = profile(location=nowhere, orgDetails={"isOutOfBusiness": True})
    firm = one(read("bbb", {"businessProfile": gone}))
    assert (firm.street, firm.city, firm.status, firm.latitude) == (None, "Portland", OpenStatus.CLOSED, None)


def test_a_canadian_profile_has_its_country_its_province_and_its_phones() -> None:
    said = profile(
        urls={"profile": "/ca/on/east-york/profile/plumber/tern-0107-99"},
        location={
            "postalAddress": {"addressLine1": "9 Quay Rd", "city": "East York", "stateCode": "ON", "zipCode": "M4C 1A1"}
        },
        contactInformation={"phoneNumber": "(416) 555-0142", "additionalPhoneNumbers": [{"value": "(800) 555-0199"}]},
    )  # fmt: skip
    firm = one(read("bbb", {"businessProfile": said}))
    assert (firm.country, firm.region, firm.postal_code) == ("CA", "ON", "M4C 1A1")
    assert (firm.phone, firm.extra["phones"]) == ("+14165550142", ["+18005550199"])


@pytest.mark.parametrize(
    "part",
    [
        {"names": {"primary": "Tern", "altBusinessNames": [None, " ", "T & P"]}},
        {"categories": {"links": [None, {"title": None}, {"title": "Roofs"}]}},
        {"rating": {"bbbRating": None}},
        {"dates": None},
        {"contactInformation": {"phoneNumber": None, "additionalPhoneNumbers": None}},
    ],
    ids=lambda part: next(iter(part)),
)
def test_parts_that_hold_nothing_cost_only_themselves(part: dict[str, Any]) -> None:
    assert one(read("bbb", {"businessProfile": profile(**part)})).street == "18 Wharf Ln, Ste 2"


@pytest.mark.parametrize(
    ("total", "shown", "url", "further"),
    [
        (23, 10, f"{URL}/customer-reviews", "2"),
        (23, 10, f"{URL}/customer-reviews?page=2", "3"),
        (23, 3, f"{URL}/customer-reviews?page=3", None),
        (20, 10, f"{URL}/customer-reviews?page=2", None),
        (23, 10, URL, None),
    ],
)
def test_the_next_page_of_reviews_is_told_by_their_number(
    total: int, shown: int, url: str, further: str | None
) -> None:
    reading = reviews_page(total, shown, url)
    assert (reading.total, len(reading.reviews), reading.next_page) == (total, shown, further)


def test_a_page_of_reviews_says_itself_where_it_goes_on() -> None:
    card = '<ul><li class="bpr-review" id="x"></li></ul>'
    nav = f'{card}<nav class="bds-pagination"><a rel="next" href="?page=7">Next</a></nav>'
    assert reviews_page(23, 10, f"{URL}/customer-reviews", nav).next_page == "7"


def test_a_profile_of_the_right_form_with_wrong_types_is_unreadable_and_names_the_place() -> None:
    reading = read("bbb", {"businessProfile": profile(location="Portland")})
    assert reading.outcome is Outcome.UNREADABLE
    assert "location" in (reading.detail or "")
