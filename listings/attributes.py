"""A listing's attributes at its source: kept as read, changed when a person wishes, confirmed by a later reading.

They are compared with nothing: a location record has no such fields. Google has them as a resource of
their own: https://developers.google.com/my-business/reference/businessinformation/rest/v1/Attributes.
Values have the forms of attribute_values.py.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.attribute_values import BadValue, check, same
from listings.db import hold
from listings.jobs import Job, enqueue
from listings.models.attributes import AttributeChange, ChangeState, ListingAttributes
from listings.models.listing import Listing
from listings.queues import DELIVER
from listings.sources import GOOGLE, SourceFacts, facts

SOURCES_WITH_ATTRIBUTES = frozenset({GOOGLE})
READ_EVERY = dt.timedelta(hours=20)
"""Each costs a request of its own, so they aren't read with every crawl."""
UNDO_FOR = dt.timedelta(minutes=1)
FEW = 5
"""So many may go at once without being doubted."""
_NAME = re.compile(r"attributes/[a-z0-9_]{1,80}")
UNDER_WAY = (ChangeState.QUEUED, ChangeState.SENT)
NOT_TAKEN = "The source still shows another value."


@dataclass(frozen=True, slots=True)
class ChangeAttribute:
    """The change to carry out."""

    change_id: int


CHANGE_ATTRIBUTE = Job("change_attribute", DELIVER, ChangeAttribute)


class Refused(Exception):
    """The change can't be asked for; the message says why and what to do."""


def due(session: Session, organization_id: int, source: SourceFacts, now: dt.datetime) -> frozenset[str]:
    """The source_ids of our locations' listings whose attributes have to be read."""
    sent = sa.exists().where(
        AttributeChange.listing_id == Listing.id, AttributeChange.state == ChangeState.SENT
    )
    query = (
        sa.select(Listing.source_id)
        .outerjoin(ListingAttributes, ListingAttributes.listing_id == Listing.id)
        .where(
            Listing.organization_id == organization_id,
            Listing.source == source.key,
            Listing.location_id.is_not(None),
            Listing.missing_since.is_(None),
            sa.or_(
                ListingAttributes.listing_id.is_(None),
                ListingAttributes.read_at <= now - READ_EVERY,
                ListingAttributes.doubted_at.is_not(None),
                sent,
            ),
        )
    )
    return frozenset(session.scalars(query))


def keep(
    session: Session,
    listing: Listing,
    attributes: Mapping[str, Any],
    *,
    snapshot_id: int | None,
    now: dt.datetime,
) -> None:
    """Write down what the source shows; sent changes that it agrees with are confirmed.

    That all of more than a few are gone at once is believed only when the next reading says so too.
    """
    row = session.get(ListingAttributes, listing.id)
    if row is None:
        row = ListingAttributes(
            listing_id=listing.id, organization_id=listing.organization_id, attributes={}, read_at=now
        )
        session.add(row)
    if not attributes and len(row.attributes) > FEW and row.doubted_at is None:
        row.doubted_at = now
        return
    row.attributes, row.snapshot_id, row.read_at, row.doubted_at = dict(attributes), snapshot_id, now, None
    _confirm(session, listing, attributes, now)
    session.flush()


def _confirm(session: Session, listing: Listing, attributes: Mapping[str, Any], now: dt.datetime) -> None:
    sent = session.scalars(
        sa.select(AttributeChange).where(
            AttributeChange.listing_id == listing.id, AttributeChange.state == ChangeState.SENT
        )
    )
    for change in sent:
        if same(attributes.get(change.name), change.value["is"]):
            change.state, change.finished_at, change.detail = ChangeState.CONFIRMED, now, None
        elif change.sent_at is not None and change.sent_at + facts(listing.source).usual_delay <= now:
            change.state, change.finished_at, change.detail = ChangeState.REFUSED, now, NOT_TAKEN


def ask_change(
    session: Session, listing: Listing, name: str, value: Any, *, person_id: int, now: dt.datetime
) -> AttributeChange:
    """Have one attribute changed; it leaves after UNDO_FOR, until then it can be taken back.

    Raises Refused where there is nothing to change, or a value the source couldn't hold.
    """
    if listing.source not in SOURCES_WITH_ATTRIBUTES or listing.api_name is None:
        raise Refused("This source takes no attributes from here.")
    row = session.get(ListingAttributes, listing.id)
    if row is None:
        raise Refused("The attributes haven’t been read yet. Read the location first.")
    hold(session, row)
    if not _NAME.fullmatch(name):
        raise Refused("Name the attribute as Google does: small letters, digits and underscores.")
    try:
        check(name, value)
    except BadValue as error:
        raise Refused(str(error)) from error
    before = row.attributes.get(name)
    if same(before, value):
        raise Refused("That is what the source shows already.")
    if session.scalar(_under_way(listing).where(AttributeChange.name == name)) is not None:
        raise Refused("A change of this attribute is under way. Wait until the source shows it.")
    change = AttributeChange(
        organization_id=listing.organization_id,
        listing_id=listing.id,
        name=name,
        value={"is": value},
        before={"is": before},
        state=ChangeState.QUEUED,
        person_id=person_id,
        created_at=now,
    )
    session.add(change)
    session.flush()
    enqueue(session, CHANGE_ATTRIBUTE, str(change.id), ChangeAttribute(change.id), delay=UNDO_FOR)
    return change


def _under_way(listing: Listing) -> sa.Select[AttributeChange]:
    return sa.select(AttributeChange).where(
        AttributeChange.listing_id == listing.id, AttributeChange.state.in_(UNDER_WAY)
    )


def take_back(session: Session, change: AttributeChange, now: dt.datetime) -> bool:
    """Take back a change that hasn't left yet; False when it has."""
    hold(session, change)
    if change.state is not ChangeState.QUEUED or change.created_at + UNDO_FOR <= now:
        return False
    change.state, change.finished_at = ChangeState.TAKEN_BACK, now
    session.flush()
    return True


def changes_of(session: Session, listing: Listing) -> dict[str, AttributeChange]:
    """The newest change of each attribute of a listing."""
    rows = session.scalars(
        sa.select(AttributeChange)
        .where(AttributeChange.listing_id == listing.id)
        .order_by(AttributeChange.id)
    )
    return {row.name: row for row in rows}
