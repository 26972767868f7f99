"""Listings and reviews from other tools' exports: kept apart from what a source itself answered.

Whatever comes in this way names the file it came from and is shown as "supplied by business"
(16 CFR 465.2: nothing here can pass for a review that we saw at the source).
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.loading.plan import BadRows
from listings.loading.rows import RowError, unescape
from listings.loading.table import BadFile, read_table
from listings.models.listing import Listing
from listings.models.location import Location
from listings.secrets import ValueHash
from listings.sources import SOURCES
from reputation.models.review import Review, ReviewEvent

CODE_NAMES = ("code", "id", "store_code")


class Kind(StrEnum):
    """What the rows of a file are."""

    LISTINGS = "listings"
    REVIEWS = "reviews"


COLUMNS = {
    Kind.LISTINGS: ("source", "code", "listing_id", "url"),
    Kind.REVIEWS: ("source", "code", "review_id", "rating", "text", "author", "created_at", "url"),
}
OWN_ID = {Kind.LISTINGS: "listing_id", Kind.REVIEWS: "review_id"}


@dataclass(frozen=True, slots=True)
class SuppliedRow:
    """One checked row: column to text, empty ones left out."""

    row: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose rows these are, the file they came in, and when."""

    organization_id: int
    file_name: str
    now: dt.datetime


def read_supplied(path: Path, kind: Kind, codes: frozenset[str]) -> list[SuppliedRow]:
    """Read and check a whole file of listings or reviews. Raises BadFile, or BadRows with every bad cell."""
    table = read_table(path)
    header = _header(path, table.header, kind)
    rows: list[SuppliedRow] = []
    errors: list[RowError] = []
    first_row: dict[tuple[str, str], int] = {}
    for number, cells in table.rows:
        named = {
            name: unescape(cell.strip()) for name, cell in zip(header, cells, strict=True) if cell.strip()
        }
        errors += _errors(number, named, codes)
        own = named.get(OWN_ID[kind])
        if own is not None:
            earlier = first_row.setdefault((named.get("source", ""), own), number)
            if earlier != number:
                errors.append(RowError(number, OWN_ID[kind], f"“{own}” stands in row {earlier} already."))
        rows.append(SuppliedRow(number, named))
    if errors:
        raise BadRows(errors)
    if not rows:
        raise BadFile(f"{path}: there is a header but no row below it.")
    return rows


def _header(path: Path, titles: Sequence[str], kind: Kind) -> tuple[str, ...]:
    plain = [re.sub(r"[\s_-]+", "_", title.casefold()) for title in titles]
    # Among several columns that could hold the code the most telling name does.
    code = next((name for name in CODE_NAMES if name in plain), None)
    header = tuple("code" if name == code else name for name in plain)
    for name in ("source", "code"):
        if name not in header:
            understood = ", ".join(COLUMNS[kind][2:])
            raise BadFile(f"{path}: no column “{name}”. Needed: source, code; understood too: {understood}.")
    twice = [name for name in COLUMNS[kind] if header.count(name) > 1]
    if twice:
        raise BadFile(f"{path}: two columns are named “{twice[0]}”. Keep one of them.")
    return header


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
    if "url" in cells and not _is_web_address(cells["url"]):
        yield RowError(
            number, "url", f"“{cells['url']}” is no web address such as https://example.com/store."
        )
    for name, cell in cells.items():
        if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", cell):
            yield RowError(number, name, "holds a control character. Type the text again.")


def _moment(text: str) -> dt.datetime | None:
    try:
        when = dt.datetime.fromisoformat(text)
        return when.astimezone(dt.UTC) if when.tzinfo else when.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        return None


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def unknown(
    session: Session, organization_id: int, kind: Kind, rows: Sequence[SuppliedRow], hashes: ValueHash
) -> list[SuppliedRow]:
    """The rows whose listing or review isn't there yet, each once."""
    keyed = {(row.cells["source"], _key(kind, row, hashes)): row for row in reversed(rows)}
    model, column = (
        (Review, Review.source_review_id) if kind is Kind.REVIEWS else (Listing, Listing.source_id)
    )
    known = session.execute(
        sa.select(model.source, column).where(
            model.organization_id == organization_id, column.in_({key for _, key in keyed})
        )
    )
    there = {(source, key) for source, key in known}
    return [row for key, row in reversed(keyed.items()) if key not in there]


def _key(kind: Kind, row: SuppliedRow, hashes: ValueHash) -> str:
    if kind is Kind.LISTINGS:
        return row.cells.get("listing_id") or row.cells.get("url") or _home(row)
    content = [row.cells.get(name) for name in ("code", "author", "text", "rating", "created_at")]
    return row.cells.get("review_id") or "supplied:" + hashes.of(content)[:32]


def _home(row: SuppliedRow) -> str:
    """The id of the listing that holds what a file says of a location without naming its listing."""
    return f"supplied:{row.cells['code']}"


def add_listings(session: Session, origin: Origin, rows: Sequence[SuppliedRow], hashes: ValueHash) -> None:
    """Listings named by the business, from now on followed; `rows` as `unknown` gives them."""
    locations = _locations(session, origin)
    for row in rows:
        session.add(_supplied(origin, _key(Kind.LISTINGS, row, hashes), row, locations, row.cells.get("url")))
    session.flush()


def add_reviews(session: Session, origin: Origin, rows: Sequence[SuppliedRow], hashes: ValueHash) -> None:
    """Reviews supplied by the business; `rows` as `unknown` gives them."""
    homes = _homes(session, origin, rows)
    reviews = [
        _review(homes[row.cells["source"], _home(row)], _key(Kind.REVIEWS, row, hashes), row, origin, hashes)
        for row in rows
    ]
    session.add_all(reviews)
    session.flush()
    session.add_all(ReviewEvent(review_id=review.id, at=origin.now, kind="supplied") for review in reviews)
    session.flush()


def _homes(session: Session, origin: Origin, rows: Sequence[SuppliedRow]) -> dict[tuple[str, str], Listing]:
    found = session.scalars(
        sa.select(Listing).where(
            Listing.organization_id == origin.organization_id,
            Listing.source_id.in_({_home(row) for row in rows}),
        )
    )
    homes = {(listing.source, listing.source_id): listing for listing in found}
    locations = _locations(session, origin)
    for row in rows:
        key = (row.cells["source"], _home(row))
        if key not in homes:
            homes[key] = _supplied(origin, _home(row), row, locations, None)
            session.add(homes[key])
    session.flush()
    return homes


def _locations(session: Session, origin: Origin) -> dict[str, int]:
    rows = session.execute(
        sa.select(Location.code, Location.id).where(Location.organization_id == origin.organization_id)
    )
    return dict(rows.all())


def _supplied(
    origin: Origin, key: str, row: SuppliedRow, locations: Mapping[str, int], url: str | None
) -> Listing:
    return Listing(
        organization_id=origin.organization_id,
        source=row.cells["source"],
        source_id=key,
        url=url,
        location_id=locations[row.cells["code"]],
        first_seen_at=origin.now,
        last_seen_at=origin.now,
        supplied_by=origin.file_name,
    )


def _review(listing: Listing, key: str, row: SuppliedRow, origin: Origin, hashes: ValueHash) -> Review:
    cells = row.cells
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
        written_at=_moment(cells["created_at"]) if "created_at" in cells else None,
        content_hash=hashes.of([cells.get("rating"), cells.get("text"), None, cells.get("author")]),
        identity_hash="",
        first_seen_at=origin.now,
        missed_runs=0,
        supplied_by=origin.file_name,
    )
