"""What BBB's pages carry of the chain in their scripts: profiles, the three figures, customer reviews."""

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from crawlers.sandbox.cities import CITIES, City
from crawlers.sandbox.facts import Facts, national
from crawlers.sandbox.planting import Listing, Role
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.texts import AUTHORS, ENGLISH, ITEMS
from crawlers.sandbox.world import World
from listings.records import OpenStatus

HEAD_OFFICE_CITY = CITIES[0]
PAST = 900
"""Reviews are up to so many days old when the world starts."""
_GRADES = ("A+", "A+", "A+", "A", "A-", "B", "C+", "F", "NR")
_FIRST_BUSINESS = 70_000_000


@dataclass(frozen=True, slots=True)
class Figures:
    """What BBB says of a business beside its place: three figures that have nothing to do with each other."""

    grade: str
    accredited_since: dt.date | None
    complaints: int
    closed_in_a_year: int


@dataclass(frozen=True, slots=True)
class CustomerReview:
    """One review; `answer` is the business's, with its date."""

    id: str
    author: str
    stars: int
    text: str
    written: dt.date
    answer: tuple[str, dt.date] | None


def city_of(world: World, entry: Listing) -> City:
    """Where the profile's bureau is."""
    return HEAD_OFFICE_CITY if entry.role is Role.COMPANY else world.home(entry.index).city


def bureau(city: City) -> str:
    """The number of the bureau that serves a city."""
    return f"{CITIES.index(city) * 37 + 102:04d}"


def business_id(entry: Listing) -> str:
    """A listing's number as the number of a business."""
    return str(_FIRST_BUSINESS + entry.number)


def business_number(business: str) -> int:
    """The number behind a business; KeyError when it isn't one of ours."""
    if not (business.isascii() and business.isdigit()) or int(business) < _FIRST_BUSINESS:
        raise KeyError(business)
    return int(business) - _FIRST_BUSINESS


def figures(world: World, entry: Listing) -> Figures:
    """The figures of an entry, the same on every day of the world."""
    rng = world.rng("bbb", entry.number)
    if entry.role is Role.COMPANY:
        return Figures("A+", dt.date(2009, 4, 2), 57, 21)
    grade = rng.choice(_GRADES)
    accredited = grade.startswith(("A", "B")) and rng.random() < 0.6
    since = dt.date(2011, 1, 10) + dt.timedelta(days=rng.randrange(4000)) if accredited else None
    complaints = rng.choice((0, 0, 0, 1, 2, 3, 6, 14))
    return Figures(grade, since, complaints, min(complaints, rng.randrange(5)))


def reviews_of(world: World, entry: Listing, today: dt.date) -> list[CustomerReview]:
    """The reviews of an entry on a day, the newest first."""
    rng = world.rng("bbb reviews", entry.number)
    count = 40 if entry.role is Role.COMPANY else rng.choice((0, 0, 1, 3, 4, 8, 12, 23))
    found = [_review(world, entry, rank, rng) for rank in range(count)]
    return sorted(
        (one for one in found if one.written <= today), key=lambda one: (one.written, one.id), reverse=True
    )


def _review(world: World, entry: Listing, rank: int, rng: random.Random) -> CustomerReview:
    stars = rng.choices((1, 2, 3, 4, 5), (40, 8, 6, 10, 36))[0]
    item, price = rng.choice(ITEMS)
    words = ENGLISH["low" if stars < 3 else "mid" if stars == 3 else "high"]
    text = " ".join(rng.sample(words, rng.choice((1, 2, 3)))).format_map(
        # BBB masks names in what customers write.
        {
            "item": item,
            "an_item": f"a {item}",
            "price": price,
            "minutes": "30",
            "staff": "*****",
            "area": "town",
        }
    )
    written = world.now.date() + dt.timedelta(days=rng.randrange(-PAST, 30))
    answered = rng.random() < 0.4
    after = written + dt.timedelta(days=rng.randrange(1, 12))
    return CustomerReview(
        id=f"{bureau(city_of(world, entry))}_{business_id(entry)}_{800_000 + entry.number * 50 + rank}",
        author=f"{rng.choice(AUTHORS)} {rng.choice('ABCDEFGHJKLMNOPRSTW')}",
        stars=stars,
        text=text,
        written=written,
        answer=("We have written to you, please look into your mail.", after) if answered else None,
    )


def state(
    sandbox: Sandbox, entry: Listing, path: str, reviews: list[CustomerReview] | None
) -> dict[str, Any]:
    """The state that a page's script sets; `reviews` are those of a page of reviews."""
    shown: dict[str, Any] = {"user": {}, "page": {}, "businessProfile": profile(sandbox, entry, path)}
    if reviews is not None:
        shown["customerReviews"] = {"items": [_item(one) for one in reviews]}
    return shown


def profile(sandbox: Sandbox, entry: Listing, path: str) -> dict[str, Any]:
    """The businessProfile of an entry whose page is at `path`."""
    world, facts = sandbox.world, sandbox.shown(entry)
    said, city = figures(world, entry), city_of(world, entry)
    company = entry.role is Role.COMPANY
    return {
        "id": f"0_{entry.number + 200_000}",
        "bbbId": bureau(city),
        "businessId": business_id(entry),
        "isLocalReport": False,
        "isSystemWide": company,
        "isMultiLocation": company,
        "names": {"primary": facts.name, "altBusinessNames": []},
        "rating": {"bbbRating": said.grade, "ratingReasonNotRated": None, "ratingReasons": []},
        "accreditationInformation": {"isAccredited": said.accredited_since is not None},
        "dates": {
            "accredited": f"{said.accredited_since}T00:00:00" if said.accredited_since else None,
            "accreditationRevoked": None,
            "bbbFileOpened": "2008-03-14T00:00:00",
        },
        "localBbbData": {"name": f"BBB of {city.name}"},
        "location": {
            "latitude": facts.latitude,
            "longitude": facts.longitude,
            "postalAddress": {
                "addressLine1": facts.lines[0],
                "addressLine2": facts.lines[1] if len(facts.lines) > 1 else None,
                "city": facts.city,
                "stateCode": facts.region,
                "zipCode": facts.postal_code,
            },
        },
        "urls": {"profile": path, "primary": facts.website, "submitReview": f"{path}/leave-a-review"},
        "orgDetails": {"isOutOfBusiness": facts.status is OpenStatus.CLOSED, "yearsInBusiness": 18},
        "reviewsComplaintsSummary": _summary(sandbox, entry, said),
        "categories": {"links": [{"title": facts.category, "url": "/category/bakery", "id": None}]},
        "contactInformation": {
            "emailAddress": "!~xK_bL!hello__at__ostermill__dot__example",
            "phoneNumber": national(facts.phone),
            "additionalPhoneNumbers": [],
            "contacts": [{"isPrincipal": True, "title": "Manager", "name": {"first": world.manager(entry.index)}}],
        },
    }  # fmt: skip


def _summary(sandbox: Sandbox, entry: Listing, said: Figures) -> dict[str, Any]:
    reviews = reviews_of(sandbox.world, entry, sandbox.now.date())
    return {
        "suppressReviews": False,
        "averageOfReviewStarRatings": average(reviews) or 0,
        "reviewsTotal": len(reviews),
        "complaintsTotal": said.complaints,
        "totalClosedComplaintsPastThreeYears": said.complaints,
        "totalClosedComplaintsPastTwelveMonths": said.closed_in_a_year,
    }


def average(reviews: list[CustomerReview]) -> float | None:
    """The stars of reviews in two digits; None without any."""
    return round(sum(one.stars for one in reviews) / len(reviews), 2) if reviews else None


def _item(review: CustomerReview) -> dict[str, Any]:
    text, day = review.answer or (None, None)
    return {
        "id": review.id,
        "displayName": review.author,
        "reviewStarRating": review.stars,
        "text": review.text,
        "hasExtendedText": False,
        "extendedText": [],
        "date": _parts(review.written),
        "businessResponseText": text,
        "businessResponseDate": _parts(day) if day else None,
        "customerResponseText": None,
        "customerResponseDate": None,
        "businessRebuttalText": None,
        "businessRebuttalDate": None,
    }


def _parts(day: dt.date) -> dict[str, str]:
    return {"day": f"{day:%d}", "month": f"{day:%m}", "year": f"{day:%Y}"}


def linked_data(facts: Facts, url: str, said: Figures) -> dict[str, Any]:
    """The JSON-LD of pages that carry no state: no stars are in it."""
    return {
        "@context": "https://schema.org",
        "@type": "LocalBusiness",
        "@id": url,
        "url": url,
        "name": facts.name,
        "telephone": national(facts.phone),
        "foundingDate": "",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": facts.street,
            "addressLocality": facts.city,
            "addressRegion": facts.region,
            "postalCode": facts.postal_code,
            "addressCountry": "USA",
        },
        "geo": {"@type": "GeoCoordinates", "latitude": facts.latitude, "longitude": facts.longitude},
        "additionalProperty": [
            {"@type": "PropertyValue", "name": "BBB Rating", "value": said.grade},
            {
                "@type": "PropertyValue",
                "name": "BBB Accreditation",
                "value": "Accredited" if said.accredited_since else "Not accredited",
            },
            {"@type": "PropertyValue", "name": "Complaints", "value": str(said.complaints)},
        ],
    }
