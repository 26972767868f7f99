"""The mismatches an address asks for: narrowed, counted, grouped, and paged by key."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.access import Actor, scoped
from listings.models.listing import Listing, Match
from listings.models.location import Location
from listings.models.mismatch import Mismatch, MismatchState
from listings.severity import Severity
from listings.sources import SOURCES

PAGE = 50
"""Groups on a page, and rows of an open group."""
FIXED_FOR = dt.timedelta(days=30)


class Tab(StrEnum):
    """The states that the list is cut into."""

    OPEN = "open"
    CAME_BACK = "came_back"
    WAITING = "waiting"
    FIXED = "fixed"
    ACCEPTED = "accepted"


STATES: Mapping[Tab, tuple[MismatchState, ...]] = {
    Tab.OPEN: (MismatchState.OPEN,),
    Tab.CAME_BACK: (MismatchState.CAME_BACK,),
    Tab.WAITING: (MismatchState.FIX_SENT, MismatchState.WAITING, MismatchState.LOCATION_WRONG),
    Tab.FIXED: (MismatchState.FIXED,),
    Tab.ACCEPTED: (MismatchState.ACCEPTED, MismatchState.DISMISSED, MismatchState.NOT_OURS),
}
TAB_OF = {state: tab for tab, states in STATES.items() for state in states}


class By(StrEnum):
    """What the rows of a group have in common."""

    CAUSE = "cause"
    LOCATION = "location"
    SOURCE = "source"
    FIELD = "field"


_KEYS: dict[By, Any] = {
    By.CAUSE: Mismatch.cause,
    By.LOCATION: Mismatch.location_id,
    By.SOURCE: Mismatch.source,
    By.FIELD: Mismatch.field,
}
CLOSED = "-"
"""In place of a group's key: no group is open."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address says. `opened` is the key of the open group, "" for the first, CLOSED for none.

    `after` is the id of the last row shown of the open group and `shown` how many were shown until
    there, `groups_after` the key of the last group shown ("rank.count.key").
    """

    tab: Tab = Tab.OPEN
    by: By = By.CAUSE
    severity: Severity | None = None
    source: str = ""
    field: str = ""
    location_id: int | None = None
    opened: str = ""
    after: int | None = None
    shown: int = 0
    groups_after: str = ""

    def values(self, **changes: Any) -> dict[str, Any]:
        """The parameters of the address with `changes` applied; what is the default is left out."""
        new = replace(self, **changes)
        every = {
            "state": "" if new.tab is Tab.OPEN else new.tab,
            "by": "" if new.by is By.CAUSE else new.by,
            "severity": new.severity or "",
            "source": new.source,
            "field": new.field,
            "location": str(new.location_id or ""),
            "open": new.opened,
            "after": f"{new.after}.{new.shown}" if new.after else "",
            "groups": new.groups_after,
        }
        return {name: str(value) for name, value in every.items() if value}

    @property
    def filtered(self) -> bool:
        """Whether anything but the state narrows the list."""
        return bool(self.severity or self.source or self.field or self.location_id)


def wanted_from(values: Mapping[str, str]) -> Wanted:
    """Read an address; what is not known in it is ignored, because addresses are kept and typed by hand."""
    after, _, shown = values.get("after", "").partition(".")
    return Wanted(
        tab=Tab(values["state"]) if values.get("state", "") in list(Tab) else Tab.OPEN,
        by=By(values["by"]) if values.get("by", "") in list(By) else By.CAUSE,
        severity=Severity(values["severity"]) if values.get("severity", "") in list(Severity) else None,
        source=values["source"] if values.get("source", "") in SOURCES else "",
        field=values.get("field", ""),
        location_id=_number(values.get("location", "")),
        opened=values.get("open", ""),
        after=_number(after),
        shown=_number(shown) or 0,
        groups_after=values.get("groups", ""),
    )


def _number(text: str) -> int | None:
    # Longer ones don't fit the database's integers.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@dataclass(frozen=True, slots=True)
class Facet:
    """How many rows there are of one tab, severity and source."""

    tab: Tab
    severity: Severity
    source: str
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    """Rows with the same key; the values are the first row's, by which the group is named."""

    key: str
    rank: int
    count: int
    source: str
    field: str
    reason: str
    live_value: str | None
    live_until: dt.datetime | None
    first_id: int
    since: dt.datetime
    code: str
    city: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """One mismatch with everything its row and pane are drawn from."""

    mismatch: Mismatch
    location: Location
    listing: Listing
    match: Match | None


def in_sight(actor: Actor, wanted: Wanted, now: dt.datetime) -> sa.Select[Any]:
    """The mismatches the actor sees that fit place and field, of any state that has a tab."""
    query = scoped(actor, Mismatch).where(
        sa.or_(Mismatch.state != MismatchState.FIXED, Mismatch.state_since >= now - FIXED_FOR)
    )
    if wanted.field:
        query = query.where(Mismatch.field == wanted.field)
    if wanted.location_id is not None:
        query = query.where(Mismatch.location_id == wanted.location_id)
    return query


def narrowed(actor: Actor, wanted: Wanted, now: dt.datetime) -> sa.Select[Any]:
    """The mismatches of one tab that fit every filter."""
    query = in_sight(actor, wanted, now).where(Mismatch.state.in_(STATES[wanted.tab]))
    if wanted.severity is not None:
        query = query.where(Mismatch.severity == wanted.severity)
    if wanted.source:
        query = query.where(Mismatch.source == wanted.source)
    return query


def facets(db: Session, actor: Actor, wanted: Wanted, now: dt.datetime) -> list[Facet]:
    """Counts for the tabs and chips, in one statement."""
    columns = (Mismatch.state, Mismatch.severity, Mismatch.source)
    query = in_sight(actor, wanted, now).with_only_columns(*columns, sa.func.count()).group_by(*columns)
    return [Facet(TAB_OF[state], severity, source, n) for state, severity, source, n in db.execute(query)]


def groups(db: Session, actor: Actor, wanted: Wanted, now: dt.datetime) -> list[Group]:
    """A page of groups and one more when there are more: the most harmful first, then the largest."""
    key = sa.cast(_KEYS[wanted.by], sa.String)
    rank, count = sa.func.min(Mismatch.severity_rank), sa.func.count()
    query = (
        narrowed(actor, wanted, now)
        .join(Location, Location.id == Mismatch.location_id)
        .with_only_columns(
            key.label("key"),
            rank.label("rank"),
            count.label("count"),
            sa.func.min(Mismatch.source).label("source"),
            sa.func.min(Mismatch.field).label("field"),
            sa.func.min(Mismatch.reason).label("reason"),
            sa.func.min(Mismatch.live_value).label("live_value"),
            sa.func.min(Mismatch.value_expires_at).label("live_until"),
            sa.func.min(Mismatch.id).label("first_id"),
            sa.func.min(Mismatch.state_since).label("since"),
            sa.func.min(Location.code).label("code"),
            sa.func.min(Location.city).label("city"),
        )
        .group_by(key)
        .order_by(rank, count.desc(), key)
        .limit(PAGE + 1)
    )
    last_rank, _, rest = wanted.groups_after.partition(".")
    last_count, _, last_key = rest.partition(".")
    if last_rank.isdigit() and last_count.isdigit():
        worst, most = int(last_rank[:3]), int(last_count[:18])
        query = query.having(
            sa.or_(
                rank > worst,
                sa.and_(rank == worst, count < most),
                sa.and_(rank == worst, count == most, key > last_key),
            )
        )
    return [Group(**row) for row in db.execute(query).mappings()]


def of_group(query: sa.Select[Any], by: By, key: str) -> sa.Select[Any]:
    """The rows of a query that belong to one group."""
    return query.where(sa.cast(_KEYS[by], sa.String) == key)


def key_of(row: Mismatch, by: By) -> str:
    """The key of the group a row belongs to."""
    keys = {By.CAUSE: row.cause, By.LOCATION: row.location_id, By.SOURCE: row.source, By.FIELD: row.field}
    return str(keys[by])


def rows(db: Session, actor: Actor, wanted: Wanted, key: str, now: dt.datetime) -> list[Found]:
    """A page of one group's rows and one more when there are more: harm, then store code."""
    query = of_group(narrowed(actor, wanted, now), wanted.by, key)
    if wanted.after is not None:
        last = (
            scoped(actor, Mismatch)
            .join(Location, Location.id == Mismatch.location_id)
            .where(Mismatch.id == wanted.after)
            .with_only_columns(Mismatch.severity_rank, Location.code, Mismatch.id)
        )
        query = query.where(
            sa.tuple_(Mismatch.severity_rank, Location.code, Mismatch.id) > last.scalar_subquery()
        )
    return _found(db, query.order_by(Mismatch.severity_rank, Location.code, Mismatch.id).limit(PAGE + 1))


def one(db: Session, actor: Actor, mismatch_id: int) -> Found | None:
    """One mismatch in the actor's sight."""
    found = _found(db, scoped(actor, Mismatch).where(Mismatch.id == mismatch_id))
    return found[0] if found else None


def _found(db: Session, query: sa.Select[Any]) -> list[Found]:
    joined = (
        query.join(Location, Location.id == Mismatch.location_id)
        .join(Listing, Listing.id == Mismatch.listing_id)
        .outerjoin(Match, Match.listing_id == Mismatch.listing_id)
        .add_columns(Location, Listing, Match)
    )
    return [Found(*row) for row in db.execute(joined)]
