"""The columns we understand, and the names other tools give them.

The aliases are those of the Google Business Profile sheet, Yext's and Uberall's exports. Headers
are compared without case, blanks and punctuation. Where a file has two columns for one field, the
name that stands first here decides, and the other is kept as an unknown column.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from listings.listing_pages import LISTING_PAGES
from listings.records import DAYS

KEY = "code"

GIVEN_URLS = {f"{source}_url": source for source in LISTING_PAGES}
"""The columns with the page of the location's listing at a source, to that source."""

FIELDS = (
    "code", "name", "street", "city", "region", "postal_code", "country", "phone", "website", "category",
    "latitude", "longitude", "hours", "special_hours", "status", "time_zone", "locale", "tracking_phones", *GIVEN_URLS,
)  # fmt: skip

ALIASES: dict[str, tuple[str, ...]] = {
    "code": ("store code", "store id", "entity id", "identifier", "business identifier", "external id", "id"),
    "name": ("business name", "location name", "title", "company"),
    "street": (
        "address line 1",
        "address 1",
        "address",
        "street and number",
        "street and no",
        "address > line 1",
        "street address",
    ),
    "city": ("locality", "town", "address > city"),
    "region": ("administrative area", "state", "province", "state province", "address > region"),
    "postal_code": ("zip", "zip code", "postcode", "postal", "address > postal code"),
    "country": ("country region", "country code", "address > country code", "country / region"),
    "phone": ("primary phone", "main phone", "phone number", "telephone", "local phone"),
    "website": ("website url", "url", "web site", "home page", "website > url", "website url > url"),
    "category": ("primary category", "categories", "keywords"),
    "latitude": ("lat", "display lat", "yext display coordinate > latitude"),
    "longitude": ("lng", "lon", "long", "display lng", "yext display coordinate > longitude"),
    "hours": ("opening hours", "openinghours", "business hours"),
    "special_hours": ("special opening hours", "holiday hours", "specialopeninghours"),
    "status": ("state of business", "open status"),
    "time_zone": ("timezone", "tz"),
    "locale": ("language", "language code"),
    "tracking_phones": ("tracking phone", "tracking phones", "additional phones"),
    **{
        f"{source}_url": tuple(
            f"{source} {word}" for word in ("page", "profile", "listing", "link", "listing url")
        )
        for source in LISTING_PAGES
    },
}

LATER_STREET_LINES = (
    "address line 2", "address 2", "street 2", "address > line 2", "address line 3", "address line 4", "address line 5",
)  # fmt: skip
"""Further address lines, joined to the street by ", "."""

DAY_WORDS = {
    "monday": "mo", "tuesday": "tu", "wednesday": "we", "thursday": "th", "friday": "fr", "saturday": "sa",
    "sunday": "su",
}  # fmt: skip


class BadHeader(Exception):
    """The header can't be used; the message says which column and what to do."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each thing stands: field to column index; day to index of its hours; lines; unknown names."""

    fields: dict[str, int]
    street_lines: tuple[int, ...]
    days: dict[str, int]
    unknown: dict[str, int]


def understand(header: Sequence[str]) -> Columns:
    """The meaning of a header row. Raises BadHeader without a code column, or with one named twice."""
    ranks = {field: [_plain(name) for name in (field, *ALIASES.get(field, ()))] for field in FIELDS}
    by_name = {name: field for field, names in ranks.items() for name in names}
    later = {_plain(name) for name in LATER_STREET_LINES}
    days = {_plain(form.format(word)): day for word, day in DAY_WORDS.items() for form in _DAY_FORMS}
    found: dict[str, list[int]] = {}
    lines: list[int] = []
    day_columns: dict[str, int] = {}
    unknown: dict[str, int] = {}
    for index, title in enumerate(header):
        plain = _plain(title)
        if plain in by_name:
            found.setdefault(by_name[plain], []).append(index)
        elif plain in later:
            lines.append(index)
        elif plain in days:
            day_columns[days[plain]] = index
        elif title.strip():
            unknown[title.strip()] = index
    fields: dict[str, int] = {}
    for field, indexes in found.items():
        fields[field], *others = sorted(indexes, key=lambda index: ranks[field].index(_plain(header[index])))
        unknown.update({header[index].strip(): index for index in others})
        _refuse_twins(field, [header[index] for index in indexes])
    if KEY not in fields:
        raise BadHeader(
            "no column for the location's code. Name one “code” (also understood: id, Store code, Entity ID). "
            f"Found: {', '.join(header) or 'nothing'}"
        )
    return Columns(
        fields, tuple(lines), {day: day_columns[day] for day in DAYS if day in day_columns}, unknown
    )


def _refuse_twins(field: str, titles: Sequence[str]) -> None:
    if len({_plain(title) for title in titles}) < len(titles):
        raise BadHeader(
            f"two columns mean {field}: {' and '.join(f'“{t}”' for t in titles)}. Keep one of them."
        )


_DAY_FORMS = ("{} hours", "hours > {}", "{}")


def _plain(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", title.casefold()).strip()
