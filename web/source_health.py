"""How each source fares for an organization: read when, with what outcome, how much of it is fresh."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import Session

from listings.access import Actor, scoped
from listings.models.crawl import CrawlRun, Credential, CredentialState, RunState, SourceState
from listings.models.listing import Listing
from listings.quota import Usage, usage
from listings.retention import readable_listings
from listings.source_terms import OwnerLink
from listings.sources import BBB, GOOGLE, GOOGLE_PLACES, SOURCES, SourceFacts
from reputation.models.review import Review
from web import directory_figures
from web.ages import is_stale, read_age
from web.screens.elements import Fact, Outcomes
from web.screens.sources import Health, Quota, SourceHealth
from web.wording import age, count, number

PERIOD = dt.timedelta(days=7)
SLOW = ("blocked", "quota", "consent_wall", "unavailable")
"""Outcomes that pass by themselves; the others need somebody."""
SAID = {
    "not_found": "It answers that the pages don’t exist",
    "moved": "Its pages have moved",
    "blocked": "It turns our requests away",
    "consent_wall": "It shows a consent page instead of its answer",
    "unreadable": "Its answers can’t be read: their form has changed",
    "quota": "The quota is used up",
    "unavailable": "It doesn’t answer",
}


@dataclass(frozen=True, slots=True)
class Known:
    """One source as the database knows it."""

    source: SourceFacts
    state: SourceState | None
    credential: Credential | None
    outcomes: Counter[str]
    listings: int
    fresh: int
    host: str = ""
    usage: Usage | None = None
    resumes_at: dt.datetime | None = None

    @property
    def connected(self) -> bool:
        """Whether it can be asked at all."""
        return self.credential is not None or not self.source.needs_credential

    @property
    def paused(self) -> bool:
        """Whether a person has stopped it."""
        return self.state is not None and self.state.paused_at is not None


def known(db: Session, actor: Actor, source: SourceFacts, now: dt.datetime) -> Known:
    """What is known of one source; listings are those in the actor's sight."""
    owner = actor.organization_id
    credential = db.scalar(
        sa.select(Credential)
        .where(Credential.organization_id == owner, Credential.source == source.key)
        # As long as one access works, the source isn't refused.
        .order_by(Credential.state == CredentialState.NEEDS_RECONNECT, Credential.id)
        .limit(1)
    )
    runs = db.scalars(
        sa.select(CrawlRun.outcomes).where(
            CrawlRun.organization_id == owner,
            CrawlRun.source == source.key,
            CrawlRun.started_at > now - PERIOD,
        )
    )
    outcomes: Counter[str] = Counter()
    for each in runs:
        outcomes.update(each)
    state = db.get(SourceState, (owner, source.key))
    seen = scoped(actor, Listing).where(Listing.source == source.key, Listing.missing_since.is_(None))
    young = seen.where(Listing.last_seen_at > now - 2 * source.crawl_every)
    url = db.scalar(seen.where(Listing.url.is_not(None)).with_only_columns(Listing.url).limit(1))
    return Known(
        source=source,
        state=state,
        credential=credential,
        outcomes=outcomes,
        listings=_count(db, seen),
        fresh=_count(db, young),
        host=urlsplit(str(url or "")).netloc.removeprefix("www."),
        usage=usage(db, source.key, state.quota_holder, now) if state and state.quota_holder else None,
        resumes_at=_resting(db, owner, source, now),
    )


def _resting(db: Session, owner: int, source: SourceFacts, now: dt.datetime) -> dt.datetime | None:
    """When the first crawl goes on that waits until the source may be asked; None when none waits."""
    return db.scalar(
        sa.select(sa.func.min(CrawlRun.resumes_at)).where(
            CrawlRun.organization_id == owner,
            CrawlRun.source == source.key,
            CrawlRun.state == RunState.RUNNING,
            CrawlRun.resumes_at > now,
        )
    )


def all_known(db: Session, actor: Actor, now: dt.datetime) -> list[Known]:
    """Every source there is, in the order of the facts."""
    return [known(db, actor, source, now) for source in SOURCES.values()]


def _count(db: Session, query: sa.Select[Listing] | sa.Select[Review]) -> int:
    return db.scalar(query.with_only_columns(sa.func.count())) or 0


def health_row(one: Known, now: dt.datetime) -> SourceHealth:
    """The source as a row of the table."""
    kind, words = health(one, now)
    state = one.state
    return SourceHealth(
        source=one.source.key,  # type: ignore[arg-type]
        about=about(one),
        href=url_for("sources.show", source=one.source.key),
        health=kind,
        state=words,
        outcomes=_bar(one.outcomes),
        last_good=read_age(one.source, state.last_ok_at, now) if state and state.last_ok_at else None,
        fresh=f"{one.fresh:,} of {one.listings:,}" if one.listings else "–",
        next=next_read(one, now),
        quota=_quota(one, now),
    )


def _quota(one: Known, now: dt.datetime) -> Quota | None:
    if one.usage is None:
        return None
    return Quota(one.usage.used, one.usage.allowed, f"anew in {age(now, one.usage.resets_at)}")


def health(one: Known, now: dt.datetime) -> tuple[Health, str]:
    """The pill of a source, its kind and its word."""
    state = one.state
    if not one.connected:
        return "not_connected", "Not connected"
    if one.paused:
        return "slowed", "Paused"
    if one.credential is not None and one.credential.state is CredentialState.NEEDS_RECONNECT:
        return "ill", "Connect again"
    if state is None or state.last_run_at is None:
        return "new", "Not read yet"
    if one.source.owner_link is OwnerLink.GIVEN_PAGE and not one.listings and not one.outcomes:
        return "new", "No page named"
    if state.ill_since is not None:
        return ("slowed", "Slowed down") if state.ill_outcome in SLOW else ("ill", "Can’t read")
    if state.last_ok_at is not None and is_stale(one.source, state.last_ok_at, now):
        return "slowed", "Late"
    return "well", "Well"


def about(one: Known) -> str:
    """The second line: through which door the source is read."""
    if one.source.key == GOOGLE:
        return "Business Profile, as its owner"
    if one.source.key == GOOGLE_PLACES:
        return "Places API, looked at and not kept"
    return one.host or "Pages of your own"


def next_read(one: Known, now: dt.datetime) -> str:
    """When it is read again: "in 18 min", "paused", "–"."""
    if one.paused:
        return "paused"
    if one.resumes_at is not None:
        return f"goes on in {age(now, one.resumes_at)}"
    if not one.connected or one.state is None or one.state.last_run_at is None:
        return "–"
    due = one.state.last_run_at + one.source.crawl_every
    return f"in {age(now, due.astimezone(now.tzinfo))}" if due > now else "due now"


def _bar(outcomes: Counter[str]) -> Outcomes:
    return Outcomes(
        ok=outcomes["ok"],
        not_modified=outcomes["not_modified"],
        not_found=outcomes["not_found"] + outcomes["moved"],
        blocked=sum(outcomes[kind] for kind in SLOW),
        unreadable=outcomes["unreadable"],
    )


def holds(db: Session, actor: Actor, one: Known, now: dt.datetime) -> tuple[Fact, ...]:
    """How much of the source there is: listings, and reviews in total, readable and stored."""
    found = [Fact("Listings", number(one.listings))]
    if not one.source.has_reviews:
        return (*found, Fact("Reviews", "None are read here"))
    listed = scoped(actor, Listing).where(Listing.source == one.source.key, Listing.missing_since.is_(None))
    told = listed.where(readable_listings(now)).with_only_columns(sa.func.sum(Listing.review_count))
    total = db.scalar(told) or 0
    untold = _count(db, listed.where(Listing.review_count.is_(None), Listing.location_id.is_not(None)))
    reviews = scoped(actor, Review).where(Review.source == one.source.key)
    readable = _count(db, reviews.where(Review.vanished_at.is_(None), Review.supplied_by.is_(None)))
    stored = _count(db, reviews)
    return (
        *found,
        Fact(
            "Reviews at the source",
            number(total) + (f", not told by {count(untold, 'listing')}" if untold and total else ""),
        ),
        Fact("Readable there", number(readable)),
        Fact("Stored here", number(stored)),
        *(directory_figures.held(db, actor, now) if one.source.key == BBB else ()),
    )
