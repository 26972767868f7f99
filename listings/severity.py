"""How much harm a difference does to someone who believes the listing."""

import datetime as dt
from enum import StrEnum

from listings.compare import FieldComparison, Verdict
from listings.normalize.address import address_form
from listings.normalize.hours import parse_osm

_SOON = dt.timedelta(days=14)
_FAR_PIN_M = 250


class Severity(StrEnum):
    """How much harm a difference does, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


_DIFFERENT = {
    "name": Severity.CRITICAL,
    "street": Severity.CRITICAL,
    "city": Severity.CRITICAL,
    "region": Severity.CRITICAL,
    "postal_code": Severity.CRITICAL,
    "phone": Severity.CRITICAL,
    "website": Severity.CRITICAL,
    "status": Severity.CRITICAL,
    "hours": Severity.HIGH,
    "special_hours": Severity.MEDIUM,
    "category": Severity.MEDIUM,
    "coordinates": Severity.MEDIUM,
}
_REASONS = {
    "name.store_number": Severity.LOW,
    "name.other_store_number": Severity.MEDIUM,
    "name.spelling": Severity.MEDIUM,
    "street.other_unit": Severity.MEDIUM,
    "city.spelling": Severity.MEDIUM,
    "website.other_page": Severity.HIGH,
}
"""Where the reason says more than the field."""

_MISSING = {
    "street": Severity.CRITICAL,
    "phone": Severity.CRITICAL,
    "website": Severity.HIGH,
    "hours": Severity.HIGH,
    "special_hours": Severity.MEDIUM,
    "category": Severity.MEDIUM,
    "postal_code": Severity.MEDIUM,
    "city": Severity.MEDIUM,
    "name": Severity.CRITICAL,
}
_FORM = {"postal_code": Severity.MEDIUM}


def severity(found: FieldComparison, today: dt.date, *, exact: bool = False) -> Severity | None:
    """The harm of one comparison as of `today` in the location's zone; None when nothing is wrong.

    Wrong are different values, and values, suites or near special days that the listing lacks. With
    `exact` the source must show the record's very form, so that equivalent values are flagged too.
    """
    if found.field == "special_hours" and found.comparison.dates and max(found.comparison.dates) < today:
        return None
    if found.verdict is Verdict.DIFFERENT:
        return _of_difference(found, today)
    if found.verdict is Verdict.MISSING:
        return _of_missing(found, today) if found.reason.endswith(".not_on_listing") else None
    if found.reason == "street.unit_missing" and _lacks_suite(found):
        return Severity.MEDIUM
    if found.reason == "special_hours.special_day_missing" and _lacks_day(found, today):
        return Severity.HIGH
    if found.verdict is Verdict.EQUIVALENT and exact:
        return _FORM.get(found.field, Severity.LOW)
    return None


def _lacks_suite(found: FieldComparison) -> bool:
    """Whether it's the listing that leaves the suite out: a customer then stands in the wrong corridor."""
    return address_form(found.ours).unit is not None and address_form(found.live or "").unit is None


def _is_soon(found: FieldComparison, today: dt.date) -> bool:
    """Whether the comparison is about a special day that customers meet within two weeks."""
    return any(today <= date <= today + _SOON for date in found.comparison.dates)


def _of_missing(found: FieldComparison, today: dt.date) -> Severity:
    return Severity.HIGH if _is_soon(found, today) else _MISSING.get(found.field, Severity.LOW)


def _lacks_day(found: FieldComparison, today: dt.date) -> bool:
    """Whether the listing doesn't know of a special day of ours that is near: it shows the usual hours then."""
    ours = {day.date for day in parse_osm(found.ours)[1]}
    return any(today <= date <= today + _SOON for date in ours.intersection(found.comparison.dates))


def _of_difference(found: FieldComparison, today: dt.date) -> Severity:
    if found.reason in _REASONS:
        return _REASONS[found.reason]
    if _is_soon(found, today):
        return Severity.HIGH
    if found.comparison.metres is not None and found.comparison.metres > _FAR_PIN_M:
        return Severity.HIGH
    return _DIFFERENT[found.field]
