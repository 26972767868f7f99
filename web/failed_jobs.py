"""Jobs that gave up: what is left undone, why, and a person's word on it."""

import datetime as dt
from collections import Counter

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from listings import audit, job_rows
from listings.access import scoped
from listings.job_rows import FailedJob
from listings.jobs import DECLARED
from listings.models.organization import AuditEntry, Organization
from web.frame import say, shell
from web.job_kinds import KINDS, standing
from web.refusals import refuse
from web.screens.elements import Act, Age, Empty, Link
from web.screens.failed_jobs import FailedJobRow, FailedJobsView
from web.wording import age, count, exact

blueprint = Blueprint("failed_jobs", __name__)

KEPT = 1000
"""Failed jobs that are looked through, over all organizations; they are kept for 90 days."""
SHOWN = 100
AGAIN, GIVEN_UP = "job.tried_again", "job.given_up"

DIED = "The worker died each time it ran this."
WHY = {
    "OperationalError": "The database was away, or locked for too long.",
    "TimeoutError": "It took too long.",
    "MemoryError": "The worker’s memory was used up.",
    "OSError": "The disk or the network of this machine refused.",
    "BadSettings": "A setting is missing or wrong; the worker’s log names it.",
}
STUMBLED = "An error inside ({error}). The worker’s log has the rest."
# The error's own words aren't shown: they may repeat what the job worked on, people's data included.


@blueprint.get("/sources/jobs")
def index() -> ResponseReturnValue:
    """What gave up, newest first."""
    found = in_sight()
    tries = _tries()
    many = (
        Act(
            f"Try all {len(found)} again", url_for("failed_jobs.again_all"), icon="refresh-cw", style="quiet"
        ),
    )
    view = FailedJobsView(
        fact=_fact(len(found)),
        back=url_for("sources.index"),
        jobs=tuple(_row(job, way, tries[job.id]) for job, way in found[:SHOWN]),
        acts=many if len(found) > 1 else (),
        empty=None
        if found
        else Empty(
            "No job has given up",
            "What is read, sent or tidied up here is done by jobs. One that fails with an error inside stands "
            "here for 90 days, until somebody tries it again or gives it up.",
        ),
    )
    return render_template("sources/jobs.html", shell=shell("sources"), view=view)


@blueprint.post("/sources/jobs/again")
def again() -> ResponseReturnValue:
    """Put one back into its queue."""
    job = _asked()
    if job is None or not _put_back(job):
        return _too_late()
    say(f"{KINDS[job.name].title}: a worker tries it again")
    return _back()


@blueprint.post("/sources/jobs/again-all")
def again_all() -> ResponseReturnValue:
    """Put all of them back into their queues."""
    tried = sum(_put_back(job) for job, _ in in_sight())
    say(f"{count(tried, 'job')} put back; a worker tries them again")
    return _back()


@blueprint.post("/sources/jobs/give-up")
def give_up() -> ResponseReturnValue:
    """Leave one undone; what waits for it waits no longer."""
    job = _asked()
    if job is None or not job_rows.let_rest(g.db, job.id, g.now):
        return _too_late()
    kind = KINDS[job.name]
    kind.settle(g.db, job.payload, g.now)
    _note(job, GIVEN_UP)
    say(f"{kind.title} is given up. {kind.follows}")
    return _back()


def in_sight() -> list[tuple[FailedJob, Link]]:
    """The jobs that gave up and are the actor's to see, each with where its subject stands."""
    jobs = job_rows.failed(g.db, KEPT)
    stands = standing(g.db, g.actor, jobs)
    return [(job, stands[job.id]) for job in jobs if job.id in stands]


def _fact(found: int) -> str:
    if not found:
        return ""
    return f"{count(found, 'job')}" + (f", the newest {SHOWN} are shown" if found > SHOWN else "")


def _row(job: FailedJob, way: Link, tries: int) -> FailedJobRow:
    values = (("job", job.id),)
    kind = KINDS[job.name]
    return FailedJobRow(
        title=kind.title,
        about=way if way.label else Link("Every source", way.href),
        why=_why(job.error),
        ran="ran once" if job.runs + tries == 1 else f"ran {job.runs + tries} times",
        since=_age(job.failed_at, g.now),
        follows=kind.follows,
        acts=(
            Act("Try again", url_for("failed_jobs.again"), values=values),
            Act("Give up", url_for("failed_jobs.give_up"), style="text", values=values),
        ),
    )


def _why(error: str | None) -> str:
    if error is None:
        return DIED
    return WHY.get(error) or STUMBLED.format(error=error)


def _age(at: dt.datetime, now: dt.datetime) -> Age:
    text = age(at, now)
    return Age(
        f"{text} ago" if now - at < dt.timedelta(days=7) else text,
        exact(at),
        at.isoformat(timespec="seconds"),
    )


def _tries() -> Counter[str]:
    """How often people have tried each job again."""
    rows = g.db.scalars(
        scoped(g.actor, AuditEntry).where(AuditEntry.act == AGAIN).with_only_columns(AuditEntry.detail)
    )
    return Counter(str((detail or {}).get("job")) for detail in rows)


def _asked() -> FailedJob | None:
    wanted = request.form.get("job", "")
    return next((job for job, _ in in_sight() if job.id == wanted), None)


def _put_back(job: FailedJob) -> bool:
    # Its queue of today: the one it failed in may be of an older version.
    done = job_rows.put_back(g.db, job.id, DECLARED[job.name].queue.name)
    if done:
        _note(job, AGAIN)
    return done


def _note(job: FailedJob, act: str) -> None:
    organization = g.db.get_one(Organization, g.actor.organization_id)
    audit.record(g.db, g.actor, act, organization, g.now, detail={"job": job.id})


def _too_late() -> ResponseReturnValue:
    return refuse("This job isn’t waiting for anybody any more.", "sources", "Back to the sources")


def _back() -> ResponseReturnValue:
    return redirect(url_for("failed_jobs.index"), 303)
