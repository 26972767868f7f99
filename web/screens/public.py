"""What the world sees: a location's own page, and the data baked into a widget."""

from dataclasses import dataclass
from typing import Any, Literal

from web.screens.elements import Link


@dataclass(frozen=True, slots=True)
class Accent:
    """The brand's colour on light and on dark, "#rrggbb", both checked for contrast when saved."""

    light: str
    dark: str


@dataclass(frozen=True, slots=True)
class PublicRating:
    """A source's own average: always one source, always with its number, never blended.

    `stars` 0–5 or None where the source has none; `shown` as read ("4.3", "A+").
    """

    source: str
    shown: str
    stars: float | None
    link: Link


@dataclass(frozen=True, slots=True)
class PublicReview:
    """A review as its source's policy lets it be shown; `attribution` links to the source.

    `rating` None for words without stars; `when` as read ("Nov 20", "yesterday").
    """

    author: str
    rating: float | None
    text: str
    when: str
    iso: str
    attribution: Link | None
    source: str
    reply: str = ""
    reply_by: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class PublicExcerpts:
    """What one source shows of its reviews, apart from all others; `rating` is its own."""

    source: str
    rating: PublicRating | None
    reviews: tuple[PublicReview, ...]
    read_all: Link


@dataclass(frozen=True, slots=True)
class PublicHours:
    """A day of the week on the page; `special` is its name ("Thanksgiving")."""

    day: str
    hours: str
    today: bool = False
    special: str = ""


@dataclass(frozen=True, slots=True)
class PublicLocation:
    """Template public/location.html; needs no log-in, no script, no cookie.

    `selection` is the order, the filter and the true total in words; `json_ld` the LocalBusiness
    object (no stars: they aren't ours to mark up). `write` are the public links for all customers.
    """

    brand: str
    title: str
    address: tuple[str, ...]
    json_ld: dict[str, Any]
    canonical: str
    description: str = ""
    trail: tuple[Link, ...] = ()
    state: Literal["open", "closed", "closed_for_good", "unknown"] = "unknown"
    state_text: str = ""
    state_note: str = ""
    phone: str = ""
    phone_href: str = ""
    directions: str = ""
    links: tuple[Link, ...] = ()
    ratings: tuple[PublicRating, ...] = ()
    hours: tuple[PublicHours, ...] = ()
    hours_note: str = ""
    reviews: tuple[PublicReview, ...] = ()
    selection: str = ""
    read_all: Link | None = None
    excerpts: tuple[PublicExcerpts, ...] = ()
    write: tuple[Link, ...] = ()
    services_title: str = ""
    services: tuple[str, ...] = ()
    report: Link | None = None
    owner: str = ""
    accent: Accent | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class PublicPlace:
    """A location in the public list: its title, its address in one line, its page."""

    title: str
    address: str
    href: str


@dataclass(frozen=True, slots=True)
class PublicIndex:
    """Template public/index.html: an organization's locations. `more` is the last code shown, or ""."""

    brand: str
    canonical: str
    places: tuple[PublicPlace, ...]
    more: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class WidgetData:
    """Everything a widget shows. `head` is the first rating, `others` stand beside it with their
    own numbers; `selection` is the foot's sentence.
    """

    public_id: str
    name: str
    kind: Literal["list", "badge"]
    head: PublicRating | None
    others: tuple[PublicRating, ...] = ()
    reviews: tuple[PublicReview, ...] = ()
    selection: str = ""
    read_all: Link | None = None
    accent: Accent | None = None
    language: str = "en"
