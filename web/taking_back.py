"""Taking back decisions: the last one on a row, or all that one person took in one moment."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings import fix, link
from listings.access import Actor, scoped
from listings.models.listing import Listing
from listings.models.mismatch import Mismatch, MismatchEvent, MismatchState
from reputation.ingest import follow_listing


def take_back(db: Session, actor: Actor, row: Mismatch, now: dt.datetime) -> list[Mismatch]:
    """Undo the last decision on a row; returns the rows that changed. Raises fix.Refused.

    “Not ours” was said of the listing, so all the rows that went with it come back together.
    """
    if row.state is not MismatchState.NOT_OURS:
        fix.undo(db, row, now=now)
        return [row]
    event = _last_event(db, row)
    if event is None or event.person_id is None:
        raise fix.Refused(
            "No person said this, so there is nothing to take back. Decide on the listing itself."
        )
    went = db.scalars(
        scoped(actor, Mismatch)
        .join(MismatchEvent, MismatchEvent.mismatch_id == Mismatch.id)
        .where(
            Mismatch.listing_id == row.listing_id,
            Mismatch.state == MismatchState.NOT_OURS,
            MismatchEvent.state == MismatchState.NOT_OURS,
            MismatchEvent.at == event.at,
            MismatchEvent.person_id == event.person_id,
            MismatchEvent.undone_at.is_(None),
        )
    ).all()
    listing = db.get_one(Listing, row.listing_id)
    link.take_back(db, listing, row.location_id, now)
    follow_listing(db, listing)
    for each in went:
        fix.undo(db, each, now=now)
    return list(went)


def taken_back_at(db: Session, actor: Actor, at: dt.datetime, now: dt.datetime) -> tuple[list[Mismatch], str]:
    """Undo what this person decided at `at`; returns the rows, and why others were refused."""
    decided = db.scalars(
        scoped(actor, Mismatch)
        .join(MismatchEvent, MismatchEvent.mismatch_id == Mismatch.id)
        .where(
            MismatchEvent.at == at,
            MismatchEvent.person_id == actor.person_id,
            MismatchEvent.undone_at.is_(None),
        )
        .order_by(Mismatch.severity_rank, Mismatch.id)
    ).all()
    changed: list[Mismatch] = []
    refused = ""
    for row in decided:
        if row in changed:
            continue
        last = _last_event(db, row)
        if last is None or last.at != at:
            refused = "Something else has happened to it since. Look at its history."
            continue
        try:
            changed += take_back(db, actor, row, now)
        except fix.Refused as why:
            refused = str(why)
    return changed, refused


def _last_event(db: Session, row: Mismatch) -> MismatchEvent | None:
    return db.scalar(
        sa.select(MismatchEvent)
        .where(MismatchEvent.mismatch_id == row.id, MismatchEvent.undone_at.is_(None))
        .order_by(MismatchEvent.id.desc())
        .limit(1)
    )
