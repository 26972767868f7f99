"""Logging in and out, and choosing a password by a one-time link.

The two views that verify or make a password open their own short transactions: argon2 takes tens of
milliseconds of a core on purpose, and nobody should wait for the write lock meanwhile.
"""

import math
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.exceptions import HTTPException

from listings import login, passwords, people, sessions
from listings.people import PASSWORD_PATH
from web.request import log_in, own_transactions, transactions
from web.screens.elements import Field
from web.screens.people import LoginView, SetPasswordView

blueprint = Blueprint("login", __name__)

WRONG = "E-mail and password don’t belong together. {left}."
TOO_MANY = "Too many tries. You can try again in {minutes} min."
A_YEAR_S = 365 * 24 * 3600


@blueprint.get("/login")
def form() -> ResponseReturnValue:
    """The log-in form; whoever is logged in goes on to where they wanted."""
    target = own_path(request.args.get("next", ""))
    if g.actor is not None:
        return redirect(target, 303)
    return _form(next_path=target)


@blueprint.post("/login")
@own_transactions
def enter() -> ResponseReturnValue:
    """Log in, or show the form again: 422 when wrong, 429 when there were too many tries."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    target = own_path(request.form.get("next", ""))
    key = str(current_app.secret_key)
    with transactions().write() as db:
        attempt = login.begin(
            db, key, email, browser=_known_browser(), address=request.remote_addr or "", now=g.now
        )
    if isinstance(attempt, login.TooMany):
        minutes = math.ceil(attempt.wait.total_seconds() / 60)
        refused = _form(email=email, next_path=target, error=TOO_MANY.format(minutes=minutes), status=429)
        refused.headers["Retry-After"] = str(math.ceil(attempt.wait.total_seconds()))
        return refused
    token = None
    if passwords.matches(attempt.password_hash, password):
        token = _succeed(attempt, password)
    if token is None:
        left = "1 try left" if attempt.left == 1 else f"{attempt.left} tries left"
        return _form(email=email, next_path=target, error=WRONG.format(left=left), status=422)
    return _welcome(token, email, target)


@blueprint.post("/logout")
def leave() -> ResponseReturnValue:
    """End this browser's log-in; its cookie is refused from now on."""
    if isinstance(session.get("token"), str):
        sessions.end(g.db, session["token"], g.now)
    session.clear()
    return redirect(url_for("login.form"), 303)


@blueprint.get(f"{PASSWORD_PATH}<token>")
def set_password_form(token: str) -> ResponseReturnValue:
    """The form behind a one-time link. Showing it uses nothing up: mail scanners open links."""
    person = people.person_of_link(g.db, token, g.now)
    if person is None:
        abort(404)
    return _password_form(token, person.name)


@blueprint.post(f"{PASSWORD_PATH}<token>")
@own_transactions
def set_password(token: str) -> ResponseReturnValue:
    """Set the password, use the link up and log in."""
    password = request.form.get("password", "")
    with transactions().database.read() as db:
        person = people.person_of_link(db, token, g.now)
    if person is None:
        abort(404)
    try:
        passwords.check_strength(password, email=person.email)
    except passwords.WeakPassword as weak:
        return make_response(_password_form(token, person.name, error=str(weak)), 422)
    hashed = passwords.hash_password(password)
    with transactions().write() as db:
        owner = people.use_link(db, token, hashed, g.now)
        new_session = sessions.start(db, owner.id, g.now) if owner else None
    if new_session is None:
        abort(404)
    return _welcome(new_session, person.email, own_path(""))


def own_path(wanted: str) -> str:
    """`wanted` when it is the path of a page of ours that takes GET, else the start page.

    Whatever a browser might read as another site (//host, /\\host, a scheme, control characters)
    matches no route of ours, so it can't come back.
    """
    start = "/"
    if not wanted.isascii() or not wanted.isprintable() or "\\" in wanted or wanted[:2] == "//":
        return start
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or not parts.path.startswith("/"):
        return start
    try:
        endpoint, _ = current_app.create_url_adapter(request).match(parts.path, "GET")  # type: ignore[union-attr]
    except HTTPException:
        return start
    return start if endpoint in ("static", "login.form") else wanted


def _succeed(attempt: login.Try, password: str) -> str | None:
    outdated = attempt.password_hash is not None and passwords.is_outdated(attempt.password_hash)
    new_hash = passwords.hash_password(password) if outdated else None
    with transactions().write() as db:
        return login.succeed(db, attempt, new_hash, g.now)


def _welcome(token: str, email: str, target: str) -> Response:
    log_in(token)
    response = make_response(redirect(target, 303))
    response.set_cookie(
        _browser_cookie(),
        _signer().dumps(login.known_browser(str(current_app.secret_key), email)),
        max_age=A_YEAR_S,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def _known_browser() -> str:
    try:
        kept = _signer().loads(request.cookies.get(_browser_cookie(), ""))
    except BadSignature:
        return ""
    return kept if isinstance(kept, str) else ""


def _browser_cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-browser"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="known browser")


def _form(*, email: str = "", next_path: str, error: str = "", status: int = 200) -> Response:
    view = LoginView(
        host=urlsplit(current_app.config["PUBLIC_URL"]).netloc,
        action=url_for("login.enter"),
        fields=(
            Field("email", "E-mail", email, kind="email", autocomplete="username", required=True),
            Field(
                "password",
                "Password",
                kind="password",
                autocomplete="current-password",
                required=True,
                error=error,
            ),
        ),
        next=next_path,
    )
    return make_response(render_template("login.html", view=view), status)


def _password_form(token: str, name: str, error: str = "") -> str:
    field = Field(
        "password",
        "New password",
        kind="password",
        hint=f"{passwords.SHORTEST} characters or more. Four words in a row are easy to remember.",
        autocomplete="new-password",
        required=True,
        error=error,
    )
    view = SetPasswordView(person=name, action=url_for("login.set_password", token=token), fields=(field,))
    return render_template("set_password.html", view=view)
