"""Google's consent page and token endpoint for the one client the sandbox knows, and the bearer check.

Two people have accounts here. The consent page asks which of them comes, the code it sends back is
good once and for the verifier of its challenge (RFC 7636), and tokens carry their person's name.
"""

import base64
import datetime as dt
import hashlib
import html
import json
from typing import Any
from urllib.parse import parse_qs, urlencode

from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.wire import Answered, Asked, GoogleError, json_answer

HOST = "oauth2.googleapis.com"
CONSENT_HOST = "accounts.google.com"
CONSENT_PATH = "/o/oauth2/v2/auth"
CLIENT_ID = "417902226013-ostermill.apps.googleusercontent.com"
CLIENT_SECRET = "GOCSPX-sandbox-only"  # noqa: S105 - opens nothing but the sandbox
REFRESH_TOKEN = "1//0sandbox-refresh"  # noqa: S105
SECOND_REFRESH_TOKEN = "1//0sandbox-refresh-second"  # noqa: S105
AUTHORIZATION_CODE = "4/0sandbox-code"
SCOPE = "https://www.googleapis.com/auth/business.manage"
LIFETIME = dt.timedelta(seconds=3599)

MAYA, PAUL = "maya", "paul"
PEOPLE = {MAYA: "Maya Ellison", PAUL: "Paul Renner"}
REFRESH_TOKENS = {MAYA: REFRESH_TOKEN, PAUL: SECOND_REFRESH_TOKEN}


def answer(sandbox: Sandbox, asked: Asked) -> Answered:
    """The consent page, POST /token (refresh_token, authorization_code) and POST /revoke."""
    if asked.host == CONSENT_HOST:
        return _consent(asked)
    form = {key: values[-1] for key, values in parse_qs(asked.body.decode("utf-8", "replace")).items()}
    if asked.method == "POST" and asked.path == "/token":
        return _token(sandbox, form)
    if asked.method == "POST" and asked.path == "/revoke":
        return _revoked(sandbox, form.get("token", asked.query.get("token", "")))
    return _refused(404, "invalid_request", "Not Found")


def _revoked(sandbox: Sandbox, token: str) -> Answered:
    """The end of a permission: its refresh token and every access token made from it (RFC 7009 section 2.1)."""
    with sandbox.lock:
        who = {value: who for who, value in REFRESH_TOKENS.items()}.get(token)
        if token in sandbox.tokens:
            who = _who(token)
        if who is None or REFRESH_TOKENS[who] in sandbox.revoked:
            return _refused(400, "invalid_token", "Token expired or revoked")
        sandbox.revoked.add(REFRESH_TOKENS[who])
        sandbox.tokens = {one: until for one, until in sandbox.tokens.items() if _who(one) != who}
    return json_answer({})


def _who(token: str) -> str:
    return token.split("-")[1]


def check_bearer(sandbox: Sandbox, asked: Asked) -> str:
    """Whose token the request carries. Raises GoogleError 401 unless it holds."""
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
    return _who(token)


def _consent(asked: Asked) -> Answered:
    query = asked.query
    wrong = _wrong_consent(query) if asked.path == CONSENT_PATH else "Not found"
    if wrong:
        return _page(
            400, f"<h1>Access blocked: Authorization Error</h1><p>Error 400: {html.escape(wrong)}</p>"
        )
    rows = "".join(
        f'<p><a href="{html.escape(_back(query, code=_code(query, who), scope=SCOPE))}">Continue as {name}</a></p>'
        for who, name in PEOPLE.items()
    )
    deny = html.escape(_back(query, error="access_denied"))
    return _page(
        200,
        "<h1>Goodstanding wants access to your Google Account</h1>"
        "<p>This is the demo’s own page; no Google is asked.</p><p>It wants to: <b>see, edit, create and delete "
        f'your Google business listings</b></p>{rows}<p><a href="{deny}">Cancel</a></p>',
    )


def _wrong_consent(query: Any) -> str:
    wanted = {
        "client_id": CLIENT_ID, "response_type": "code", "code_challenge_method": "S256", "access_type": "offline",
    }  # fmt: skip
    for name, value in wanted.items():
        if query.get(name) != value:
            return f"invalid_request: {name}"
    if SCOPE not in query.get("scope", "").split():
        return "invalid_scope"
    return (
        ""
        if query.get("redirect_uri") and query.get("state") and query.get("code_challenge")
        else "invalid_request"
    )


def _page(status: int, body: str) -> Answered:
    document = (
        f'<!doctype html><html lang="en"><title>Sign in - Google Accounts</title><body>{body}</body></html>'
    )
    return Answered(status, document.encode(), {"content-type": "text/html; charset=utf-8"})


def _back(query: Any, **said: str) -> str:
    parts = {"state": query["state"], "iss": "https://accounts.google.com", **said}
    return f"{query['redirect_uri']}?{urlencode(parts)}"


def _code(query: Any, who: str) -> str:
    bound = [who, query["redirect_uri"], query["code_challenge"], query["state"]]
    return "4/0A" + base64.urlsafe_b64encode(json.dumps(bound).encode()).decode()


def _token(sandbox: Sandbox, form: dict[str, str]) -> Answered:
    if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
        return _refused(401, "invalid_client", "The OAuth client was not found.")
    match form.get("grant_type"):
        case "refresh_token":
            token = form.get("refresh_token", "")
            people = {value: who for who, value in REFRESH_TOKENS.items()}
            if token not in people or token in sandbox.revoked:
                return _refused(400, "invalid_grant", "Token has been expired or revoked.")
            return json_answer(_granted(sandbox, people[token]))
        case "authorization_code":
            return _redeemed(sandbox, form)
        case other:
            return _refused(400, "unsupported_grant_type", f"Invalid grant_type: {other or ''}")


def _redeemed(sandbox: Sandbox, form: dict[str, str]) -> Answered:
    code = form.get("code", "")
    if code == AUTHORIZATION_CODE:
        return json_answer({**_granted(sandbox, MAYA), "refresh_token": REFRESH_TOKEN})
    try:
        who, redirect_uri, challenge, _ = json.loads(base64.urlsafe_b64decode(code.removeprefix("4/0A")))
    except ValueError:
        return _refused(400, "invalid_grant", "Malformed auth code.")
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    if base64.urlsafe_b64encode(digest).decode().rstrip("=") != challenge:
        return _refused(400, "invalid_grant", "Invalid code verifier.")
    if form.get("redirect_uri") != redirect_uri:
        return _refused(400, "redirect_uri_mismatch", "Bad Request")
    with sandbox.lock:
        used = code in sandbox.revoked
        sandbox.revoked.add(code)
        sandbox.revoked.discard(REFRESH_TOKENS[who])
    if used:
        return _refused(400, "invalid_grant", "Bad Request")
    return json_answer({**_granted(sandbox, who), "refresh_token": REFRESH_TOKENS[who]})


def _granted(sandbox: Sandbox, who: str) -> dict[str, Any]:
    with sandbox.lock:
        now = sandbox.now
        # Dead tokens go when a new one comes, so a long run doesn't gather them.
        sandbox.tokens = {token: expires for token, expires in sandbox.tokens.items() if expires > now}
        token = f"ya29.sandbox-{who}-{len(sandbox.tokens)}-{int(now.timestamp())}"
        sandbox.tokens[token] = now + LIFETIME
    return {
        "access_token": token,
        "expires_in": int(LIFETIME.total_seconds()),
        "scope": SCOPE,
        "token_type": "Bearer",
    }


def _refused(status: int, error: str, description: str) -> Answered:
    return json_answer({"error": error, "error_description": description}, status)
