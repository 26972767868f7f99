"""The pages that owners name for a location's listings, with what a directory says of the business."""

from dataclasses import dataclass

from web.screens.elements import Act, Age, Fact, Field, Link, SourceKey


@dataclass(frozen=True, slots=True)
class NamedPage:
    """One source: `state` is what became of the page when it was last asked for, "" without a page.

    `about` says whose the figures are ("Of this location", "Of the whole company, …").
    """

    source: SourceKey
    state: str
    read: Age | None = None
    link: Link | None = None
    about: str = ""
    figures: tuple[Fact, ...] = ()
    field: Field | None = None
    save: Act | None = None
    remove: Act | None = None
