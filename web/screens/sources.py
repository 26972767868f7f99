"""Sources: which of them can be read, how well, and what each answer was."""

from dataclasses import dataclass
from typing import Literal

from web.screens.elements import Act, Age, Banner, Chip, Empty, Fact, Field, Link, Outcomes, SourceKey

Health = Literal["well", "slowed", "ill", "not_connected", "new"]
"""slowed: blocked or over quota. ill: unreadable or refused. new: connected, not read yet."""

Outcome = Literal[
    "ok", "not_modified", "not_found", "moved", "blocked", "consent_wall", "unreadable", "quota", "unavailable"
]  # fmt: skip
"""The typed outcomes of a fetch, design.md §3."""


@dataclass(frozen=True, slots=True)
class Quota:
    """Requests used of those that the source allows; `resets` says when the count begins anew."""

    used: int
    limit: int
    resets: str = ""

    @property
    def share(self) -> float:
        """Percent used, at most 100."""
        return min(100.0, 100 * self.used / self.limit) if self.limit else 100.0


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """One source in the table. `state` is the pill's word ("Well", "Can't read", "Slowed down").

    `fresh` is "24 of 24" listings young enough; `next` when it is read again ("18 min", "paused").
    """

    source: SourceKey
    about: str
    href: str
    health: Health
    state: str
    outcomes: Outcomes
    last_good: Age | None
    fresh: str
    next: str
    quota: Quota | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """A source can't be read as it should: what, since when, what is kept, then four facts."""

    title: str
    text: str
    facts: tuple[Fact, ...] = ()
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One stored answer. `time` is in UTC ("08:14:31"); `why` a sentence without full stop."""

    time: str
    iso: str
    source: SourceKey
    listing: str
    outcome: Outcome
    why: str
    size: str
    reader: str
    evidence: Link | None = None


@dataclass(frozen=True, slots=True)
class SourcesView:
    """Template sources/index.html."""

    fact: str
    sources: tuple[SourceHealth, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    answer_chips: tuple[Chip, ...] = ()
    acts: tuple[Act, ...] = ()
    empty: Empty | None = None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What the source said to the credentials: why in words, a numbered way out, the raw answer."""

    title: str
    text: str
    steps: tuple[tuple[str, Link | None], ...] = ()
    acts: tuple[Act, ...] = ()
    raw_title: str = ""
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """One access to a source: whose it is, whether it works and why not, and what it reaches."""

    title: str
    state: str
    broken: bool
    cause: str
    since: str
    reaches: tuple[str, ...] = ()
    act: Act | None = None


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A deleted access: whose it was, and what the source has been told of it. `way` leads there."""

    title: str
    text: str
    bad: bool = False
    waiting: bool = False
    way: Link | None = None


@dataclass(frozen=True, slots=True)
class AccountsView:
    """The accounts people have connected, and those that were disconnected lately.

    While `waiting`, a worker finds out what the newest reaches, or tells the source that one is gone.
    """

    waiting: bool
    failed: str
    accounts: tuple[Account, ...]
    begin: Act | None
    here: str
    given_back: tuple[GivenBack, ...] = ()

    @property
    def renews(self) -> bool:
        """Whether the part looks by itself for what a worker has found or done."""
        return self.waiting or any(one.waiting for one in self.given_back)


@dataclass(frozen=True, slots=True)
class CallbackView:
    """Template sources/callback.html: what a consent page sent back, on its way in."""

    title: str
    action: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RunRow:
    """One finished crawl. `fields` says which fields fell short of what is usual ("the pin in 3 of 24")."""

    ended: str
    exact: str
    iso: str
    asked: str
    unchanged: str
    empty: str
    bad: str
    listings: str
    reviews: str
    fields: str
    fell: bool = False


@dataclass(frozen=True, slots=True)
class Runs:
    """The last crawls of a source, the newest first, with one sentence on what they say."""

    sentence: str
    rows: tuple[RunRow, ...]


@dataclass(frozen=True, slots=True)
class PermissionView:
    """A permission to show in public what the source's policy keeps back; without `facts` there is none."""

    facts: tuple[Fact, ...]
    fields: tuple[Field, ...]
    save: Act | None
    end: Act | None


@dataclass(frozen=True, slots=True)
class SourceView:
    """Template sources/one.html: one source's health, policy and settings.

    `fields` are the settings' form, posted to `save.action` with the button `save.label`; with
    `accounts` it is the way for those who have a token already.
    """

    title: str
    fact: str
    back: str
    health: SourceHealth | None = None
    refused: CheckResult | None = None
    banner: Banner | None = None
    alarms: tuple[Alarm, ...] = ()
    policy: tuple[Fact, ...] = ()
    fields: tuple[Field, ...] = ()
    save: Act | None = None
    accounts: AccountsView | None = None
    permission: PermissionView | None = None
    acts: tuple[Act, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    runs: Runs | None = None
