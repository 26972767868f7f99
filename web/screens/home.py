"""Home: what waits for this person, worst first, and four numbers beside it."""

from dataclasses import dataclass
from typing import Literal

from web.screens.elements import Act, Age, Banner, Choice, Empty, Link, Stat

Tone = Literal["bad", "back", "warn", "wait", "plain"]
"""Red: late or broken. Plum: came back. Amber: due soon. Slate: on its way. Plain: a decision."""


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to decide: a sentence that says what is, a second line, and the next act.

    `late` turns the age red: it is then how far over ("27 min over").
    """

    icon: str
    tone: Tone
    title: str
    text: str
    href: str
    act: Act
    age: Age | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class TodoSection:
    """Things of one kind; `count` is all there are, `every` opens them."""

    title: str
    count: int
    todos: tuple[Todo, ...]
    every: Link | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """Something that went well by itself: a sentence whose end may link to the rows."""

    text: str
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class HomeView:
    """Template home.html. `empty` replaces the list on a fresh install or when all is done."""

    heading: str
    fact: str
    sections: tuple[TodoSection, ...]
    stats: tuple[Stat, ...] = ()
    done_since: str = ""
    done: tuple[Done, ...] = ()
    whose: tuple[Choice, ...] = ()
    banner: Banner | None = None
    empty: Empty | None = None
