"""A location as schema.org structured data."""

from listings.models.location import Location
from listings.structured import local_business
from tests.domain import RIGHT

PLACE = {"code": "A1", "name": "Elm Books", "phone": RIGHT, "country": "US"}


def test_markup_leaves_out_what_is_not_known_and_never_rates_itself() -> None:
    node = local_business(Location(code="A1", name="Elm Books"), url=None)
    assert node == {
        "@context": "https://schema.org", "@type": "LocalBusiness", "name": "Elm Books", "branchCode": "A1",
    }  # fmt: skip


def test_markup_tells_weekly_and_special_hours() -> None:
    location = Location(**PLACE, hours="Mo-Fr 09:00-18:00; Sa 10:00-24:00", special_hours="2026 Nov 26 off")
    node = local_business(location, url=None)
    weekly, saturday = node["openingHoursSpecification"]
    assert weekly["dayOfWeek"] == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    assert saturday["closes"] == "23:59"
    (closed,) = node["specialOpeningHoursSpecification"]
    assert (closed["validFrom"], closed["opens"], closed["closes"]) == ("2026-11-26", "00:00", "00:00")
    assert not {"aggregateRating", "review"} & set(node)
