"""The table of locations: found, narrowed, paged by store code, with a cell per source."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import Session

from listings.access import Actor, scoped
from listings.agreement import compared_fields
from listings.flag import UNFINISHED
from listings.models.crawl import SourceState
from listings.models.listing import Listing, Match
from listings.models.location import Location
from listings.models.mismatch import Mismatch, MismatchState
from listings.records import OpenStatus
from listings.severity import Severity
from listings.sources import SOURCES, facts
from web.ages import age_of, is_stale
from web.match_query import doubtful
from web.places import address, place
from web.screens.elements import SOURCE_MARKS, Chip, Link, NothingFound
from web.screens.locations import Cell, CellState, LocationRow
from web.wording import count

PAGE = 50
WRONG = (MismatchState.OPEN, MismatchState.CAME_BACK)
WAITING = (MismatchState.FIX_SENT, MismatchState.WAITING, MismatchState.LOCATION_WRONG)
LEFT = (MismatchState.ACCEPTED, MismatchState.DISMISSED)

Only = Mapping[str, sa.ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Search:
    """What the address asks for; `after` is the store code of the last row shown, `only` a chip's key."""

    text: str = ""
    only: str = ""
    after: str = ""

    def values(self, **changes: str) -> dict[str, Any]:
        """The parameters of the address with `changes`."""
        every = {"q": self.text, "only": self.only, "after": self.after} | changes
        return {name: value for name, value in every.items() if value}


def conditions(actor: Actor) -> Only:
    """What each chip narrows to."""
    # Not correlated: the inner rows are found once, not once for each location.
    wrong = scoped(actor, Mismatch).where(Mismatch.state.in_(WRONG))
    undecided = doubtful(actor)
    return {
        "trouble": Location.id.in_(wrong.with_only_columns(Mismatch.location_id)),
        "decide": Location.id.in_(undecided.with_only_columns(Match.location_id, maintain_column_froms=True)),
        "closed": Location.status != OpenStatus.OPEN,
    }


CHIPS = {"trouble": "With trouble", "decide": "To decide", "closed": "Not open"}


def found(actor: Actor, search: Search) -> sa.Select[Any]:
    """The locations in sight whose code, name, town or street has the text."""
    query = scoped(actor, Location)
    for word in search.text.split():
        fields = (Location.code, Location.name, Location.city, Location.street)
        query = query.where(sa.or_(*(field.icontains(word, autoescape=True) for field in fields)))
    return query


def rows(db: Session, actor: Actor, search: Search) -> Sequence[Location]:
    """A page of locations by store code, and one more when there are more."""
    query = found(actor, search)
    if search.only in CHIPS:
        query = query.where(conditions(actor)[search.only])
    if search.after:
        query = query.where(Location.code > search.after)
    return db.scalars(query.order_by(Location.code).limit(PAGE + 1)).all()


def counts(db: Session, actor: Actor, search: Search) -> dict[str, int]:
    """How many locations fit the text: "all", and those of each chip."""
    sums = [
        sa.func.sum(sa.case((condition, 1), else_=0)).label(key)
        for key, condition in conditions(actor).items()
    ]
    query = found(actor, search).with_only_columns(sa.func.count().label("all"), *sums)
    return {key: value or 0 for key, value in db.execute(query).mappings().one().items()}


def chips(search: Search, totals: Mapping[str, int]) -> tuple[Chip, ...]:
    """A chip per condition, pressed or not."""
    return tuple(
        Chip(
            label,
            url_for("locations.index", **search.values(only="" if search.only == key else key, after="")),
            totals[key],
            search.only == key,
        )
        for key, label in CHIPS.items()
    )


def nothing_found(search: Search, shown: Sequence[Location]) -> NothingFound | None:
    """What is said when the search hides every location."""
    if shown or not (search.text or search.only or search.after):
        return None
    return NothingFound(
        "Search looks at code, name, town and street.", Link("Show all", url_for("locations.index"))
    )


def read_sources(db: Session, actor: Actor) -> list[str]:
    """The sources that were asked at least once for this organization, in the order of SOURCES."""
    asked = set(
        db.scalars(
            sa.select(SourceState.source).where(
                SourceState.organization_id == actor.organization_id, SourceState.last_run_at.is_not(None)
            )
        )
    )
    return [key for key in SOURCES if key in asked]


@dataclass(frozen=True, slots=True)
class Tally:
    """The mismatches of one location at one source, by state."""

    wrong: int = 0
    waiting: int = 0
    left: int = 0

    @property
    def unfinished(self) -> int:
        """Those that don't agree."""
        return self.wrong + self.waiting


def table(
    db: Session, actor: Actor, shown: Sequence[Location], sources: Sequence[str], now: dt.datetime
) -> tuple[LocationRow, ...]:
    """The rows of the table; three statements whatever their number."""
    ids = [location.id for location in shown]
    listings: dict[tuple[int, str], Listing] = {}
    query = scoped(actor, Listing).where(Listing.location_id.in_(ids)).order_by(Listing.id.desc())
    for listing in db.scalars(query):
        listings[listing.location_id or 0, listing.source] = listing
    tallies, severities = _tallies(db, actor, ids)
    return tuple(_row(one, sources, listings, tallies, severities[one.id], now) for one in shown)


def _tallies(
    db: Session, actor: Actor, ids: Sequence[int]
) -> tuple[dict[tuple[int, str], Tally], dict[int, dict[Severity, int]]]:
    columns = (Mismatch.location_id, Mismatch.source, Mismatch.state, Mismatch.severity)
    query = (
        scoped(actor, Mismatch)
        .where(Mismatch.location_id.in_(ids), Mismatch.state.in_((*UNFINISHED, *LEFT)))
        .with_only_columns(*columns, sa.func.count())
        .group_by(*columns)
    )
    states: dict[tuple[int, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    severities: dict[int, dict[Severity, int]] = defaultdict(lambda: defaultdict(int))
    for location_id, source, state, severity, number in db.execute(query):
        kind = "wrong" if state in WRONG else "waiting" if state in WAITING else "left"
        states[location_id, source][kind] += number
        if kind == "wrong":
            severities[location_id][severity] += number
    return {key: Tally(**found) for key, found in states.items()}, severities


def _row(  # noqa: PLR0917 - a row is put together from these
    location: Location,
    sources: Sequence[str],
    listings: Mapping[tuple[int, str], Listing],
    tallies: Mapping[tuple[int, str], Tally],
    severities: Mapping[Severity, int],
    now: dt.datetime,
) -> LocationRow:
    here = {source: listings[location.id, source] for source in sources if (location.id, source) in listings}
    compared = differing = 0
    for source, listing in here.items():
        if listing.missing_since is None:
            compared += len(compared_fields(location, listing, now))
            differing += tallies.get((location.id, source), Tally()).unfinished
    reads = [(listing.last_seen_at, facts(source)) for source, listing in here.items()]
    oldest = min(reads, key=lambda read: read[0], default=None)
    stale = any(is_stale(source, at, now) for at, source in reads)
    return LocationRow(
        code=location.code,
        name=place(location),
        address=f"{location.name}, {address(location)}",
        href=url_for("locations.one", location_id=location.id),
        cells=tuple(
            cell(location.id, source, here.get(source), tallies.get((location.id, source), Tally()))
            for source in sources
        ),
        agree=f"{max(0, compared - differing)} of {compared}" if compared else "–",
        trouble=sum(severities.values()),
        read=age_of(oldest[0], now, stale=stale) if oldest else None,
        closed=_closed(location),
        severities=tuple(
            (severity.value, severities[severity]) for severity in Severity if severity in severities
        ),
    )


def _closed(location: Location) -> str:
    """What sets a record apart: it isn't open, or another record of the same place stays."""
    if location.duplicate_of is not None:
        return "Duplicate"
    return "" if location.status is OpenStatus.OPEN else location.status.replace("_", " ").capitalize()


def cell(location_id: int, source: str, listing: Listing | None, tally: Tally) -> Cell:
    """What one source shows of one location, all fields together."""
    name = SOURCE_MARKS[source][1]
    if listing is None:
        return Cell("missing", f"{name}: no listing found")
    if listing.missing_since is not None:
        return Cell("missing", f"{name}: the listing is gone")
    state: CellState
    if tally.wrong:
        state, tab, label = "different", "", f"different, {count(tally.wrong, 'field')}"
    elif tally.waiting:
        state, tab, label = "waiting", "waiting", f"waiting, {count(tally.waiting, 'field')}"
    elif tally.left:
        state, tab, label = "accepted", "accepted", f"accepted, {count(tally.left, 'field')}"
    else:
        return Cell("same", f"{name}: same")
    values: dict[str, Any] = {"state": tab, "location": str(location_id), "source": source}
    href = url_for("mismatches.index", **{key: value for key, value in values.items() if value})
    return Cell(state, f"{name}: {label}", href, tally.wrong)
