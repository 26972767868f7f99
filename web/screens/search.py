"""Search: what the words lead to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found; `text` is its second line."""

    title: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class HitGroup:
    """Things of one kind; `more` opens all of them, "" when these are all."""

    title: str
    hits: tuple[Hit, ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class SearchView:
    """Template search.html. `words` is what was typed, `action` takes it again (field q)."""

    words: str
    action: str
    groups: tuple[HitGroup, ...] = ()
