"""A bare application that shows every template with authored data under a strict policy.

`python -m tests.web.preview` serves it on 127.0.0.1:8100 for one's own eyes.
"""

import secrets
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from jinja2 import StrictUndefined

from tests.web.scenes import (
    attributes,
    empty,
    failed_jobs,
    frame,
    home,
    inbox,
    locations,
    mismatches,
    pages,
    people,
    public,
    sources,
)
from web.screens.elements import SOURCE_MARKS
from web.widget_script import widget_script

Screen = tuple[str, str | None, Callable[[], Any]]

SCREENS: dict[str, Screen] = {
    "/home": ("home.html", "home", home.home_view),
    "/locations": ("locations/index.html", "locations", locations.locations_view),
    "/locations/003": ("locations/one.html", "locations", locations.location_view),
    "/locations/003/attributes": ("locations/attributes.html", "locations", attributes.attributes_view),
    "/mismatches": ("mismatches/index.html", "mismatches", mismatches.mismatches_view),
    "/mismatches/003": (
        "mismatches/index.html",
        "mismatches",
        lambda: mismatches.mismatches_view(detail=True),
    ),
    "/mismatches/004": ("mismatches/index.html", "mismatches", lambda: mismatches.row_view("004")),
    "/mismatches/007": ("mismatches/index.html", "mismatches", lambda: mismatches.row_view("007")),
    "/inbox": ("inbox/index.html", "inbox", inbox.inbox_view),
    "/inbox/p": ("inbox/index.html", "inbox", lambda: inbox.inbox_view(detail=True)),
    "/inbox/answered": ("inbox/index.html", "inbox", inbox.answered_view),
    "/sources": ("sources/index.html", "sources", sources.sources_view),
    "/sources/google": ("sources/one.html", "sources", sources.source_view),
    "/sources/jobs": ("sources/jobs.html", "sources", failed_jobs.failed_jobs_view),
    "/empty/jobs": ("sources/jobs.html", "sources", failed_jobs.no_failed_jobs),
    "/pages": ("pages/index.html", "pages", pages.pages_view),
    "/settings": ("settings.html", "settings", people.settings_view),
    "/login": ("login.html", None, people.login_view),
    "/set-password": ("set_password.html", None, people.password_view),
    "/error": ("error.html", None, people.error_view),
    "/error-inside": ("error.html", "home", people.error_view),
    "/public": ("public/location.html", None, public.public_view),
    "/empty/mismatches": ("mismatches/index.html", "mismatches", empty.empty_mismatches),
    "/empty/inbox": ("inbox/index.html", "inbox", empty.empty_inbox),
    "/empty/locations": ("locations/index.html", "locations", empty.empty_locations),
    "/nothing-found": ("mismatches/index.html", "mismatches", empty.filtered_mismatches),
}


def make_app() -> Flask:
    """Every path of SCREENS, the widgets' scripts, and POST anywhere as a change that worked."""
    app = Flask("web")
    app.jinja_env.globals.update(
        csp_nonce=lambda: g.nonce, csrf_token=lambda: "token", SOURCE_MARKS=SOURCE_MARKS
    )
    app.jinja_env.undefined = StrictUndefined
    app.before_request(lambda: setattr(g, "nonce", secrets.token_urlsafe(16)))
    app.after_request(with_policy)
    for path, screen in SCREENS.items():
        app.add_url_rule(path, path, lambda screen=screen: show(screen))
    app.add_url_rule("/w/<name>.js", "widget", widget)
    app.add_url_rule("/favicon.ico", "favicon", lambda: ("", 204))
    app.add_url_rule("/<path:path>", "post", changed, methods=["POST"])
    return app


def show(screen: Screen) -> str:
    template, place, view = screen
    toast = frame.TOAST if "done" in request.args else None
    return render_template(template, view=view(), shell=frame.frame(place, toast) if place else None)


def widget(name: str) -> Response:
    data = {each.public_id: each for each in (public.widget_data(), public.badge_data())}[name]
    return Response(widget_script(data), mimetype="text/javascript")


def changed(path: str) -> ResponseReturnValue:
    return redirect("/mismatches?done=1", 303)


def with_policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'nonce-{g.nonce}' 'strict-dynamic'; "
        f"style-src 'self' 'nonce-{g.nonce}'; img-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    )
    return response


if __name__ == "__main__":
    make_app().run("127.0.0.1", 8100)
