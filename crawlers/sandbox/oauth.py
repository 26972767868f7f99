"""Google's token endpoint for the one client the sandbox knows, and the bearer check behind it."""

import datetime as dt
from typing import Any
from urllib.parse import parse_qs

from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.wire import Answered, Asked, GoogleError, json_answer

HOST = "oauth2.googleapis.com"
CLIENT_ID = "417902226013-ostermill.apps.googleusercontent.com"
CLIENT_SECRET = "GOCSPX-sandbox-only"  # noqa: S105 - opens nothing but the sandbox
REFRESH_TOKEN = "1//0sandbox-refresh"  # noqa: S105
AUTHORIZATION_CODE = "4/0sandbox-code"
SCOPE = "https://www.googleapis.com/auth/business.manage"
LIFETIME = dt.timedelta(seconds=3599)


def answer(sandbox: Sandbox, asked: Asked) -> Answered:
    """POST /token (refresh_token, authorization_code) and POST /revoke."""
    form = {key: values[-1] for key, values in parse_qs(asked.body.decode("utf-8", "replace")).items()}
    if asked.method == "POST" and asked.path == "/token":
        return _token(sandbox, form)
    if asked.method == "POST" and asked.path == "/revoke":
        sandbox.revoked.add(form.get("token", asked.query.get("token", "")))
        return json_answer({})
    return _refused(404, "invalid_request", "Not Found")


def check_bearer(sandbox: Sandbox, asked: Asked) -> None:
    """Raises GoogleError 401 unless the request carries an access token that still holds."""
    kind, _, token = asked.headers.get("authorization", "").partition(" ")
    with sandbox.lock:
        expires = sandbox.tokens.get(token)
    if kind.lower() != "bearer" or expires is None or expires <= sandbox.now:
        raise GoogleError(
            401,
            "UNAUTHENTICATED",
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie "
            "or other valid authentication credential. "
            "See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        )


def _token(sandbox: Sandbox, form: dict[str, str]) -> Answered:
    if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
        return _refused(401, "invalid_client", "The OAuth client was not found.")
    match form.get("grant_type"):
        case "refresh_token":
            token = form.get("refresh_token", "")
            if token != REFRESH_TOKEN or token in sandbox.revoked:
                return _refused(400, "invalid_grant", "Token has been expired or revoked.")
            return json_answer(_granted(sandbox))
        case "authorization_code":
            if form.get("code") != AUTHORIZATION_CODE:
                return _refused(400, "invalid_grant", "Malformed auth code.")
            return json_answer({**_granted(sandbox), "refresh_token": REFRESH_TOKEN})
        case other:
            return _refused(400, "unsupported_grant_type", f"Invalid grant_type: {other or ''}")


def _granted(sandbox: Sandbox) -> dict[str, Any]:
    with sandbox.lock:
        now = sandbox.now
        # Dead tokens go when a new one comes, so a long run doesn't gather them.
        sandbox.tokens = {token: expires for token, expires in sandbox.tokens.items() if expires > now}
        token = f"ya29.sandbox-{len(sandbox.tokens)}-{int(now.timestamp())}"
        sandbox.tokens[token] = now + LIFETIME
    return {
        "access_token": token,
        "expires_in": int(LIFETIME.total_seconds()),
        "scope": SCOPE,
        "token_type": "Bearer",
    }


def _refused(status: int, error: str, description: str) -> Answered:
    return json_answer({"error": error, "error_description": description}, status)
