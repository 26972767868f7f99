"""BBB's figures of a business, each said for itself: a grade is no stars, and neither counts complaints."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from listings.access import Actor, scoped
from listings.agreement import kept_record
from listings.models.listing import Listing
from listings.sources import BBB
from reputation.grades import GRADES
from web.screens.elements import Fact
from web.wording import count, date, number


def figures(listing: Listing, now: dt.datetime) -> tuple[Fact, ...]:
    """What a listing's answer says beside its place; nothing where it says nothing."""
    record = kept_record(listing, now) or {}
    said: Mapping[str, Any] = record.get("extra") or {}
    found = [
        ("Grade", _grade(said)),
        ("Accredited", _accredited(said, now.date())),
        ("Complaints", _complaints(said)),
        ("Stars by customers", _stars(listing)),
    ]
    return tuple(Fact(label, text) for label, text in found if text)


def _grade(said: Mapping[str, Any]) -> str:
    grade = said.get("grade")
    if grade is None:
        return ""
    return str(grade) if grade in GRADES else "Not rated"


def _accredited(said: Mapping[str, Any], today: dt.date) -> str:
    if said.get("accreditation_revoked"):
        return f"Revoked {_day(said['accreditation_revoked'], today)}"
    if said.get("accredited") is None:
        return ""
    if not said["accredited"]:
        return "No"
    since = said.get("accredited_since")
    return f"Yes, since {_day(since, today)}" if since else "Yes"


def _complaints(said: Mapping[str, Any]) -> str:
    total, lately = said.get("complaints"), said.get("complaints_closed_twelve_months")
    if total is None:
        return ""
    return number(total) + (f", {number(lately)} closed in the last 12 months" if lately is not None else "")


def _stars(listing: Listing) -> str:
    if listing.rating is None:
        return "None yet" if listing.review_count == 0 else ""
    return f"{listing.rating:.1f} of 5, {count(listing.review_count or 0, 'review')}"


def _day(text: object, today: dt.date) -> str:
    return date(dt.date.fromisoformat(str(text)), today)


def held(db: Session, actor: Actor, now: dt.datetime) -> tuple[Fact, ...]:
    """The figures of all profiles of single locations in the actor's sight, counted, never averaged."""
    rows = db.scalars(
        scoped(actor, Listing).where(
            Listing.source == BBB, Listing.location_id.is_not(None), Listing.missing_since.is_(None)
        )
    )
    records = [(kept_record(row, now) or {}).get("extra") or {} for row in rows]
    if not records:
        return ()
    grades = Counter(grade if (grade := said.get("grade")) in GRADES else "not rated" for said in records)
    ordered = [*(one for one in GRADES if grades[one]), *(["not rated"] if grades["not rated"] else [])]
    accredited = sum(bool(said.get("accredited")) for said in records)
    complaints = sum(said.get("complaints") or 0 for said in records)
    lately = sum(said.get("complaints_closed_twelve_months") or 0 for said in records)
    return (
        Fact("Grades", ", ".join(f"{one} {number(grades[one])}" for one in ordered)),
        Fact("Accredited", f"{number(accredited)} of {number(len(records))}"),
        Fact("Complaints", f"{number(complaints)}, {number(lately)} closed in the last 12 months"),
    )
