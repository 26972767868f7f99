import datetime as dt

import pytest

from web import wording

NOW = dt.datetime(2026, 11, 23, 9, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (dt.timedelta(seconds=-5), "0 s"),
        (dt.timedelta(seconds=8), "8 s"),
        (dt.timedelta(minutes=42), "42 min"),
        (dt.timedelta(hours=23, minutes=59), "23 h"),
        (dt.timedelta(days=6, hours=23), "6 d"),
        (dt.timedelta(days=7), "Nov 16"),
        (dt.timedelta(days=400), "Oct 19, 2025"),
    ],
)
def test_ages_are_relative_under_a_week(ago: dt.timedelta, shown: str) -> None:
    assert wording.age(NOW - ago, NOW) == shown


@pytest.mark.parametrize(
    ("time", "shown"),
    [
        ("08:00", "8 AM"),
        ("21:30", "9:30 PM"),
        ("12:00", "noon"),
        ("24:00", "midnight"),
        ("00:15", "12:15 AM"),
    ],
)
def test_times_read_as_customers_read_them(time: str, shown: str) -> None:
    assert wording.clock(time) == shown


def test_a_day_of_hours() -> None:
    assert wording.periods((("09:00", "12:00"), ("13:00", "17:30"))) == "9 AM–noon, 1 PM–5:30 PM"
    assert wording.periods(()) == "Closed"
    assert wording.periods((("00:00", "24:00"),)) == "Open all day"
    assert wording.periods(None) == "not known"


def test_counts_carry_their_noun() -> None:
    assert [wording.count(n, "place") for n in (0, 1, 1_344)] == ["0 places", "1 place", "1,344 places"]
    assert wording.count(2, "branch", "branches") == "2 branches"
    assert [wording.size(n) for n in (512, 184_320)] == ["512 B", "184 KB"]
