"""Listings and reviews from other tools' exports: kept apart from what a source itself answered.

Whatever comes in this way names the file it came from and is shown as "supplied by business"
(16 CFR 465.2: nothing here can pass for a review that we saw at the source).
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.loading.plan import BadRows
from listings.loading.rows import RowError
from listings.loading.table import BadFile, read_table
from listings.models.listing import Listing
from listings.models.location import Location
from listings.secrets import ValueHash
from listings.sources import SOURCES
from reputation.models.review import Review, ReviewEvent

REVIEW_COLUMNS = ("source", "code", "review_id", "rating", "text", "author", "created_at", "url")
LISTING_COLUMNS = ("source", "code", "listing_id", "url")


@dataclass(frozen=True, slots=True)
class SuppliedRow:
    """One checked row: column to text, empty ones left out."""

    row: int
    cells: Mapping[str, str]


def read_supplied(path: Path, columns: Sequence[str], codes: frozenset[str]) -> list[SuppliedRow]:
    """Read and check a file of listings or reviews. Raises BadFile or BadRows."""
    table = read_table(path)
    missing = [name for name in ("source", "code") if name not in table.header]
    if missing:
        raise BadFile(
            f"{path}: no column “{missing[0]}”. Needed: source, code; understood too: {', '.join(columns[2:])}."
        )
    rows = []
    errors: list[RowError] = []
    for number, cells in table.rows:
        named = {name: cell.strip() for name, cell in zip(table.header, cells, strict=True) if cell.strip()}
        errors += _errors(number, named, codes)
        rows.append(SuppliedRow(number, named))
    if errors:
        raise BadRows(errors)
    return rows


def _errors(number: int, cells: Mapping[str, str], codes: frozenset[str]) -> Iterator[RowError]:
    source = cells.get("source", "")
    if source not in SOURCES:
        yield RowError(number, "source", f"“{source}” is none of {', '.join(SOURCES)}.")
    elif not SOURCES[source].policy.keep_values:
        yield RowError(number, "source", f"{SOURCES[source].label} lets nothing but its id be stored.")
    if cells.get("code", "") not in codes:
        yield RowError(number, "code", f"no location has the code “{cells.get('code', '')}”.")
    if "rating" in cells and cells["rating"] not in ("1", "2", "3", "4", "5"):
        yield RowError(number, "rating", f"“{cells['rating']}” is no whole number from 1 to 5.")
    if "created_at" in cells and _moment(cells["created_at"]) is None:
        yield RowError(number, "created_at", f"“{cells['created_at']}” is no ISO date such as 2026-03-14.")


def _moment(text: str) -> dt.datetime | None:
    try:
        when = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=dt.UTC)


def add_listings(
    session: Session, organization_id: int, rows: Sequence[SuppliedRow], *, file_name: str, now: dt.datetime
) -> int:
    """Listings named by the business: followed from now on; returns how many are new."""
    locations = _locations(session, organization_id)
    added = 0
    for row in rows:
        source = row.cells["source"]
        key = row.cells.get("listing_id") or row.cells.get("url") or f"supplied:{row.cells['code']}"
        if _listing(session, organization_id, source, key) is None:
            session.add(_supplied(organization_id, source, key, row, locations, file_name, now))
            added += 1
    session.flush()
    return added


def add_reviews(
    session: Session,
    organization_id: int,
    rows: Sequence[SuppliedRow],
    *,
    file_name: str,
    hashes: ValueHash,
    now: dt.datetime,
) -> int:
    """Reviews supplied by the business, each at most once; returns how many are new."""
    locations = _locations(session, organization_id)
    added = 0
    for row in rows:
        source = row.cells["source"]
        content = [row.cells.get(name) for name in ("code", "author", "text", "rating", "created_at")]
        key = row.cells.get("review_id") or "supplied:" + hashes.of(content)[:32]
        known = sa.select(Review.id).where(
            Review.organization_id == organization_id, Review.source == source, Review.source_review_id == key
        )
        if session.scalar(known) is not None:
            continue
        home = f"supplied:{row.cells['code']}"
        listing = _listing(session, organization_id, source, home)
        if listing is None:
            listing = _supplied(organization_id, source, home, row, locations, file_name, now)
            session.add(listing)
            session.flush()
        review = _review(listing, key, row, file_name, hashes, now)
        session.add(review)
        session.flush()
        session.add(ReviewEvent(review_id=review.id, at=now, kind="supplied"))
        added += 1
    session.flush()
    return added


def _locations(session: Session, organization_id: int) -> dict[str, int]:
    rows = session.execute(
        sa.select(Location.code, Location.id).where(Location.organization_id == organization_id)
    )
    return dict(rows.all())


def _listing(session: Session, organization_id: int, source: str, key: str) -> Listing | None:
    return session.scalar(
        sa.select(Listing).where(
            Listing.organization_id == organization_id, Listing.source == source, Listing.source_id == key
        )
    )


def _supplied(  # noqa: PLR0917 - one row and where it belongs
    organization_id: int,
    source: str,
    key: str,
    row: SuppliedRow,
    locations: Mapping[str, int],
    file_name: str,
    now: dt.datetime,
) -> Listing:
    return Listing(
        organization_id=organization_id,
        source=source,
        source_id=key,
        url=row.cells.get("url"),
        location_id=locations[row.cells["code"]],
        first_seen_at=now,
        last_seen_at=now,
        supplied_by=file_name,
    )


def _review(  # noqa: PLR0917 - one row and where it belongs
    listing: Listing, key: str, row: SuppliedRow, file_name: str, hashes: ValueHash, now: dt.datetime
) -> Review:
    cells = row.cells
    written = _moment(cells["created_at"]) if "created_at" in cells else None
    return Review(
        organization_id=listing.organization_id,
        listing_id=listing.id,
        location_id=listing.location_id,
        source=listing.source,
        source_review_id=key,
        rating=float(cells["rating"]) if "rating" in cells else None,
        text=cells.get("text"),
        author=cells.get("author"),
        url=cells.get("url"),
        written_at=written,
        content_hash=hashes.of([cells.get("rating"), cells.get("text"), None, cells.get("author")]),
        identity_hash="",
        first_seen_at=now,
        missed_runs=0,
        supplied_by=file_name,
    )
