"""Is this listing yours? The queue of listings in doubt, and the card on which one is decided."""

from dataclasses import dataclass
from typing import Literal

from web.screens.elements import (
    Act,
    Age,
    Banner,
    Chip,
    Empty,
    Link,
    NothingFound,
    SourceKey,
    Tab,
    Value,
)
from web.screens.mismatches import EvidenceView

Tone = Literal["good", "bad", "soft"]

SECOND = "Ours, but a second listing"


@dataclass(frozen=True, slots=True)
class MatchRow:
    """One listing in doubt. `place` is the likeliest location, `chance` its probability as read."""

    source: SourceKey
    name: str
    facts: str
    href: str
    place: str
    chance: str
    share: float
    since: Age
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchesView:
    """Template matches/index.html; `more` is the address of the next rows."""

    fact: str
    tabs: tuple[Tab, ...]
    rows: tuple[MatchRow, ...] = ()
    chips: tuple[Chip, ...] = ()
    more: str = ""
    empty: Empty | None = None
    nothing_found: NothingFound | None = None
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class CardField:
    """One field side by side. `verdict` in a word, `note` the reason where the two aren't the same."""

    label: str
    live: Value
    record: str
    verdict: str
    icon: str
    tone: Tone
    note: str = ""


@dataclass(frozen=True, slots=True)
class PointBar:
    """One line of the reckoning: its sentence, its points as read, and its bar from 0 to 100."""

    says: str
    points: str
    x: float
    width: float
    against: bool


@dataclass(frozen=True, slots=True)
class CardChoice:
    """One location that it may be; `chance` as read, "" where it was not weighed."""

    label: str
    about: str
    href: str
    chance: str = ""
    share: float = 0.0
    key: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class MatchCard:
    """Template matches/card.html.

    `chosen` is the location it stands beside, `why` the heading of the points ("Why 0.82"), `words`
    the probability in words, `turn` what would change the decision. `found` are the locations of a
    search; `yes`, `second` (where the location has a listing at the source) and `none` decide, `later`
    goes on. A card that was decided has `decided` instead.
    """

    title: str
    fact: str
    back: str
    source: SourceKey
    name: str
    facts: str
    chosen: str
    chosen_href: str
    fields: tuple[CardField, ...]
    choices: tuple[CardChoice, ...]
    why: str = ""
    words: str = ""
    points: tuple[PointBar, ...] = ()
    total: str = ""
    turn: str = ""
    no_fields: str = ""
    link: Link | None = None
    read: Age | None = None
    evidence: EvidenceView | None = None
    notice: Banner | None = None
    decided: Banner | None = None
    undo: Act | None = None
    yes: Act | None = None
    second: Act | None = None
    none: Act | None = None
    later: Link | None = None
    search: str = ""
    search_action: str = ""
    found: tuple[CardChoice, ...] = ()
    nothing_found: str = ""
    previous: str = ""
    next: str = ""
