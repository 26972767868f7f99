import datetime as dt

import pytest

from listings.compare import FieldComparison, compare_field
from listings.severity import Severity, severity

TODAY = dt.date(2026, 12, 14)


def harm(field: str, ours: str, live: str, *, exact: bool = False) -> Severity | None:
    return severity(FieldComparison(field, ours, live, compare_field(field, ours, live)), TODAY, exact=exact)


@pytest.mark.parametrize(
    ("field", "ours", "live", "expected"),
    [
        ("phone", "503-228-4651", "503-228-4652", Severity.CRITICAL),
        ("street", "400 Alder St", "402 Alder St", Severity.CRITICAL),
        ("street", "400 Alder St Ste 1", "400 Alder St Ste 2", Severity.MEDIUM),
        ("status", "open", "closed", Severity.CRITICAL),
        ("website", "kestreltire.com", "falcontire.com", Severity.CRITICAL),
        ("hours", "Mo-Fr 09:00-17:00", "Mo-Fr 09:00-18:00", Severity.HIGH),
        ("special_hours", "2026 Dec 25 off", "2026 Dec 25 10:00-14:00", Severity.HIGH),
        ("special_hours", "2026 Dec 29 off", "2026 Dec 29 10:00-14:00", Severity.MEDIUM),
        ("coordinates", "45.5231,-122.6765", "45.5257,-122.6765", Severity.HIGH),
        ("coordinates", "45.5231,-122.6765", "45.5251,-122.6765", Severity.MEDIUM),
        ("category", "Plumber", "Electrician", Severity.MEDIUM),
        ("name", "Kestrel Tire", "Falcon Tire", Severity.CRITICAL),
        ("phone", "503-228-4651", "", Severity.CRITICAL),
        ("street", "400 Alder St Ste 1", "400 Alder St", Severity.MEDIUM),
    ],
)
def test_harm_of_a_difference(field: str, ours: str, live: str, expected: Severity) -> None:
    assert harm(field, ours, live) is expected


@pytest.mark.parametrize(
    ("field", "ours", "live"),
    [
        ("phone", "503-228-4651", "(503) 228-4651"),
        ("street", "400 Alder St", "400 Alder St Ste 1"),
        ("name", "Kestrel Tire", "Kestrel Tire LLC"),
        ("phone", "", "503-228-4651"),
        ("coordinates", "45.5,-122.6", "0,0"),
        ("special_hours", "2026 Dec 13 off", "2026 Dec 13 10:00-14:00"),
    ],
)
def test_nothing_is_wrong_where_only_the_form_or_a_part_differs(field: str, ours: str, live: str) -> None:
    assert harm(field, ours, live) is None


def test_a_source_that_must_show_the_exact_form_is_told_of_it() -> None:
    assert harm("name", "Kestrel Tire", "KESTREL TIRE", exact=True) is Severity.LOW
    assert harm("postal_code", "97205", "97205-1234", exact=True) is Severity.MEDIUM
    assert harm("name", "Kestrel Tire", "Kestrel Tire", exact=True) is None


def test_a_listing_that_misses_a_near_special_day_is_flagged_and_a_far_one_is_not() -> None:
    ours = "2026 Nov 26 off; 2026 Dec 25 off"
    found = FieldComparison(
        "special_hours", ours, "2026 Dec 25 off", compare_field("special_hours", ours, "2026 Dec 25 off")
    )
    assert severity(found, dt.date(2026, 11, 20)) is Severity.HIGH
    assert severity(found, dt.date(2026, 10, 1)) is None
