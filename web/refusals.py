"""What can't be done, in words, inside the frame."""

from flask import Response, g, make_response, render_template

from web.frame import addresses, shell
from web.screens.elements import Act
from web.screens.people import ErrorView


def refuse(why: str, screen: str, back: str) -> Response:
    """The page that says why, with the way back to a screen; its 409 also undoes what was begun."""
    view = ErrorView(
        title="This can’t be done",
        text=why,
        act=Act(back, addresses()[screen], "get", "filled"),
        reference=g.request_id,
    )
    return make_response(render_template("error.html", shell=shell(screen), view=view), 409)
