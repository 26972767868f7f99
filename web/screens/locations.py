"""Locations: which source says what about which place."""

from dataclasses import dataclass
from typing import Literal

from web.screens.elements import Act, Age, Banner, Chip, Empty, Fact, Link, NothingFound, SourceKey, Stat, Tab
from web.screens.named_pages import NamedPage

CellState = Literal["same", "accepted", "waiting", "different", "missing", "cannot_show", "not_read"]
"""`missing`: no listing there. `cannot_show`: the source can't show the field. `not_read`: not yet."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One meeting of a row and a column; `label` says it in words ("Google: different, 2 fields")."""

    state: CellState
    label: str
    href: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class GridRow:
    """What one source shows of one location, a cell per column of the grid."""

    source: SourceKey
    cells: tuple[Cell, ...]
    match: str
    read: Age | None
    href: str = ""


@dataclass(frozen=True, slots=True)
class StatusGrid:
    """Sources down, fields across ("Name", "Address", "Phone" …)."""

    columns: tuple[str, ...]
    rows: tuple[GridRow, ...]


@dataclass(frozen=True, slots=True)
class LocationRow:
    """A location in the list: a cell per source of LocationsView.sources.

    `agree` is "42 of 46" fields; `trouble` how many mismatches are open, `severities` how many of
    each severity, worst first.
    """

    code: str
    name: str
    address: str
    href: str
    cells: tuple[Cell, ...]
    agree: str
    trouble: int = 0
    read: Age | None = None
    closed: str = ""
    severities: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class LocationsView:
    """Template locations/index.html. `search` is what was typed; `pages` leads to more rows."""

    fact: str
    sources: tuple[SourceKey, ...]
    rows: tuple[LocationRow, ...] = ()
    chips: tuple[Chip, ...] = ()
    search: str = ""
    search_action: str = ""
    acts: tuple[Act, ...] = ()
    previous: Link | None = None
    next: Link | None = None
    empty: Empty | None = None
    nothing_found: NothingFound | None = None


@dataclass(frozen=True, slots=True)
class HoursRow:
    """A day as customers read it; `differs` leads to the mismatch ("Yelp: until 6 PM")."""

    day: str
    hours: str
    differs: Link | None = None
    special: bool = False
    today: bool = False


@dataclass(frozen=True, slots=True)
class ReviewCount:
    """Always three numbers: total at the source, readable, stored. `average` is the source's own."""

    source: SourceKey
    average: str
    at_source: str
    readable: str
    stored: str


@dataclass(frozen=True, slots=True)
class StarShare:
    """How many reviews have this many stars; `share` of the largest, 0 to 1."""

    stars: int
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence of a match: its sentence, and its points as read ("+1.9", "−0.8")."""

    says: str
    points: str = ""
    against: bool = False


@dataclass(frozen=True, slots=True)
class ListingCard:
    """A listing that belongs to the location, or might (then with `acts`: yes, no).

    `match` is the probability as read ("0.99"), `facts` what it shows ("1040 College Ave, Bloomington").
    """

    source: SourceKey
    name: str
    match: str
    facts: str = ""
    link: Link | None = None
    reasons: tuple[Reason, ...] = ()
    read: Age | None = None
    question: str = ""
    acts: tuple[Act, ...] = ()
    compare: Link | None = None
    """To the card that shows it side by side, or to what it holds beside the fields that are compared."""


@dataclass(frozen=True, slots=True)
class LocationView:
    """Template locations/one.html. `now` is "open until 9 PM" in the location's own time.

    `record` is the canonical record field by field, `candidates` are listings to decide on.
    """

    code: str
    name: str
    address: str
    back: str
    grid: StatusGrid
    now: str = ""
    open_now: bool = False
    acts: tuple[Act, ...] = ()
    tabs: tuple[Tab, ...] = ()
    stats: tuple[Stat, ...] = ()
    hours: tuple[HoursRow, ...] = ()
    edit_hours: str = ""
    reviews: tuple[ReviewCount, ...] = ()
    reviews_note: str = ""
    every_review: Link | None = None
    stars_title: str = ""
    stars: tuple[StarShare, ...] = ()
    empty: Empty | None = None
    record: tuple[Fact, ...] = ()
    listings: tuple[ListingCard, ...] = ()
    candidates: tuple[ListingCard, ...] = ()
    notice: Banner | None = None
    """Said when this record is the second one of a place, or a source lists the place twice."""
    pages: tuple[NamedPage, ...] = ()
