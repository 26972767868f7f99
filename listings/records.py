"""The words that readers, matching and comparison share: one listing as one source shows it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")

Period = tuple[str, str]
"""Opening and closing time as "HH:MM", local. A close at midnight is "24:00", a close before the
opening belongs to the next day ("18:00", "02:00"), open all day is ("00:00", "24:00")."""

WeeklyHours = Mapping[str, tuple[Period, ...] | None]
"""A day of DAYS to its periods in order; () is a closed day, None an unknown one."""


class OpenStatus(StrEnum):
    """Whether the place does business at all."""

    OPEN = "open"
    TEMPORARILY_CLOSED = "temporarily_closed"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """The hours of one date that replace the weekly ones; no periods means closed that day."""

    date: dt.date
    periods: tuple[Period, ...]


LISTING_FIELDS = (
    "name", "street", "city", "region", "postal_code", "country", "phone", "website", "categories",
    "hours", "special_hours", "latitude", "longitude", "status", "rating", "review_count",
)  # fmt: skip
"""The fields a source's answer can show, in the order they are printed."""


@dataclass(frozen=True, slots=True)
class ListingRecord:
    """What one answer of one source says of one listing.

    `shown` names the members of LISTING_FIELDS that this kind of answer can show at all: a shown
    field that is None is empty at the source, a field not in `shown` is simply not known.
    `street` holds the source's address lines joined by ", ", suite included; `country` is ISO
    3166-1 alpha-2; `phone` is E.164 when valid for the country, else as shown.
    """

    source: str
    source_id: str | None
    url: str | None
    shown: frozenset[str]
    name: str | None = None
    street: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    phone: str | None = None
    website: str | None = None
    categories: tuple[str, ...] | None = None
    hours: WeeklyHours | None = None
    special_hours: tuple[SpecialDay, ...] | None = None
    latitude: float | None = None
    longitude: float | None = None
    status: OpenStatus | None = None
    rating: float | None = None
    review_count: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def speaks_for_many(self) -> bool:
        """Whether it is a head office's entry, whose facts and figures are those of a whole company."""
        return bool(self.extra.get("system_wide") or self.extra.get("local_report"))

    def as_json(self) -> dict[str, Any]:
        """The record as `goodstanding read` prints it: shown fields only, null where empty."""
        line: dict[str, Any] = {
            "kind": "listing", "source": self.source, "source_id": self.source_id, "url": self.url,
        }  # fmt: skip
        for name in LISTING_FIELDS:
            if name in self.shown:
                line[name] = _plain(getattr(self, name))
        line["shown"] = [name for name in LISTING_FIELDS if name in self.shown]
        line["extra"] = dict(self.extra)
        return line


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, SpecialDay):
        return {"date": value.date.isoformat(), "periods": _plain(value.periods)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value


def listing_from_json(line: Mapping[str, Any]) -> ListingRecord:
    """The record that `as_json` printed; unknown keys are ignored.

    Raises KeyError when `source` or `shown` is missing and ValueError for a broken date.
    """
    known = {f.name for f in fields(ListingRecord)}
    values = {key: value for key, value in line.items() if key in known}
    values["shown"] = frozenset(line["shown"])
    values.setdefault("source_id", None)
    values.setdefault("url", None)
    if values.get("categories") is not None:
        values["categories"] = tuple(values["categories"])
    if values.get("hours") is not None:
        values["hours"] = {day: _periods(periods) for day, periods in values["hours"].items()}
    if values.get("special_hours") is not None:
        values["special_hours"] = tuple(
            SpecialDay(dt.date.fromisoformat(day["date"]), _periods(day["periods"]) or ())
            for day in values["special_hours"]
        )
    if values.get("status") is not None:
        values["status"] = OpenStatus(values["status"])
    return ListingRecord(**values)


def _periods(periods: Any) -> tuple[Period, ...] | None:
    return None if periods is None else tuple((opens, closes) for opens, closes in periods)
