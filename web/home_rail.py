"""The rail of Home: how it stands, and what was done lately."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import Session

from listings.access import Actor, scoped
from listings.agreement import count_compared
from listings.models.crawl import CrawlRun
from listings.models.mismatch import Mismatch, MismatchState
from reputation.inbox import unanswered
from reputation.models.reply import Reply, ReplyState
from reputation.models.review import Review
from web.frame import addresses
from web.mismatch_query import Facet, Tab
from web.screens.elements import Link, Stat
from web.screens.home import Done
from web.wording import count, number

LATELY = dt.timedelta(days=7)
UNANSWERED_DAYS = 90


def stats(db: Session, actor: Actor, facets: Sequence[Facet], now: dt.datetime) -> tuple[Stat, ...]:
    """Fields that agree, and reviews without an answer, each with its base."""
    compared = count_compared(db, actor)
    differing = sum(facet.count for facet in facets if facet.tab in (Tab.OPEN, Tab.CAME_BACK, Tab.WAITING))
    found = []
    if compared:
        agree = max(0, compared - differing)
        base = f"{number(agree)} of {number(compared)} fields"
        href = url_for("locations.index", only="trouble")
        found.append(
            Stat("Listings that agree with the record", f"{100 * agree / compared:.1f} %", base, href)
        )
    if inbox := addresses().get("inbox", ""):
        waiting, all_of_them = _reviews(db, actor, now)
        base = f"of {number(all_of_them)} in {UNANSWERED_DAYS} days"
        found.append(Stat("Reviews without an answer", number(waiting), base, inbox))
    return tuple(found)


def _reviews(db: Session, actor: Actor, now: dt.datetime) -> tuple[int, int]:
    recent = (
        scoped(actor, Review)
        .outerjoin(Reply, Reply.review_id == Review.id)
        .where(
            Review.written_at >= now - dt.timedelta(days=UNANSWERED_DAYS),
            Review.vanished_at.is_(None),
            sa.or_(Review.expires_at.is_(None), Review.expires_at > now),
        )
        .with_only_columns(
            sa.func.sum(sa.case((sa.and_(*unanswered()), 1), else_=0)),
            sa.func.count(),
            maintain_column_froms=True,
        )
    )
    waiting, all_of_them = db.execute(recent).one()
    return waiting or 0, all_of_them


def done(db: Session, actor: Actor, now: dt.datetime) -> tuple[Done, ...]:
    """What went well in the last days."""
    since = now - LATELY
    fixed = scoped(actor, Mismatch).where(
        Mismatch.state == MismatchState.FIXED, Mismatch.state_since >= since
    )
    replies = scoped(actor, Reply).where(
        Reply.state == ReplyState.PUBLISHED, Reply.ours, Reply.published_at >= since
    )
    runs = sa.select(sa.func.sum(CrawlRun.pages)).where(
        CrawlRun.organization_id == actor.organization_id, CrawlRun.started_at >= since
    )
    row = db.execute(
        sa.select(
            fixed.with_only_columns(sa.func.count(), maintain_column_froms=True)
            .scalar_subquery()
            .label("fixed"),
            replies.with_only_columns(sa.func.count(), maintain_column_froms=True)
            .scalar_subquery()
            .label("replies"),
            runs.scalar_subquery().label("pages"),
        )
    ).one()
    found = []
    if row.fixed:
        rows = Link(count(row.fixed, "field"), url_for("mismatches.index", state="fixed"))
        found.append(Done("Sources show your value again in", rows))
    if row.replies:
        found.append(Done(f"{count(row.replies, 'reply', 'replies')} published"))
    if row.pages:
        found.append(Done(f"{count(row.pages, 'answer')} of sources read"))
    return tuple(found)
