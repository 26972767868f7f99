"""Limits of matching: from where on a listing is linked by itself, from where on somebody is asked."""

from dataclasses import dataclass

from web.screens.elements import Act, Banner, Choice, Field, SourceKey


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of the histogram: `label` names its probabilities, `kind` what happens there now."""

    label: str
    count: int
    x: float
    height: float
    kind: str


@dataclass(frozen=True, slots=True)
class MovedRow:
    """One listing that other limits would move."""

    source: SourceKey
    name: str
    facts: str
    href: str
    place: str
    chance: str


@dataclass(frozen=True, slots=True)
class LimitsView:
    """Template matches/limits.html.

    `lines` are (x in percent, words, whether it is new); `groups` choose which moved rows are listed.
    `save` is there once another pair of limits is previewed and could be saved; `changed` tells of the
    last change, which `undo` takes back.
    """

    fact: str
    back: str
    action: str
    fields: tuple[Field, ...]
    bins: tuple[Bin, ...]
    lines: tuple[tuple[float, str, bool], ...]
    caption: str
    summary: Banner
    notes: tuple[str, ...] = ()
    groups: tuple[Choice, ...] = ()
    rows: tuple[MovedRow, ...] = ()
    more: str = ""
    none: str = ""
    proposal: tuple[str, ...] = ()
    use: Act | None = None
    save: Act | None = None
    reset: Act | None = None
    changed: str = ""
    undo: Act | None = None
