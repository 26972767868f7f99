"""Letting Goodstanding into a Google account: off to Google's consent page, and back.

This side never talks to Google: it sends the browser there and leaves the code to a worker.
"""

from urllib.parse import urlencode

from flask import Blueprint, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from listings import audit, consent, withdrawing
from listings.models.crawl import Credential
from listings.models.organization import Organization
from listings.secrets import Vault
from listings.settings import LOOPBACK_HOSTS, Settings
from listings.sources import GOOGLE
from web.frame import say, shell
from web.refusals import refuse
from web.screens.sources import CallbackView

blueprint = Blueprint("source_consent", __name__)

CONSENT_PAGE = "https://accounts.google.com"
SCOPE = "https://www.googleapis.com/auth/business.manage"
ISSUERS = ("https://accounts.google.com", "accounts.google.com")
CALLBACK = "/sources/google/callback"


def consent_origin(settings: Settings) -> str:
    """Where Google's consent page stands; in the demo that is the local one."""
    if settings.demo and settings.sandbox.rpartition(":")[0] in LOOPBACK_HOSTS:
        return f"http://{settings.sandbox}"
    return CONSENT_PAGE


def available() -> bool:
    """Whether people can connect their accounts here, for which an OAuth client has to be set."""
    return bool(_settings().google_client_id)


@blueprint.post("/sources/google/consent")
def begin() -> ResponseReturnValue:
    """Send the person to Google's consent page with a state that is good once, in this log-in."""
    settings = _settings()
    if not settings.google_client_id:
        return _refuse(
            "No OAuth client is set, so Google can’t be asked. See the settings, or paste a token."
        )
    asked = consent.ask(
        g.db,
        _vault(),
        g.actor.organization_id,
        GOOGLE,
        g.actor.person_id,
        session["token"],
        redirect_uri=f"{settings.public_url}{CALLBACK}",
        now=g.now,
    )
    origin = consent_origin(settings)
    host = "" if origin == CONSENT_PAGE else "/accounts.google.com"
    query = {
        "client_id": settings.google_client_id, "redirect_uri": f"{settings.public_url}{CALLBACK}",
        "response_type": "code", "scope": SCOPE, "state": asked.state,
        "code_challenge": asked.challenge, "code_challenge_method": "S256",
        # Without both, Google leaves out the refresh token when somebody connects a second time.
        "access_type": "offline", "prompt": "consent select_account",
    }  # fmt: skip
    return redirect(f"{origin}{host}/o/oauth2/v2/auth?{urlencode(query)}", 303)


@blueprint.get(CALLBACK)
def returned() -> ResponseReturnValue:
    """Back from Google. Reading a page changes nothing, so the answer is handed in by a form."""
    names = ("state", "code", "error", "iss")
    values = tuple((name, request.args[name]) for name in names if request.args.get(name))
    view = CallbackView("Google has answered", url_for("source_consent.take"), values)
    return render_template("sources/callback.html", shell=shell("sources"), view=view)


@blueprint.post("/sources/google/answer")
def take() -> ResponseReturnValue:
    """Take the answer in, once; a worker redeems its code."""
    issuer = request.form.get("iss")
    if issuer is not None and issuer not in ISSUERS:
        # RFC 9207: an answer of another server must not be taken for Google's.
        return _refuse(consent.UNKNOWN)
    try:
        row = consent.take_answer(
            g.db,
            _vault(),
            g.actor.organization_id,
            GOOGLE,
            session["token"],
            request.form.get("state", ""),
            code=request.form.get("code"),
            error=request.form.get("error"),
            now=g.now,
        )
    except consent.Refused as refusal:
        return _refuse(str(refusal))
    audit.record(g.db, g.actor, "source.consent_answered", row, g.now, detail={"source": GOOGLE})
    return _back()


@blueprint.post("/sources/google/disconnect")
def disconnect() -> ResponseReturnValue:
    """Forget one account's access; what was read with it stays, and grows old."""
    credential = _credential(request.form.get("credential", ""))
    if credential is None:
        return _refuse("This account isn’t connected any more.")
    organization = g.db.get_one(Organization, g.actor.organization_id)
    audit.record(g.db, g.actor, "source.disconnected", organization, g.now, detail={"source": GOOGLE})
    if withdrawing.disconnect(g.db, credential, g.now) is not None:
        say("The account’s access is deleted here, and Google is told to withdraw it")
    else:
        say("The token is deleted here; Google isn’t told, because it may serve other programs of yours")
    return _back()


def _credential(number: str) -> Credential | None:
    found: Credential | None = g.db.get(Credential, int(number)) if number.isdecimal() else None
    ours = found is not None and found.organization_id == g.actor.organization_id and found.source == GOOGLE
    return found if ours else None


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _vault() -> Vault:
    vault: Vault = current_app.extensions["vault"]
    return vault


def _refuse(why: str) -> ResponseReturnValue:
    return refuse(why, "sources", "Back to the sources")


def _back() -> ResponseReturnValue:
    return redirect(url_for("sources.show", source=GOOGLE), 303)
