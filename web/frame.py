"""The frame of a signed-in page, filled from the database: who, where, and the way to every screen."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from flask import current_app, g, session, url_for

from listings.access import Actor, scoped, visible_locations
from listings.duplicates import visible as visible_duplicates
from listings.models.crawl import SourceState
from listings.models.duplicate import Duplicate, DuplicateState
from listings.models.mismatch import Mismatch, MismatchState
from listings.models.organization import Organization
from listings.models.worker import WorkerHeartbeat
from reputation.inbox import unanswered
from reputation.models.reply import Reply
from reputation.models.review import Review
from web.match_query import doubtful
from web.screens.elements import Act
from web.screens.shell import Pulse, Shell, Toast, navigation
from web.wording import age
from web.wording import count as count_of

ENDPOINTS = {
    key: f"{key}.index"
    for key in ("home", "locations", "mismatches", "sources", "inbox", "pages", "duplicates")
}
"""Place of the navigation to the endpoint of its screen; what isn't there yet is left out."""

WORKER_ALIVE = dt.timedelta(seconds=90)
"""A worker writes its heartbeat every few seconds; one that was silent for so long has stopped."""


def shell(current: str, *, toast: Toast | None = None, status: str = "") -> Shell:
    """The frame round the screen of place `current` ("settings" is in none), for `g.actor`.

    What `say` left for the next page is shown as its toast, unless there is another.
    """
    actor = g.actor
    seen = g.db.execute(_numbers(actor, g.now)).one()
    toast = toast or _said()
    return Shell(
        organization=seen.organization,
        scope=count_of(seen.locations, "location"),
        person=actor.name,
        role=actor.role.value,
        navigation=navigation(
            addresses(),
            current,
            {"mismatches": seen.mismatches, "inbox": seen.reviews, "duplicates": seen.undecided + seen.twice},
            {"sources": f"{seen.ill} ill"} if seen.ill else None,
        ),
        logout=url_for("login.leave"),
        search=url_for("search.index") if "search.index" in current_app.view_functions else "",
        settings=url_for("account.show"),
        single_keys=actor.single_keys,
        pulse=_pulse(seen, g.now),
        toast=toast,
        status=status or (toast.text if toast else ""),
    )


def addresses() -> dict[str, str]:
    """Place of the navigation to its address, for the screens there are."""
    return {
        key: url_for(endpoint)
        for key, endpoint in ENDPOINTS.items()
        if endpoint in current_app.view_functions
    }


def say(text: str, undo: Act | None = None) -> None:
    """Show a toast on the next page this browser opens: what was done, and how to take it back."""
    session["toast"] = {"text": text}
    if undo is not None:
        session["toast"] |= {"undo": undo.action, "values": [list(pair) for pair in undo.values]}


def _said() -> Toast | None:
    kept = session.pop("toast", None)
    if kept is None:
        return None
    undo = None
    if "undo" in kept:
        values = tuple((name, text) for name, text in kept["values"])
        undo = Act("Undo", kept["undo"], style="text", key="u", values=values)
    return Toast(kept["text"], undo)


def _numbers(actor: Actor, now: dt.datetime) -> sa.Select[Any]:
    """Everything the frame counts, in one statement: it stands round every page."""
    alive = sa.and_(WorkerHeartbeat.stopped_at.is_(None), WorkerHeartbeat.beat_at > now - WORKER_ALIVE)
    waiting = (
        scoped(actor, Review)
        .outerjoin(Reply, Reply.review_id == Review.id)
        .where(*unanswered(), sa.or_(Review.expires_at.is_(None), Review.expires_at > now))
    )
    wrong = scoped(actor, Mismatch).where(Mismatch.state.in_((MismatchState.OPEN, MismatchState.CAME_BACK)))
    twice = visible_duplicates(actor).where(Duplicate.state == DuplicateState.OPEN)
    ill = sa.select(SourceState).where(
        SourceState.organization_id == actor.organization_id, SourceState.ill_since.is_not(None)
    )
    return sa.select(
        sa.select(Organization.name)
        .where(Organization.id == actor.organization_id)
        .scalar_subquery()
        .label("organization"),
        _counted(visible_locations(actor)).label("locations"),
        _counted(wrong).label("mismatches"),
        _counted(waiting).label("reviews"),
        _counted(doubtful(actor)).label("undecided"),
        _counted(twice).label("twice"),
        _counted(ill).label("ill"),
        sa.select(sa.func.count()).where(alive).scalar_subquery().label("workers"),
        sa.select(sa.func.max(WorkerHeartbeat.last_job_at)).scalar_subquery().label("last_job"),
    )


def _counted(query: sa.Select[Any]) -> sa.ScalarSelect[int]:
    return query.with_only_columns(sa.func.count(), maintain_column_froms=True).scalar_subquery()


def _pulse(seen: Any, now: dt.datetime) -> Pulse:
    if not seen.workers:
        return Pulse(well=False, text="No worker runs: nothing is read or sent")
    done = f", last job {age(seen.last_job, now)} ago" if seen.last_job else ", no job yet"
    return Pulse(well=True, text=count_of(seen.workers, "worker") + done)
