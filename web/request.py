"""One request: one transaction, one actor, one moment. `g.db`, `g.actor` and `g.now` are set here.

GET and HEAD read in a transaction that can't write; other methods run in one that is committed when
the answer is below 400 and rolled back otherwise, also when something is raised.
"""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn, TypeVar
from urllib.parse import urlsplit, urlunsplit

from flask import abort, current_app, g, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from listings import sessions
from listings.access import Act, Actor, actor_of, get
from listings.db import Base, Database
from web.policies import POLICIES, Anybody, Policy

Row = TypeVar("Row", bound=Base)
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
VISIT_NOTED_EVERY = dt.timedelta(minutes=5)


class Busy(Exception):
    """The database can't take this change now; the caller should try again shortly."""


class Transactions:
    """Opens the transaction of a request, and keeps threads free for readers while writers wait."""

    def __init__(self, database: Database, threads: int, *, patience_s: float = 2) -> None:
        self.database = database
        self._patience_s = patience_s
        self._writers = threading.BoundedSemaphore(max(1, threads - 2)) if database.sqlite else None

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that may write. Raises Busy when too many already wait for the write lock."""
        if self._writers is None:
            with self.database.write() as db:
                yield db
            return
        if not self._writers.acquire(timeout=self._patience_s):
            raise Busy
        try:
            with self.database.write() as db:
                yield db
        finally:
            self._writers.release()


def transactions() -> Transactions:
    """The application's transactions, for the few views marked with `own_transactions`."""
    found: Transactions = current_app.extensions["transactions"]
    return found


def own_transactions(view: View) -> View:
    """Mark a view that opens its own short transactions because it works for long between them."""
    view.own_transactions = True  # type: ignore[attr-defined]
    return view


def one_or_404(model: type[Row], row_id: int) -> Row:
    """The row of that id in the actor's sight; 404 otherwise, so that foreign ids tell nothing."""
    row = get(g.db, g.actor, model, row_id)
    if row is None:
        abort(404)
    return row


def answer(dispatch: Callable[[], ResponseReturnValue]) -> Response:
    """Carry out the matched view within its policy and transaction."""
    policy = POLICIES[request.endpoint or ""]
    view = current_app.view_functions[request.endpoint or ""]
    kept = transactions()
    if request.endpoint == "static":
        return make_response(dispatch())
    if getattr(view, "own_transactions", False):
        with kept.database.read() as db:
            g.actor = _admit(db, policy)
        return make_response(dispatch())
    with kept.database.read() if request.method in SAFE_METHODS else kept.write() as g.db:
        g.actor = _admit(g.db, policy)
        response = make_response(dispatch())
        if response.status_code >= 400:
            g.db.rollback()
    return response


def log_in(token: str) -> None:
    """Give the browser a fresh cookie; nothing of what it held before survives (session fixation)."""
    session.clear()
    session.permanent = True
    session["token"] = token
    session["seen"] = int(g.now.timestamp())


def _admit(db: Session, policy: Policy) -> Actor | None:
    actor = None if policy is Anybody.PUBLISHED else _find_actor(db)
    if isinstance(policy, Act):
        if actor is None:
            _ask_to_log_in()
        if not actor.may(policy):
            abort(403)
    return actor


def _find_actor(db: Session) -> Actor | None:
    token, seen = session.get("token"), session.get("seen")
    if not isinstance(token, str) or not isinstance(seen, int):
        return None
    last_visit = dt.datetime.fromtimestamp(seen, dt.UTC)
    person = sessions.find(db, token, g.now) if g.now - last_visit < sessions.IDLE else None
    if person is None:
        session.clear()
        return None
    # The visit is noted in the signed cookie, because reading a page never writes a row.
    if g.now - last_visit > VISIT_NOTED_EVERY:
        session["seen"] = int(g.now.timestamp())
    return actor_of(db, person)


def _ask_to_log_in() -> NoReturn:
    if request.method not in SAFE_METHODS:
        abort(401)
    if "HX-Request" not in request.headers:
        abort(redirect(url_for("login.form", next=request.full_path.rstrip("?")), 303))
    # A part of a page was asked for: the whole page moves, and comes back to what it showed.
    shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    target = url_for("login.form", next=urlunsplit(("", "", shown.path, shown.query, "")) or None)
    abort(make_response("", 401, {"HX-Redirect": target}))
