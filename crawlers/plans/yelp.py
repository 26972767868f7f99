"""Yelp: known listings by their id, unknown ones by business match and then by phone, then their excerpts."""

from collections.abc import Generator, Sequence
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from crawlers.plan import (
    Access,
    Belongs,
    Delivered,
    Fetch,
    Gone,
    Plan,
    Renamed,
    Sending,
    Step,
    Stopped,
    Target,
    refused,
)
from crawlers.source import Outcome, Reading
from crawlers.sources.yelp import Yelp
from listings.normalize.locality import region_form
from listings.normalize.phone import phone_form
from listings.records import OpenStatus

CANDIDATES = 3
"""So many finds are looked at: a match is one, seldom two; a chain's call centre finds the whole chain."""
_REFUSED = (Outcome.BLOCKED, Outcome.QUOTA)
_LONGEST = 64
"""Characters of a name or of an address line that business match takes."""

Ids = Generator[Step, Reading, list[str]]


def plan(adapter: Yelp, access: Access, targets: Sequence[Target], *, narrowed: bool) -> Plan:
    """Details and excerpts of every listing; one that Yelp knows no more is looked for again."""
    del narrowed
    key = access["api_key"]
    wants_excerpts = str(access.get("excerpts", "")).casefold() != "no"
    for target in targets:
        for source_id in (yield from _looked_at(adapter, key, target)):
            wants_excerpts = wants_excerpts and (yield from _excerpts(adapter, key, source_id))


def _looked_at(adapter: Yelp, key: str, target: Target) -> Ids:
    """Look at a location's listing: the one its owner named, else the one that is known, else look for it."""
    if target.given_url is not None:
        named = yield from _named(adapter, key, target, target.given_url)
        if named:
            return named
    if target.source_id is not None:
        return (yield from _known(adapter, key, target, target.source_id))
    return (yield from _found(adapter, key, target))


def _named(adapter: Yelp, key: str, target: Target, page: str) -> Ids:
    """Look at the listing whose page the owner named; the API knows it by the page's last word."""
    target = replace(target, source_id=None)
    alias = unquote(urlsplit(page).path.rpartition("/")[2])
    reading = _not_refused((yield Fetch(adapter.details(key, alias), target=target, named_page=page)))
    new_id = reading.extra.get("new_id")
    if isinstance(new_id, str):
        fetch = Fetch(adapter.details(key, new_id), target=target, named_page=page)
        reading = _not_refused((yield fetch))
    return [one.source_id for one in reading.listings if one.source_id]


def _known(adapter: Yelp, key: str, target: Target, source_id: str) -> Ids:
    """Look at a listing that we know, or look for it where Yelp knows it no more; the ids to read on with."""
    reading = _not_refused((yield Fetch(adapter.details(key, source_id), target=target)))
    new_id = reading.extra.get("new_id") or _other_id(reading, source_id)
    if isinstance(new_id, str):
        yield Renamed(source_id, new_id)
        target, source_id = replace(target, source_id=new_id), new_id
        if reading.outcome is Outcome.MOVED:
            reading = _not_refused((yield Fetch(adapter.details(key, new_id), target=target)))
    if reading.outcome in (Outcome.NOT_FOUND, Outcome.MOVED):
        yield Gone(source_id)
        return (yield from _found(adapter, key, target))
    if any(one.status is OpenStatus.CLOSED for one in reading.listings):
        # A business that moved stays closed under its old id; the new one is found by its new address.
        yield from _found(adapter, key, target, without=source_id)
    return [source_id] if reading.outcome is Outcome.OK else []


def _other_id(reading: Reading, asked: str) -> str | None:
    """The id that came in an answer when another was asked for: Yelp has sent us on."""
    ids = [one.source_id for one in reading.listings]
    return ids[0] if len(ids) == 1 and ids[0] != asked else None


def _found(adapter: Yelp, key: str, target: Target, *, without: str | None = None) -> Ids:
    """Look for a location's listing; the ids of those that were taken for it."""
    target = replace(target, source_id=None)
    candidates: list[str] = []
    business = match_of(target)
    if business is not None:
        candidates = yield from _looked_up(Fetch(adapter.match(key, business), target=target, lookup=True))
    phone = phone_form(target.phone or "", target.country).e164
    if not candidates and phone is not None:
        searched = Fetch(adapter.phone_search(key, phone), target=target, lookup=True)
        candidates = yield from _looked_up(searched, target.postal_code)
    ours = []
    for source_id in candidates[:CANDIDATES]:
        if source_id == without:
            continue
        _not_refused((yield Fetch(adapter.details(key, source_id), target=target, candidates=True)))
        if (yield Belongs(source_id)).extra["belongs"]:
            ours.append(source_id)
    return ours


def _looked_up(fetch: Fetch, postal_code: str | None = None) -> Ids:
    """The ids that a search shows, those with our postal code first."""
    reading = _not_refused((yield fetch))
    near = sorted(reading.listings, key=lambda one: postal_code is None or one.postal_code != postal_code)
    return [one.source_id for one in near if one.source_id]


def match_of(target: Target) -> dict[str, str] | None:
    """What business match has to be told of a location; None when the record lacks a part of it.

    https://docs.developer.yelp.com/reference/v3_business_match: name, address1, city, state and country.
    """
    street, _, rest = (target.street or "").partition(",")
    needed = {
        "name": target.name[:_LONGEST],
        "address1": street.strip()[:_LONGEST],
        "city": (target.city or "")[:_LONGEST],
        "state": region_form(target.region or "", target.country),
        "country": (target.country or "").upper(),
    }
    # Yelp's states are ISO 3166-2 codes of three characters at most.
    if not all(needed.values()) or len(needed["state"]) > 3:
        return None
    more = {
        "address2": rest.strip()[:_LONGEST],
        "zip_code": target.postal_code,
        "phone": phone_form(target.phone or "", target.country).e164,
        "limit": str(CANDIDATES),
    }
    return {**needed, **{name: value for name, value in more.items() if value}}


def _excerpts(adapter: Yelp, key: str, source_id: str) -> Generator[Step, Reading, bool]:
    """Fetch a listing's excerpts; whether it makes sense to ask for those of the next one."""
    reading = yield Fetch(adapter.excerpts(key, source_id), reviews_of=source_id)
    if reading.outcome is Outcome.QUOTA:
        raise Stopped(reading.outcome, reading.detail or "the quota is used up")
    # A plan without excerpts refuses them for every listing.
    return reading.outcome is not Outcome.BLOCKED


def _not_refused(reading: Reading) -> Reading:
    """The reading, unless it says that the key is refused or used up: that holds for every listing."""
    if reading.outcome in _REFUSED:
        raise Stopped(reading.outcome, reading.detail or str(reading.outcome))
    return reading


def attempt(adapter: Yelp, access: Access) -> Sending:
    """One search and one listing's excerpts; tells what the key may see and how many calls are left."""
    key = access["api_key"]
    found = yield Fetch(adapter.search(key, "San Francisco, CA", limit=1))
    if found.outcome is not Outcome.OK:
        return refused(found)
    seen = [one.source_id for one in found.listings if one.source_id]
    words = ["The key may read listings."]
    quota = found.extra.get("quota")
    if seen and str(access.get("excerpts", "")).casefold() != "no":
        excerpts = yield Fetch(adapter.excerpts(key, seen[0]))
        words = [_of_excerpts(excerpts)]
        quota = excerpts.extra.get("quota") or quota
    return Delivered(done=True, again=False, detail=" ".join([*words, *_left(quota)]))


def _of_excerpts(reading: Reading) -> str:
    if reading.outcome is Outcome.OK:
        return "The key may read listings and review excerpts."
    if reading.outcome is Outcome.BLOCKED:
        return "The key may read listings; its plan has no review excerpts: set “excerpts” to “no”."
    return f"The key may read listings; the try for review excerpts failed: {reading.detail}."


def _left(quota: object) -> list[str]:
    if not isinstance(quota, dict) or quota.get("remaining") is None:
        return []
    of = f" of {quota['limit']}" if quota.get("limit") is not None else ""
    return [f"{quota['remaining']}{of} calls are left today."]
