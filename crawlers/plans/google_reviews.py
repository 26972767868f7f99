"""Reviews at Google: the newest where the rest is known, all of them now and then, whatever shifts meanwhile.

Reviews come with the newest change first, and a deletion is never announced
(https://developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews/list).
"""

import datetime as dt
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from crawlers.plan import Plan, ReviewsComplete, ReviewsKnown, ReviewsRead, Step, Stopped
from crawlers.plans.google_session import Asking, SignedIn, chunked
from crawlers.source import Outcome, Reading
from reputation.records import ReviewRecord

OVERLAP = dt.timedelta(days=1)
"""How far below the newest stored change is read again: a change may turn up late."""
FEW = 25
"""Up to so many reviews, a location's are cheaper to read in a batch with others than alone."""
BATCH = 20
"""Locations in one batch. Google documents no limit; few enough that one refusal spoils little."""
READINGS = 4
"""How often a list that shifts while it is read is read from its start."""
REFUSALS = 2
"""After so many refused batches the locations are asked one by one."""


@dataclass(frozen=True, slots=True)
class Reach:
    """One location with reviews: by whom and under which account it is reached."""

    session: SignedIn
    account: str
    location: str

    def page(self, page: str | None) -> Asking:
        """The reading of one page of its reviews. Raises Stopped when the quota is used up."""
        reading = yield from self.session.ask(
            partial(self.session.adapter.list_reviews, self.account, self.location, page=page),
            reviews_of=self.location,
        )
        if reading.outcome is Outcome.QUOTA:
            raise Stopped(reading.outcome, f"reviews of {self.location}: {reading.detail}")
        return reading


@dataclass(slots=True)
class _Seen:
    """What one reading from the start has shown."""

    ids: set[str] = field(default_factory=set)
    totals: list[int] = field(default_factory=list)
    until: dt.datetime | None = None

    def add(self, reading: Reading) -> None:
        """Take in one page."""
        self.ids |= {review.source_review_id or "" for review in reading.reviews}
        self.totals += [reading.total] if reading.total is not None else []
        self.until = _newest(reading.reviews, self.until)

    @property
    def total(self) -> int | None:
        """The source's own count, as it said last."""
        return self.totals[-1] if self.totals else None

    @property
    def steady(self) -> bool:
        """Whether nothing can have slipped through between two pages.

        A deletion above the page's edge lifts a review over it, which shows in a smaller total; an
        edit takes a review from below to the pages already read, which leaves fewer than the total.
        """
        rising = all(one <= other for one, other in zip(self.totals, self.totals[1:], strict=False))
        return rising and (not self.totals or len(self.ids) >= self.totals[0])


def reviews_of(reached: Mapping[str, Reach]) -> Plan:
    """The reviews of locations by their name: few at a time in batches, many from the newest down."""
    alone: list[Reach] = []
    few: dict[tuple[int, str], list[Reach]] = {}
    for reach in reached.values():
        known = (yield ReviewsKnown(reach.location)).extra["known"]
        if known.due or known.stored > FEW:
            alone.append(reach)
        else:
            few.setdefault((id(reach.session), reach.account), []).append(reach)
    refused = 0
    for group in few.values():
        for members in chunked(group, BATCH):
            if refused >= REFUSALS:
                alone += members
                continue
            shown = yield from _batch(members)
            refused += shown is None
            alone += yield from _doubted(members, shown)
    for reach in alone:
        yield from reviews_of_one(reach)


def _batch(members: Sequence[Reach]) -> Generator[Step, Reading, list[ReviewRecord] | None]:
    """All reviews of several locations; None when a page was refused or didn't come."""
    session, account = members[0].session, members[0].account
    names = [reach.location for reach in members]
    shown: list[ReviewRecord] = []
    page: str | None = None
    while True:
        reading = yield from session.ask(
            partial(session.adapter.batch_get_reviews, account, names, page=page),
            reviews_of_each=True,
            stored_as=f"{account}/locations:batchGetReviews#{names[0]}:{names[-1]}:{page or ''}",
        )
        if reading.outcome is Outcome.QUOTA:
            raise Stopped(reading.outcome, f"reviews of {account}: {reading.detail}")
        if reading.outcome is not Outcome.OK:
            return None
        shown += reading.reviews
        page = reading.next_page
        if page is None:
            return shown


def _doubted(
    members: Sequence[Reach], shown: Sequence[ReviewRecord] | None
) -> Generator[Step, Reading, list[Reach]]:
    """The locations of which a batch doesn't show all that is stored, so that they have to be asked alone.

    The batch has been seen to answer with nothing where there are reviews
    (https://github.com/googleapis/google-api-python-client/issues/1735), so only what it shows counts.
    """
    doubted = []
    for reach in members:
        theirs = [review for review in shown or () if review.listing_source_id == reach.location]
        known = (yield ReviewsKnown(reach.location)).extra["known"]
        count = len({review.source_review_id for review in theirs}) + known.unseen
        read = yield ReviewsRead(reach.location, count, _newest(theirs, known.until))
        if not shown or not read.extra["settled"]:
            doubted.append(reach)
    return doubted


def reviews_of_one(reach: Reach, *, whole: bool = False) -> Plan:
    """The reviews of one location: down to what is stored, or all of them where that doesn't add up."""
    known = (yield ReviewsKnown(reach.location)).extra["known"]
    since = None if whole or known.due or known.until is None else known.until - OVERLAP
    seen, page = _Seen(), None
    while True:
        reading = yield from reach.page(page)
        if reading.outcome is not Outcome.OK:
            return
        seen.add(reading)
        page = reading.next_page
        if page is None:
            break
        if since is not None and _reaches(reading, since):
            read = yield ReviewsRead(reach.location, seen.total, _newest((), known.until, seen.until))
            if read.extra["settled"]:
                yield from _awaited(reach, known.awaited, seen)
                return
            since = None
    yield from _settle(reach, seen)


def _settle(reach: Reach, seen: _Seen) -> Plan:
    """All pages were read; again from the start as long as the list has shifted under the reading."""
    for _ in range(READINGS - 1):
        if seen.steady:
            break
        again, page = _Seen(), None
        while True:
            reading = yield from reach.page(page)
            if reading.outcome is not Outcome.OK:
                return
            again.add(reading)
            page = reading.next_page
            if page is None:
                break
        # A source that always counts more than it shows doesn't show more when it is asked again.
        resting = again.ids <= seen.ids and len(set(again.totals)) <= 1
        seen = again
        if resting:
            break
    else:
        if not seen.steady:
            return
    yield ReviewsComplete(reach.location, seen.total, seen.until)


def _awaited(reach: Reach, names: Sequence[str], seen: _Seen) -> Plan:
    """Reviews further down whose reply waits for Google's approval, one by one."""
    for name in names:
        if name.rpartition("/")[2] not in seen.ids:
            yield from reach.session.ask(
                partial(reach.session.adapter.get_review, name),
                reviews_of=reach.location,
            )


def _reaches(reading: Reading, since: dt.datetime) -> bool:
    return any(changed < since for changed in _changes(reading.reviews))


def _newest(reviews: Sequence[ReviewRecord], *known: dt.datetime | None) -> dt.datetime | None:
    return max((*filter(None, known), *_changes(reviews)), default=None)


def _changes(reviews: Sequence[ReviewRecord]) -> list[dt.datetime]:
    return [review.updated_at for review in reviews if isinstance(review.updated_at, dt.datetime)]
