"""Where in a stored answer a value stands: the lines round it, the proving place marked.

The answer is shown as text, JSON laid out with one member a line. The place is looked for inside
the part that speaks of the listing, first the value itself, else the member that holds the field.
"""

import json
import re
from dataclasses import dataclass

CONTEXT = 4
LONGEST_LINE = 240

MEMBERS = {
    "name": ("title", "displayName", "name"),
    "street": ("addressLines", "streetAddress", "formattedAddress", "street", "address1", "addressLine"),
    "city": ("locality", "addressLocality", "city"),
    "region": ("administrativeArea", "addressRegion", "state", "adminDistrict"),
    "postal_code": ("postalCode", "zip_code"),
    "phone": (
        "primaryPhone",
        "nationalPhoneNumber",
        "internationalPhoneNumber",
        "telephone",
        "display_phone",
        "PhoneNumber",
        "tel:",
    ),
    "website": ("websiteUri", "business_url", "Website", "url"),
    "hours": ("regularHours", "regularOpeningHours", "openingHoursSpecification", "openingHours", "hours"),
    "special_hours": (
        "specialHours",
        "currentOpeningHours",
        "specialOpeningHoursSpecification",
        "special_hours",
    ),
    "status": ("openInfo", "businessStatus", "is_closed"),
    "category": ("primaryCategory", "primaryType", "categories", "entityType", "@type"),
    "coordinates": ("latlng", "coordinates", "location", "geo"),
}
"""The members in which the sources' formats keep a field, the most telling first."""


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One line of an answer; `mark` is the start and end of the proving place in it."""

    number: int
    text: str
    mark: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The lines round the place, in order; empty when the answer says nothing of it any more."""

    lines: tuple[EvidenceLine, ...]


def as_text(body: bytes) -> str:
    """An answer as people read it: JSON laid out, anything else as it came."""
    text = body.decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def evidence_of(body: bytes, listing_source_id: str, field: str, live: str | None) -> Evidence:
    """The lines of an answer that prove what a listing shows in a field.

    `live` is the value as it was understood (a phone in E.164, hours in OpenStreetMap syntax); the
    answer may write it in another form.
    """
    lines = as_text(body).splitlines()
    first, last = _part(lines, listing_source_id)
    place = _value(lines, first, last, live) or _member(lines, first, last, field)
    if place is None:
        return Evidence(())
    number, start, end = place
    around = range(max(first, number - CONTEXT), min(last, number + CONTEXT + 1))
    return Evidence(tuple(_line(lines[at], at, (start, end) if at == number else None) for at in around))


def _part(lines: list[str], source_id: str) -> tuple[int, int]:
    """The lines that speak of the listing; all of them where the answer doesn't name it."""
    wanted = json.dumps(source_id, ensure_ascii=False)
    for at, line in enumerate(lines):
        if wanted in line and re.match(r'\s*"(name|id)":', line):
            depth = len(line) - len(line.lstrip())
            first, last = at, at
            while first > 0 and not _closes(lines[first - 1], depth):
                first -= 1
            while last < len(lines) and not _closes(lines[last], depth):
                last += 1
            return first, last
    return 0, len(lines)


def _closes(line: str, depth: int) -> bool:
    return len(line) - len(line.lstrip()) < depth


def _value(lines: list[str], first: int, last: int, live: str | None) -> tuple[int, int, int] | None:
    if not live or len(live) < 2:
        return None
    pattern = re.compile(_loosely(live), re.IGNORECASE)
    for at in range(first, last):
        found = pattern.search(lines[at])
        if found:
            return at, found.start(), found.end()
    return None


def _loosely(live: str) -> str:
    digits = re.sub(r"\D", "", live)
    if re.fullmatch(r"\+\d{7,15}", live):
        # The same number in a national form: its last digits with anything a form puts between them.
        return r"\(?\+?" + r"[\s().\-/]*".join(digits[-min(len(digits), 10) :])
    host = re.sub(r"^https?://(www\.)?", "", live).rstrip("/")
    return r"\s+".join(re.escape(word) for word in host.split())


def _member(lines: list[str], first: int, last: int, field: str) -> tuple[int, int, int] | None:
    for member in MEMBERS.get(field, ()):
        pattern = re.compile(rf'["\']?{re.escape(member)}["\']?')
        for at in range(first, last):
            found = pattern.search(lines[at])
            if found:
                return at, found.start(), found.end()
    return None


def _line(text: str, at: int, mark: tuple[int, int] | None) -> EvidenceLine:
    """A line cut to a width that can be read, the mark kept in sight."""
    start = 0
    if mark is not None and mark[1] > LONGEST_LINE:
        start = max(0, mark[0] - LONGEST_LINE // 2)
    cut = text[start : start + LONGEST_LINE]
    if mark is None:
        return EvidenceLine(at + 1, cut, None)
    return EvidenceLine(at + 1, cut, (mark[0] - start, min(mark[1] - start, len(cut))))
