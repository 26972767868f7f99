"""One Place of the Places API (New) from facts: addresses in parts, hours in words, five reviews."""

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

from crawlers.sandbox.facts import ALL_DAY, Facts, Week, national
from crawlers.sandbox.ids import maps_cid, place_id
from crawlers.sandbox.planting import Listing
from crawlers.sandbox.reviews import Review, reviews_at
from crawlers.sandbox.state import Sandbox
from listings.records import OpenStatus, Period

FIELDS = frozenset(
    {
        "name", "id", "displayName", "types", "primaryType", "primaryTypeDisplayName",
        "nationalPhoneNumber", "internationalPhoneNumber", "formattedAddress", "shortFormattedAddress",
        "postalAddress", "addressComponents", "location", "rating", "userRatingCount", "googleMapsUri",
        "websiteUri", "regularOpeningHours", "currentOpeningHours", "businessStatus", "timeZone",
        "utcOffsetMinutes", "reviews", "movedPlace", "movedPlaceId", "pureServiceAreaBusiness",
        "consumerAlert", "plusCode", "viewport", "priceLevel", "editorialSummary", "photos",
        "googleMapsLinks", "adrFormatAddress", "attributions", "openingDate", "containingPlaces",
    }
)  # fmt: skip
"""The fields of a Place that a mask may name; some of them no place of this world fills."""

STATUSES = {
    OpenStatus.OPEN: "OPERATIONAL",
    OpenStatus.TEMPORARILY_CLOSED: "CLOSED_TEMPORARILY",
    OpenStatus.CLOSED: "CLOSED_PERMANENTLY",
}
TYPES = {
    "Bakery": ("bakery", ["bakery", "cafe", "food_store", "store", "food", "point_of_interest", "establishment"]),
    "Pizza restaurant": ("pizza_restaurant", ["pizza_restaurant", "restaurant", "food", "establishment"]),
    "Nail salon": ("nail_salon", ["nail_salon", "beauty_salon", "point_of_interest", "establishment"]),
}  # fmt: skip
STREET_KINDS = {
    "Street": "St", "Avenue": "Ave", "Boulevard": "Blvd", "Road": "Rd", "Lane": "Ln", "Drive": "Dr",
}  # fmt: skip
STREET_HEADS = {
    "North": "N", "South": "S", "East": "E", "West": "W",
    "Second": "2nd", "Third": "3rd", "Fifth": "5th", "Ninth": "9th",
}  # fmt: skip
"""How Google shortens the last word of a street line, and those before it."""

STATE_NAMES = {
    "AZ": "Arizona", "CA": "California", "CO": "Colorado", "GA": "Georgia", "IL": "Illinois",
    "IN": "Indiana", "KY": "Kentucky", "MN": "Minnesota", "MO": "Missouri", "NC": "North Carolina",
    "NM": "New Mexico", "NY": "New York", "OH": "Ohio", "PA": "Pennsylvania", "RI": "Rhode Island",
    "TN": "Tennessee", "TX": "Texas", "VA": "Virginia", "WI": "Wisconsin",
}  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def place_json(sandbox: Sandbox, entry: Listing) -> dict[str, Any]:
    """The whole Place, before any mask. What a place hasn't is absent, never null."""
    facts, place = sandbox.shown(entry), place_id(entry.number)
    zone = ZoneInfo(sandbox.world.home(entry.index).city.time_zone)
    here = sandbox.now.astimezone(zone)
    primary, types = TYPES[facts.category]
    body: dict[str, Any] = {
        "name": f"places/{place}",
        "id": place,
        "types": types,
        "nationalPhoneNumber": national(facts.phone),
        "internationalPhoneNumber": f"+1 {facts.phone[2:5]}-{facts.phone[5:8]}-{facts.phone[8:]}",
        "formattedAddress": f"{_line(facts)}, {facts.city}, {facts.region} {facts.postal_code}, USA",
        "addressComponents": _components(facts),
        "location": {"latitude": facts.latitude, "longitude": facts.longitude},
        "googleMapsUri": f"https://maps.google.com/?cid={maps_cid(entry.number)}",
        "websiteUri": facts.website,
        "regularOpeningHours": {
            "openNow": _open_at(facts, here),
            "periods": _regular(facts.hours),
            "weekdayDescriptions": [
                f"{name}: {_words(periods)}" for name, periods in zip(WEEKDAYS, facts.hours, strict=True)
            ],
        },
        "utcOffsetMinutes": int((here.utcoffset() or dt.timedelta()).total_seconds() // 60),
        "businessStatus": STATUSES[facts.status],
        "displayName": {"text": facts.name, "languageCode": "en"},
        "primaryTypeDisplayName": {"text": facts.category, "languageCode": "en-US"},
        "currentOpeningHours": _current(facts, here),
        "primaryType": primary,
        "shortFormattedAddress": f"{_line(facts)}, {facts.city}",
        "timeZone": {"id": zone.key},
        "postalAddress": {
            "regionCode": "US",
            "languageCode": "en-US",
            "postalCode": facts.postal_code,
            "administrativeArea": STATE_NAMES[facts.region],
            "locality": facts.city,
            "addressLines": [_line(facts)],
        },
    }
    return body | _rated(sandbox, entry, place)


def _rated(sandbox: Sandbox, entry: Listing, place: str) -> dict[str, Any]:
    found = reviews_at(sandbox.world, entry, sandbox.now)
    if not found:
        return {}
    # "Most relevant": those with the most to read.
    best = sorted(found, key=lambda review: (-len(review.comment or ""), review.id))[:5]
    return {
        "rating": round(sum(review.rating for review in found) / len(found), 1),
        "userRatingCount": len(found),
        "reviews": [_review(sandbox.now, place, review) for review in best],
    }


def _review(now: dt.datetime, place: str, review: Review) -> dict[str, Any]:
    name = f"places/{place}/reviews/Ci9D{review.id[6:40]}EAE"
    body: dict[str, Any] = {
        "name": name,
        "relativePublishTimeDescription": _ago(now - review.created),
        "rating": review.rating,
        "authorAttribution": {
            "displayName": review.author,
            "uri": f"https://www.google.com/maps/contrib/{sum(map(ord, review.id)):021d}/reviews",
            "photoUri": "https://lh3.googleusercontent.com/a/sandbox=s128-c0x00000000-cc-rp-mo",
        },
        "publishTime": f"{review.created:%Y-%m-%dT%H:%M:%S.%f}000Z",
        "flagContentUri": f"https://www.google.com/local/review/rap/report?postId={review.id[6:40]}",
        "googleMapsUri": f"https://www.google.com/maps/reviews/data=!4m6!14m5!1m4!2m3!1s{review.id[6:40]}",
    }
    if review.text is not None:
        body["text"] = {"text": review.text.english or review.text.original, "languageCode": "en"}
        body["originalText"] = {"text": review.text.original, "languageCode": review.text.language}
    return body


def _ago(age: dt.timedelta) -> str:
    for unit, days in (("year", 365), ("month", 30), ("week", 7), ("day", 1)):
        count = age.days // days
        if count:
            return f"{'a' if count == 1 else count} {unit}{'' if count == 1 else 's'} ago"
    return "in the last day"


def _line(facts: Facts) -> str:
    """The street line as Google shortens it, the suite behind it: "412 W 3rd St #204"."""
    number, *name, kind = facts.lines[0].split()
    head = [STREET_HEADS.get(word, word) for word in name]
    units = [f"#{_unit(line)}" for line in facts.lines[1:]]
    return " ".join([number, *head, STREET_KINDS.get(kind, kind), *units])


def _unit(line: str) -> str:
    return line.rsplit(maxsplit=1)[-1]


def _components(facts: Facts) -> list[dict[str, Any]]:
    number, street = facts.lines[0].split(" ", 1)
    shortened = _line(facts).split(" #")[0].split(" ", 1)[1]
    rows = [
        *((_unit(line), _unit(line), ["subpremise"]) for line in facts.lines[1:]),
        (number, number, ["street_number"]),
        (street, shortened, ["route"]),
        (facts.city, facts.city, ["locality", "political"]),
        (STATE_NAMES[facts.region], facts.region, ["administrative_area_level_1", "political"]),
        ("United States", "US", ["country", "political"]),
        (facts.postal_code, facts.postal_code, ["postal_code"]),
    ]
    return [
        {"longText": long, "shortText": short, "types": types, "languageCode": "en-US"}
        for long, short, types in rows
    ]


def _point(day: int, clock: str, date: dt.date | None = None) -> dict[str, Any]:
    """A point of the week: `day` counts from Monday, Google's from Sunday; 24:00 is the next day."""
    if clock == "24:00":
        day, clock, date = day + 1, "00:00", date and date + dt.timedelta(days=1)
    point: dict[str, Any] = {"day": (day + 1) % 7, "hour": int(clock[:2]), "minute": int(clock[3:])}
    if date is not None:
        point["date"] = {"year": date.year, "month": date.month, "day": date.day}
    return point


def _span(day: int, period: Period, date: dt.date | None = None) -> dict[str, Any]:
    opens, closes = period
    over = closes <= opens
    end = date + dt.timedelta(days=1) if date is not None and over else date
    return {"open": _point(day, opens, date), "close": _point(day + over, closes, end)}


def _regular(week: Week) -> list[dict[str, Any]]:
    if all(day == (ALL_DAY,) for day in week):
        return [{"open": _point(6, "00:00")}]
    spans = [_span(day, period) for day, periods in enumerate(week) for period in periods]
    return sorted(spans, key=lambda span: (span["open"]["day"], span["open"]["hour"]))


def _current(facts: Facts, here: dt.datetime) -> dict[str, Any]:
    special = {day.date: day.periods for day in facts.special_hours}
    dates = [here.date() + dt.timedelta(days=ahead) for ahead in range(7)]
    kept = [(date, special.get(date, facts.hours[date.weekday()])) for date in dates]
    body: dict[str, Any] = {
        "openNow": _open_at(facts, here),
        "periods": [_span(date.weekday(), period, date) for date, periods in kept for period in periods],
        "weekdayDescriptions": [
            f"{WEEKDAYS[date.weekday()]}: {_words(periods)}"
            for date, periods in sorted(kept, key=lambda row: row[0].weekday())
        ],
    }
    days = [
        {"date": {"year": date.year, "month": date.month, "day": date.day}}
        for date in dates
        if date in special
    ]
    if days:
        body["specialDays"] = days
    return body


def _open_at(facts: Facts, here: dt.datetime) -> bool:
    clock = here.strftime("%H:%M")
    special = {day.date: day.periods for day in facts.special_hours}
    today = special.get(here.date(), facts.hours[here.weekday()])
    before = special.get(here.date() - dt.timedelta(days=1), facts.hours[here.weekday() - 1])
    return any(opens <= clock and (clock < closes or closes <= opens) for opens, closes in today) or any(
        closes <= opens and clock < closes for opens, closes in before
    )


def _words(periods: tuple[Period, ...]) -> str:
    if not periods:
        return "Closed"
    if periods == (ALL_DAY,):
        return "Open 24 hours"
    return ", ".join(_range(opens, closes) for opens, closes in periods)


def _range(opens: str, closes: str) -> str:
    first, last = _twelve(opens), _twelve(closes)
    if first[-2:] == last[-2:]:
        first = re.sub("\u202f.M$", "", first)
    return f"{first}\u2009–\u2009{last}"


def _twelve(clock: str) -> str:
    hour, minute = int(clock[:2]) % 24, clock[3:]
    return f"{hour % 12 or 12}:{minute}\u202f{'AM' if hour < 12 else 'PM'}"
