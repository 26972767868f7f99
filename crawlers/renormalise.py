"""The job that makes normal forms of an older version anew."""

import structlog

from listings.db import Database
from listings.jobs import JobContext
from listings.renormalise import Renormalise, keep_forms, older_forms

log = structlog.get_logger()

AT_ONCE = 500
"""Locations in a piece: their forms take a tenth of a second, and the lock a part of that."""


def renormalise(database: Database, context: JobContext, payload: Renormalise) -> None:
    """Piece by piece, each a step and a transaction: cut short, it goes on with the next one."""
    done = 0
    while made := context.step("renormalise", lambda: renormalise_some(database, payload.version)):
        done += made
    log.info("renormalised", version=payload.version, locations=done)


def renormalise_some(database: Database, version: int) -> int:
    """Make some forms anew; returns how many, 0 when all are of that version."""
    with database.read() as session:
        anew = older_forms(session, version, limit=AT_ONCE)
    if anew:
        with database.write() as session:
            keep_forms(session, anew, version)
    return len(anew)
