"""A crawl as a conversation: a plan asks for one fetch after the other and is told what each said.

A plan is a generator without I/O: it yields a `Fetch` and gets the `Reading` of its answer back, so
the order of requests of a source can be read in one place and tested with plain values. The door
that runs it (run.py) does the fetching, storing and writing down.
"""

import datetime as dt
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any

from crawlers.source import Outcome, Reading, Request
from listings.records import ListingRecord


@dataclass(frozen=True, slots=True)
class Target:
    """A location to be looked up: what is known of it, and the listing that is known already.

    `key` is the location's id; `source_id` and `api_name` are those of its listing at the source;
    `listing_url` is its page, `given_url` the page that the owner named. `phone` is as the record writes it,
    `pin` latitude and longitude, `code` the owner's own. `read_at` is where the answer came from that
    its listing was read from.
    """

    key: int
    name: str
    street: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    website: str | None = None
    source_id: str | None = None
    api_name: str | None = None
    listing_url: str | None = None
    given_url: str | None = None
    phone: str | None = None
    pin: tuple[float, float] | None = None
    code: str | None = None
    read_at: str | None = None


@dataclass(frozen=True, slots=True)
class Fetch:
    """One request of a plan, and what its answer is about.

    `secret`: the answer holds a token and is never stored. `target`: the listings in the answer
    were looked for on behalf of this location. `candidates`: they may be other businesses, and
    only one that matches is kept. `lookup`: it only tells the plan where to look, and what it shows
    is not written down as listings. `reviews_of`: the source_id whose reviews the answer holds.
    `api_account`: the account through which the listings in it were reached. `polite`: robots.txt
    is asked first. `reviews_of_each`: the answer holds reviews of several listings, and each says of
    which. `stored_as`: the name of the answer in the store, where many requests go to one address.
    `named_page`: the page that the owner has named, where it is asked for at another address.
    """

    request: Request
    secret: bool = False
    target: Target | None = None
    candidates: bool = False
    lookup: bool = False
    reviews_of: str | None = None
    api_account: str | None = None
    polite: bool = False
    reviews_of_each: bool = False
    stored_as: str | None = None
    named_page: str | None = None

    @property
    def is_search(self) -> bool:
        """Whether it looks for one location's listing among others."""
        return self.candidates and self.target is not None

    @property
    def shared_page(self) -> bool:
        """Whether it is the page of several locations, which speaks for whichever it matches."""
        return self.candidates and self.target is None

    @property
    def address(self) -> str:
        """Under what name the answer is stored."""
        return self.stored_as or self.request.url


@dataclass(frozen=True, slots=True)
class ReviewsComplete:
    """Every page of this listing's reviews was read; `total` is the source's own count of them.

    `until` is the newest change they showed.
    """

    source_id: str
    total: int | None
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ReviewsKnown:
    """Asks what is stored of a listing's reviews; the reading's extra["known"] is a KnownReviews."""

    source_id: str


@dataclass(frozen=True, slots=True)
class ReviewsRead:
    """The newest reviews were read, down to what is stored; `total` is the source's own count of all.

    The reading's extra["settled"] tells whether that adds up. If not, some were deleted or overlooked.
    """

    source_id: str
    total: int | None
    until: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ListingsComplete:
    """Every listing that the credential reaches was seen; one that was not is missing."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """One of several stored accesses was withdrawn; the crawl goes on with the others."""

    credential_id: int
    detail: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The source says that it has no such listing any more."""

    source_id: str


@dataclass(frozen=True, slots=True)
class Unshown:
    """The locations whose listings were searched for, and those of which the search may have shown none."""

    asked: tuple[int, ...]
    unshown: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Renamed:
    """The source has merged a listing into another id, under which everything goes on."""

    source_id: str
    new_id: str


@dataclass(frozen=True, slots=True)
class Belongs:
    """Asks whether a listing was taken for one of our locations; the reading's extra["belongs"] tells."""

    source_id: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Asks whether a location has a listing at the source by now; the reading's extra["listed"] tells."""

    location_id: int


@dataclass(frozen=True, slots=True)
class AttributesDue:
    """Asks which listings' attributes have to be read; the reading's extra["due"] holds their source_ids."""


@dataclass(frozen=True, slots=True)
class AttributesRead:
    """What a listing's attributes were read as, by name; `address` is where the answer came from."""

    source_id: str
    attributes: Mapping[str, Any]
    address: str


Step = (
    Fetch
    | ReviewsKnown
    | ReviewsRead
    | ReviewsComplete
    | ListingsComplete
    | Gone
    | Unshown
    | Renamed
    | Belongs
    | Listed
    | Withdrawn
    | AttributesDue
    | AttributesRead
)
Plan = Generator[Step, Reading, None]


@dataclass(frozen=True, slots=True)
class Delivered:
    """How an attempt to change or try something at a source ended.

    With `again` the same should be tried later; `shown` is what the source answered. `wait` tells
    how long the source may not be asked, where that and not its answer was the reason.
    """

    done: bool
    again: bool
    detail: str | None
    conflict: bool = False
    shown: Mapping[str, Any] | None = None
    wait: dt.timedelta | None = None


Sending = Generator[Step, Reading, Delivered]
"""A conversation that changes something at a source and tells how it ended."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One field of one listing that shall show the location record's value.

    `is_what_was_seen` tells whether a listing still shows what the person saw who asked for this,
    `is_right` whether it shows the record's value already, in whatever form; `may_be_there` that an
    attempt before ended in silence.
    """

    api_name: str
    field: str
    record: ListingRecord
    is_what_was_seen: Callable[[ListingRecord], bool]
    is_right: Callable[[ListingRecord], bool]
    may_be_there: bool = False


@dataclass(frozen=True, slots=True)
class AttributeWish:
    """One attribute of one listing that shall become `value`, by somebody who saw `before`."""

    api_name: str
    name: str
    value: Any
    before: Any


@dataclass(frozen=True, slots=True)
class ReplyText:
    """Words to put below a review; `may_be_there` after an attempt that ended in silence."""

    api_name: str
    text: str
    may_be_there: bool


PASSING = (Outcome.UNAVAILABLE, Outcome.QUOTA)
"""What may well go away by itself."""


def refused(reading: Reading) -> Delivered:
    """The end of a conversation in which the source said no, or nothing."""
    return Delivered(done=False, again=reading.outcome in PASSING, detail=reading.detail)


NOTHING = Reading(Outcome.OK)
"""What a plan is told after a step that fetches nothing."""

Access = Mapping[str, Any]
"""A credential's secret, opened."""


class Stopped(Exception):
    """The crawl can't go on: what refused, and why in the source's own words."""

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.detail = detail


class ConsentGone(Stopped):
    """The stored access was withdrawn: only a person can connect the source again.

    `credential_id` tells which one, where there are several.
    """

    def __init__(self, outcome: Outcome, detail: str, credential_id: int | None = None) -> None:
        super().__init__(outcome, detail)
        self.credential_id = credential_id


def needed(reading: Reading, what: str) -> Reading:
    """The reading, if its fetch went well. Raises Stopped otherwise."""
    if reading.outcome is not Outcome.OK:
        raise Stopped(reading.outcome, f"{what}: {reading.detail or reading.outcome}")
    return reading
