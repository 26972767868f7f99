"""Google for owners: each consent's accounts, their locations once each, then each one's reviews and attributes."""

from collections.abc import Generator, Sequence
from functools import partial

from crawlers.plan import (
    PASSING,
    Access,
    ConsentGone,
    ListingsComplete,
    Plan,
    Step,
    Target,
    Withdrawn,
    needed,
)
from crawlers.plans.google_attributes import attributes_of
from crawlers.plans.google_reviews import Reach, reviews_of, reviews_of_one
from crawlers.plans.google_session import ELSEWHERE, SignedIn, sessions, split
from crawlers.source import OVERRULED, Outcome, Reading
from crawlers.sources.google import Google


def plan(adapter: Google, access: Access, targets: Sequence[Target], *, narrowed: bool) -> Plan:
    """Everything the consents reach, or with `narrowed` only the targets' own listings."""
    found = sessions(adapter, access)
    if narrowed:
        for name in [target.api_name for target in targets if target.api_name]:
            yield from _one(found, name)
        return
    # The same location may be reached through several accounts; the first one speaks for it.
    reached: dict[str, Reach] = {}
    overruled: set[str] = set()
    working = yield from _all_reached(found, reached, overruled)
    seen = yield from _as_people_see_them([reached[name] for name in reached if name in overruled])
    if working and seen and access.get("all_work", True):
        yield ListingsComplete()
    yield from reviews_of(reached)
    yield from attributes_of(reached)


def _all_reached(
    found: Sequence[SignedIn], reached: dict[str, Reach], overruled: set[str]
) -> Generator[Step, Reading, bool]:
    """Fill in what each consent reaches; whether all of them did. Raises ConsentGone when none does."""
    gone: list[ConsentGone] = []
    for session in found:
        try:
            for account in (yield from _accounts(session)):
                for location in (yield from _locations(session, account, overruled)):
                    reached.setdefault(location, Reach(session, account, location))
        except ConsentGone as withdrawn:
            gone.append(withdrawn)
    if len(gone) == len(found):
        raise gone[0]
    for one in gone:
        if one.credential_id is not None:
            yield Withdrawn(one.credential_id, one.detail)
    return not gone


def _one(found: Sequence[SignedIn], name: str) -> Plan:
    """One known listing and all its reviews, by whichever consent reaches it."""
    account, location = split(name)
    gone: ConsentGone | None = None
    for session in found:
        try:
            reading = yield from session.ask(partial(session.adapter.get_location, location))
        except ConsentGone as withdrawn:
            gone = withdrawn
            continue
        if reading.outcome not in ELSEWHERE:
            if location in reading.extra.get(OVERRULED, ()):
                yield from _as_people_see_them([Reach(session, account, location)])
            yield from reviews_of_one(Reach(session, account, location), whole=True)
            yield from attributes_of({location: Reach(session, account, location)})
            return
    if gone is not None:
        raise gone


def _accounts(session: SignedIn) -> Generator[Step, Reading, list[str]]:
    names: list[str] = []
    page: str | None = None
    while True:
        reading = yield from session.ask(
            partial(session.adapter.list_accounts, page=page),
            secret=True,
        )
        needed(reading, "accounts")
        names += [account["name"] for account in reading.extra.get("accounts", ()) if account.get("name")]
        page = reading.next_page
        if page is None:
            return names


def _as_people_see_them(reaches: Sequence[Reach]) -> Generator[Step, Reading, bool]:
    """The listings that customers see otherwise than their owner entered them; whether all were shown.

    https://developers.google.com/my-business/reference/businessinformation/rest/v1/locations/getGoogleUpdated
    """
    shown = True
    for reach in reaches:
        reading = yield from reach.session.ask(
            partial(reach.session.adapter.get_google_updated, reach.location), api_account=reach.account
        )
        if reading.outcome in PASSING:
            needed(reading, f"{reach.location} as people see it")
        shown = shown and reading.outcome is Outcome.OK
    return shown


def _locations(session: SignedIn, account: str, overruled: set[str]) -> Generator[Step, Reading, list[str]]:
    names: list[str] = []
    page: str | None = None
    while True:
        reading = yield from session.ask(
            partial(session.adapter.list_locations, account, page=page),
            api_account=account,
        )
        needed(reading, f"locations of {account}")
        overruled.update(reading.extra.get(OVERRULED, ()))
        names += [listing.source_id for listing in reading.listings if listing.source_id]
        page = reading.next_page
        if page is None:
            return names
