"""One location: what each source shows of every field, its record, its listings, its reviews."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import Session

from listings.access import Actor, scoped
from listings.agreement import compared_fields
from listings.duplicates import visible
from listings.models.duplicate import Duplicate, DuplicateKind, DuplicateState
from listings.models.listing import Listing, Match
from listings.models.location import Location
from listings.models.mismatch import Mismatch
from listings.sources import facts
from web.ages import read_age
from web.location_list import LEFT, WAITING, WRONG
from web.match_query import doubtful
from web.screens.elements import SOURCE_MARKS, Banner, Fact, Link
from web.screens.locations import Cell, GridRow, StatusGrid
from web.source_words import at_start, source_words
from web.values import FIELD_NAMES, shown_value

COLUMNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Name", ("name",)),
    ("Address", ("street", "city", "region", "postal_code")),
    ("Phone", ("phone",)),
    ("Website", ("website",)),
    ("Hours", ("hours",)),
    ("Special hours", ("special_hours",)),
    ("Category", ("category",)),
    ("Pin", ("coordinates",)),
    ("Open flag", ("status",)),
)
"""The grid's columns with the fields behind each."""

RECORD_FIELDS = ("name", "street", "city", "region", "postal_code", "phone", "website", "category", "status")


@dataclass(frozen=True, slots=True)
class Known:
    """A location with its listings, their matches and the mismatches that aren't fixed."""

    location: Location
    listings: Sequence[tuple[Listing, Match | None]]
    mismatches: Sequence[Mismatch]
    candidates: Sequence[tuple[Listing, Match]]

    @property
    def wrong(self) -> list[Mismatch]:
        """The mismatches that wait for somebody."""
        return [row for row in self.mismatches if row.state in WRONG]


def known(db: Session, actor: Actor, location: Location) -> Known:
    """Everything about one location that the page is drawn from."""
    listings = db.execute(
        scoped(actor, Listing)
        .where(Listing.location_id == location.id)
        .outerjoin(Match, Match.listing_id == Listing.id)
        .add_columns(Match)
        .order_by(Listing.source, Listing.id)
    ).all()
    mismatches = db.scalars(
        scoped(actor, Mismatch)
        .where(Mismatch.location_id == location.id, Mismatch.state.in_((*WRONG, *WAITING, *LEFT)))
        .order_by(Mismatch.severity_rank, Mismatch.id)
    ).all()
    # A candidate belongs to no location yet; the match that names this one is what the actor may see.
    candidates = db.execute(
        doubtful(actor)
        .where(Match.location_id == location.id)
        .with_only_columns(Listing, Match, maintain_column_froms=True)
        .order_by(Match.probability.desc(), Listing.id)
    ).all()
    return Known(
        location, [(row[0], row[1]) for row in listings], mismatches, [(row[0], row[1]) for row in candidates]
    )


def standing_twice(db: Session, actor: Actor, location: Location) -> Banner | None:
    """Said when another record of this place stays, or when a source lists this place twice."""
    if location.duplicate_of is not None:
        kept = db.get_one(Location, location.duplicate_of)
        merged = Link("Take it back", url_for("duplicates.index", tab="merged", location=location.id))
        text = "It is kept as it is, but neither read nor published."
        return Banner("warn", text, f"This record is a duplicate of {kept.code}.", merged)
    open_pairs = visible(actor).where(
        Duplicate.state == DuplicateState.OPEN,
        sa.or_(Duplicate.location_id == location.id, Duplicate.other_location_id == location.id),
    )
    row = db.scalar(open_pairs.order_by(Duplicate.id).limit(1))
    if row is None:
        return None
    tab = "records" if row.kind is DuplicateKind.LOCATION else None
    look = Link("See both", url_for("duplicates.index", tab=tab, location=location.id))
    what = "lists this place twice." if row.source else "Another record of yours looks like this place."
    return Banner("wait", "", f"{at_start(source_words(row.source))} {what}" if row.source else what, look)


def grid(about: Known, now: dt.datetime) -> StatusGrid:
    """Sources down, fields across."""
    of_listing: dict[int, list[Mismatch]] = defaultdict(list)
    for row in about.mismatches:
        of_listing[row.listing_id].append(row)
    return StatusGrid(
        tuple(name for name, _ in COLUMNS),
        tuple(
            _grid_row(about.location, listing, match, of_listing[listing.id], now)
            for listing, match in about.listings
        ),
    )


def _grid_row(
    location: Location, listing: Listing, match: Match | None, rows: Iterable[Mismatch], now: dt.datetime
) -> GridRow:
    compared = compared_fields(location, listing, now)
    by_field = {row.field: row for row in rows}
    source = SOURCE_MARKS[listing.source][1]
    return GridRow(
        source=listing.source,  # type: ignore[arg-type]
        cells=tuple(_cell(source, name, fields, compared, by_field) for name, fields in COLUMNS),
        match=f"{match.probability:.2f}" if match else "–",
        read=read_age(facts(listing.source), listing.last_seen_at, now),
    )


def _cell(
    source: str,
    name: str,
    fields: Sequence[str],
    compared: frozenset[str],
    rows: Mapping[str, Mismatch],
) -> Cell:
    here = [rows[field] for field in fields if field in rows]
    for state, of_state in (("different", WRONG), ("waiting", WAITING), ("accepted", LEFT)):
        found = [row for row in here if row.state in of_state]
        if found:
            href = url_for("mismatches.show", mismatch_id=found[0].id)
            return Cell(state, f"{source}, {name}: {state}", href, len(found))  # type: ignore[arg-type]
    if not compared.intersection(fields):
        return Cell("cannot_show", f"{source}, {name}: nothing to compare")
    return Cell("same", f"{source}, {name}: same")


def record_facts(location: Location, now: dt.datetime) -> tuple[Fact, ...]:
    """The canonical record field by field, as far as it is filled in."""
    values = ((field, getattr(location, field)) for field in RECORD_FIELDS)
    told = [
        Fact(FIELD_NAMES[field], shown_value(field, str(value), location.country, now.date()))
        for field, value in values
        if value not in (None, "")
    ]
    return tuple(told)


def totals(about: Known, now: dt.datetime) -> tuple[int, int]:
    """Fields that agree or are left as they are, and fields that are compared."""
    compared = sum(
        len(compared_fields(about.location, listing, now))
        for listing, _ in about.listings
        if listing.missing_since is None
    )
    differing = sum(row.state in (*WRONG, *WAITING) for row in about.mismatches)
    return max(0, compared - differing), compared
