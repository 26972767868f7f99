from typing import Any

import pytest

from crawlers.formats.countries import country_code
from crawlers.formats.one_line_address import address_of
from crawlers.formats.schema_hours import special, weekly
from crawlers.formats.weekday_text import week_of


def days(text: Any) -> str | None:
    week = week_of(text)
    if week is None:
        return None
    return " | ".join(",".join("-".join(period) for period in day or ()) for day in week.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mo-Fr 09:00-17:00", "09:00-17:00 | 09:00-17:00 | 09:00-17:00 | 09:00-17:00 | 09:00-17:00 |  | "),
        ("Mo,We,Fr 9:00 AM - 5:00 PM", "09:00-17:00 |  | 09:00-17:00 |  | 09:00-17:00 |  | "),
        (
            "Mon-Tue 09:00-12:00 Wed,Thu 13:00-15:00",
            "09:00-12:00 | 09:00-12:00 | 13:00-15:00 | 13:00-15:00 |  |  | ",
        ),
        ("Fr-Su 18:00-02:00", " |  |  |  | 18:00-02:00 | 18:00-02:00 | 18:00-02:00"),
        ("Sa-Mo 10:00-12:00", "10:00-12:00 |  |  |  |  | 10:00-12:00 | 10:00-12:00"),
        ("Mo 08:00-12:00, 13:00-17:30", "08:00-12:00,13:00-17:30 |  |  |  |  |  | "),
        (["Mo 08:00-12:00", "Mo 13:00-17:00"], "08:00-12:00,13:00-17:00 |  |  |  |  |  | "),
        ("Tuesday 9am–noon", " | 09:00-12:00 |  |  |  |  | "),
        ("Tuesday 11:00 - 2:00 PM", " | 11:00-14:00 |  |  |  |  | "),
        ("Mo 00:00-23:59", "00:00-24:00 |  |  |  |  |  | "),
        ("Mo 17:00-00:00; Tu closed", "17:00-24:00 |  |  |  |  |  | "),
        (
            "Mo-Fr 09:00-17:00; PH off",
            "09:00-17:00 | 09:00-17:00 | 09:00-17:00 | 09:00-17:00 | 09:00-17:00 |  | ",
        ),
        ("Mo-Su,PH 10:00-22:00", " | ".join(["10:00-22:00"] * 7)),
        ("Mo 8-5pm", "08:00-17:00 |  |  |  |  |  | "),
        ("Mo-Su", " | ".join(["00:00-24:00"] * 7)),
        ("24/7", " | ".join(["00:00-24:00"] * 7)),
        ("Daily 10:00-20:00", " | ".join(["10:00-20:00"] * 7)),
    ],
)
def test_hours_in_words_make_a_week(text: Any, expected: str) -> None:
    assert days(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", [], None, 5, "PH off", "by appointment", "Mo-Fr", "Mo-Fr 9-5", "10:00-20:00", "Mo 25:00-26:00", "Mo 09:00",
     "Montag 9:00-17:00", "Mo 09:00-17:00 (closed for lunch)", "Mo 13:00 PM-15:00 PM", ["Mo 09:00-17:00", "call us"],
     ["Tu 09:00-17:00", "Mo 9-5, Sa 10-2"]],
)  # fmt: skip
def test_words_that_leave_a_doubt_are_unknown_hours(text: Any) -> None:
    assert week_of(text) is None


def test_a_day_with_words_of_its_own_is_unknown_and_the_others_are_read() -> None:
    week = week_of(["Mo-Fr 09:00-17:00", "Sa by appointment"])
    assert week is not None
    assert (week["fr"], week["sa"], week["su"]) == ((("09:00", "17:00"),), None, ())


@pytest.mark.parametrize(
    "specification",
    [
        {"dayofweek": "Monday", "opens": "soon", "closes": "17:00"},
        {"opens": "09:00", "closes": "17:00"},
        {"dayofweek": "Someday", "opens": "09:00", "closes": "17:00"},
        {"dayofweek": "Monday", "opens": "09:00"},
    ],
)
def test_a_specification_that_can_not_be_read_makes_the_week_unknown(specification: dict[str, str]) -> None:
    readable = {"dayofweek": "Tuesday", "opens": "09:00", "closes": "17:00"}
    assert weekly({"openinghoursspecification": [readable, specification]}) is None


@pytest.mark.parametrize(
    ("days_named", "opens", "closes"),
    [("Mo-Fr", "8am", "5 PM"), ("Monday, Tuesday, Wednesday, Thursday, Friday", "0800", "17:00:00+01:00"),
     (["Mon", "Tue", "Wed", "Thu", "https://schema.org/Friday", "PublicHolidays"], "T08:00", "2011-01-01T17:00:00Z")],
)  # fmt: skip
def test_days_and_times_are_read_in_the_forms_sites_use(days_named: Any, opens: str, closes: str) -> None:
    week = weekly({"openinghoursspecification": {"dayofweek": days_named, "opens": opens, "closes": closes}})
    assert week is not None
    assert [day for day, periods in week.items() if periods == (("08:00", "17:00"),)] == [
        "mo",
        "tu",
        "we",
        "th",
        "fr",
    ]


def test_a_week_closed_on_every_day_is_a_template() -> None:
    names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    assert (
        weekly({"openinghoursspecification": {"dayofweek": names, "opens": "00:00", "closes": "00:00"}})
        is None
    )


def test_hours_in_force_since_a_day_are_weekly() -> None:
    node = {
        "openinghoursspecification": {
            "dayofweek": "Mo",
            "opens": "09:00",
            "closes": "17:00",
            "validfrom": "2020-01-01",
        }
    }
    week = weekly(node)
    assert week is not None
    assert week["mo"] == (("09:00", "17:00"),)
    assert special(node) is None


def test_a_season_is_the_week_when_it_is_the_only_one() -> None:
    def season(first: str, last: str) -> dict[str, str]:
        return {
            "dayofweek": "Mo",
            "opens": "09:00",
            "closes": "17:00",
            "validfrom": first,
            "validthrough": last,
        }

    summer, winter = season("2026-05-01", "2026-09-30"), season("2026-10-01", "2027-04-30")
    assert weekly({"openinghoursspecification": [summer]}) is not None
    assert weekly({"openinghoursspecification": [summer, winter]}) is None
    assert special({"openinghoursspecification": [summer, winter]}) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18 Wharf Ln #2, Portland, ME 04101, USA", ("18 Wharf Ln #2", "Portland", "ME", "04101", "US")),
        (
            "Mill House, 18 Wharf Ln, Bath, ME 04530-1234",
            ("Mill House, 18 Wharf Ln", "Bath", "ME", "04530-1234", None),
        ),
        ("5 King St, Ottawa, ON K1A 0B1, Canada", ("5 King St", "Ottawa", "ON", "K1A 0B1", "CA")),
        ("5 King St, Ottawa, ON, K1A 0B1", ("5 King St", "Ottawa", "ON", "K1A 0B1", None)),
        ("Mill House, 3 Quay, Norwich NR1 1AA, UK", ("Mill House, 3 Quay", "Norwich", None, "NR1 1AA", "GB")),
        ("Hauptstr. 5, 10115 Berlin, Germany", ("Hauptstr. 5", "Berlin", None, "10115", "DE")),
        ("1 Quay Rd, Hobart TAS 7000, Australia", ("1 Quay Rd", "Hobart", "TAS", "7000", "AU")),
    ],
)
def test_an_address_in_one_line_is_taken_apart(text: str, expected: tuple[str | None, ...]) -> None:
    parts = address_of(text)
    assert parts is not None
    assert tuple(parts[key] for key in ("street", "city", "region", "postal_code", "country")) == expected


@pytest.mark.parametrize(
    "text", ["", "18 Wharf Ln", "18 Wharf Ln, Portland", "Norwich NR1 1AA", "1 A St, Bath, ZZ 04530"]
)
def test_an_address_that_leaves_a_doubt_is_left_whole(text: str) -> None:
    assert address_of(text) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [("US", "US"), ("usa", "US"), ("United States", "US"), ("UK", "GB"), ("Deutschland", "DE"), ("Canada", "CA"),
     ("GBR", "GB"), ("XX", None), ("Atlantis", None), (None, None)],
)  # fmt: skip
def test_a_country_is_told_by_name_or_code(name: str | None, code: str | None) -> None:
    assert country_code(name) == code
