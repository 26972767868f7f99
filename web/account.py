"""The own settings of whoever is logged in."""

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from listings import audit, sessions
from listings.limits import limits_of
from listings.models.person import Person
from web.frame import shell
from web.limits import in_words
from web.request import one_or_404
from web.screens.account import AccountView
from web.screens.elements import Act, Link

blueprint = Blueprint("account", __name__)


@blueprint.get("/settings")
def show() -> ResponseReturnValue:
    """Single keys on or off, and the way out of every browser."""
    person = one_or_404(Person, g.actor.person_id)
    view = AccountView(
        name=person.name,
        email=person.email,
        role=person.role.value,
        single_keys=person.single_keys,
        keys_action=url_for("account.save_keys"),
        sign_out=Act("Log out everywhere", url_for("account.sign_out_everywhere"), icon="log-out"),
        limits=f"{in_words(limits_of(g.db, g.actor.organization_id))}.",
        limits_link=Link("Limits of matching", url_for("limits.show")),
    )
    return render_template("settings.html", shell=shell("settings"), view=view)


@blueprint.post("/settings/single-keys")
def save_keys() -> ResponseReturnValue:
    """Turn shortcuts by single letters on or off (WCAG 2.1.4)."""
    person = one_or_404(Person, g.actor.person_id)
    person.single_keys = request.form.get("single_keys") == "on"
    audit.record(
        g.db, g.actor, "person.keys_changed", person, g.now, detail={"single_keys": person.single_keys}
    )
    return redirect(url_for("account.show"), 303)


@blueprint.post("/settings/sign-out-everywhere")
def sign_out_everywhere() -> ResponseReturnValue:
    """End every log-in of this person, this one included."""
    person = one_or_404(Person, g.actor.person_id)
    sessions.end_all(g.db, person.id, g.now)
    audit.record(g.db, g.actor, "person.signed_out_everywhere", person, g.now)
    session.clear()
    return redirect(url_for("login.form"), 303)
