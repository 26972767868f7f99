"""A business of Yelp's Places API v3 from facts: hours by day and "HHMM", excerpts without their end."""

import base64
import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from crawlers.sandbox.facts import ALL_DAY, Facts, national
from crawlers.sandbox.ids import business_id
from crawlers.sandbox.planting import Listing
from crawlers.sandbox.reviews import Review, reviews_at
from crawlers.sandbox.state import Sandbox
from listings.records import OpenStatus, Period

CATEGORIES = {
    "Bakery": [("bakeries", "Bakeries"), ("coffee", "Coffee & Tea")],
    "Pizza restaurant": [("pizza", "Pizza")],
    "Nail salon": [("othersalons", "Nail Salons")],
}
CUT = 157
"""Characters of a review that an excerpt shows before its three dots."""
SHOWN = 3
TRACKING = (
    "adjust_creative=sandbox&utm_campaign=yelp_api_v3&utm_medium=api_v3_business_lookup&utm_source=sandbox"
)
_OWN_GUESTS = 3
"""Added to an entry's number it gives reviews of Yelp's own; no entry has such a number."""
_PACIFIC = ZoneInfo("America/Los_Angeles")


def business(sandbox: Sandbox, entry: Listing) -> dict[str, Any]:
    """What a search shows of a business."""
    facts, found = sandbox.shown(entry), guests(sandbox, entry)
    name = alias(sandbox, entry)
    return {
        **compact(sandbox, entry),
        "image_url": f"https://s3-media0.fl.yelpcdn.com/bphoto/{name}/o.jpg",
        "is_closed": facts.status is OpenStatus.CLOSED,
        "url": f"https://www.yelp.com/biz/{name}?{TRACKING}",
        "review_count": len(found),
        "categories": [{"alias": key, "title": title} for key, title in CATEGORIES[facts.category]],
        "rating": round(sum(one.rating for one in found) / len(found), 1) if found else 0,
        "transactions": [],
        "price": "$$",
    }


def compact(sandbox: Sandbox, entry: Listing) -> dict[str, Any]:
    """What business match shows of a business."""
    facts = sandbox.shown(entry)
    second = facts.lines[1] if len(facts.lines) > 1 else ""
    return {
        "id": business_id(entry.number),
        "alias": alias(sandbox, entry),
        "name": facts.name,
        "location": {
            "address1": facts.lines[0],
            "address2": second,
            "address3": None,
            "city": facts.city,
            "zip_code": facts.postal_code,
            "country": "US",
            "state": facts.region,
            "display_address": [*facts.lines, f"{facts.city}, {facts.region} {facts.postal_code}"],
        },
        "coordinates": {"latitude": facts.latitude, "longitude": facts.longitude},
        "phone": facts.phone,
        "display_phone": national(facts.phone),
    }


def details(sandbox: Sandbox, entry: Listing) -> dict[str, Any]:
    """Everything of one business."""
    facts = sandbox.shown(entry)
    shut = int(sandbox.world.now.timestamp()) if facts.status is OpenStatus.TEMPORARILY_CLOSED else None
    body = {
        **business(sandbox, entry),
        "is_claimed": True,
        "photos": [],
        "hours": [{"open": list(_regular(facts)), "hours_type": "REGULAR", "is_open_now": True}],
        "attributes": {"business_temp_closed": shut, "business_url": facts.website, "menu_url": None},
        "messaging": None,
    }
    special = list(_special(facts))
    # A business without special hours has no such member.
    return {**body, "special_hours": special} if special else body


def alias(sandbox: Sandbox, entry: Listing) -> str:
    """The name of a business in addresses: its words, its city, a number from the second on."""
    facts = sandbox.world.facts(entry.index)
    words = "".join(c if c.isalnum() else "-" for c in f"{facts.name} {facts.city}".casefold())
    return f"{words}-{entry.number + 2}"


def guests(sandbox: Sandbox, entry: Listing) -> list[Review]:
    """The reviews of a business in English with words, the newest first: Yelp takes no others."""
    own = replace(entry, number=entry.number + _OWN_GUESTS)
    found = [
        one for one in reviews_at(sandbox.world, own, sandbox.now) if one.text and one.text.language == "en"
    ]
    return sorted(found, key=lambda one: (one.created, one.id), reverse=True)


def excerpts(sandbox: Sandbox, entry: Listing) -> list[dict[str, Any]]:
    """The newest reviews of a business, as far as the API shows them."""
    page = f"https://www.yelp.com/biz/{alias(sandbox, entry)}"
    return [_excerpt(one, page) for one in guests(sandbox, entry)[:SHOWN]]


def _excerpt(review: Review, page: str) -> dict[str, Any]:
    name = review_id(review)
    words = review.text.original if review.text else ""
    return {
        "id": name,
        "url": f"{page}?{TRACKING}&hrid={name}",
        "text": words if len(words) <= CUT else f"{words[:CUT]}...",
        "rating": review.rating,
        "time_created": f"{review.created.astimezone(_PACIFIC):%Y-%m-%d %H:%M:%S}",
        "user": {
            "id": _token(review.author),
            "profile_url": f"https://www.yelp.com/user_details?userid={_token(review.author)}",
            "image_url": None,
            "name": review.author.replace("A Google user", "Sam Q."),
        },
    }


def review_id(review: Review) -> str:
    """The id of a review."""
    return _token(review.id)


def _token(of: str) -> str:
    """22 characters of the alphabet that Yelp's own ids use."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"yelp/{of}".encode()).digest()[:16]).decode().rstrip("=")


def _regular(facts: Facts) -> Iterator[dict[str, Any]]:
    for day, periods in enumerate(facts.hours):
        for period in periods:
            yield {**_times(period), "day": day}


def _special(facts: Facts) -> Iterator[dict[str, Any]]:
    for day in facts.special_hours:
        date = day.date.isoformat()
        if not day.periods:
            yield {"date": date, "is_closed": True, "start": None, "end": None, "is_overnight": None}
        for period in day.periods:
            yield {"date": date, "is_closed": None, **_times(period)}


def _times(period: Period) -> dict[str, Any]:
    if period == ALL_DAY:
        return {"start": "0000", "end": "0000", "is_overnight": True}
    opens, closes = (time.replace(":", "") for time in period)
    return {"start": opens, "end": closes.replace("2400", "0000"), "is_overnight": closes <= opens}


def midnight(moment: dt.datetime) -> dt.datetime:
    """When the day's calls are counted anew: the next midnight, UTC."""
    day = moment.astimezone(dt.UTC).date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(), dt.UTC)
