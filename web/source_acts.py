"""What people do with a source: read it now, pause it, connect it, decide on a drop of its reviews."""

from flask import Blueprint, current_app, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from listings import audit
from listings.crawl_plan import ask, connected
from listings.drifted import accept_drift, doubt_again, word
from listings.models.crawl import SourceState
from listings.models.organization import Organization
from listings.secrets import Vault
from listings.sources import SourceFacts
from reputation import held_back
from web import connecting
from web.frame import say
from web.refusals import refuse
from web.screens.elements import SOURCE_MARKS, Act
from web.sources import facts_or_404, page
from web.wording import count

blueprint = Blueprint("source_acts", __name__)


@blueprint.post("/sources/read")
def read_all() -> ResponseReturnValue:
    """Ask every source that is connected and not paused."""
    asked = [source for source in connected(g.db, g.actor.organization_id) if not _state(source).paused_at]
    for source in asked:
        _ask(source)
    say(f"{count(len(asked), 'source')} asked; what they answer shows here as it comes")
    return redirect(url_for("sources.index"), 303)


@blueprint.post("/sources/<source>/read")
def read(source: str) -> ResponseReturnValue:
    """Ask one source now; the answers come by a worker."""
    facts = facts_or_404(source)
    name = SOURCE_MARKS[facts.key][1]
    if facts not in connected(g.db, g.actor.organization_id):
        return _refuse(f"{name} isn’t connected, so it can’t be asked.")
    if _state(facts).paused_at is not None:
        return _refuse(f"{name} is paused. Resume it first.")
    _ask(facts)
    say(f"{name} is asked; its answers show here as they come")
    return _back(facts)


@blueprint.post("/sources/<source>/pause")
def pause(source: str) -> ResponseReturnValue:
    """Ask it no more until somebody resumes it."""
    facts = facts_or_404(source)
    _state(facts).paused_at = g.now
    _note(facts, "source.paused")
    undo = Act("Undo", url_for("source_acts.resume", source=source), style="text", key="u")
    say(f"{SOURCE_MARKS[facts.key][1]} is paused", undo)
    return _back(facts)


@blueprint.post("/sources/<source>/resume")
def resume(source: str) -> ResponseReturnValue:
    """Ask it again in its rhythm."""
    facts = facts_or_404(source)
    _state(facts).paused_at = None
    _note(facts, "source.resumed")
    say(f"{SOURCE_MARKS[facts.key][1]} is read again in its rhythm")
    return _back(facts)


@blueprint.post("/sources/<source>/believe")
def believe(source: str) -> ResponseReturnValue:
    """The drop is true: the missing reviews get their tombstones."""
    facts = facts_or_404(source)
    state = _state(facts)
    if state.held_back is None:
        return _refuse("Nothing is held back here; somebody has decided already.")
    gone = held_back.believe(g.db, state, person_id=g.actor.person_id, now=g.now)
    _note(facts, "reviews.drop_believed", reviews=gone)
    say(f"{count(gone, 'review')} marked as gone from {SOURCE_MARKS[facts.key][1]}")
    return _back(facts)


@blueprint.post("/sources/<source>/keep")
def keep(source: str) -> ResponseReturnValue:
    """The drop is a mistake of the source: everything stays."""
    facts = facts_or_404(source)
    state = _state(facts)
    if state.held_back is None:
        return _refuse("Nothing is held back here; somebody has decided already.")
    held_back.keep(g.db, state)
    _note(facts, "reviews.drop_refused")
    say("All reviews stay; the next such drop asks again")
    return _back(facts)


@blueprint.post("/sources/<source>/accept-drift")
def accept(source: str) -> ResponseReturnValue:
    """The source really shows these values no more: the next read takes them away."""
    facts = facts_or_404(source)
    state = _state(facts)
    fields = accept_drift(g.db, state)
    if not fields:
        return _refuse("Nothing is doubted here; somebody has decided already, or the source shows it again.")
    _note(facts, "source.drift_accepted", fields=len(fields))
    undo = Act("Undo", url_for("source_acts.doubt", source=facts.key))
    gone = " and ".join(map(word, fields))
    say(f"From the next read of {SOURCE_MARKS[facts.key][1]} on, {gone} counts as no longer shown", undo)
    return _back(facts)


@blueprint.post("/sources/<source>/doubt-drift")
def doubt(source: str) -> ResponseReturnValue:
    """Doubt again what was believed gone."""
    facts = facts_or_404(source)
    if not doubt_again(g.db, _state(facts)):
        return _refuse("Nothing was believed gone here.")
    _note(facts, "source.drift_doubted")
    say("Doubted again; what is known stays")
    return _back(facts)


@blueprint.post("/sources/<source>/connect")
def connect(source: str) -> ResponseReturnValue:
    """Take the credentials, seal them, read for the first time."""
    facts = facts_or_404(source)
    if not facts.credential:
        return _refuse(f"{SOURCE_MARKS[facts.key][1]} needs no credentials.")
    secret, errors = connecting.read(facts, request.form)
    if errors:
        return make_response(page(facts, request.form, errors), 422)
    vault: Vault = current_app.extensions["vault"]
    credential = connecting.store(g.db, g.actor.organization_id, facts, secret, seal=vault.seal, now=g.now)
    audit.record(g.db, g.actor, "source.connected", credential, g.now, detail={"source": facts.key})
    if _state(facts).paused_at is None:
        _ask(facts)
    say(f"{SOURCE_MARKS[facts.key][1]} is connected; the first read has begun")
    return _back(facts)


def _ask(source: SourceFacts) -> None:
    # Pressed twice within a minute it is one question.
    ask(g.db, g.actor.organization_id, source, f"now:{g.now:%Y-%m-%dT%H:%M}")
    _note(source, "source.asked")


def _state(source: SourceFacts) -> SourceState:
    state: SourceState | None = g.db.get(SourceState, (g.actor.organization_id, source.key))
    if state is None:
        state = SourceState(organization_id=g.actor.organization_id, source=source.key)
        g.db.add(state)
        g.db.flush()
    return state


def _note(source: SourceFacts, act: str, **detail: int) -> None:
    organization = g.db.get_one(Organization, g.actor.organization_id)
    audit.record(g.db, g.actor, act, organization, g.now, detail={"source": source.key, **detail})


def _refuse(why: str) -> ResponseReturnValue:
    return refuse(why, "sources", "Back to the sources")


def _back(source: SourceFacts) -> ResponseReturnValue:
    return redirect(url_for("sources.show", source=source.key), 303)
