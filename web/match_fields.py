"""A listing and a location field by field, as the card shows them."""

import datetime as dt

from listings.canonical import location_record, tracking_numbers
from listings.compare import FIELDS, RECORD_FIELDS, FieldComparison, Verdict, compare_listing
from listings.compare import shown_value as plain_value
from listings.models.location import Location
from listings.normalize.geo import distance_m
from listings.records import ListingRecord
from web.difference import Segment, difference
from web.screens.matching import CardField, Tone
from web.values import FIELD_NAMES, shown_value

LEFT_OUT = ("special_hours",)
"""Holidays tell nothing about which place it is."""
KILOMETRE = 1_000

SAID: dict[Verdict, tuple[str, str, Tone]] = {
    Verdict.SAME: ("Same", "check", "good"),
    Verdict.EQUIVALENT: ("Equivalent", "equal-approximately", "good"),
    Verdict.COMPATIBLE: ("Compatible", "equal-approximately", "good"),
    Verdict.DIFFERENT: ("Different", "equal-not", "bad"),
    Verdict.MISSING: ("Missing there", "circle", "soft"),
}
ONLY_THERE: tuple[str, str, Tone] = ("Not in your record", "circle", "soft")
NOT_SHOWN: tuple[str, str, Tone] = ("Not shown there", "minus", "soft")


def fields(location: Location, live: ListingRecord, today: dt.date) -> tuple[CardField, ...]:
    """Every field that one of the two has, the record's own order."""
    ours = location_record(location)
    compared = {one.field: one for one in compare_listing(ours, live, tracking_numbers(location))}
    shown = []
    for field in FIELDS:
        record, there = plain_value(ours, field), plain_value(live, field)
        if field in LEFT_OUT or (record is None and there is None):
            continue
        words = [shown_value(field, value, location.country, today) for value in (record, there)]
        shown.append(_field(field, words[0], words[1], compared.get(field), live))
    return tuple(shown)


def _field(
    field: str, record: str, there: str, comparison: FieldComparison | None, live: ListingRecord
) -> CardField:
    verdict, icon, tone = _said(field, comparison, live)
    differs = comparison is not None and comparison.verdict is Verdict.DIFFERENT
    note = comparison.sentence if comparison and comparison.verdict in _EXPLAINED else ""
    if field == "coordinates" and record and there:
        note = _apart(record, there)
    return CardField(
        label=FIELD_NAMES[field],
        live=difference(record, there) if differs else ((Segment(there, differs=False),) if there else ()),
        record=record,
        verdict=verdict,
        icon=icon,
        tone=tone,
        note=note,
    )


_EXPLAINED = (Verdict.DIFFERENT, Verdict.COMPATIBLE)


def _said(field: str, comparison: FieldComparison | None, live: ListingRecord) -> tuple[str, str, Tone]:
    if comparison is not None:
        return SAID[comparison.verdict]
    can_show = live.shown.issuperset(RECORD_FIELDS.get(field, (field,)))
    return ONLY_THERE if can_show else NOT_SHOWN


def _apart(record: str, there: str) -> str:
    ours, theirs = ([float(part) for part in text.split(",")] for text in (record, there))
    metres = distance_m(ours[0], ours[1], theirs[0], theirs[1])
    return f"{metres:,.0f} m apart" if metres < KILOMETRE else f"{metres / KILOMETRE:,.1f} km apart"
