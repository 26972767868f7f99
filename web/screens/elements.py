"""The small parts that every screen is put together from; macros in templates/components draw them."""

from dataclasses import dataclass
from typing import Literal

from web.charts import Spark, sparkline
from web.difference import Segment

Value = tuple[Segment, ...]
"""A value with the stretches that differ; from web.difference.difference()."""

SourceKey = Literal[
    "google", "google_places", "bing", "yelp", "bbb", "yahoo", "website", "survey", "record"
]  # fmt: skip
"""Every source of design.md §1 and "record" for the location itself; keys of SOURCE_MARKS."""

SOURCE_MARKS: dict[str, tuple[str, str]] = {
    "google": ("Go", "Google"),
    "google_places": ("Pl", "Google Places"),
    "bing": ("Bi", "Bing"),
    "yelp": ("Ye", "Yelp"),
    "bbb": ("BB", "BBB"),
    "yahoo": ("Ya", "Yahoo"),
    "website": ("Ws", "Own website"),
    "survey": ("Su", "Own survey"),
    "record": ("Re", "Location record"),
}
"""Monogram and name. Inside the app a source has no logo: its terms govern logos, not monograms."""


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another page; `download` when following it gives a file."""

    label: str
    href: str
    icon: str = ""
    download: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """Something a person can do: a form with one button, or a link when `method` is "get".

    `key` is the letter that does the same, `values` go along as hidden fields. `why_not` is the
    reason it can't be done now: the button is off and the reason stands beside it. `counted` is the
    label of an act on marked rows with their number in it ("Send {n} to Google").
    """

    label: str
    action: str
    method: Literal["post", "get"] = "post"
    style: Literal["filled", "outlined", "quiet", "text"] = "outlined"
    key: str = ""
    icon: str = ""
    values: tuple[tuple[str, str], ...] = ()
    why_not: str = ""
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Age:
    """How old something is: `text` as read ("3 d"), `exact` for the tooltip, `iso` for machines.

    `stale` when it is older than its source's rhythm; it then shows as an amber pill.
    """

    text: str
    exact: str
    iso: str
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Tab:
    """A state to look at, with how many rows are in it (None: not counted)."""

    label: str
    href: str
    count: int | None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One side of a segmented control: how rows are grouped or what is previewed."""

    label: str
    href: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that narrows the list; `href` turns it on, or off when it is pressed.

    `severity` draws the severity mark in front. A chip that counts 0 is hidden unless pressed.
    """

    label: str
    href: str
    count: int | None = None
    pressed: bool = False
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One step of a series: its label ("Sep 7") and value; None is a gap, not a zero."""

    label: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Stat:
    """One number with its base. `shown` is the number as read ("94.6 %"), `base` what it is of.

    `series` draws a sparkline with its table behind; `before` says where it stood ("12 weeks ago
    88.0 %"); `href` opens the rows that were counted.
    """

    label: str
    shown: str
    base: str
    href: str = ""
    series: tuple[Point, ...] = ()
    before: str = ""

    @property
    def spark(self) -> Spark:
        """The series as a line to draw."""
        return sparkline([(point.label, point.value) for point in self.series])


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a history, newest first: `when` short ("Nov 20", "08:12"), `text` a sentence."""

    when: str
    text: str
    kind: Literal["event", "wrong", "fixed"] = "event"


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what is so, for the narrow columns beside a thread and in alarms."""

    label: str
    text: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing here yet: what is missing, what it will bring and how long it takes, what to do."""

    title: str
    text: str
    act: Act | None = None
    other: Act | None = None
    way_without: Link | None = None


@dataclass(frozen=True, slots=True)
class NothingFound:
    """Filters hide every row: "37 open mismatches are hidden." and the way to clear them."""

    hidden: str
    clear: Link


@dataclass(frozen=True, slots=True)
class Banner:
    """A sentence that belongs to the whole page; `strong` are its first words."""

    kind: Literal["wait", "good", "warn", "bad"]
    text: str
    strong: str = ""
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a choice field."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. `error` says what to type instead; `hint` stands before the field.

    `kind` is the input's type, or "select" with `options`, or "textarea".
    """

    name: str
    label: str
    value: str = ""
    kind: str = "text"
    hint: str = ""
    error: str = ""
    autocomplete: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How a source's answers ended; each counts answers in the period, in this fixed order."""

    ok: int = 0
    not_modified: int = 0
    not_found: int = 0
    blocked: int = 0
    unreadable: int = 0

    def shares(self) -> tuple[tuple[str, int, float, float], ...]:
        """(kind, count, start, width) of each kind that occurs, start and width in percent."""
        names = ("ok", "not_modified", "not_found", "blocked", "unreadable")
        counts = [(name, int(getattr(self, name))) for name in names]
        total, start = sum(n for _, n in counts), 0.0
        shares = []
        for name, n in counts:
            if n:
                shares.append((name, n, round(start, 2), round(100 * n / total, 2)))
                start += 100 * n / total
        return tuple(shares)

    def words(self) -> str:
        """The same in words: "161 good, 5 not found, 2 blocked"; "none yet" without answers."""
        counts = (
            (self.ok + self.not_modified, "good"),
            (self.not_found, "not found"),
            (self.blocked, "blocked or over quota"),
            (self.unreadable, "unreadable"),
        )
        return ", ".join(f"{n:,} {word}" for n, word in counts if n) or "none yet"
