"""The pages that owners name for their locations' listings: set, changed, taken away, taken back."""

import datetime as dt
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings import audit
from listings.access import Actor
from listings.listing_pages import listing_page
from listings.models.given_url import GivenUrl
from listings.models.location import Location


class Overtaken(Exception):
    """The change can't be taken back: somebody has changed the same page since."""


def given_url(session: Session, location_id: int, source: str) -> str | None:
    """The page that the owner named for a location at a source, if any."""
    return session.scalar(
        sa.select(GivenUrl.url).where(GivenUrl.location_id == location_id, GivenUrl.source == source)
    )


def given_urls(session: Session, location_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """The pages of several locations: id to source to address."""
    found: dict[int, dict[str, str]] = {}
    rows = sa.select(GivenUrl.location_id, GivenUrl.source, GivenUrl.url).where(
        GivenUrl.location_id.in_(list(location_ids)), GivenUrl.url.is_not(None)
    )
    for location_id, source, url in session.execute(rows):
        found.setdefault(location_id, {})[source] = url or ""
    return found


def owner_of(session: Session, organization_id: int, source: str, url: str) -> int | None:
    """The one location for which a page was named; None where it was named for several, or for none."""
    return session.scalar(_sole(organization_id, source).where(GivenUrl.url == url))


def sole_owners(session: Session, organization_id: int, source: str) -> dict[str, int]:
    """The pages at a source that were named for one location each, with that location."""
    owners = _sole(organization_id, source).add_columns(GivenUrl.url).where(GivenUrl.url.is_not(None))
    return {url or "": location_id for location_id, url in session.execute(owners)}


def _sole(organization_id: int, source: str) -> sa.Select[int]:
    return (
        sa.select(sa.func.min(GivenUrl.location_id))
        .where(GivenUrl.organization_id == organization_id, GivenUrl.source == source)
        .group_by(GivenUrl.url)
        .having(sa.func.count() == 1)
    )


def give(
    session: Session, location: Location, source: str, text: str, now: dt.datetime, *, actor: Actor
) -> GivenUrl:
    """Name the page of a location's listing at a source, in place of another where there was one.

    Raises BadListingPage when the text is no address of such a page.
    """
    url = listing_page(source, text)
    row = put(session, location, {source: url}, now, person_id=actor.person_id)[source]
    audit.record(session, actor, "given_url.set", location, now, detail={"source": source})
    return row


def take_away(
    session: Session, location: Location, source: str, now: dt.datetime, *, actor: Actor
) -> GivenUrl:
    """Name no page of the location at a source any more."""
    row = put(session, location, {source: None}, now, person_id=actor.person_id)[source]
    audit.record(session, actor, "given_url.removed", location, now, detail={"source": source})
    return row


def take_back(
    session: Session, location: Location, source: str, changed_at: dt.datetime, *, actor: Actor, now: dt.datetime
) -> GivenUrl:  # fmt: skip
    """Put back what stood there before the change made at `changed_at`.

    Raises Overtaken when it isn't the newest change any more.
    """
    row = _row(session, location.id, source)
    if row is None or row.given_at != changed_at:
        raise Overtaken("This page was changed again since. Look at what stands there now.")
    row.url, row.before = row.before, row.url
    row.given_at, row.person_id = now, actor.person_id
    session.flush()
    audit.record(session, actor, "given_url.taken_back", location, now, detail={"source": source})
    return row


def put(
    session: Session,
    location: Location,
    urls: Mapping[str, str | None],
    now: dt.datetime,
    *,
    person_id: int | None,
) -> dict[str, GivenUrl]:
    """Write checked addresses of a flushed location, source to address; None takes one away."""
    there = {
        row.source: row
        for row in session.scalars(
            sa.select(GivenUrl).where(GivenUrl.location_id == location.id, GivenUrl.source.in_(urls))
        )
    }
    for source, url in urls.items():
        row = there.get(source)
        if row is None:
            row = GivenUrl(
                organization_id=location.organization_id,
                location_id=location.id,
                source=source,
                given_at=now,
            )
            session.add(row)
            there[source] = row
        if row.url != url:
            row.before, row.url = row.url, url
            row.given_at, row.person_id = now, person_id
    session.flush()
    return there


def _row(session: Session, location_id: int, source: str) -> GivenUrl | None:
    return session.scalar(
        sa.select(GivenUrl).where(GivenUrl.location_id == location_id, GivenUrl.source == source)
    )
