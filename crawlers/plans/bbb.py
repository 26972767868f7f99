"""BBB: the profiles that owners named or that were found before, their reviews, then the site's search."""

from collections.abc import Iterator, Mapping, Sequence

from crawlers.outcomes import Reason
from crawlers.plan import (
    Access,
    Belongs,
    Delivered,
    Fetch,
    Plan,
    ReviewsComplete,
    Sending,
    Stopped,
    Target,
    refused,
)
from crawlers.source import Outcome, Reading
from crawlers.sources.bbb import Bbb
from listings.records import ListingRecord

CANDIDATES = 3
"""So many finds of one search are looked at."""
MOST_REVIEW_PAGES = 50
"""Ten reviews each; a company's own profile can have a thousand pages."""
COUNTRIES: Mapping[str | None, str] = {None: "USA", "US": "USA", "CA": "CAN"}
"""The countries that the bureaus serve, as the search is asked for them."""
_REFUSED = (Outcome.BLOCKED, Outcome.CONSENT_WALL, Outcome.QUOTA)


def plan(adapter: Bbb, access: Access, targets: Sequence[Target], *, narrowed: bool) -> Plan:
    """Every known profile once, then a search for each location without one, where the owner wants that."""
    del narrowed
    sharing: dict[str, list[Target]] = {}
    without = []
    for target in targets:
        page = target.given_url or target.listing_url
        if page:
            sharing.setdefault(page, []).append(target)
        else:
            without.append(target)
    for page, owners in sharing.items():
        only = owners[0] if len(owners) == 1 else None
        yield from _profile(
            adapter, Fetch(adapter.profile(page), target=only, candidates=only is None, polite=True)
        )
    if str(access.get("search", "")).casefold() == "yes":
        for target in without:
            yield from _search(adapter, target)


def _profile(adapter: Bbb, fetch: Fetch) -> Plan:
    """A profile and, where it is ours, its reviews."""
    reading = _not_refused((yield fetch))
    for record in reading.listings if reading.outcome is Outcome.OK else ():
        # Whatever else was found at its address: what belongs to nobody of ours is none of our business.
        if record.source_id and (yield Belongs(record.source_id)).extra["belongs"]:
            yield from _reviews(adapter, record, record.source_id)


def _reviews(adapter: Bbb, record: ListingRecord, source_id: str) -> Plan:
    """Every page of the reviews of a profile that doesn't say that it has none."""
    if record.review_count == 0 or record.url is None:
        return
    total: int | None = record.review_count
    page = "1"
    for _ in range(MOST_REVIEW_PAGES):
        fetch = Fetch(adapter.reviews(record.url, page), reviews_of=source_id, polite=True)
        reading = _not_refused((yield fetch), but_robots=True)
        if reading.outcome is not Outcome.OK:
            return
        total = reading.total if reading.total is not None else total
        if reading.next_page is None:
            yield ReviewsComplete(source_id, total)
            return
        page = reading.next_page


def _search(adapter: Bbb, target: Target) -> Plan:
    """Look for a location's profile by its name near its place; what looks like it is read as a candidate."""
    country, place = COUNTRIES.get(target.country), _place(target)
    if country is None or not place:
        return
    asked = adapter.search(target.name, place, country)
    found = _not_refused((yield Fetch(asked, target=target, lookup=True, polite=True)))
    for page in list(_pages(found, target))[:CANDIDATES]:
        fetch = Fetch(adapter.profile(page), target=target, candidates=True, polite=True)
        yield from _profile(adapter, fetch)


def _pages(found: Reading, target: Target) -> Iterator[str]:
    """The profiles of a search that stand in the location's town, those with its postal code first."""
    here = [one for one in found.listings if one.url and _same_town(one, target)]
    for record in sorted(here, key=lambda one: not _same_code(one, target)):
        # A local report carries its head office's address and phones, and is no page of one place.
        if not record.speaks_for_many:
            yield str(record.url)


def _same_town(record: ListingRecord, target: Target) -> bool:
    if _same_code(record, target):
        return True
    return bool(record.city and target.city) and str(record.city).casefold() == str(target.city).casefold()


def _same_code(record: ListingRecord, target: Target) -> bool:
    """Whether the postal codes agree in their first five characters: ZIP, or most of a Canadian code."""
    return bool(record.postal_code) and str(record.postal_code)[:5] == (target.postal_code or "")[:5]


def _place(target: Target) -> str:
    """Where the search is asked to look: "Columbus, OH", else the postal code."""
    town = ", ".join(part for part in (target.city, target.region) if part)
    return town if target.city else target.postal_code or ""


def _not_refused(reading: Reading, *, but_robots: bool = False) -> Reading:
    """The reading, unless the site refuses us: it would refuse every page, and asking on makes it worse.

    With `but_robots` a page from which robots.txt keeps us is only left out.
    """
    if reading.outcome in _REFUSED and not (but_robots and reading.extra.get("reason") is Reason.ROBOTS):
        raise Stopped(reading.outcome, reading.detail or str(reading.outcome))
    return reading


def attempt(adapter: Bbb, access: Access) -> Sending:
    """One search; tells whether the site answers us."""
    del access
    found = yield Fetch(adapter.search("bakery", "New York, NY"), polite=True)
    if found.outcome is not Outcome.OK:
        return refused(found)
    return Delivered(done=True, again=False, detail="BBB’s site answers its search.")
