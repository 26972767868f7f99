"""Mismatches: one list of differences grouped by what one decision settles, and the pane beside it."""

from dataclasses import dataclass
from typing import Literal

from listings.models.mismatch import MismatchState
from listings.severity import Severity
from web.screens.elements import (
    Act,
    Age,
    Chip,
    Choice,
    Empty,
    Event,
    Link,
    NothingFound,
    SourceKey,
    Tab,
    Value,
)


@dataclass(frozen=True, slots=True)
class MismatchRow:
    """One field of one listing. `href` shows it in the pane; `marks` is the value of its box.

    `record` is empty when the record has nothing, `live` when the source shows nothing or its
    policy keeps no value (`live_note` then says which). `changed_by` tells that the source changed it itself.
    """

    marks: str
    code: str
    place: str
    href: str
    record: str
    live: Value
    state: MismatchState
    seen: int
    since: Age
    match: float | None = None
    live_note: str = ""
    changed_by: str = ""
    selected: bool = False
    changed: bool = False
    stale: Age | None = None


@dataclass(frozen=True, slots=True)
class MismatchGroup:
    """Rows with one cause. `toggle` opens or closes it; `hidden` rows come with `more`.

    `marks` is the value of the group's box: it stands for all its rows, the unseen ones too.
    `noun` is what `places` counts, `where` the one place there is.
    """

    marks: str
    title: str
    severity: Severity
    source: SourceKey
    places: int
    since: Age
    toggle: str
    expanded: bool = False
    next_act: Act | None = None
    stale: Age | None = None
    rows: tuple[MismatchRow, ...] = ()
    hidden: int = 0
    more: str = ""
    noun: str = "place"
    where: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """Who says what: the record, the own website, the source. `odd` is the one that differs."""

    source: SourceKey
    value: Value
    note: str
    verdict: Literal["", "agrees", "differs", "accepted", "not read", "can't show it"] = ""
    odd: bool = False
    absent: str = ""
    """Said in place of a value: "shows none", "kept no value, see below"."""


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A line of the stored answer; `marked` is the stretch of it that proves the difference."""

    number: int
    before: str
    marked: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """The stored answer round the proving place. `answer` names time and reader ("Answer of
    Nov 23, 08:22 UTC · reader google 4"), `sha256` is its hash in full.

    Without `lines`, `note` says why nothing is kept (the source's policy) and what is known.
    """

    answer: str
    sha256: str
    lines: tuple[EvidenceLine, ...] = ()
    note: str = ""
    whole: Link | None = None
    download: Link | None = None


@dataclass(frozen=True, slots=True)
class FixKit:
    """How to mend it at this source: one sentence with the date we look again, the value to copy
    in the source's format, then the acts and the source's own edit page.
    """

    sentence: str
    label: str = ""
    value: str = ""
    acts: tuple[Act, ...] = ()
    edit: Link | None = None


@dataclass(frozen=True, slots=True)
class MismatchPane:
    """Template mismatches/pane.html: everything about one difference.

    `verdict` are the first words of the judgement ("Google differs."), `judgement` the rest.
    `position` is "1 of 6". `acts` stand in the foot: accept (key a), record is wrong (r), not our
    listing (n), undo.
    """

    title: str
    severity: Severity
    state: MismatchState
    source: SourceKey
    what: str
    position: str
    back: str
    location: str
    verdict: str
    judgement: str
    reason: str
    sides: tuple[Side, ...]
    history_title: str
    history: tuple[Event, ...]
    evidence: EvidenceView | None = None
    kit: FixKit | None = None
    acts: tuple[Act, ...] = ()
    previous: str = ""
    next: str = ""
    stale: Age | None = None
    check: Act | None = None
    """Look again at once; it stands in the head of the screen."""


@dataclass(frozen=True, slots=True)
class MismatchesView:
    """Template mismatches/index.html. The address carries state, grouping, filters, open group.

    `pane` is the selected row; `detail` when the address is the row's own, which on a phone shows
    the pane instead of the list. `bulk` acts on the marked boxes (form field `marks`, repeated);
    the first of them is the filled button. `more_groups` is the address of the next groups.
    """

    fact: str
    tabs: tuple[Tab, ...]
    grouping: tuple[Choice, ...] = ()
    severities: tuple[Chip, ...] = ()
    sources: tuple[Chip, ...] = ()
    groups: tuple[MismatchGroup, ...] = ()
    pane: MismatchPane | None = None
    detail: bool = False
    acts: tuple[Act, ...] = ()
    bulk: tuple[Act, ...] = ()
    empty: Empty | None = None
    nothing_found: NothingFound | None = None
    more_groups: str = ""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row that a bulk act would touch."""

    code: str
    place: str
    source: SourceKey
    field: str
    record: str
    live: str


@dataclass(frozen=True, slots=True)
class PreviewView:
    """Template mismatches/preview.html: every row of a bulk act before it is done.

    `rows` are the first of `total`; `act` does it, `back` leaves everything as it is.
    """

    title: str
    text: str
    total: int
    rows: tuple[PreviewRow, ...]
    act: Act
    back: Act
