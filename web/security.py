"""What every request must show and every answer must carry: host, origin, CSRF token, headers."""

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, request
from flask_wtf import CSRFProtect

from listings.settings import LOOPBACK_HOSTS, Settings
from web.request import SAFE_METHODS

CSRF = CSRFProtect()

SIGNED = frozenset({"push.google", "push.yelp"})
"""Endpoints that read no cookie and take only what its sender has signed, or sent to a secret address.

No other site can forge that.
"""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""On every answer that does not set its own."""


def guard(app: Flask, settings: Settings) -> None:
    """Check every request and set the headers of every answer of an application."""
    public = urlsplit(settings.public_url)
    hosts = LOOPBACK_HOSTS if public.hostname in LOOPBACK_HOSTS else frozenset({public.hostname})

    def check_request() -> None:
        if request.endpoint != "health.healthz" and _hostname() not in hosts:
            abort(400, description="unknown host")
        if request.method not in SAFE_METHODS and request.endpoint not in SIGNED:
            _check_origin(f"{public.scheme}://{public.netloc}")
            CSRF.protect()

    def set_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", content_security_policy())
        if settings.secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    CSRF.init_app(app)
    app.before_request(check_request)
    app.after_request(set_headers)
    app.add_template_global(csp_nonce)


def csp_nonce() -> str:
    """The nonce of this answer; every script and style element of ours carries it."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def content_security_policy(frame_ancestors: str = "'none'", forms_to: str = "") -> str:
    """The policy of this answer. Only the widget's frame names other `frame_ancestors`.

    `forms_to` is an origin to which a form of this page may lead.
    """
    nonce = csp_nonce()
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'nonce-{nonce}' 'strict-dynamic'",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            f"form-action 'self' {forms_to}".rstrip(),
            f"frame-ancestors {frame_ancestors}",
        )
    )


def _hostname() -> str | None:
    try:
        return urlsplit(f"//{request.host}").hostname
    except ValueError:
        return None


def _check_origin(public_origin: str) -> None:
    # A page of ours on loopback may be open under another name of this machine, so its own origin counts.
    ours = {public_origin, request.host_url.rstrip("/")}
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    if (origin is not None and origin not in ours) or site not in (None, "none", "same-origin"):
        abort(400, description="foreign origin")
