"""Where Google pushes word of a change: a hint to look again, taken in and answered at once."""

from flask import Blueprint, abort, current_app, g, request
from flask.typing import ResponseReturnValue

from listings import push
from listings.settings import Settings

blueprint = Blueprint("push", __name__)

PATH = "/push/google"


@blueprint.post(PATH)
def google() -> ResponseReturnValue:
    """204 for what Google has signed, known or not; 400 for anything else."""
    settings: Settings = current_app.extensions["settings"]
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        push.verify(
            g.db,
            token if kind.lower() == "bearer" else "",
            audience=f"{settings.public_url}{PATH}",
            sender=settings.google_push_sender,
            now=g.now,
        )
        pushed = push.read_push(request.get_data(cache=False))
    except push.Unverified:
        abort(400)
    push.take(g.db, pushed, g.now)
    return "", 204
