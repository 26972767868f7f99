"""A location's own page from its record and from what customers said."""

import datetime as dt
from urllib.parse import quote, urlencode

import phonenumbers
import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import Session

from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.organization import Organization
from listings.normalize.hours import BadHours
from listings.sources import GOOGLE, GOOGLE_PLACES, SOURCES
from listings.structured import local_business
from reputation.publish import Selection
from web.opening import day_periods, form_of, local_time, open_now
from web.published import excerpts, grades, shown
from web.screens.elements import Link
from web.screens.public import PublicHours, PublicLocation
from web.values import phone
from web.widget_data import absolute
from web.wording import date, periods

REVIEWS = 10
DAYS_SHOWN = 7


def public_page(
    db: Session, organization: Organization, location: Location, now: dt.datetime
) -> PublicLocation:
    """Everything the page shows."""
    found = shown(
        db, organization.id, Selection((location.id,), REVIEWS), now, by=f"Answer of {location.name}"
    )
    canonical = absolute("public.location", site=organization.public_id, code=location.code)
    state, text = _state(location, now)
    home = url_for("public.index", site=organization.public_id)
    return PublicLocation(
        brand=organization.name,
        title=title_of(location),
        address=address_lines(location),
        json_ld=structured(location, canonical),
        canonical=canonical,
        description=", ".join((location.name, *address_lines(location))),
        trail=(Link("All locations", home),),
        state=state,  # type: ignore[arg-type]
        state_text=text,
        phone=phone(location.phone, location.country) if location.phone else "",
        phone_href=dialled(location),
        directions=_directions(location),
        links=_links(location),
        ratings=(*found.ratings, *grades(db, organization.id, location.id, now)),
        hours=_hours(location, now),
        hours_note=_later(location, now),
        reviews=found.reviews,
        selection=found.words,
        excerpts=excerpts(db, organization.id, location.id, now),
        write=_write(db, location),
        owner=f"{organization.name} keeps this page up to date.",
        language=(location.locale or organization.locale).replace("_", "-"),
    )


def title_of(location: Location) -> str:
    """The name with the town, as people ask for it."""
    return f"{location.name}, {location.city}" if location.city else location.name


def address_lines(location: Location) -> tuple[str, ...]:
    """The postal address, line by line."""
    town = " ".join(part for part in (location.region, location.postal_code) if part)
    return tuple(
        line for line in (location.street, ", ".join(part for part in (location.city, town) if part)) if line
    )


def structured(location: Location, url: str) -> dict[str, object]:
    """The LocalBusiness object; without hours when those of the record can't be read."""
    try:
        return local_business(location, url=url)
    except BadHours:
        bare = {key: getattr(location, key) for key in Location.__table__.columns.keys()}  # noqa: SIM118
        return local_business(Location(**bare | {"hours": None, "special_hours": None}), url=url)


def dialled(location: Location) -> str:
    """The tel: address of the phone; "" without one that can be dialled."""
    try:
        number = phonenumbers.parse(location.phone or "", location.country or "US")
    except phonenumbers.NumberParseException:
        return ""
    return "tel:" + phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _state(location: Location, now: dt.datetime) -> tuple[str, str]:
    if location.status == "closed":
        return "closed_for_good", "Permanently closed"
    text, is_open = open_now(location, now)
    if not text:
        return "unknown", ""
    return "open" if is_open else "closed", text[0].upper() + text[1:]


def _directions(location: Location) -> str:
    where = ", ".join((location.name, *address_lines(location)))
    if len(address_lines(location)) < 2:
        return ""
    return "https://www.google.com/maps/dir/?" + urlencode({"api": 1, "destination": where})


def _links(location: Location) -> tuple[Link, ...]:
    website = location.website or ""
    return (Link("Website", website),) if website.startswith(("http://", "https://")) else ()


def _hours(location: Location, now: dt.datetime) -> tuple[PublicHours, ...]:
    form = form_of(location)
    if form is None or location.status == "closed":
        return ()
    today = local_time(location, now).date()
    special = {day.date for day in form.special}
    days = [today + dt.timedelta(days=n) for n in range(DAYS_SHOWN)]
    return tuple(
        PublicHours(
            day=f"{day:%A}",
            hours=periods(day_periods(form, day)),
            today=day == today,
            special=date(day, today) if day in special else "",
        )
        for day in days
    )


def _later(location: Location, now: dt.datetime) -> str:
    form = form_of(location)
    if form is None:
        return ""
    today = local_time(location, now).date()
    first, last = today + dt.timedelta(days=DAYS_SHOWN), today + dt.timedelta(days=60)
    days = [
        f"{date(day.date, today)}: {periods(day.periods)}"
        for day in form.special
        if first <= day.date <= last
    ]
    return "Other hours on " + "; ".join(days) if days else ""


def _write(db: Session, location: Location) -> tuple[Link, ...]:
    """The public review links: the same for everybody, and only where the source lets one ask."""
    if not SOURCES[GOOGLE].policy.ask:
        return ()
    place_id = db.scalar(
        sa.select(Listing.source_id)
        .where(
            Listing.location_id == location.id,
            Listing.source == GOOGLE_PLACES,
            Listing.missing_since.is_(None),
        )
        .limit(1)
    )
    if place_id is None:
        return ()
    return (
        Link("Write on Google", f"https://search.google.com/local/writereview?placeid={quote(place_id)}"),
    )
