"""Field by field: same, equivalent, compatible, different or missing, with a reason code."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from listings.comparing.contacts import compare_phone, compare_website
from listings.comparing.localities import compare_city, compare_postal_code, compare_region
from listings.comparing.names import compare_name
from listings.comparing.opening import (
    compare_hours,
    compare_special_days,
    compare_special_hours,
    compare_weeks,
)
from listings.comparing.places import compare_category, compare_coordinates, compare_status
from listings.comparing.sentences import sentence
from listings.comparing.streets import compare_street
from listings.comparing.verdicts import Comparison, Verdict, compatible, different, missing, same
from listings.normalize.hours import format_osm
from listings.normalize.phone import phone_form
from listings.normalize.text import MAX_LENGTH
from listings.normalize.web_address import web_form
from listings.records import ListingRecord

__all__ = [
    "FIELDS", "RECORD_FIELDS", "Comparison", "FieldComparison", "Verdict", "compare_field", "compare_listing",
    "sentence", "shown_value",
]  # fmt: skip

_COMPARERS: dict[str, Callable[[str, str, str | None], Comparison]] = {
    "name": compare_name,
    "street": compare_street,
    "city": compare_city,
    "region": compare_region,
    "postal_code": compare_postal_code,
    "phone": compare_phone,
    "website": compare_website,
    "hours": compare_hours,
    "special_hours": compare_special_hours,
    "category": compare_category,
    "status": compare_status,
    "coordinates": compare_coordinates,
}

FIELDS = tuple(_COMPARERS)
"""The fields that can be compared, in the order they are shown."""

_LONGEST = {"website": 2048, "hours": 2000, "special_hours": 2000}

RECORD_FIELDS = {"category": ("categories",), "coordinates": ("latitude", "longitude")}
"""The members of ListingRecord behind a field of another name."""


@dataclass(frozen=True, slots=True)
class FieldComparison:
    """One field of a listing held against its location: both values as text, and the comparison."""

    field: str
    ours: str
    live: str | None
    comparison: Comparison

    @property
    def verdict(self) -> Verdict:
        """The comparison's verdict."""
        return self.comparison.verdict

    @property
    def reason(self) -> str:
        """The comparison's stable reason code."""
        return self.comparison.reason

    @property
    def sentence(self) -> str:
        """The reason in words."""
        return sentence(self.comparison)


@dataclass(frozen=True, slots=True)
class Declared:
    """What the owner or the source has said beforehand, so that it is no mistake of a listing.

    `redirects` are as page_of gives them.
    """

    tracking_numbers: frozenset[str]
    redirects: frozenset[tuple[str, str] | None]
    shows_suites: bool


def page_of(address: str) -> tuple[str, str] | None:
    """Host and path of a web address in normal form; None when it is none."""
    form = web_form(address)
    return (form.host, form.path.lower()) if form else None


def as_declared(found: FieldComparison, declared: Declared, country: str | None) -> Comparison:
    """The comparison, milder where the difference was declared."""
    if found.reason == "street.unit_missing" and not declared.shows_suites:
        return compatible("street.unit_not_shown")
    if found.live is None or found.verdict is not Verdict.DIFFERENT:
        return found.comparison
    if found.field == "phone" and phone_form(found.live, country).e164 in declared.tracking_numbers:
        return compatible("phone.declared")
    if found.field == "website" and (page := page_of(found.live)) and page in declared.redirects:
        return compatible("website.declared")
    return found.comparison


def compare_field(field: str, left: str, right: str, country: str | None = None) -> Comparison:
    """The record's value of a field (`left`) against the listing's (`right`), both as text.

    `country` is ISO 3166-1 alpha-2; without it phones are American and streets of any language.
    Hours are in OpenStreetMap's syntax, coordinates "lat,lon". Raises KeyError for a field that
    isn't in FIELDS.
    """
    compare = _COMPARERS[field]
    if not left.strip() or not right.strip():
        return _compare_empty(field, left, right)
    return _compare_too_long(field, left, right) or compare(left, right, _country(country))


def _compare_empty(field: str, left: str, right: str) -> Comparison:
    if left.strip():
        return missing(f"{field}.not_on_listing")
    return missing(f"{field}.not_on_record" if right.strip() else f"{field}.nowhere")


def _compare_too_long(field: str, left: str, right: str) -> Comparison | None:
    """Normal forms end at a length; what goes on behind it is the same only when all of it is."""
    if max(len(left), len(right)) <= _LONGEST.get(field, MAX_LENGTH):
        return None
    return same(field) if left.strip() == right.strip() else different(f"{field}.too_long")


def _country(country: str | None) -> str | None:
    code = (country or "").strip().upper()
    return {"UK": "GB"}.get(code, code) or None


def compare_listing(
    location: ListingRecord,
    listing: ListingRecord,
    tracking_numbers: frozenset[str] = frozenset(),
    *,
    redirects: frozenset[str] = frozenset(),
    shows_suites: bool = True,
) -> tuple[FieldComparison, ...]:
    """Every field that the location has and the listing's answer can show, in the order of FIELDS.

    A field that isn't in the listing's `shown` is left out, one that is shown and empty is
    missing. `tracking_numbers` are numbers in E.164 that the location declares as its own,
    `redirects` web addresses that it declares to lead to its own. A source that doesn't `shows_suites` has no
    place for one: that it lacks is no mistake of the listing.
    """
    found = _compare_shown(location, listing)
    declared = Declared(tracking_numbers, frozenset(map(page_of, redirects)), shows_suites)
    return tuple(replace(each, comparison=as_declared(each, declared, location.country)) for each in found)


def _compare_shown(location: ListingRecord, listing: ListingRecord) -> Iterator[FieldComparison]:
    for field in FIELDS:
        ours = shown_value(location, field)
        if ours is None or not listing.shown.issuperset(RECORD_FIELDS.get(field, (field,))):
            continue
        live = shown_value(listing, field)
        if live is None:
            dates = (
                tuple(day.date for day in location.special_hours or ()) if field == "special_hours" else ()
            )
            found = replace(missing(f"{field}.not_on_listing"), dates=dates)
        else:
            found = _compare_values(field, location, listing, ours, live)
        yield FieldComparison(field, ours, live, found)


def _compare_values(
    field: str, location: ListingRecord, listing: ListingRecord, ours: str, live: str
) -> Comparison:
    """Two values that are there, with what the rest of both records says about the field."""
    country = _country(location.country or listing.country)
    if field == "name":
        return _compare_too_long(field, ours, live) or compare_name(ours, live, country, location.city)
    if field == "hours" and location.hours is not None and listing.hours is not None:
        return (
            same("hours") if location.hours == listing.hours else compare_weeks(location.hours, listing.hours)
        )
    if field == "special_hours":
        return compare_special_days(location.special_hours or (), listing.special_hours or ())
    if field == "category":
        return _compare_categories(ours, listing.categories or ())
    found = compare_field(field, ours, live, country)
    if (
        field == "city"
        and found.verdict is Verdict.DIFFERENT
        and _same_postal_code(location, listing, country)
    ):
        return compatible("city.same_postal_code")
    return found


def _compare_categories(ours: str, live: tuple[str, ...]) -> Comparison:
    """Our category against the listing's first one; a further one that fits is compatible."""
    found = [compare_category(ours, category) for category in live]
    if found[0].verdict is Verdict.DIFFERENT and any(c.verdict is not Verdict.DIFFERENT for c in found[1:]):
        return compatible("category.not_first")
    return found[0]


def _same_postal_code(location: ListingRecord, listing: ListingRecord, country: str | None) -> bool:
    """Whether both have one postal code: then two names of a city are its postal and its own name."""
    if not location.postal_code or not listing.postal_code:
        return False
    verdict = compare_postal_code(location.postal_code, listing.postal_code, country).verdict
    return verdict in (Verdict.SAME, Verdict.EQUIVALENT)


def shown_value(record: ListingRecord, field: str) -> str | None:
    """The text of one of FIELDS as people read it; None when the record has none.

    Hours are in OpenStreetMap's syntax, coordinates "lat,lon", a category is the first one.
    """
    if field == "category":
        return next((category for category in record.categories or () if category.strip()), None)
    if field == "coordinates":
        return (
            None if None in (record.latitude, record.longitude) else f"{record.latitude},{record.longitude}"
        )
    if field == "hours":
        return format_osm(record.hours) or None if record.hours else None
    if field == "special_hours":
        return format_osm({}, record.special_hours) or None if record.special_hours else None
    value = getattr(record, field)
    return str(value) if value is not None and str(value).strip() else None
