"""What stands round every screen: navigation, organization, person, workers' pulse, toast."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from web.screens.elements import Act

Theme = Literal["system", "light", "dark"]


@dataclass(frozen=True, slots=True)
class Place:
    """A screen of the product that the navigation can name; `tab` ones are on the phone's bar."""

    key: str
    label: str
    icon: str
    tab: bool = False
    letter: str = ""
    """With `g` before it, the keys that go there."""


MAIN: tuple[tuple[str, tuple[Place, ...]], ...] = (
    ("", (Place("home", "Home", "house", tab=True, letter="h"),)),
    (
        "Get found",
        (
            Place("locations", "Locations", "map-pin", letter="l"),
            Place("mismatches", "Mismatches", "equal-not", tab=True, letter="m"),
            Place("duplicates", "Duplicates", "copy", letter="d"),
            Place("sources", "Sources", "activity", letter="s"),
        ),
    ),
    (
        "Get chosen",
        (
            Place("inbox", "Inbox", "inbox", tab=True, letter="i"),
            Place("pages", "Pages & widgets", "code", letter="p"),
            Place("requests", "Requests", "send"),
        ),
    ),
    (
        "Get better",
        (
            Place("cases", "Cases", "life-buoy", tab=True, letter="c"),
            Place("experience", "Experience", "smile"),
            Place("reports", "Reports", "chart-column"),
        ),
    ),
)
"""Everything there will ever be, in its order; only what has an address is listed."""


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One line of the navigation. `count` waits (grey); `trouble` is red and in words ("2 ill")."""

    key: str
    label: str
    href: str
    icon: str
    letter: str = ""
    tab: bool = False
    current: bool = False
    count: int | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class NavGroup:
    """Entries under one heading; the first group has none."""

    heading: str
    entries: tuple[NavEntry, ...]


@dataclass(frozen=True, slots=True)
class Pulse:
    """Whether the workers live: "2 workers, last job 8 s ago"."""

    well: bool
    text: str


@dataclass(frozen=True, slots=True)
class Toast:
    """What has just been done, and the act that takes it back; errors never go here."""

    text: str
    undo: Act | None = None


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of a signed-in page. `status` is read out by screen readers after a change.

    `single_keys` False turns off what single letters do (WCAG 2.1.4). Addresses that are "" have
    no place on the page.
    """

    organization: str
    scope: str
    person: str
    role: str
    navigation: tuple[NavGroup, ...]
    logout: str
    search: str = ""
    settings: str = ""
    single_keys: bool = True
    pulse: Pulse | None = None
    toast: Toast | None = None
    status: str = ""

    @property
    def initials(self) -> str:
        """Up to two letters that stand for the person."""
        return "".join(word[0] for word in self.person.split()[:2]).upper()

    @property
    def tabs(self) -> tuple[NavEntry, ...]:
        """The entries on the phone's bottom bar."""
        return tuple(entry for group in self.navigation for entry in group.entries if entry.tab)


def navigation(
    addresses: Mapping[str, str],
    current: str,
    counts: Mapping[str, int] | None = None,
    trouble: Mapping[str, str] | None = None,
) -> tuple[NavGroup, ...]:
    """The groups of MAIN with the places that have an address, keyed by Place.key.

    `current` is the key of the place one is in, details included. A count of 0 isn't shown.
    """
    groups = []
    for heading, places in MAIN:
        entries = tuple(
            NavEntry(
                key=place.key,
                label=place.label,
                href=addresses[place.key],
                icon=place.icon,
                letter=place.letter,
                tab=place.tab,
                current=place.key == current,
                count=(counts or {}).get(place.key) or None,
                trouble=(trouble or {}).get(place.key, ""),
            )
            for place in places
            if place.key in addresses
        )
        if entries:
            groups.append(NavGroup(heading, entries))
    return tuple(groups)
