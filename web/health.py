"""Whether this process answers and reaches its database, for load balancers and service managers."""

import sqlalchemy as sa
from flask import Blueprint, g
from flask.typing import ResponseReturnValue

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 when the database answers; 503 by the error page when it doesn't."""
    g.db.execute(sa.select(1))
    return {"status": "ok"}
