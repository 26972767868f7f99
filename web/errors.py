"""Errors as people see them: what refused, why, the way out, and a reference that finds the log line.

No answer holds an exception's text, a stack, a statement or a path; the log holds their kind and place.
"""

from flask import Flask, Response, g, make_response, render_template, url_for
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError

from listings.db import is_busy
from web.request import Busy
from web.screens.elements import Act
from web.screens.people import ErrorView

RETRY_AFTER_S = 5

WORDS: dict[int, tuple[str, str, tuple[str, ...]]] = {
    400: (
        "This request was refused",
        "It doesn't come from a page of this installation, or the page was open too long.",
        ("Go back", "Load the page again", "Send it once more"),
    ),
    401: ("You are logged out", "Nothing was changed.", ("Log in", "Do it once more")),
    403: (
        "Your role doesn't allow this",
        "Nothing was changed.",
        ("Ask an administrator of your organization for another role",),
    ),
    404: (
        "There is nothing here",
        "The address is wrong, or what it showed isn't there for you.",
        ("Look at the address", "Go back to the list it came from"),
    ),
    405: ("This address doesn't take that", "It is shown or sent another way.", ("Go back",)),
    410: (
        "These bytes are gone",
        "The source’s policy or their age has removed them. What was decided on them stays.",
        ("Go back to the mismatch",),
    ),
    413: ("This is too large", "Nothing was stored.", ("Send a smaller file or a shorter text",)),
    429: ("Too many tries", "More are refused for a while.", ("Wait a few minutes", "Try again")),
    500: (
        "Something broke on this server",
        "Nothing was changed. The log has the place, under the reference below.",
        ("Try again", "Hand the reference to whoever runs this installation"),
    ),
    503: (
        "The database is busy",
        "Nothing was changed. Another process holds it; it is usually free within seconds.",
        ("Wait five seconds", "Try again"),
    ),
}
"""Status to title, reason and way out; other statuses take the words of 400 or 500."""


def handle_errors(app: Flask) -> None:
    """Give every error of the application its page."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Busy, lambda _: _busy())
    app.register_error_handler(PoolTimeout, lambda _: _busy())
    app.register_error_handler(DBAPIError, _database_error)


def page(status: int) -> Response:
    """The page of an error status, with the request's reference."""
    title, text, steps = WORDS.get(status) or WORDS[400 if status < 500 else 500]
    act = Act("Log in", url_for("login.form"), "get", "filled") if status == 401 else None
    view = ErrorView(title=title, text=text, steps=steps, act=act, reference=g.request_id)
    return make_response(render_template("error.html", view=view), status)


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    answer = page(error.code)
    # What the status demands beside the page: Allow on 405, Retry-After on 429 and 503.
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def _busy() -> Response:
    answer = page(503)
    answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def _database_error(error: DBAPIError) -> Response:
    if is_busy(error):
        return _busy()
    raise InternalServerError(original_exception=error) from error
