"""Sources: which are read, how well, and what each answered."""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from flask import Blueprint, abort, current_app, g, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from listings.access import Act as May
from listings.access import scoped
from listings.models.snapshot import Snapshot
from listings.source_terms import Display
from listings.sources import GOOGLE, SOURCES, SourceFacts
from web import connecting, source_consent
from web.failed_jobs import in_sight
from web.frame import shell
from web.permission_card import Given, permission_card
from web.screens.elements import SOURCE_MARKS, Act, Banner, Chip, Fact
from web.screens.sources import Alarm, SourcesView, SourceView
from web.security import content_security_policy
from web.source_accounts import accounts
from web.source_alarms import alarms, refused
from web.source_answers import count_trouble, last_answers
from web.source_health import PERIOD, Known, about, all_known, health_row, holds, known
from web.source_runs import last_runs
from web.wording import count, number

blueprint = Blueprint("sources", __name__)

SHOWN_AS = {
    Display.FULL: "Full words, with the author’s name and a link to the source",
    Display.EXCERPTS: "A few excerpts as the source cuts them, with its name and a link, while they may be kept",
    Display.THROUGH: "Only what is fetched for that view, with attribution; nothing stored is shown",
    Display.LINK: "Its grade with a link to its page, once its permission is recorded; never words, stars, complaints",
    Display.NONE: "Nothing",
}


@blueprint.get("/sources")
def index() -> ResponseReturnValue:
    """Every source's health, then the last answers."""
    found = all_known(g.db, g.actor, g.now)
    trouble = request.args.get("answers") == "trouble"
    view = SourcesView(
        fact=_reads(),
        sources=tuple(health_row(one, g.now) for one in found),
        alarms=(*_undone(), *(alarm for one in found for alarm in alarms(g.db, g.actor, one, g.now))),
        answers=last_answers(g.db, g.actor, g.now, trouble=trouble),
        answer_chips=(
            Chip(
                "Only trouble",
                url_for("sources.index", answers=None if trouble else "trouble"),
                count_trouble(g.db, g.actor),
                pressed=trouble,
            ),
        ),
        acts=(
            Act("Jobs that gave up", url_for("failed_jobs.index"), "get", "quiet"),
            Act("Read all now", url_for("source_acts.read_all"), icon="refresh-cw"),
        )
        if g.actor.may(May.RUN_SOURCES)
        else (),
    )
    return render_template("sources/index.html", shell=shell("sources"), view=view)


@blueprint.get("/sources/<source>")
def show(source: str) -> ResponseReturnValue:
    """One source: its health, its policy, how it is connected, its answers."""
    response = make_response(page(facts_or_404(source)))
    if source == GOOGLE:
        # Browsers hold the redirect to the consent page that follows the form to this policy too.
        origin = source_consent.consent_origin(current_app.extensions["settings"])
        response.headers["Content-Security-Policy"] = content_security_policy(forms_to=origin)
    return response


def facts_or_404(source: str) -> SourceFacts:
    """The facts of a source; 404 for a name that is none."""
    if source not in SOURCES:
        abort(404)
    return SOURCES[source]


def page(
    source: SourceFacts,
    given: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    permission: Given = ({}, {}),
) -> str:
    """The screen of one source, with a form that was refused where there is one."""
    one = known(g.db, g.actor, source, g.now)
    asks = connecting.fields(source, given or {}, errors or {}) if g.actor.may(May.ADMINISTER) else ()
    view = SourceView(
        title=SOURCE_MARKS[source.key][1],
        fact=about(one),
        back=url_for("sources.index"),
        health=health_row(one, g.now),
        refused=refused(one),
        banner=_banner(one),
        alarms=alarms(g.db, g.actor, one, g.now),
        policy=(*holds(g.db, g.actor, one, g.now), *_policy(source)),
        fields=asks,
        save=Act(
            "Replace the access" if one.credential else "Save and connect",
            url_for("source_acts.connect", source=source.key),
            style="outlined" if one.credential else "filled",
        )
        if asks
        else None,
        accounts=accounts(g.db, g.actor, source, g.now, asks=source_consent.available())
        if source.key == GOOGLE
        else None,
        permission=permission_card(g.db, g.actor, source, g.now, permission),
        acts=_acts(one),
        answers=last_answers(g.db, g.actor, g.now, source=source.key),
        runs=last_runs(g.db, g.actor, source.key, g.now),
    )
    return render_template("sources/one.html", shell=shell("sources"), view=view)


def _undone() -> tuple[Alarm, ...]:
    """Jobs that gave up, for those who may do something about it."""
    jobs = in_sight() if g.actor.may(May.RUN_SOURCES) else ()
    if not jobs:
        return ()
    return (
        Alarm(
            title=f"{count(len(jobs), 'job')} gave up after an error inside.",
            text="What they were to read or send is undone until somebody tries again or gives it up.",
            acts=(Act("Look at them", url_for("failed_jobs.index"), "get"),),
        ),
    )


def _reads() -> str:
    query = scoped(g.actor, Snapshot).where(Snapshot.fetched_at > g.now - PERIOD)
    found = g.db.scalar(query.with_only_columns(sa.func.count())) or 0
    return f"{number(found)} answers in 7 days"


def _banner(one: Known) -> Banner | None:
    name = SOURCE_MARKS[one.source.key][1]
    if not one.connected:
        text = "Paste its credentials below; the first read follows at once."
        if not g.actor.may(May.ADMINISTER):
            text = "An administrator of your organization can connect it here."
        return Banner("wait", text, strong=f"{name} isn’t connected.")
    if one.paused:
        return Banner(
            "warn", "What was read stays, and grows old. Resume it to read again.", strong="Paused."
        )
    return None


def _acts(one: Known) -> tuple[Act, ...]:
    if not g.actor.may(May.RUN_SOURCES) or not one.connected:
        return ()
    if one.paused:
        return (Act("Resume", url_for("source_acts.resume", source=one.source.key), style="filled"),)
    return (
        Act("Pause", url_for("source_acts.pause", source=one.source.key), style="quiet"),
        Act("Check now", url_for("source_acts.read", source=one.source.key), icon="refresh-cw", key="c"),
    )


def _policy(source: SourceFacts) -> tuple[Fact, ...]:
    policy = source.policy
    kept = "Nothing but the place’s id"
    if policy.keep_values:
        kept = f"For {_span(policy.keep_for)}" if policy.keep_for else "Without limit"
        if policy.refresh_within:
            kept += f", refreshed within {_span(policy.refresh_within)}"
    return (
        Fact("May be kept", kept),
        Fact("Shown publicly", SHOWN_AS[policy.display]),
        Fact("In an average with others", "Yes" if policy.blend else "Never"),
        Fact("Customers asked for reviews", "Yes, everybody alike" if policy.ask else "No"),
        Fact("Read every", _span(source.crawl_every)),
        Fact("Corrections", source.how_to_fix),
    )


def _span(span: dt.timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    return f"{hours // 24} days" if hours >= 48 else f"{hours} hours"
