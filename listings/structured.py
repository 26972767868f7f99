"""A location as schema.org structured data, for its public page and for the website's fix kit.

Ratings are left out on purpose: Google shows no stars for what a business publishes about itself
(https://developers.google.com/search/docs/appearance/structured-data/review-snippet).
"""

from collections.abc import Sequence
from typing import Any

from listings.models.location import Location
from listings.normalize.hours import parse_osm
from listings.records import DAYS, SpecialDay, WeeklyHours

DAY_NAMES = dict(
    zip(DAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)


def local_business(location: Location, *, url: str | None) -> dict[str, Any]:
    """The LocalBusiness node of a location (https://schema.org/LocalBusiness), empty fields left out."""
    address = _filled(
        {
            "@type": "PostalAddress",
            "streetAddress": location.street,
            "addressLocality": location.city,
            "addressRegion": location.region,
            "postalCode": location.postal_code,
            "addressCountry": location.country,
        }
    )
    node: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "LocalBusiness",
        "name": location.name,
        "branchCode": location.code,
        "url": url,
        "telephone": location.phone,
        "address": address if len(address) > 1 else None,
    }
    if location.latitude is not None and location.longitude is not None:
        node["geo"] = {
            "@type": "GeoCoordinates", "latitude": location.latitude, "longitude": location.longitude,
        }  # fmt: skip
    if location.hours:
        weekly, _ = parse_osm(location.hours)
        node["openingHoursSpecification"] = weekly_specification(weekly)
    if location.special_hours:
        _, special = parse_osm(location.special_hours)
        node["specialOpeningHoursSpecification"] = special_specification(special)
    return _filled(node)


def weekly_specification(hours: WeeklyHours) -> list[dict[str, Any]]:
    """OpeningHoursSpecification nodes, one per distinct period, with the days it holds on."""
    days_of: dict[tuple[str, str], list[str]] = {}
    for day in DAYS:
        for period in hours.get(day) or ():
            days_of.setdefault(period, []).append(DAY_NAMES[day])
    return [_specification(period, {"dayOfWeek": days}) for period, days in days_of.items()]


def special_specification(days: Sequence[SpecialDay]) -> list[dict[str, Any]]:
    """OpeningHoursSpecification nodes of single dates; a closed day opens and closes at midnight."""
    return [
        _specification(period, {"validFrom": day.date.isoformat(), "validThrough": day.date.isoformat()})
        for day in days
        for period in (day.periods or (("00:00", "00:00"),))
    ]


def _specification(period: tuple[str, str], more: dict[str, Any]) -> dict[str, Any]:
    opens, closes = period
    # schema.org knows no 24:00; 23:59 is the form Google documents for the end of a day.
    return {
        "@type": "OpeningHoursSpecification", **more,
        "opens": opens, "closes": "23:59" if closes == "24:00" else closes,
    }  # fmt: skip


def _filled(node: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if value not in (None, "", [], {})}
