"""Category, open status and coordinates of record and listing."""

from listings.comparing.verdicts import Comparison, Verdict, compatible, different, equivalent, missing, same
from listings.normalize.category import Relation, relation
from listings.normalize.geo import distance_m, parse_point
from listings.records import OpenStatus

_AT_THE_DOOR_M = 50
_ON_THE_STREET_M = 200
"""Geocoders put a point on the building, or else on the street in front of it."""

_STATUS_WORDS = {
    "open": OpenStatus.OPEN,
    "operational": OpenStatus.OPEN,
    "active": OpenStatus.OPEN,
    "temporarily_closed": OpenStatus.TEMPORARILY_CLOSED,
    "closed_temporarily": OpenStatus.TEMPORARILY_CLOSED,
    "closed": OpenStatus.CLOSED,
    "closed_permanently": OpenStatus.CLOSED,
    "permanently_closed": OpenStatus.CLOSED,
}


def compare_category(left: str, right: str, country: str | None = None) -> Comparison:  # noqa: ARG001
    """The record's category against the listing's, each in its source's own words."""
    if left.strip() == right.strip():
        return same("category")
    found = relation(left, right)
    if found is Relation.SAME:
        return equivalent("category.format")
    if found is Relation.PARENT:
        return compatible("category.broader")
    if found is Relation.CHILD:
        return compatible("category.narrower")
    if found is Relation.UNKNOWN:
        return compatible("category.not_mapped")
    return different("category.other")


def compare_status(left: str, right: str, country: str | None = None) -> Comparison:  # noqa: ARG001
    """Whether the record and the listing agree that the place is open."""
    ours, theirs = _status(left), _status(right)
    if ours is OpenStatus.UNKNOWN or theirs is OpenStatus.UNKNOWN:
        return missing("status.not_known")
    if ours is theirs:
        return same("status") if left.strip() == right.strip() else equivalent("status.format")
    return different(f"status.{theirs}_on_listing")


def _status(text: str) -> OpenStatus:
    return _STATUS_WORDS.get("_".join(text[:40].lower().replace("-", " ").split()), OpenStatus.UNKNOWN)


def compare_coordinates(left: str, right: str, country: str | None = None) -> Comparison:  # noqa: ARG001
    """The record's "lat,lon" against the listing's, in decimal degrees; 0,0 is no point."""
    ours, theirs = parse_point(left), parse_point(right)
    if ours is None or theirs is None:
        return missing("coordinates.no_point")
    metres = round(distance_m(*ours, *theirs), 1)
    if metres <= _AT_THE_DOOR_M:
        exact = left.strip() == right.strip()
        verdict, reason = (Verdict.SAME, "same") if exact else (Verdict.EQUIVALENT, "near")
    elif metres <= _ON_THE_STREET_M:
        verdict, reason = Verdict.COMPATIBLE, "on_the_street"
    else:
        verdict, reason = Verdict.DIFFERENT, "far"
    return Comparison(verdict, f"coordinates.{reason}", metres=metres)
