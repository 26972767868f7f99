"""The cards of a location: hours, listings with their reasons, candidates to decide on, reviews."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import Session

from listings.access import Actor, scoped
from listings.agreement import kept_record
from listings.attributes import SOURCES_WITH_ATTRIBUTES
from listings.models.listing import Listing, Match
from listings.models.mismatch import Mismatch
from listings.records import DAYS, WeeklyHours
from listings.retention import page_of, readable
from listings.sources import GOOGLE, facts
from listings.structured import DAY_NAMES
from reputation.models.review import Review
from web.ages import read_age
from web.location_page import Known
from web.opening import form_of, local_time
from web.screens.elements import SOURCE_MARKS, Act, Link
from web.screens.locations import HoursRow, ListingCard, Reason, ReviewCount, StarShare
from web.screens.matching import SECOND
from web.values import phone
from web.wording import date, number, periods

SPECIAL_DAYS = 4
"""Coming special days that are shown below the week."""


def hours(about: Known, now: dt.datetime) -> tuple[HoursRow, ...]:
    """The week as the record has it, what differs at a source beside it, then coming special days."""
    form = form_of(about.location)
    if form is None:
        return ()
    today = local_time(about.location, now).date()
    wrong = {(row.listing_id, row.field): row for row in about.wrong}
    week = form.weekly or {}
    rows = [
        HoursRow(
            DAY_NAMES[day],
            periods(week.get(day)),
            _other_day(about, wrong, week, day, now),
            today=today.weekday() == at,
        )
        for at, day in enumerate(DAYS)
        if form.weekly is not None
    ]
    special = next((row for row in about.wrong if row.field == "special_hours"), None)
    coming = [day for day in form.special if day.date >= today][:SPECIAL_DAYS]
    for at, day in enumerate(coming):
        differs = _special(special) if special is not None and at == 0 else None
        rows.append(
            HoursRow(f"{day.date:%a}, {date(day.date, today)}", periods(day.periods), differs, special=True)
        )
    return tuple(rows)


def _other_day(
    about: Known, wrong: Mapping[tuple[int, str], Mismatch], week: WeeklyHours, day: str, now: dt.datetime
) -> Link | None:
    for listing, _ in about.listings:
        row = wrong.get((listing.id, "hours"))
        record = kept_record(listing, now) if row is not None else None
        if row is None or record is None or not record.get("hours"):
            continue
        live = record["hours"].get(day)
        shown = None if live is None else tuple((opens, closes) for opens, closes in live)
        if shown is not None and shown != week.get(day):
            name = SOURCE_MARKS[listing.source][1]
            return Link(f"{name}: {periods(shown)}", url_for("mismatches.show", mismatch_id=row.id))
    return None


def _special(row: Mismatch) -> Link:
    name = SOURCE_MARKS[row.source][1]
    text = f"not on {name}" if row.reason.endswith("not_on_listing") else f"{name} differs"
    return Link(text, url_for("mismatches.show", mismatch_id=row.id))


def listing_cards(about: Known, now: dt.datetime) -> tuple[ListingCard, ...]:
    """The listings that belong to the location, with why."""
    return tuple(
        replace(_card(listing, match, now), compare=_attributes(listing)) for listing, match in about.listings
    )


def _attributes(listing: Listing) -> Link | None:
    """The way to what the source holds beside the fields that are compared."""
    if listing.source not in SOURCES_WITH_ATTRIBUTES or listing.supplied_by is not None:
        return None
    return Link("Attributes", url_for("attributes.show", listing_id=listing.id))


def candidate_cards(about: Known, now: dt.datetime, *, deciding: bool) -> tuple[ListingCard, ...]:
    """Listings that might describe this place: is it yours?"""
    cards = []
    taken = {listing.source for listing, _ in about.listings if listing.missing_since is None}
    for listing, match in about.candidates:
        named = (("location_id", str(about.location.id)),)
        second = Act(
            SECOND,
            url_for("belonging.second", listing_id=listing.id),
            style="quiet",
            icon="copy",
            values=named,
        )
        acts = (
            Act(
                "Yes, it is this place",
                url_for("belonging.yes", listing_id=listing.id),
                icon="check",
                values=named,
            ),
            *((second,) if listing.source in taken else ()),
            Act(
                "Not ours",
                url_for("belonging.no", listing_id=listing.id),
                style="quiet",
                icon="x",
                values=named,
            ),
        )
        compare = Link("Compare", url_for("matches.show", listing_id=listing.id))
        card = _card(listing, match, now, question="Is this listing yours?", acts=acts if deciding else ())
        cards.append(replace(card, compare=compare))
    return tuple(cards)


def _card(
    listing: Listing, match: Match | None, now: dt.datetime, *, question: str = "", acts: tuple[Act, ...] = ()
) -> ListingCard:
    record = kept_record(listing, now) or {}
    told = (
        {**record, "phone": phone(str(record["phone"]), record.get("country"))}
        if record.get("phone")
        else record
    )
    where = ", ".join(str(told[key]) for key in ("street", "city", "phone") if told.get(key))
    url = page_of(listing, now) or ""
    return ListingCard(
        source=listing.source,  # type: ignore[arg-type]
        name=str(record.get("name") or SOURCE_MARKS[listing.source][1]),
        match=f"{match.probability:.2f}" if match else "–",
        facts=where or ("" if record else "The source lets none of its values be kept"),
        link=Link("See it there", url, "external-link") if url.startswith(("http://", "https://")) else None,
        reasons=tuple(reason_of(reason) for reason in (match.reasons if match else None) or ()),
        read=read_age(facts(listing.source), listing.last_seen_at, now),
        question=question,
        acts=acts,
    )


def reason_of(told: Mapping[str, Any]) -> Reason:
    """One piece of evidence as it was stored, in words and points."""
    points = told.get("points")
    if not isinstance(points, int | float):
        return Reason(str(told.get("says", "")))
    return Reason(str(told.get("says", "")), f"{points:+.1f}".replace("-", "−"), points < 0)


def review_counts(
    db: Session, actor: Actor, about: Known, now: dt.datetime
) -> tuple[tuple[ReviewCount, ...], tuple[StarShare, ...], int]:
    """Per source the total there, what is readable and stored; Google's stars; and all that is stored."""
    query = (
        scoped(actor, Review)
        .where(
            Review.location_id == about.location.id,
            Review.vanished_at.is_(None),
            sa.or_(Review.expires_at.is_(None), Review.expires_at > now),
        )
        .with_only_columns(Review.source, Review.rating, sa.func.count())
        .group_by(Review.source, Review.rating)
    )
    found = [(source, rating, n) for source, rating, n in db.execute(query)]
    counts = []
    for listing, _ in about.listings:
        if not facts(listing.source).has_reviews:
            continue
        stored = sum(n for source, _, n in found if source == listing.source)
        told = readable(listing, now)
        at_source = listing.review_count if told else None
        counts.append(
            ReviewCount(
                listing.source,  # type: ignore[arg-type]
                f"{listing.rating:.1f}" if told and listing.rating is not None else "–",
                number(at_source) if at_source is not None else "not told",
                number(at_source if at_source is not None else stored),
                number(stored),
            )
        )
    return tuple(counts), _stars(found), sum(n for _, _, n in found)


def _stars(found: Sequence[tuple[str, float | None, int]]) -> tuple[StarShare, ...]:
    of_google = {
        stars: sum(n for source, rating, n in found if source == GOOGLE and rating == stars)
        for stars in (5, 4, 3, 2, 1)
    }
    most = max(of_google.values())
    return tuple(StarShare(stars, n, n / most) for stars, n in of_google.items()) if most else ()


def average_of(about: Known) -> tuple[str, str]:
    """Google's own average and its base; "" where Google tells none."""
    for listing, _ in about.listings:
        if listing.source == GOOGLE and listing.rating is not None:
            return f"{listing.rating:.1f}", f"of {number(listing.review_count or 0)} reviews"
    return "", ""
