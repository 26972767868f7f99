"""What waits on Home: mismatches by cause, listings to decide, low-star reviews, sources that are ill."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import Session

from listings.access import Actor, scoped
from listings.duplicates import visible
from listings.models.crawl import SourceState
from listings.models.duplicate import Duplicate, DuplicateKind, DuplicateState
from listings.models.listing import Match
from listings.severity import Severity
from listings.sources import facts
from reputation.inbox import unanswered
from reputation.models.reply import Reply
from reputation.models.review import Review
from web.ages import age_of
from web.fix_kit import goes_by_itself
from web.frame import addresses
from web.match_query import doubtful
from web.mismatch_list import group_title
from web.mismatch_query import By, Group, Tab, Wanted, groups
from web.screens.elements import Act, Link
from web.screens.home import Todo, TodoSection, Tone
from web.source_words import at_start, source_words
from web.wording import count, date

SHOWN = 5
"""Causes of one section; the rest is a link away."""
FEW_STARS = 2
ILL = {
    "unreadable": "Its answers have changed; the last good data is kept.",
    "blocked": "It refuses to be read; the last good data is kept.",
    "consent_wall": "It asks for consent before it shows anything; the last good data is kept.",
    "quota": "Its quota is used up; reading goes on when it is free again.",
    "unavailable": "It doesn’t answer; reading is tried again at the next round.",
    "refused": "It refused the key. Somebody has to sign in again.",
}


def came_back(db: Session, actor: Actor, now: dt.datetime, *, total: int) -> TodoSection:
    """What was fixed once and is wrong again."""
    wanted = Wanted(tab=Tab.CAME_BACK)
    todos = [_cause(group, wanted, "undo-2", "back", now) for group in groups(db, actor, wanted, now)[:SHOWN]]
    every = Link(f"All {total:,}", url_for("mismatches.index", state="came_back")) if total else None
    return TodoSection("Came back", total, tuple(todos), every)


def critical(db: Session, actor: Actor, now: dt.datetime, *, total: int) -> TodoSection:
    """What keeps customers from finding the place."""
    wanted = Wanted(severity=Severity.CRITICAL)
    found = groups(db, actor, wanted, now)[:SHOWN]
    todos = [_cause(group, wanted, "triangle-alert", "bad", now) for group in found]
    every = Link(f"All {total:,}", url_for("mismatches.index", severity="critical")) if total else None
    return TodoSection("Critical and open", total, tuple(todos), every)


def _cause(group: Group, wanted: Wanted, icon: str, tone: Tone, now: dt.datetime) -> Todo:
    source = source_words(group.source)
    place = " ".join(part for part in (group.code, group.city) if part)
    where = f"at {place}" if group.count == 1 else f"at {count(group.count, 'location')}"
    href = url_for("mismatches.show", mismatch_id=group.first_id, **wanted.values(opened=group.key))
    sends = goes_by_itself(group.source, group.field)
    what = f"One press sends your value to {source}" if sends else facts(group.source).how_to_fix
    since = f"Since {date(group.since, now)}."
    return Todo(
        icon, tone, f"{group_title(By.CAUSE, group, now)} on {source} {where}", f"{since} {what.rstrip('.')}.",
        href, Act("Review and send" if sends else "Open fix kit", href, "get"), age_of(group.since, now),
    )  # fmt: skip


def waiting(db: Session, actor: Actor, now: dt.datetime) -> TodoSection:
    """Decisions and answers that only a person can give."""
    todos = [*_to_decide(db, actor, now), *_reviews(db, actor, now)]
    return TodoSection("Waits for you", len(todos), tuple(todos))


def _to_decide(db: Session, actor: Actor, now: dt.datetime) -> list[Todo]:
    """Listings in doubt, what stands twice, and what was reported and should be gone by now. One statement."""
    doubts = doubtful(actor).with_only_columns(
        sa.null().label("state"),
        sa.null().label("kind"),
        sa.func.count().label("number"),
        sa.func.min(Match.decided_at).label("oldest"),
        sa.func.min(Match.listing_id).label("listing_id"),
        maintain_column_froms=True,
    )
    late = sa.and_(Duplicate.state == DuplicateState.REPORTED, Duplicate.expected_by < now)
    columns = (Duplicate.state, Duplicate.kind)
    twice = (
        visible(actor)
        .where(sa.or_(Duplicate.state == DuplicateState.OPEN, late))
        .with_only_columns(*columns, sa.func.count(), sa.func.min(Duplicate.state_since), sa.null())
        .group_by(*columns)
    )
    todos = []
    either: sa.CompoundSelect[Any] = sa.union_all(doubts, twice)
    found: Sequence[Any] = db.execute(either).all()
    for row in found:
        if row.state is None and row.number:
            todos.append(_doubts(row.number, row.oldest, row.listing_id, now))
        elif row.state is not None:
            todos.append(
                _twice(DuplicateState(row.state), DuplicateKind(row.kind), row.number, row.oldest, now)
            )
    return todos


def _doubts(number: int, oldest: dt.datetime, listing_id: int, now: dt.datetime) -> Todo:
    href = url_for("matches.show", listing_id=listing_id) if number == 1 else url_for("matches.index")
    title = f"{count(number, 'listing')} may be yours"
    text = "Say yes or no, so that they are followed or left alone"
    return Todo("link", "plain", title, text, href, Act("Decide", href, "get"), age_of(oldest, now))


def _twice(
    state: DuplicateState, kind: DuplicateKind, number: int, oldest: dt.datetime, now: dt.datetime
) -> Todo:
    if state is DuplicateState.REPORTED:
        tab, tone = "reported", "warn"
        title = f"{count(number, 'duplicate')} still {'stands' if number == 1 else 'stand'} at the source"
        text = "Reported, and it should be gone by now. Report it again, or ask the source"
    elif kind is DuplicateKind.LISTING:
        tab, tone = "", "plain"
        title = f"{count(number, 'place')} {'is' if number == 1 else 'are'} listed twice"
        text = "A second listing shows customers other facts and splits your reviews"
    else:
        tab, tone = "records", "plain"
        title = f"{count(number, 'pair')} of your records {'looks' if number == 1 else 'look'} like one place"
        text = "Say which record stays, or that they are two places"
    href = url_for("duplicates.index", tab=tab or None)
    return Todo("copy", tone, title, text, href, Act("Look", href, "get"), age_of(oldest, now))  # type: ignore[arg-type]


def _reviews(db: Session, actor: Actor, now: dt.datetime) -> list[Todo]:
    query = (
        scoped(actor, Review)
        .outerjoin(Reply, Reply.review_id == Review.id)
        .where(
            *unanswered(),
            Review.rating <= FEW_STARS,
            sa.or_(Review.expires_at.is_(None), Review.expires_at > now),
        )
        .with_only_columns(sa.func.count(), sa.func.min(Review.written_at), sa.func.max(Review.written_at))
    )
    number, oldest, newest = db.execute(query).one()
    inbox = addresses().get("inbox", "")
    if not number or not inbox:
        return []
    href = f"{inbox}?stars=1&stars=2"
    verb = "has" if number == 1 else "have"
    text = (
        f"The newest is from {date(newest, now)}, the oldest from {date(oldest, now)}"
        if newest and oldest
        else ""
    )
    title = f"{count(number, 'review')} with 1 or 2 stars {verb} no answer"
    age = age_of(newest, now) if newest else None
    return [Todo("inbox", "warn", title, text, href, Act("Answer", href, "get"), age)]


def ill_sources(db: Session, actor: Actor, now: dt.datetime) -> TodoSection:
    """Sources that can't be read as they should."""
    found: Sequence[SourceState] = db.scalars(
        sa.select(SourceState)
        .where(SourceState.organization_id == actor.organization_id, SourceState.ill_since.is_not(None))
        .order_by(SourceState.ill_since)
    ).all()
    sources = addresses().get("sources", "")
    todos = []
    for state in found:
        since = state.ill_since or now
        href = sources or url_for("locations.index")
        todos.append(
            Todo(
                "activity",
                "bad",
                f"{at_start(source_words(state.source))} can’t be read since {date(since, now)}",
                ILL.get(state.ill_outcome or "", "The last good data is kept, with its age."),
                href,
                Act("See the source", href, "get"),
                age_of(since, now),
            )
        )
    every = Link("All sources", sources) if sources and todos else None
    return TodoSection("Sources that are ill", len(todos), tuple(todos), every)
