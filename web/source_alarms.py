"""What is wrong with a source, in words, with what is kept meanwhile and what to do."""

import datetime as dt

from flask import url_for
from sqlalchemy.orm import Session

from listings.access import Act as May
from listings.access import Actor
from listings.drifted import drifted_fields, word
from listings.models.crawl import CredentialState
from reputation.held_back import still_missing
from web.screens.elements import SOURCE_MARKS, Act, Fact
from web.screens.sources import Alarm, CheckResult
from web.source_health import SAID, SLOW, Known
from web.wording import age, count, exact


def alarms(db: Session, actor: Actor, one: Known, now: dt.datetime) -> tuple[Alarm, ...]:
    """Whatever about this source waits for somebody."""
    found = [_held_back(db, actor, one), _ill(actor, one, now)]
    return tuple(alarm for alarm in found if alarm is not None)


def _ill(actor: Actor, one: Known, now: dt.datetime) -> Alarm | None:
    state, name = one.state, SOURCE_MARKS[one.source.key][1]
    if state is None or state.ill_since is None or state.ill_outcome is None or one.paused:
        return None
    since = age(state.ill_since, now)
    stays = count(one.listings, "listing")
    then = (
        "It is tried again by itself at the next round"
        if state.ill_outcome in SLOW
        else "Look at the last answer below; a reader that is mended reads the kept answers again"
    )
    may = actor.may(May.RUN_SOURCES)
    gone = " and ".join(word(name) for name in drifted_fields(state))
    acts = [Act("Check now", url_for("source_acts.read", source=one.source.key))]
    if gone:
        acts.append(
            Act(f"Believe it: {gone} no longer shown", url_for("source_acts.accept", source=one.source.key))
        )
    return Alarm(
        title=f"{name}: {SAID.get(state.ill_outcome, state.ill_outcome)}, since {since}.",
        text=f"{stays} keep the data of the last good read. No mismatch is made from broken answers.",
        facts=(
            Fact("Outcome", state.ill_outcome.replace("_", " ")),
            Fact("In how many", state.ill_detail or "–"),
            Fact("First broken", exact(state.ill_since)),
            Fact("Then what", then),
        ),
        acts=tuple(acts) if may else (),
    )


def _held_back(db: Session, actor: Actor, one: Known) -> Alarm | None:
    held = one.state.held_back if one.state is not None else None
    if held is None or one.state is None:
        return None
    name, gone = SOURCE_MARKS[one.source.key][1], len(still_missing(db, one.state))
    acts = (
        Act(
            f"Believe it: {gone} are gone",
            url_for("source_acts.believe", source=one.source.key),
            why_not="" if gone else "a later read has shown them again",
        ),
        Act("Keep them all", url_for("source_acts.keep", source=one.source.key)),
    )
    return Alarm(
        title=f"{name} suddenly shows {held['missing']} of {held['stored']} reviews no more.",
        text="That is too many to believe without a person, so nothing was changed.",
        facts=(
            Fact("Missing then", str(held["missing"])),
            Fact("Still missing", str(gone)),
            Fact("If you believe it", "They count nowhere from now on; their words stay readable here"),
            Fact("If you keep them", "They stay as they are; the next such drop asks again"),
        ),
        acts=acts if actor.may(May.RUN_SOURCES) else (),
    )


def refused(one: Known) -> CheckResult | None:
    """What the source said to the credentials, when it takes them no more."""
    credential = one.credential
    if credential is None or credential.state is CredentialState.OK:
        return None
    name = SOURCE_MARKS[one.source.key][1]
    return CheckResult(
        title=f"{name} has to be connected again",
        text=credential.cause or "It refuses the stored access.",
        steps=(
            ("Get new credentials where the old ones came from.", None),
            ("Paste them below and press “Save”.", None),
        ),
    )
