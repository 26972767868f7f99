"""A Business Profile location (Business Information API v1) from facts, and facts from a PATCH.

Written from the API's discovery document. proto3 JSON leaves zeros and false out: midnight is `{}`.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from crawlers.sandbox.facts import ALL_DAY, Week, e164, national
from crawlers.sandbox.ids import location_id, maps_cid, place_id
from crawlers.sandbox.planting import Listing, Role, listings_of
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.wire import bad_request
from listings.records import OpenStatus, Period, SpecialDay

FIELDS = frozenset(
    {
        "name", "languageCode", "storeCode", "title", "phoneNumbers", "categories", "storefrontAddress",
        "websiteUri", "regularHours", "specialHours", "serviceArea", "labels", "adWordsLocationExtensions",
        "latlng", "openInfo", "metadata", "profile", "relationshipData", "moreHours", "serviceItems",
    }
)  # fmt: skip
"""The fields of a Location that a mask may name."""

DAY_NAMES = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
STATUSES = {
    OpenStatus.OPEN: "OPEN",
    OpenStatus.TEMPORARILY_CLOSED: "CLOSED_TEMPORARILY",
    OpenStatus.CLOSED: "CLOSED_PERMANENTLY",
}
CATEGORIES = {
    "Bakery": "categories/gcid:bakery",
    "Pizza restaurant": "categories/gcid:pizza_restaurant",
    "Coffee shop": "categories/gcid:coffee_shop",
    "Nail salon": "categories/gcid:nail_salon",
}


def location_json(sandbox: Sandbox, entry: Listing, *, consumers: bool = False) -> dict[str, Any]:
    """The whole Location, before any mask: as its owner entered it, or as `consumers` see it."""
    facts = sandbox.shown(entry) if consumers else sandbox.owned(entry)
    location: dict[str, Any] = {
        "name": f"locations/{location_id(entry.number)}",
        "languageCode": "en",
        "title": facts.name,
        "phoneNumbers": {"primaryPhone": national(facts.phone)} if facts.phone else {},
        "categories": {
            "primaryCategory": _category(facts.category),
            "additionalCategories": [_category("Coffee shop")],
        },
        "storefrontAddress": {
            "regionCode": "US",
            "languageCode": "en",
            "postalCode": facts.postal_code,
            "administrativeArea": facts.region,
            "locality": facts.city,
            "addressLines": list(facts.lines),
        },
        "websiteUri": facts.website,
        "regularHours": {"periods": _periods(facts.hours)},
        "latlng": {"latitude": facts.latitude, "longitude": facts.longitude},
        "openInfo": {
            "status": STATUSES[facts.status],
            "canReopen": True,
            "openingDate": {"year": 2008 + entry.index % 15, "month": 1 + entry.index % 12},
        },
        "metadata": _metadata(sandbox, entry),
        "profile": {"description": f"Bread, pastry and coffee, baked in {facts.city} every morning."},
    }
    if facts.special_hours:
        location["specialHours"] = {"specialHourPeriods": _special(facts.special_hours)}
    if entry.role is Role.OWN or entry.role is Role.SIBLING:
        location["storeCode"] = sandbox.world.code(entry.index)
    if not facts.website:
        del location["websiteUri"]
    return location


def _category(name: str) -> dict[str, str]:
    slug = "".join(char if char.isalnum() else "_" for char in name.lower())
    return {"name": CATEGORIES.get(name, f"categories/gcid:{slug}"), "displayName": name}


def _metadata(sandbox: Sandbox, entry: Listing) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "mapsUri": f"https://maps.google.com/maps?cid={maps_cid(entry.number)}",
        "canDelete": True,
        "canOperateLocalPost": True,
        "hasVoiceOfMerchant": True,
    }
    shared = listings_of(sandbox.world, "google_places", entry.index)
    if any(other.number == entry.number for other in shared):
        place = place_id(entry.number)
        metadata["placeId"] = place
        metadata["newReviewUri"] = f"https://search.google.com/local/writereview?placeid={place}"
    if entry.role is Role.DUPLICATE:
        metadata["duplicateLocation"] = f"locations/{location_id(entry.index * 4)}"
    if sandbox.pending(entry):
        metadata["hasPendingEdits"] = True
    if sandbox.overruled(entry):
        metadata["hasGoogleUpdated"] = True
    return metadata


def _time(clock: str) -> dict[str, int]:
    hours, minutes = map(int, clock.split(":"))
    return {key: part for key, part in (("hours", hours), ("minutes", minutes)) if part}


def _periods(week: Week) -> list[dict[str, Any]]:
    return [
        {
            "openDay": DAY_NAMES[day],
            "openTime": _time(opens),
            "closeDay": DAY_NAMES[day if closes > opens else (day + 1) % 7],
            "closeTime": _time(closes),
        }
        for day, periods in enumerate(week)
        for opens, closes in periods
    ]


def _special(days: Iterable[SpecialDay]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for day in days:
        date = {"year": day.date.year, "month": day.date.month, "day": day.date.day}
        if not day.periods:
            rows.append({"startDate": date, "closed": True})
        rows += [
            {"startDate": date, "openTime": _time(opens), "endDate": date, "closeTime": _time(closes)}
            for opens, closes in day.periods
        ]
    return rows


def changes(patch: Mapping[str, Any], mask: Iterable[str]) -> dict[str, Any]:
    """The Facts attributes that a PATCH body sets under its mask.

    Raises GoogleError 400 for an unknown field or a value Google would refuse.
    """
    found: dict[str, Any] = {}
    for path in mask:
        top = path.partition(".")[0]
        if top not in FIELDS or top in {"name", "metadata"}:
            raise bad_request(f"Invalid field mask provided: {path}")
        read = _READERS.get(top)
        if read is None:
            continue
        try:
            found |= read(patch.get(top))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as broken:
            raise bad_request(f"Invalid value for field {path}.") from broken
    return found


def _read_title(value: Any) -> dict[str, Any]:
    if not value or not isinstance(value, str):
        raise ValueError("a title is required")
    return {"name": value}


def _read_phone(value: Any) -> dict[str, Any]:
    primary = (value or {}).get("primaryPhone")
    if not primary:
        return {"phone": ""}
    phone = e164(primary)
    if phone is None:
        raise ValueError(primary)
    return {"phone": phone}


def _read_address(value: Any) -> dict[str, Any]:
    return {
        "lines": tuple(part.strip() for line in value["addressLines"] for part in line.split(",")),
        "city": value["locality"],
        "region": value["administrativeArea"],
        "postal_code": value["postalCode"],
    }


def _read_website(value: Any) -> dict[str, Any]:
    if value and not str(value).startswith(("http://", "https://")):
        raise ValueError(value)
    return {"website": value or ""}


def _read_hours(value: Any) -> dict[str, Any]:
    week: list[list[Period]] = [[] for _ in DAY_NAMES]
    for period in (value or {}).get("periods", []):
        opens, closes = _clock(period.get("openTime", {})), _clock(period.get("closeTime", {}))
        day, last = DAY_NAMES.index(period["openDay"]), DAY_NAMES.index(period["closeDay"])
        if closes == "00:00" and last == (day + 1) % 7:
            closes = "24:00"
        week[day].append((opens, closes))
    return {"hours": tuple(tuple(sorted(periods)) for periods in week)}


def _read_special(value: Any) -> dict[str, Any]:
    days: dict[dt.date, list[Period]] = {}
    for row in (value or {}).get("specialHourPeriods", []):
        start = row["startDate"]
        periods = days.setdefault(dt.date(start["year"], start["month"], start["day"]), [])
        if not row.get("closed"):
            periods.append((_clock(row.get("openTime", {})), _clock(row["closeTime"])))
    return {"special_hours": tuple(SpecialDay(day, tuple(days[day])) for day in sorted(days))}


def _read_open_info(value: Any) -> dict[str, Any]:
    return {"status": {name: status for status, name in STATUSES.items()}[value["status"]]}


def _read_latlng(value: Any) -> dict[str, Any]:
    return {"latitude": float(value["latitude"]), "longitude": float(value["longitude"])}


def _read_categories(value: Any) -> dict[str, Any]:
    primary = value["primaryCategory"]
    names = {gcid: name for name, gcid in CATEGORIES.items()}
    # Google keys categories by name and answers with its own display name.
    return {"category": names.get(primary.get("name")) or primary["displayName"]}


def _clock(value: Mapping[str, int]) -> str:
    clock = f"{value.get('hours', 0):02d}:{value.get('minutes', 0):02d}"
    if not "00:00" <= clock <= ALL_DAY[1]:
        raise ValueError(clock)
    return clock


_READERS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "title": _read_title,
    "phoneNumbers": _read_phone,
    "storefrontAddress": _read_address,
    "websiteUri": _read_website,
    "regularHours": _read_hours,
    "specialHours": _read_special,
    "openInfo": _read_open_info,
    "latlng": _read_latlng,
    "categories": _read_categories,
}
