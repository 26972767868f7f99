"""Until when kept values may be read: some sources let them be kept for a while only.

Whoever shows a value asks here, so that none is seen past its last second, purged or not.
"""

import datetime as dt

import sqlalchemy as sa

from listings.models.listing import Listing


def readable(listing: Listing, now: dt.datetime) -> bool:
    """Whether the listing's kept values (record, rating, count, address of its page) may be read."""
    return listing.record_expires_at is None or listing.record_expires_at > now


def page_of(listing: Listing, now: dt.datetime) -> str | None:
    """The address that the source told of the listing's page, which holds its name; None once it is to be forgotten."""
    return listing.url if readable(listing, now) else None


def readable_listings(now: dt.datetime) -> sa.ColumnElement[bool]:
    """The same for a query of listings."""
    return sa.or_(Listing.record_expires_at.is_(None), Listing.record_expires_at > now)
