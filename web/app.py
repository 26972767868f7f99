"""The application factory."""

import secrets
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from types import TracebackType
from typing import Any

import structlog
from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

from listings import clock, sessions
from listings.db import Database
from listings.logs import failure
from listings.secrets import Vault
from listings.settings import Settings
from web import (
    account,
    answering,
    attributes,
    belonging,
    decisions,
    duplicates,
    evidence,
    failed_jobs,
    health,
    home,
    inbox,
    limits,
    locations,
    login,
    matches,
    mismatches,
    page_naming,
    pages,
    public,
    push,
    search,
    source_acts,
    source_consent,
    source_permission,
    sources,
    widget,
)
from web.errors import handle_errors
from web.policies import check_policies
from web.request import Transactions, answer
from web.screens.elements import SOURCE_MARKS
from web.security import guard

LOG = structlog.get_logger("web")

BLUEPRINTS = (
    account.blueprint,
    answering.blueprint,
    attributes.blueprint,
    belonging.blueprint,
    decisions.blueprint,
    duplicates.blueprint,
    evidence.blueprint,
    failed_jobs.blueprint,
    health.blueprint,
    home.blueprint,
    inbox.blueprint,
    limits.blueprint,
    locations.blueprint,
    login.blueprint,
    matches.blueprint,
    mismatches.blueprint,
    page_naming.blueprint,
    pages.blueprint,
    public.blueprint,
    push.blueprint,
    search.blueprint,
    source_acts.blueprint,
    source_consent.blueprint,
    source_permission.blueprint,
    sources.blueprint,
    widget.blueprint,
)


class Application(Flask):
    """Flask with one transaction per request, and a log that holds no one's data."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Carry out the matched view in its transaction; raises what the view raises."""
        if request.routing_exception is not None:
            self.raise_routing_exception(request)
        return answer(super().dispatch_request)

    def log_exception(
        self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]
    ) -> None:
        """Log the kind and the place of an error; its text may hold what somebody typed."""
        if exc_info[1] is not None:
            LOG.error("request_failed", endpoint=request.endpoint, **failure(exc_info[1]))


def create_app(
    settings: Settings, database: Database, *, now: Callable[[], datetime] = clock.now
) -> Application:
    """The web application on a database that is up to date.

    Raises BadSettings without a signing key and RuntimeError when a route has no policy.
    """
    app = Application("web")
    app.config.update(_config(settings))
    app.extensions["transactions"] = Transactions(database, settings.web_threads)
    app.extensions["settings"] = settings
    app.extensions["vault"] = Vault(settings)
    app.extensions["widgets"] = widget.Cache()
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    app.jinja_env.globals["SOURCE_MARKS"] = SOURCE_MARKS
    app.before_request(lambda: _begin(now()))
    guard(app, settings)
    app.after_request(_log_request)
    handle_errors(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    check_policies(app)
    return app


def _config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.signing_key(),
        "PUBLIC_URL": settings.public_url,
        "SESSION_COOKIE_NAME": "__Host-goodstanding" if settings.secure else "goodstanding",
        "SESSION_COOKIE_SECURE": settings.secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": sessions.LIFETIME,
        "SESSION_REFRESH_EACH_REQUEST": False,
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        "PROPAGATE_EXCEPTIONS": False,
        "PROVIDE_AUTOMATIC_OPTIONS": False,
        # A token lives as long as its session: forms stay open on phones for days.
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_CHECK_DEFAULT": False,
        # web.security compares Origin, which browsers send where they leave the referrer out.
        "WTF_CSRF_SSL_STRICT": False,
    }


def _begin(now: datetime) -> None:
    g.now = now
    g.started = monotonic()
    g.actor = None
    g.request_id = secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _log_request(response: Response) -> Response:
    # The endpoint, not the path: paths may hold tokens, and queries what somebody searched for.
    LOG.info(
        "request",
        method=request.method if request.method in ("GET", "HEAD", "POST") else "other",
        endpoint=request.endpoint,
        status=response.status_code,
        milliseconds=round((monotonic() - g.started) * 1000, 1),
        person_id=g.actor.person_id if g.actor else None,
        organization_id=g.actor.organization_id if g.actor else None,
    )
    response.headers["X-Request-Id"] = g.request_id
    return response
