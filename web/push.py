"""Where sources push word of a change: a hint to look again, taken in and answered at once."""

import hmac

from flask import Blueprint, abort, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue

from listings import push, push_yelp
from listings.settings import Settings
from listings.sources import GOOGLE, YELP

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
    push.take(g.db, GOOGLE, pushed, g.now)
    return "", 204


@blueprint.get("/push/yelp/<secret>")
def yelp_verification(secret: str) -> ResponseReturnValue:
    """Yelp's check of the address before it sends: the string it gave, as JSON.

    https://docs.developer.yelp.com/docs/webhooks, Verification Flow.
    """
    _check_yelp(secret)
    asked = request.args.get("verification", "")
    if not push_yelp.is_verification(asked):
        abort(400)
    return jsonify(verification=asked)


@blueprint.post("/push/yelp/<secret>")
def yelp(secret: str) -> ResponseReturnValue:
    """200 for a message of Yelp's, known or not; 400 for anything else, 413 for what is too long."""
    _check_yelp(secret)
    request.max_content_length = push_yelp.MOST_BYTES
    try:
        pushed = push_yelp.read_push(request.get_data(cache=False), g.now)
    except push.Unverified:
        abort(400)
    push.take(g.db, YELP, pushed, g.now, gather=push_yelp.GATHER)
    return "", 200


def _check_yelp(given: str) -> None:
    """Yelp signs nothing, so that only the address tells its messages from others': 404 for a wrong one."""
    settings: Settings = current_app.extensions["settings"]
    secret = settings.yelp_push_secret.get_secret_value()
    if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
        abort(404)
