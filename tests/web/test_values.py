"""Stored values in the words of customers."""

import datetime as dt

import pytest

from web.causes import title
from web.values import shown_value

TODAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("field", "value", "country", "shown"),
    [
        ("phone", "+12155550133", "US", "(215) 555-0133"),
        ("phone", "(215) 555-0133", "US", "(215) 555-0133"),
        ("phone", "+442079460018", "US", "+44 20 7946 0018"),
        ("phone", "ask for Ana", "US", "ask for Ana"),
        ("website", "https://www.lantern.example/quay/", "US", "lantern.example/quay"),
        ("status", "temporarily_closed", "US", "Temporarily closed"),
        ("hours", "Mo-Sa 09:00-16:30; Su off", "US", "Mon–Sat 9 AM–4:30 PM, Sun Closed"),
        ("hours", "by appointment", "US", "by appointment"),
        ("special_hours", "2026 Nov 26 off; 2027 Jan 01 10:00-14:00", "US", "Nov 26 Closed, Jan 1, 2027 10 AM–2 PM"),
        ("coordinates", "39.959291,-83.002697", "US", "39.9593, -83.0027"),
        ("coordinates", "nowhere", "US", "nowhere"),
        ("name", None, "US", ""),
    ],
)  # fmt: skip
def test_a_value_is_shown_as_people_read_it(field: str, value: str | None, country: str, shown: str) -> None:
    assert shown_value(field, value, country, TODAY) == shown


@pytest.mark.parametrize(
    ("field", "reason", "live", "said"),
    [
        ("phone", "phone.other_number", "(215) 555-0100", "Phone is (215) 555-0100"),
        ("phone", "phone.other_number", "", "Another phone number"),
        ("phone", "phone.not_on_listing", "", "No phone number"),
        ("status", "status.closed_on_listing", "Permanently closed", "Marked permanently closed"),
        ("postal_code", "postal_code.not_on_listing", "", "No postal code"),
        ("name", "name.other_name", "x" * 60, f"Named “{'x' * 48}…”"),
        ("menu", "menu.other", "", "Another value"),
    ],
)
def test_a_cause_is_named_by_what_its_rows_share(field: str, reason: str, live: str, said: str) -> None:
    assert title(field, reason, live) == said
