"""Fields of a listing as the body and update mask that change a Business Profile location.

https://developers.google.com/my-business/reference/businessinformation/rest/v1/locations/patch
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from crawlers.formats.google_profile import WEEK_DAYS
from listings.records import DAYS, SpecialDay, WeeklyHours

_ADDRESS = {
    "country": "regionCode",
    "postal_code": "postalCode",
    "region": "administrativeArea",
    "city": "locality",
    "street": "addressLines",
}
_STATUS = {
    "open": "OPEN", "closed": "CLOSED_PERMANENTLY", "temporarily_closed": "CLOSED_TEMPORARILY",
}  # fmt: skip


def patch(fields: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The body and its update mask for fields named and shaped as in ListingRecord.

    An address is replaced whole, so all of its parts that shall stand have to be given, street and
    country at least. Raises ValueError for a field or value that can't be written.
    """
    body: dict[str, Any] = {}
    mask: list[str] = []
    address = {name: value for name, value in fields.items() if name in _ADDRESS}
    if address:
        body["storefrontAddress"] = _postal_address(address)
        mask.append("storefrontAddress")
    if "latitude" in fields or "longitude" in fields:
        if None in (fields.get("latitude"), fields.get("longitude")):
            raise ValueError("Google replaces a pin whole: give latitude and longitude")
        body["latlng"] = {"latitude": fields["latitude"], "longitude": fields["longitude"]}
        mask.append("latlng")
    for name in fields:
        if name in _ADDRESS or name in {"latitude", "longitude"}:
            continue
        if name not in _WRITERS:
            raise ValueError(f"Google doesn't take the field {name} of a location")
        path, write = _WRITERS[name]
        parent, _, child = path.partition(".")
        written = write(fields[name])
        body[parent] = {child: written} if child else written
        mask.append(path)
    return body, mask


def _postal_address(parts: Mapping[str, str | None]) -> dict[str, Any]:
    if not parts.get("street") or not parts.get("country"):
        raise ValueError("Google replaces an address whole: give street and country with the rest of it")
    address: dict[str, Any] = {_ADDRESS[name]: value for name, value in parts.items() if value}
    address["addressLines"] = [parts["street"]]
    return address


def _status(status: str) -> str:
    if status not in _STATUS:
        raise ValueError(f"Google doesn't take the status {status}")
    return _STATUS[status]


def _hours(hours: WeeklyHours) -> dict[str, Any]:
    """Weekly hours as `regularHours`; an unknown day (None) can't be written and is left out."""
    names = list(WEEK_DAYS)
    return {
        "periods": [
            {
                "openDay": names[number], "openTime": _time(opens),
                "closeDay": names[number if closes > opens else (number + 1) % 7],
                "closeTime": _time(closes),
            }
            for number, day in enumerate(DAYS)
            for opens, closes in hours.get(day) or ()
        ]
    }  # fmt: skip


def _special(days: Iterable[SpecialDay]) -> dict[str, Any]:
    """Special days as `specialHours`; a period past midnight ends on the next date."""
    out: list[dict[str, Any]] = []
    for day in days:
        if not day.periods:
            out.append({"startDate": _date(day.date), "closed": True})
        for opens, closes in day.periods:
            end = day.date if closes > opens else day.date + dt.timedelta(days=1)
            out.append(
                {
                    "startDate": _date(day.date),
                    "endDate": _date(end),
                    "openTime": _time(opens),
                    "closeTime": _time(closes),
                }
            )
    return {"specialHourPeriods": out}


def _time(time: str) -> dict[str, int]:
    return {"hours": int(time[:2]), "minutes": int(time[3:])}


def _date(date: dt.date) -> dict[str, int]:
    return {"year": date.year, "month": date.month, "day": date.day}


def _same(value: Any) -> Any:
    return value


_WRITERS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "name": ("title", _same),
    "phone": ("phoneNumbers.primaryPhone", _same),
    "website": ("websiteUri", _same),
    "hours": ("regularHours", _hours),
    "special_hours": ("specialHours", _special),
    "status": ("openInfo.status", _status),
}
