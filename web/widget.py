"""Widgets as host pages embed them: a script with its data, a frame, a piece of HTML, JSON.

Published to everybody alike: no cookie is read or set. The words of customers are revalidated on
each use (ETag), so that what is erased is gone; a server renders a widget anew after a second.
"""

import datetime as dt
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from threading import Lock

import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from reputation.models.widget import Widget
from web.request import own_transactions, transactions
from web.screens.public import WidgetData
from web.security import content_security_policy
from web.widget_data import contents, options_of
from web.widget_script import widget_script

blueprint = Blueprint("widget", __name__)

FRESH = dt.timedelta(seconds=1)
KEPT = 500
"""Rendered answers in memory; at 20 reviews each some 10 MB."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """An answer's bytes with their ETag, and when they were made."""

    body: bytes
    etag: str
    made_at: dt.datetime


class Cache:
    """The answers of the last second, the least used going first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Rendered] = OrderedDict()
        self._lock = Lock()

    def find(self, key: tuple[str, str], now: dt.datetime) -> Rendered | None:
        """The answer under a key, unless it is too old."""
        with self._lock:
            found = self._kept.get(key)
            if found is None or not dt.timedelta(0) <= now - found.made_at < FRESH:
                return None
            self._kept.move_to_end(key)
            return found

    def keep(self, key: tuple[str, str], rendered: Rendered) -> None:
        """Remember an answer."""
        with self._lock:
            self._kept[key] = rendered
            self._kept.move_to_end(key)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)


@blueprint.get("/w/<public_id>.js")
@own_transactions
def script(public_id: str) -> ResponseReturnValue:
    """One request, one permission (script-src): the code and its data."""
    return _to_anybody(_answer(public_id, "js", widget_script, "text/javascript; charset=utf-8"))


@blueprint.get("/w/<public_id>.json")
@own_transactions
def data(public_id: str) -> ResponseReturnValue:
    """The same data for hosts that draw it themselves."""
    return _to_anybody(_answer(public_id, "json", _as_json, "application/json"))


@blueprint.get("/w/<public_id>.fragment")
@own_transactions
def fragment(public_id: str) -> ResponseReturnValue:
    """Plain HTML for a host's own server to put into its page."""

    def render(shown: WidgetData) -> str:
        return render_template("public/fragment.html", view=shown)

    return _to_anybody(_answer(public_id, "fragment", render, "text/html; charset=utf-8"))


@blueprint.get("/w/<public_id>.html")
@own_transactions
def frame(public_id: str) -> ResponseReturnValue:
    """A page for an iframe; needs no script."""

    def render(shown: WidgetData) -> str:
        return render_template("public/widget.html", view=shown)

    answer = _answer(public_id, "html", render, "text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = content_security_policy("*")
    return answer


def _answer(public_id: str, form: str, render: Callable[[WidgetData], str], kind: str) -> Response:
    cache: Cache = current_app.extensions["widgets"]
    key = (public_id, form)
    found = cache.find(key, g.now)
    if found is None:
        with transactions().database.read() as db:
            body = render(_data(db, public_id)).encode()
        found = Rendered(body, hashlib.sha256(body).hexdigest()[:32], g.now)
        cache.keep(key, found)
    response = Response(found.body, content_type=kind)
    response.set_etag(found.etag)
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


def _data(db: Session, public_id: str) -> WidgetData:
    widget = db.scalar(sa.select(Widget).where(Widget.public_id == public_id))
    if widget is None:
        abort(404)
    options_of(widget)
    return contents(db, widget, g.now)[0]


def _as_json(shown: WidgetData) -> str:
    values = asdict(shown)
    values["reviews"] = [review for review in values["reviews"] if review["attribution"]]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _to_anybody(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
