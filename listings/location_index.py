"""An organization's locations in normal form, ready to be matched against.

They are read from the forms on the rows and kept in memory by each process. Every transaction that
changes a location raises its organization's revision, so a look at one number tells whether what is
kept still holds; when it doesn't, only the rows of later revisions are read again.
"""

import copy
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from functools import cached_property
from weakref import WeakKeyDictionary

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

from listings.limits import Limits, scorecard_with
from listings.matching.block import MatchIndex
from listings.models.location import CHANGED, MATCHED, Location, raw_locations
from listings.models.organization import Organization
from listings.normalize.columns import NORMAL_SCHEMA
from listings.normalize.stored import read_forms, stored_forms

MOST = 400_000
"""Locations kept in one process, over all organizations; at some 1.8 KB each they are 700 MB."""


class LocationIndex:
    """The locations of one organization at one revision. Read-only, and shared between threads."""

    def __init__(self, revision: int, table: pl.DataFrame) -> None:
        """`table` is what `read_table` gives."""
        self.revision = revision
        self.table = table
        self._indexes: dict[Limits, MatchIndex] = {}

    @cached_property
    def ids(self) -> frozenset[int]:
        """The locations that stand for themselves."""
        return frozenset(self._own["location_id"])

    @cached_property
    def id_by_code(self) -> Mapping[str, int]:
        """Each code with its location; that of a duplicate stands for the one that stays."""
        codes = self.table.select("code", pl.coalesce("duplicate_of", "location_id"))
        return dict(codes.iter_rows())

    @property
    def _own(self) -> pl.DataFrame:
        return self.table.filter(pl.col("duplicate_of").is_null())

    @cached_property
    def _index(self) -> MatchIndex:
        return MatchIndex(self._own.select(list(NORMAL_SCHEMA)))

    def index(self, limits: Limits) -> MatchIndex:
        """The engine's index, made when it's first asked for, deciding by these limits."""
        if limits not in self._indexes:
            # Only what it decides by differs; the arrays are shared.
            index = copy.copy(self._index)
            index.scorecard = scorecard_with(limits)
            self._indexes = {limits: index}
        return self._indexes[limits]


def read_one(session: Session, organization_id: int, location_id: int) -> LocationIndex:
    """One location of an organization as if it had no other."""
    one = sa.and_(Location.organization_id == organization_id, Location.id == location_id)
    return LocationIndex(0, read_table(session, one))


def location_index(session: Session, organization_id: int) -> LocationIndex:
    """All locations of an organization as `session` sees them."""
    if session.info.get(CHANGED):
        # What isn't committed may be taken back, and its revision be given again.
        return LocationIndex(0, read_table(session, Location.organization_id == organization_id))
    return _kept_for(session).at(session, organization_id)


class Kept:
    """The indexes that a process keeps of one database: those used last, of `most` locations together."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._indexes: OrderedDict[int, LocationIndex] = OrderedDict()
        self._lock = threading.Lock()
        self._making: defaultdict[int, threading.Lock] = defaultdict(threading.Lock)

    def __len__(self) -> int:
        return len(self._indexes)

    def at(self, session: Session, organization_id: int) -> LocationIndex:
        """The index as of the session's moment: the kept one, or that brought up to date, or a new one."""
        revision = session.scalar(
            sa.select(Organization.locations_revision).where(Organization.id == organization_id)
        )
        with self._lock:
            making = self._making[organization_id]
        with making:
            kept = self._indexes.get(organization_id)
            if kept is None or kept.revision != revision:
                kept = _up_to(session, organization_id, revision or 0, kept)
        self._keep(organization_id, kept)
        return kept

    def _keep(self, organization_id: int, index: LocationIndex) -> None:
        with self._lock:
            known = self._indexes.get(organization_id)
            # A long transaction may still see what others have left behind.
            if known is None or known.revision <= index.revision:
                self._indexes[organization_id] = index
            self._indexes.move_to_end(organization_id)
            held = sum(one.table.height for one in self._indexes.values())
            while held > self._most and len(self._indexes) > 1:
                _, dropped = self._indexes.popitem(last=False)
                held -= dropped.table.height


_KEPT: WeakKeyDictionary[Pool, Kept] = WeakKeyDictionary()


def _kept_for(session: Session) -> Kept:
    # The pool is what the reading and the writing engine of a database share.
    bind = session.get_bind()
    assert isinstance(bind, sa.Engine)  # noqa: S101 - our sessions are made from engines
    return _KEPT.setdefault(bind.pool, Kept())


def _up_to(
    session: Session, organization_id: int, revision: int, kept: LocationIndex | None
) -> LocationIndex:
    mine = Location.organization_id == organization_id
    if kept is not None and kept.revision < revision:
        changed = read_table(session, sa.and_(mine, Location.revision > kept.revision))
        same = kept.table.join(changed, on="location_id", how="anti")
        table = _still_there(session, mine, pl.concat([same, changed]).sort("location_id"))
        if table is not None:
            return LocationIndex(revision, table)
    return LocationIndex(revision, read_table(session, mine))


def _still_there(session: Session, mine: sa.ColumnElement[bool], table: pl.DataFrame) -> pl.DataFrame | None:
    """The table without what was deleted; None when rows have come that no revision tells of."""
    count = session.scalar(sa.select(sa.func.count()).select_from(Location).where(mine))
    if table.height != count:
        there = pl.Series(session.scalars(sa.select(Location.id).where(mine)).all(), dtype=pl.Int64)
        table = table.filter(pl.col("location_id").is_in(there.implode()))
    return table if table.height == count else None


def read_table(session: Session, which: sa.ColumnElement[bool]) -> pl.DataFrame:
    """Locations in the order of their ids: location_id, code, duplicate_of and their forms (NORMAL_SCHEMA)."""
    query = sa.select(Location.id, Location.code, Location.duplicate_of, Location.normal)
    rows = session.execute(query.where(which).order_by(Location.id)).all()
    numbers, codes, duplicate_of, forms = zip(*rows, strict=True) if rows else ((), (), (), ())
    if None in forms:
        made = _made(session, which)
        forms = tuple(form or made[number] for number, form in zip(numbers, forms, strict=True))
    kept = pl.DataFrame(
        {"location_id": numbers, "code": codes, "duplicate_of": duplicate_of},
        schema={"location_id": pl.Int64, "code": pl.String, "duplicate_of": pl.Int64},
    )
    return pl.concat([kept, read_forms([str(number) for number in numbers], forms)], how="horizontal")


def _made(session: Session, which: sa.ColumnElement[bool]) -> dict[int, str]:
    """The forms of rows that were written without any, made for this once."""
    columns = (Location.id, *(getattr(Location, name) for name in MATCHED))
    rows = session.execute(sa.select(*columns).where(which, Location.normal.is_(None))).all()
    return dict(zip((row.id for row in rows), stored_forms(raw_locations(rows)), strict=True))
