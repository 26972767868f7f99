"""Duplicates: one place that stands twice, at a source or in the own records."""

from dataclasses import dataclass

from web.screens.elements import Act, Age, Empty, Event, Link, SourceKey, Tab, Value
from web.screens.locations import Reason


@dataclass(frozen=True, slots=True)
class TwinField:
    """One field of both entries; `differs` when they don't say the same."""

    label: str
    first: str
    second: Value
    differs: bool


@dataclass(frozen=True, slots=True)
class Twin:
    """One of the two: what it is ("Followed", "Second listing", "0101"), its name, where it is seen."""

    role: str
    name: str
    link: Link | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class DuplicateCard:
    """One pair side by side. `state` is said in words where it isn't open; `late` when a report had no effect."""

    source: SourceKey
    title: str
    href: str
    anchor: str
    first: Twin
    second: Twin
    fields: tuple[TwinField, ...]
    chance: str
    since: Age
    reasons: tuple[Reason, ...] = ()
    state: str = ""
    late: bool = False
    how: str = ""
    report: Link | None = None
    acts: tuple[Act, ...] = ()
    history: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class DuplicatesView:
    """Template duplicates/index.html; `more` is the address of the next pairs."""

    fact: str
    tabs: tuple[Tab, ...]
    cards: tuple[DuplicateCard, ...] = ()
    more: str = ""
    empty: Empty | None = None
    acts: tuple[Act, ...] = ()
