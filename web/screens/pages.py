"""Pages & widgets: the location pages, one widget with its preview, the lines to copy."""

from dataclasses import dataclass

from web.screens.elements import Act, Banner, Choice, Empty, Field, Link, SourceKey


@dataclass(frozen=True, slots=True)
class PageRow:
    """A location's public page; `state` is a word ("Public", "Hidden"), `reviews` what it shows."""

    code: str
    place: str
    edit: str
    public: Link | None
    state: str
    reviews: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the policy of a source lets the widget show, and why the rest is left out."""

    source: SourceKey
    at_source: str
    shown: str
    why: str


@dataclass(frozen=True, slots=True)
class Snippet:
    """A way to embed, as text to copy; `note` says what the host's page must allow."""

    label: str
    text: str
    note: str


@dataclass(frozen=True, slots=True)
class WidgetView:
    """One widget. `script` is the address of its script and `public_id` its name in the element.

    `fields` are its options, saved with `save`; `fallback` is the link that stays without scripts.
    """

    name: str
    fact: str
    public_id: str
    script: str
    fallback: Link
    fields: tuple[Field, ...]
    save: Act
    snippets: tuple[Snippet, ...]
    left_out: tuple[LeftOut, ...]
    left_out_sum: str = ""
    weight: str = ""
    widths: tuple[Choice, ...] = ()
    width: int = 600


@dataclass(frozen=True, slots=True)
class PagesView:
    """Template pages/index.html."""

    fact: str
    pages: tuple[PageRow, ...] = ()
    widget: WidgetView | None = None
    acts: tuple[Act, ...] = ()
    banner: Banner | None = None
    empty: Empty | None = None
