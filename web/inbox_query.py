"""What the inbox is asked for by its address, and the addresses it hands out."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from listings.access import Actor, scoped, visible_locations
from listings.models.location import Location
from listings.sources import SOURCES
from reputation.inbox import Filter, Tab
from reputation.models.review import Review

Values = dict[str, Any]

UNDATED = "undated"
"""Stands in an address for the time of a review whose source tells none."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters as the address names them. `location` is a code, `before` the last row shown."""

    tab: Tab = Tab.UNANSWERED
    stars: tuple[int, ...] = ()
    source: str = ""
    location: str = ""
    text: bool | None = None
    search: str = ""
    before: tuple[dt.datetime | None, int] | None = None

    def values(self, **changed: Any) -> Values:
        """The parameters of an address with these filters, some of them changed; it starts on top."""
        wanted = replace(self, before=None, **changed)
        found: Values = {
            "tab": None if wanted.tab is Tab.UNANSWERED else wanted.tab.value,
            "stars": list(wanted.stars) or None,
            "source": wanted.source or None,
            "location": wanted.location or None,
            "text": None if wanted.text is None else str(int(wanted.text)),
            "q": wanted.search or None,
        }
        return {name: value for name, value in found.items() if value is not None}

    @property
    def narrowed(self) -> bool:
        """Whether anything but the tab hides rows."""
        return self.values(tab=Tab.UNANSWERED) != {}


def wanted_from(given: "MultiDict[str, str]") -> Wanted:
    """The filters of an address; what can't be read counts as not given."""
    tab, text = given.get("tab", ""), given.get("text", "")
    source = given.get("source", "")
    return Wanted(
        tab=Tab(tab) if tab in list(Tab) else Tab.UNANSWERED,
        stars=tuple(star for star in range(1, 6) if str(star) in given.getlist("stars")),
        source=source if source in SOURCES else "",
        location=given.get("location", "")[:100],
        text={"1": True, "0": False}.get(text),
        search=given.get("q", "").strip()[:200],
        before=_position(given.get("before", "")),
    )


def position(review: Review) -> str:
    """Where a page of the list ended, for the address of the next one."""
    return f"{review.written_at.isoformat() if review.written_at else UNDATED}~{review.id}"


def _position(text: str) -> tuple[dt.datetime | None, int] | None:
    moment, _, number = text.partition("~")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    if moment == UNDATED:
        return None, int(number)
    try:
        at = dt.datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (at, int(number)) if at.tzinfo is not None else None


def sight(db: Session, actor: Actor) -> Filter:
    """Everything the actor sees, for the queries of reputation.inbox."""
    bound = list(db.scalars(visible_locations(actor))) if actor.bound else None
    return Filter(actor.organization_id, bound, Tab.ALL)


def filter_of(db: Session, actor: Actor, wanted: Wanted) -> Filter:
    """The same filters by ids; the code of a location that isn't in sight finds nothing."""
    location = location_of(db, actor, wanted)
    return replace(
        sight(db, actor),
        tab=wanted.tab,
        source=wanted.source or None,
        ratings=wanted.stars,
        location_id=None if not wanted.location else location.id if location else -1,
        with_text=wanted.text,
        search=wanted.search,
        before=wanted.before,
    )


def location_of(db: Session, actor: Actor, wanted: Wanted) -> Location | None:
    """The location the list is narrowed to."""
    if not wanted.location:
        return None
    return db.scalar(scoped(actor, Location).where(Location.code == wanted.location))


def stars_found(db: Session, narrowed: sa.Select[Review]) -> Mapping[int, int]:
    """How many rows of a query have each full number of stars."""
    query = narrowed.with_only_columns(Review.rating, sa.func.count()).group_by(Review.rating)
    found: dict[int, int] = {}
    for rating, number in db.execute(query):
        if rating is not None:
            found[round(rating)] = found.get(round(rating), 0) + number
    return found


def address(endpoint: str, wanted: Wanted, values: Values | None = None, **more: Any) -> str:
    """The address of a screen of the inbox with the filters kept."""
    return url_for(endpoint, **more, **(wanted.values() if values is None else values))


def as_pairs(values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The parameters as hidden fields of a form."""
    return tuple(
        (name, str(each))
        for name, value in values.items()
        for each in (value if isinstance(value, Sequence) and not isinstance(value, str) else [value])
    )
