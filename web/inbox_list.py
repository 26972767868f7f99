"""The list of the inbox: tabs, filters, rows, and what to say where there are none."""

import datetime as dt
from dataclasses import dataclass, replace

import sqlalchemy as sa
from flask import current_app, url_for
from sqlalchemy.orm import Session

from listings.access import Actor, scoped
from listings.models.location import Location
from listings.sources import facts
from reputation.inbox import PAGE, Filter, Row, Tab, counts, rows, select
from reputation.models.reply import Reply, ReplyState
from web.ages import age_of
from web.inbox_query import Wanted, address, as_pairs, filter_of, location_of, position, stars_found
from web.places import place
from web.screens import elements
from web.screens.elements import Act, Chip, Empty, Link, NothingFound
from web.screens.inbox import InboxRow, Search
from web.wording import age, number

TABS = {
    Tab.UNANSWERED: "Unanswered",
    Tab.ANSWERED: "Answered",
    Tab.CLOSED: "Closed",
    Tab.ALL: "All",
}
LOW = 2
"""Up to so many stars a review is answered first."""
FEW_LOCATIONS = 6
"""Up to so many locations each has its chip; beyond, the location's own screen leads here."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of the list and everything round it."""

    wanted: Wanted
    counts: dict[Tab, int]
    rows: list[Row]
    locations: dict[int, Location]
    more: bool


def listed(db: Session, actor: Actor, wanted: Wanted, now: dt.datetime) -> Listed:
    """Read the page that is asked for."""
    narrowed = filter_of(db, actor, wanted)
    found = rows(db, narrowed, now, limit=PAGE + 1)
    shown = found[:PAGE]
    ids = {row.review.location_id for row in shown}
    locations = db.scalars(scoped(actor, Location).where(Location.id.in_(ids - {None})))
    return Listed(
        wanted, counts(db, narrowed, now), shown, {each.id: each for each in locations}, len(found) > PAGE
    )


def tabs(page: Listed) -> tuple[elements.Tab, ...]:
    """The states with how many rows each holds under the other filters."""
    wanted = page.wanted
    return tuple(
        elements.Tab(
            word, address("inbox.index", wanted, wanted.values(tab=tab)), page.counts[tab], tab is wanted.tab
        )
        for tab, word in TABS.items()
    )


def list_rows(page: Listed, selected: int | None, now: dt.datetime) -> tuple[InboxRow, ...]:
    """The rows as they stand in the list."""
    return tuple(_row(page, row, selected, now) for row in page.rows)


def _row(page: Listed, row: Row, selected: int | None, now: dt.datetime) -> InboxRow:
    review = row.review
    location = page.locations.get(review.location_id or 0)
    written = review.written_at or review.first_seen_at
    return InboxRow(
        href=address("inbox.show", page.wanted, review_id=review.id),
        score=f"{review.rating:g}" if review.rating is not None else "",
        source=review.source,  # type: ignore[arg-type]
        author=review.author or "Somebody",
        text=review.text or "",
        place=f"{location.code} {place(location)}" if location else "Not matched to a location",
        age=age_of(written, now),
        low=review.rating is not None and review.rating <= LOW,
        selected=review.id == selected,
        note=_note(row, now),
    )


def _note(row: Row, now: dt.datetime) -> str:
    if row.review.vanished_at is not None:
        return f"Gone since {age(row.review.vanished_at, now)}"
    if row.reply is None:
        return ""
    return {
        ReplyState.DRAFT: "Draft ready",
        ReplyState.AWAITING_APPROVAL: "To approve",
        ReplyState.QUEUED: "In the outbox",
        ReplyState.SENT: "Sent, not shown yet",
        ReplyState.PUBLISHED: "Answered",
        ReplyState.REJECTED: "Refused",
        ReplyState.MARKED: "Answered there",
    }[row.reply.state]


def chips(db: Session, actor: Actor, page: Listed, now: dt.datetime) -> tuple[Chip, ...]:
    """The filters that narrow the tab, each with what it would leave."""
    wanted = page.wanted
    found = [*_stars(db, actor, wanted, now), *_text(wanted), *_locations(db, actor, wanted)]
    if wanted.source:
        label = facts(wanted.source).label
        found.append(Chip(label, address("inbox.index", wanted, wanted.values(source="")), pressed=True))
    if wanted.search:
        off = address("inbox.index", wanted, wanted.values(search=""))
        found.append(Chip(f"“{wanted.search}”", off, pressed=True))
    return tuple(found)


def _stars(db: Session, actor: Actor, wanted: Wanted, now: dt.datetime) -> list[Chip]:
    base = filter_of(db, actor, replace(wanted, stars=(), before=None))
    counted = stars_found(db, select(base, now))
    found = []
    for star in range(1, 6):
        others = tuple(each for each in wanted.stars if each != star)
        pressed = star in wanted.stars
        stars = others if pressed else tuple(sorted((*others, star)))
        href = address("inbox.index", wanted, wanted.values(stars=stars))
        found.append(Chip(f"{star} ★", href, counted.get(star, 0), pressed))
    return found


def _text(wanted: Wanted) -> list[Chip]:
    found = []
    for value, label in ((True, "With words"), (False, "Only stars")):
        if wanted.text is not None and wanted.text is not value:
            continue
        pressed = wanted.text is value
        href = address("inbox.index", wanted, wanted.values(text=None if pressed else value))
        found.append(Chip(label, href, pressed=pressed))
    return found


def _locations(db: Session, actor: Actor, wanted: Wanted) -> list[Chip]:
    chosen = location_of(db, actor, wanted)
    if wanted.location:
        label = f"{chosen.code} {place(chosen)}" if chosen else wanted.location
        return [Chip(label, address("inbox.index", wanted, wanted.values(location="")), pressed=True)]
    query = scoped(actor, Location).order_by(Location.code).limit(FEW_LOCATIONS + 1)
    seen = db.scalars(query).all()
    if not 1 < len(seen) <= FEW_LOCATIONS:
        return []
    return [
        Chip(f"{one.code} {place(one)}", address("inbox.index", wanted, wanted.values(location=one.code)))
        for one in seen
    ]


def search(page: Listed) -> Search:
    """The search field, which keeps the other filters."""
    return Search(url_for("inbox.index"), page.wanted.search, as_pairs(page.wanted.values(search="")))


def older(page: Listed) -> Link | None:
    """The way to the next page."""
    if not page.more or page.rows[-1].review.written_at is None:
        return None
    values = page.wanted.values() | {"before": position(page.rows[-1].review)}
    return Link("Older reviews", address("inbox.index", page.wanted, values))


def nothing(
    db: Session, actor: Actor, page: Listed, sight: Filter, now: dt.datetime
) -> tuple[Empty | None, NothingFound | None]:
    """What to say when the list has no row: nothing was ever read, filters hide it, or all is done."""
    if page.rows:
        return None, None
    if page.wanted.narrowed or page.wanted.before:
        hidden = counts(db, sight, now)[page.wanted.tab]
        words = f"{number(hidden)} reviews of this tab are hidden."
        clear = Link("Clear filters", address("inbox.index", page.wanted, {"tab": page.wanted.tab.value}))
        return None, NothingFound(words, clear)
    total = counts(db, sight, now)[Tab.ALL]
    if total and page.wanted.tab is Tab.UNANSWERED:
        waiting = _waiting(db, actor)
        after = f" {waiting} on their way." if waiting else ""
        every = Link("All reviews", address("inbox.index", page.wanted, {"tab": Tab.ALL.value}))
        return Empty(
            "Every review is answered", f"New ones come with the next read.{after}", way_without=every
        ), None
    if total:
        return Empty(f"Nothing is {TABS[page.wanted.tab].lower()} yet", "It fills as you work."), None
    sources = "sources.index" in current_app.view_functions
    connect = Act("Connect Google", url_for("sources.index"), "get", "filled") if sources else None
    text = "Reviews arrive within minutes after a source is connected, and stay with the words they had."
    return Empty("No review yet", text, act=connect), None


def _waiting(db: Session, actor: Actor) -> str:
    query = scoped(actor, Reply).where(Reply.state == ReplyState.QUEUED)
    found = db.scalar(query.with_only_columns(sa.func.count())) or 0
    return f"{found} {'reply is' if found == 1 else 'replies are'}" if found else ""
