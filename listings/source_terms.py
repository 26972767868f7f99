"""The terms in which a source's facts are told: its doors, what it allows, its limits, its access.

Each class says what its values mean; which source has which stands in listings/sources.py.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class OwnerLink(StrEnum):
    """What in a source's answer is the owner's own word on which location it speaks of."""

    STORE_CODE = "store_code"
    """The code that the owner gave the listing in their account there."""
    OWN_PAGE = "own_page"
    """The page's address stands in the owner's own record."""
    GIVEN_PAGE = "given_page"
    """The owner has named the page there (listings/given_urls.py)."""
    NONE = "none"


class Door(StrEnum):
    """How a correction or an answer reaches the source."""

    API = "api"
    KIT = "kit"
    FILE = "file"
    LINK = "link"
    NONE = "none"


class Display(StrEnum):
    """What may stand on a public page.

    The full words, few excerpts, what is fetched for this view, a link with the source's own grade,
    or nothing.
    """

    FULL = "full"
    EXCERPTS = "excerpts"
    THROUGH = "through"
    LINK = "link"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a source allows.

    `keep_values` False: nothing but the source's id is written to disk. `keep_for` is how long
    values and bodies may be kept (None: no limit of the source's own). `refresh_within` is how
    old kept values may become before they have to be read again. `blend` tells whether its rating
    may enter an average with other sources, `ask` whether customers may be asked for reviews there.
    `excerpts` is how many of a listing's reviews it shows us at all, cut short; None shows all.
    """

    keep_values: bool
    keep_for: dt.timedelta | None
    refresh_within: dt.timedelta | None
    display: Display
    blend: bool
    ask: bool
    excerpts: int | None = None


@dataclass(frozen=True, slots=True)
class SecretPart:
    """One part of the access to a source: its name in the sealed record, and where people find it."""

    name: str
    label: str
    hint: str
    hidden: bool = True
    required: bool = True
    answers: bool = False
    """Whether the source takes answers from us with it, and else on its own page only."""


@dataclass(frozen=True, slots=True)
class Quota:
    """How many requests a source takes in a window of time from one account at one of its hosts.

    Windows are counted from midnight UTC. `spaced`: they are sent evenly over the window, so that
    no stretch of that length holds more; else the window may be used up at once. What the source's
    headers say of an account outranks it. `holder` names the part of the access by which the source
    tells accounts apart.
    """

    requests: int
    window: dt.timedelta
    spaced: bool
    holder: str | None = None
