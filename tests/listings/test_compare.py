import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.compare import FIELDS, FieldComparison, Verdict, compare_field, compare_listing
from listings.records import DAYS, LISTING_FIELDS, ListingRecord, OpenStatus, SpecialDay

WEEK = dict.fromkeys(DAYS, (("09:00", "17:00"),))
LOCATION = ListingRecord(
    source="record",
    source_id="T1",
    url=None,
    shown=frozenset(LISTING_FIELDS),
    name="Kestrel Tire",
    street="400 Alder St Ste 12",
    city="Tacoma",
    region="WA",
    postal_code="98402",
    country="US",
    phone="+12535550142",
    website="https://kestreltire.com/tacoma",
    categories=("Tire Shop",),
    hours=WEEK,
    special_hours=(SpecialDay(dt.date(2026, 12, 25), ()),),
    latitude=47.2529,
    longitude=-122.4443,
    status=OpenStatus.OPEN,
)
SYMMETRIC = tuple(field for field in FIELDS if field not in ("category", "status", "phone", "website"))


def by_field(**changes: object) -> dict[str, FieldComparison]:
    listing = replace(LOCATION, source="google", **changes)  # type: ignore[arg-type]
    return {found.field: found for found in compare_listing(LOCATION, listing)}


def test_a_listing_that_says_the_same_is_the_same_in_every_field() -> None:
    assert {found.verdict for found in by_field().values()} == {Verdict.SAME}
    assert tuple(by_field()) == FIELDS


def test_a_field_the_source_cannot_show_is_not_compared() -> None:
    assert "hours" not in by_field(shown=frozenset(LISTING_FIELDS) - {"hours"}, hours=None)


def test_a_pin_is_compared_only_where_both_halves_are_shown() -> None:
    assert "coordinates" not in by_field(shown=frozenset(LISTING_FIELDS) - {"longitude"})


def test_a_field_that_is_shown_and_empty_is_missing() -> None:
    found = by_field(phone=None)["phone"]
    assert (found.verdict, found.reason, found.live) == (Verdict.MISSING, "phone.not_on_listing", None)


def test_a_field_our_record_lacks_is_not_compared() -> None:
    listing = replace(LOCATION, source="google")
    assert "phone" not in {found.field for found in compare_listing(replace(LOCATION, phone=None), listing)}


def test_the_own_city_may_end_a_listing_name() -> None:
    assert by_field(name="Kestrel Tire Tacoma")["name"].reason == "name.place"


def test_special_days_that_a_listing_lacks_are_named() -> None:
    found = by_field(special_hours=None)["special_hours"]
    assert found.reason == "special_hours.not_on_listing"
    assert found.comparison.dates == (dt.date(2026, 12, 25),)


def test_a_declared_tracking_number_is_compatible() -> None:
    listing = replace(LOCATION, source="google", phone="(206) 228-4651")
    for numbers, reason in (
        (frozenset({"+12062284651"}), "phone.declared"),
        (frozenset(), "phone.other_number"),
    ):
        found = {c.field: c for c in compare_listing(LOCATION, listing, numbers)}
        assert found["phone"].reason == reason


def test_two_city_names_under_one_postal_code_are_compatible() -> None:
    assert by_field(city="Fircrest")["city"].reason == "city.same_postal_code"
    assert by_field(city="Fircrest", postal_code="98466")["city"].verdict is Verdict.DIFFERENT


def test_hours_name_the_days_and_minutes_that_differ() -> None:
    hours = {**WEEK, "sa": (("10:00", "16:00"),), "su": ()}
    found = by_field(hours=hours)["hours"]
    assert found.verdict is Verdict.DIFFERENT
    assert (found.comparison.days, found.comparison.minutes) == (("sa", "su"), 120 + 480)
    assert "Saturday, Sunday: 10 h" in found.sentence


def test_a_day_the_source_does_not_know_is_no_difference() -> None:
    assert by_field(hours={**WEEK, "su": None})["hours"].verdict is Verdict.COMPATIBLE


def test_a_category_that_is_not_the_first_is_compatible() -> None:
    assert by_field(categories=("Plumber", "Tire Shop"))["category"].reason == "category.not_first"


def test_a_closed_flag_is_different() -> None:
    assert by_field(status=OpenStatus.CLOSED)["status"].reason == "status.closed_on_listing"


def test_a_pin_says_how_far_away_it_is() -> None:
    assert by_field(latitude=47.2629)["coordinates"].comparison.metres == pytest.approx(1112, abs=2)


def test_values_that_differ_only_behind_any_sensible_length_are_different() -> None:
    assert compare_field("name", "a" * 20_000, "a" * 20_000 + "b").reason == "name.too_long"
    assert compare_field("name", "a" * 20_000, "a" * 20_000).verdict is Verdict.SAME


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(KeyError):
        compare_field("fax", "1", "2")


@pytest.mark.parametrize("field", FIELDS)
def test_empty_values_are_missing_with_the_side_that_lacks_them(field: str) -> None:
    assert compare_field(field, "x", " ").reason == f"{field}.not_on_listing"
    assert compare_field(field, "", "x").reason == f"{field}.not_on_record"
    assert compare_field(field, "", "").reason == f"{field}.nowhere"


@given(
    st.sampled_from(FIELDS),
    st.text(max_size=60),
    st.text(max_size=60),
    st.sampled_from(["US", "DE", "", "??"]),
)
def test_any_text_has_a_verdict(field: str, left: str, right: str, country: str) -> None:
    assert compare_field(field, left, right, country).verdict in Verdict


TEXT = st.text(max_size=60) | st.text("abcdefghijkmnop 0123456789#,.-/&", max_size=40)


@given(st.sampled_from(FIELDS), TEXT)
def test_a_text_is_never_different_from_itself(field: str, text: str) -> None:
    if text.strip() and field not in ("status", "coordinates"):
        assert compare_field(field, text, text).verdict is Verdict.SAME


@given(st.sampled_from(SYMMETRIC), TEXT, TEXT)
def test_either_side_may_be_called_left(field: str, left: str, right: str) -> None:
    assert compare_field(field, left, right).verdict is compare_field(field, right, left).verdict


PARTS = "12|400|n|south|main|st|ave|5th|fifth|ste|#|b|2|floor|us|hwy|9|,|-|rue|calle|strasse|po|box"
STREET_WORDS = st.lists(st.sampled_from(PARTS.split("|")), max_size=9)


@given(STREET_WORDS, STREET_WORDS)
def test_streets_of_real_words_compare_alike_from_both_sides(left: list[str], right: list[str]) -> None:
    first, second = " ".join(left), " ".join(right)
    verdicts = {
        compare_field("street", first, second).verdict,
        compare_field("street", second, first).verdict,
    }
    assert len(verdicts) == 1


@pytest.mark.parametrize(
    ("declared", "reason"),
    [(frozenset({"http://go.example/lg/?utm_source=x"}), "website.declared"),
     (frozenset({"https://go.example/other"}), "website.other_site"), (frozenset({"nothing"}), "website.other_site")],
)  # fmt: skip
def test_a_declared_redirect_is_no_mistake(declared: frozenset[str], reason: str) -> None:
    listing = replace(LOCATION, website="https://www.go.example/LG")
    found = {each.field: each for each in compare_listing(LOCATION, listing, redirects=declared)}
    assert found["website"].reason == reason


def test_a_suite_is_not_missed_where_the_source_has_no_place_for_it() -> None:
    location, listing = replace(LOCATION, street="12 Elm St Ste 4"), replace(LOCATION, street="12 Elm St")
    found = {each.field: each for each in compare_listing(location, listing, shows_suites=False)}
    assert found["street"].reason == "street.unit_not_shown"
    assert {each.field: each.reason for each in compare_listing(location, listing)}[
        "street"
    ] == "street.unit_missing"
