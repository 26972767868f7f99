"""The pages that owners named for a location's listings, what became of them, and what they say of the business."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import Session

from listings.access import Act as May
from listings.access import Actor
from listings.given_urls import given_urls
from listings.listing_pages import LISTING_PAGES
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.snapshot import Snapshot
from listings.source_terms import OwnerLink
from listings.sources import BBB, SOURCES, SourceFacts
from web.ages import read_age
from web.directory_figures import figures
from web.screens.elements import SOURCE_MARKS, Act, Field, Link
from web.screens.named_pages import NamedPage

STATES = {
    "ok": "Read",
    "not_found": "There is no such page there any more",
    "moved": "The page has moved; name its new address",
    "blocked": "The site turned us away; what was read before stays",
    "consent_wall": "The site asks for consent before it shows the page; what was read before stays",
    "unreadable": "The page can’t be read; what was read before stays",
    "quota": "The site asked us to wait",
    "unavailable": "The site doesn’t answer",
}
"""What became of a page, by the outcome of its newest answer."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What somebody typed for a source, and why it can't be its page."""

    source: str
    typed: str
    why: str


def taking_pages() -> list[SourceFacts]:
    """The sources at which an owner may name a listing's page."""
    return [SOURCES[key] for key in LISTING_PAGES if key in SOURCES]


def named_pages(
    db: Session, actor: Actor, location: Location, now: dt.datetime, refused: Refused | None = None
) -> tuple[NamedPage, ...]:
    """A row for each source that takes one, also where none is named yet."""
    given = given_urls(db, [location.id]).get(location.id, {})
    rows = (_page(db, location, source, given.get(source.key), now) for source in taking_pages())
    if not actor.may(May.DECIDE):
        return tuple(rows)
    return tuple(_editable(row, location, given.get(row.source), refused) for row in rows)


def _page(
    db: Session, location: Location, source: SourceFacts, url: str | None, now: dt.datetime
) -> NamedPage:
    newest = _newest(db, location, source.key, url) if url else None
    listing = _listing(db, location, source.key, url)
    about = ""
    if listing is not None:
        about = (
            "Of this location"
            if listing.location_id == location.id
            else "Of the whole company, no location’s own"
        )
    return NamedPage(
        source=source.key,  # type: ignore[arg-type]
        state=_state(source, newest, url, listing),
        read=read_age(source, listing.last_seen_at, now) if listing is not None else None,
        link=Link(url.removeprefix("https://"), url) if url else None,
        about=about,
        figures=figures(listing, now) if listing is not None and source.key == BBB else (),
    )


def _editable(row: NamedPage, location: Location, url: str | None, refused: Refused | None) -> NamedPage:
    """The row with the form that names the page, and what was wrong with what was typed there."""
    wrong = refused if refused is not None and refused.source == row.source else None
    at: dict[str, Any] = {"location_id": location.id, "directory": row.source}
    return replace(
        row,
        field=Field(
            f"page-{row.source}",
            f"Address of its page at {SOURCE_MARKS[row.source][1]}",
            value=wrong.typed if wrong else url or "",
            hint=f"Such as {LISTING_PAGES[row.source].example}",
            error=wrong.why if wrong else "",
            autocomplete="off",
            required=True,
        ),
        save=Act("Save", url_for("named_pages.save", **at)),
        remove=Act("Take away", url_for("named_pages.remove", **at), style="quiet") if url else None,
    )


def _state(source: SourceFacts, newest: Snapshot | None, url: str | None, listing: Listing | None) -> str:
    if url is None:
        return "No page named; found by a search" if listing is not None else "No page named"
    if source.owner_link is not OwnerLink.GIVEN_PAGE and listing is not None:
        # Read by an interface, whose answers stand under other addresses.
        return STATES["ok"]
    if newest is None:
        return "Not read yet"
    if newest.outcome == "ok" and newest.final_url is not None:
        return "Read; the site sends readers on to another address"
    return STATES.get(newest.outcome, newest.outcome)


def _newest(db: Session, location: Location, source: str, url: str) -> Snapshot | None:
    return db.scalar(
        sa.select(Snapshot)
        .where(
            Snapshot.organization_id == location.organization_id,
            Snapshot.source == source,
            Snapshot.url == url,
        )
        .order_by(Snapshot.fetched_at.desc(), Snapshot.id.desc())
        .limit(1)
    )


def _listing(db: Session, location: Location, source: str, url: str | None) -> Listing | None:
    """The location's own listing, else what the named page shows where that is nobody else's."""
    here = sa.select(Listing).where(
        Listing.organization_id == location.organization_id, Listing.source == source
    )
    own = db.scalar(here.where(Listing.location_id == location.id).order_by(Listing.id).limit(1))
    if own is not None or url is None:
        return own
    resting = here.join(Snapshot, Snapshot.id == Listing.snapshot_id).where(
        Snapshot.url == url, Listing.location_id.is_(None)
    )
    found = db.scalar(resting.order_by(Listing.id).limit(1))
    of_many = found is not None and bool((found.record or {}).get("extra", {}).get("system_wide"))
    return found if of_many else None
