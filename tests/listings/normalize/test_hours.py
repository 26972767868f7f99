import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.normalize.hours import BadHours, format_osm, minute_set, parse_hours, parse_osm
from listings.records import DAYS, SpecialDay


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Mo-Fr 09:00-17:00; Sa 10:00-14:00", "Mo-Fr 09:00-17:00; Sa 10:00-14:00; Su off"),
        ("24/7", "24/7"),
        ("Mo-Su 00:00-00:00", "24/7"),
        ("Fr-Mo 18:00-02:00", "Mo 18:00-02:00; Tu-Th off; Fr-Su 18:00-02:00"),
        ("Mo-Su 08:00-20:00; We off", "Mo-Tu 08:00-20:00; We off; Th-Su 08:00-20:00"),
        ("Mo 22:00-26:00", "Mo 22:00-02:00; Tu-Su off"),
        (
            "Mo-Fr 09:00-12:00,13:00-17:00, Sa 10:00-14:00",
            "Mo-Fr 09:00-12:00,13:00-17:00; Sa 10:00-14:00; Su off",
        ),
        ("Monday - Friday: 9:00 AM - 5:00 PM", "Mo-Fr 09:00-17:00; Sa-Su off"),
        ("08:00-18:00", "Mo-Su 08:00-18:00"),
    ],
)
def test_weekly_hours_are_read_and_shown(text: str, shown: str) -> None:
    weekly, special = parse_osm(text)
    assert format_osm(weekly, special) == shown


def test_dates_are_special_days_and_later_rules_win() -> None:
    weekly, special = parse_osm("Mo-Fr 09:00-17:00; 2026 Dec 24-25 off; 2026 Dec 24 09:00-12:00")
    assert special == (
        SpecialDay(dt.date(2026, 12, 24), (("09:00", "12:00"),)),
        SpecialDay(dt.date(2026, 12, 25), ()),
    )
    assert parse_osm(format_osm(weekly, special)) == (weekly, special)


def test_days_of_every_year_and_holidays_are_kept_apart() -> None:
    assert parse_hours("Mo-Su 09:00-17:00; PH off; Dec 25 off").yearly == {"PH": (), "12-25": ()}


def test_a_text_of_dates_alone_says_nothing_of_the_week() -> None:
    assert set(parse_osm("2026 Dec 25 off")[0].values()) == {None}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ; ",
        "by appointment",
        "Mo-Fr",
        "Mo-Fr 25:00-99:00",
        "Mo 09:00",
        "Mo 09:60-10:00",
        "sunrise-sunset",
        "2026 Feb 30 off",
        "May-Sep Mo 10:00-12:00",
        "Mo 13pm-14pm",
        "Mo 09:00-17:00 garbage",
        "9" * 5000,
    ],
)
def test_what_is_no_opening_hours_is_refused(text: str) -> None:
    with pytest.raises(BadHours):
        parse_osm(text)


def test_minutes_of_the_week_run_over_midnight_and_over_sunday() -> None:
    split, whole = parse_osm("Fr 18:00-24:00; Sa 00:00-02:00")[0], parse_osm("Fr 18:00-02:00")[0]
    assert minute_set(split) == minute_set(whole)
    assert minute_set(parse_osm("Su 23:00-01:00")[0]) == minute_set(
        parse_osm("Su 23:00-24:00; Mo 00:00-01:00")[0]
    )
    assert minute_set(parse_osm("24/7")[0]).bit_count() == 7 * 1440
    assert minute_set(dict.fromkeys(DAYS)) == 0


TIMES = st.integers(0, 1439).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
PERIODS = st.lists(st.tuples(TIMES, TIMES.map(lambda time: "24:00" if time == "00:00" else time)), max_size=2)


@given(st.fixed_dictionaries(dict.fromkeys(DAYS, PERIODS)))
def test_shown_hours_are_read_back_as_the_same_minutes(week: dict[str, list[tuple[str, str]]]) -> None:
    hours = {day: tuple(periods) for day, periods in week.items()}
    assert minute_set(parse_osm(format_osm(hours))[0]) == minute_set(hours)


@given(st.text("MoTuSa 0912:-,;/off24PHDec", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        weekly, _ = parse_osm(text)
    except BadHours:
        return
    assert tuple(weekly) == DAYS
