"""What administrators do with a source's permission to be shown in public: record it, and end it."""

from flask import Blueprint, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from listings import audit, permissions
from web.frame import say
from web.permission_card import FIELDS
from web.refusals import refuse
from web.screens.elements import Act
from web.sources import facts_or_404, page

blueprint = Blueprint("source_permission", __name__)


@blueprint.post("/sources/<source>/permission")
def record(source: str) -> ResponseReturnValue:
    """Write down who gave it, when, and in what document."""
    facts = facts_or_404(source)
    given = {name: request.form.get(name, "") for name, _, _, _ in FIELDS}
    try:
        row = permissions.record(
            g.db, g.actor.organization_id, facts, **given, person_id=g.actor.person_id, now=g.now
        )
    except permissions.Refused as refusal:
        if not refusal.field:
            return refuse(str(refusal), "sources", "Back to the sources")
        return make_response(page(facts, permission=(given, {refusal.field: str(refusal)})), 422)
    audit.record(g.db, g.actor, "permission.recorded", row, g.now, detail={"source": facts.key})
    undo = url_for("source_permission.end", source=facts.key)
    say(
        f"{facts.label}’s grades stand on your public pages from now on",
        Act("Undo", undo, style="text", key="u"),
    )
    return redirect(url_for("sources.show", source=facts.key), 303)


@blueprint.post("/sources/<source>/permission/end")
def end(source: str) -> ResponseReturnValue:
    """It holds no more: nothing of the source stands on a public page from now on."""
    facts = facts_or_404(source)
    row = permissions.end(g.db, g.actor.organization_id, facts.key, g.now)
    if row is None:
        return refuse("No permission is recorded, so nothing is shown.", "sources", "Back to the sources")
    audit.record(g.db, g.actor, "permission.ended", row, g.now, detail={"source": facts.key})
    say(f"Nothing of {facts.label} stands on your public pages any more")
    return redirect(url_for("sources.show", source=facts.key), 303)
