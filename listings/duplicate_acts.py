"""What a person decides about a duplicate, and the way back from each decision."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.db import hold
from listings.duplicates import UNFINISHED, move, note_second
from listings.flag import let_go
from listings.link import ask_again, rule
from listings.matching.decision import Decision
from listings.models.duplicate import Duplicate, DuplicateEvent, DuplicateKind, DuplicateState
from listings.models.listing import DecidedBy, Listing, Match
from listings.models.location import Location
from listings.reports import report_of


class Refused(Exception):
    """The decision doesn't fit the duplicate as it stands now; the message says why."""


def second(
    session: Session, listing: Listing, location_id: int, *, person_id: int, now: dt.datetime
) -> Duplicate:
    """The listing is this place, which is followed by another one of the same source. Raises Refused."""
    if _holder(session, listing, location_id) in (None, listing.id):
        raise Refused("The location has no other listing at this source. Say yes to follow this one.")
    rule(session, listing, location_id, True, person_id, now, second=True)
    return note_second(session, listing, session.get_one(Match, listing.id), person_id=person_id, now=now)


def called_second(session: Session, listing_id: int) -> Duplicate | None:
    """The open duplicate that a person made of a listing, as long as nothing else has happened to it."""
    last = (
        sa.select(DuplicateEvent.act)
        .where(DuplicateEvent.duplicate_id == Duplicate.id, DuplicateEvent.undone_at.is_(None))
        .order_by(DuplicateEvent.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = sa.select(Duplicate).where(
        Duplicate.other_listing_id == listing_id, Duplicate.state == DuplicateState.OPEN, last == "second"
    )
    return session.scalar(query.limit(1))


def not_duplicate(session: Session, row: Duplicate, *, person_id: int, now: dt.datetime) -> list[Listing]:
    """The two are different places. The second listing is not this place then, and never asked about again.

    Returns the listings whose place changed. Raises Refused.
    """
    _still_open(session, row)
    touched = []
    if row.kind is DuplicateKind.LISTING:
        second = session.get_one(Listing, row.other_listing_id)
        rule(session, second, row.location_id, False, person_id, now)
        touched.append(second)
    move(session, row, DuplicateState.NOT_DUPLICATE, "not_duplicate", now=now, person_id=person_id)
    return touched


def report(session: Session, row: Duplicate, *, person_id: int, now: dt.datetime) -> None:
    """A person has told the source of it; from now on we look whether it goes. Raises Refused."""
    _still_open(session, row)
    if row.kind is not DuplicateKind.LISTING or row.source is None:
        raise Refused("Two records of your own are settled here: say which one stays.")
    if row.state is DuplicateState.REPORTED:
        raise Refused("It was reported already.")
    move(session, row, DuplicateState.REPORTED, "reported", now=now, person_id=person_id)
    row.expected_by = now + report_of(row.source).usual_delay


def keep_other(session: Session, row: Duplicate, *, person_id: int, now: dt.datetime) -> list[Listing]:
    """The second listing is the one to follow; the first becomes the second. Raises Refused."""
    _still_open(session, row)
    if row.kind is not DuplicateKind.LISTING:
        raise Refused("Two records of your own are settled here: say which one stays.")
    first, second = _two(session, row)
    rule(session, second, row.location_id, True, person_id, now)
    row.listing_id, row.other_listing_id = second.id, first.id
    move(session, row, DuplicateState.OPEN, "kept", now=now, person_id=person_id)
    return [first, second]


def merge(
    session: Session, row: Duplicate, keep_id: int, *, person_id: int, now: dt.datetime
) -> list[Listing]:
    """Two own records are one place: the one named stays, the other is neither read nor published.

    Nothing is deleted. The other's listings go to the one that stays, as second listings where it has
    one at that source already. Returns these listings. Raises Refused.
    """
    _still_open(session, row)
    ids = (row.location_id, row.other_location_id)
    if row.kind is not DuplicateKind.LOCATION or keep_id not in ids:
        raise Refused("These are not two records of your own.")
    closed_id = ids[1] if keep_id == ids[0] else ids[0]
    kept, closed = session.get_one(Location, keep_id), session.get_one(Location, closed_id)
    if kept.duplicate_of is not None or closed.duplicate_of is not None:
        raise Refused("One of the two is marked as a duplicate already.")
    if session.scalar(sa.select(sa.exists().where(Location.duplicate_of == closed.id))):
        raise Refused(
            f"Another record is marked as a duplicate of {closed.code}. Keep {closed.code}, or undo that first."
        )
    closed.duplicate_of, closed.updated_at = kept.id, now
    moved = [_hand_over(session, match, kept.id, now) for match in _matches_of(session, closed.id)]
    detail = {"kept": kept.id, "closed": closed.id, "moved": moved}
    move(session, row, DuplicateState.MERGED, "merged", now=now, person_id=person_id, detail=detail)
    return _listings(session, moved)


def undo(session: Session, row: Duplicate, *, now: dt.datetime) -> list[Listing]:
    """Take the last decision of a person back; returns the listings whose place changed. Raises Refused."""
    hold(session, row)
    last = session.scalar(
        sa.select(DuplicateEvent)
        .where(DuplicateEvent.duplicate_id == row.id, DuplicateEvent.undone_at.is_(None))
        .order_by(DuplicateEvent.id.desc())
        .limit(1)
    )
    if last is None or last.person_id is None or last.previous_state is None:
        raise Refused("Something else has happened to it since. Look at its history.")
    touched = _UNDO[last.act](session, row, last, now)
    last.undone_at = now
    row.state, row.state_since, row.expected_by = last.previous_state, now, None
    session.flush()
    return touched


def _undo_not_duplicate(
    session: Session, row: Duplicate, event: DuplicateEvent, now: dt.datetime
) -> list[Listing]:
    del event
    if row.kind is DuplicateKind.LOCATION:
        return []
    second = session.get_one(Listing, row.other_listing_id)
    ask_again(session, second, row.location_id, now)
    return [second]


def _undo_second(session: Session, row: Duplicate, event: DuplicateEvent, now: dt.datetime) -> list[Listing]:
    del event
    _, listing = _two(session, row)
    ask_again(session, listing, row.location_id, now)
    return [listing]


def _undo_report(session: Session, row: Duplicate, event: DuplicateEvent, now: dt.datetime) -> list[Listing]:
    del session, row, event, now
    return []


def _undo_kept(session: Session, row: Duplicate, event: DuplicateEvent, now: dt.datetime) -> list[Listing]:
    del event
    first, second = _two(session, row)
    ask_again(session, first, row.location_id, now)
    row.listing_id, row.other_listing_id = second.id, first.id
    return [first, second]


def _undo_merge(session: Session, row: Duplicate, event: DuplicateEvent, now: dt.datetime) -> list[Listing]:
    del row
    detail = event.detail or {}
    session.get_one(Location, detail["closed"]).duplicate_of = None
    for before in detail["moved"]:
        match = session.get_one(Match, before["listing_id"])
        # What was decided since stays decided.
        if match.location_id == detail["kept"]:
            _give_back(session, match, before, now)
    return _listings(session, detail["moved"])


_UNDO: dict[str, Callable[[Session, Duplicate, DuplicateEvent, dt.datetime], list[Listing]]] = {
    "second": _undo_second,
    "not_duplicate": _undo_not_duplicate,
    "reported": _undo_report,
    "kept": _undo_kept,
    "merged": _undo_merge,
}


def _still_open(session: Session, row: Duplicate) -> None:
    hold(session, row)
    if row.state not in UNFINISHED:
        raise Refused("Somebody has decided on this already, or it is gone.")


def _two(session: Session, row: Duplicate) -> tuple[Listing, Listing]:
    return session.get_one(Listing, row.listing_id), session.get_one(Listing, row.other_listing_id)


def _matches_of(session: Session, location_id: int) -> list[Match]:
    """The matches that name a location: what belongs to it, and what it is asked about."""
    query = sa.select(Match).where(
        Match.location_id == location_id, Match.decision.in_((Decision.MATCH, Decision.REVIEW))
    )
    return list(session.scalars(query.order_by(Match.listing_id)))


def _hand_over(session: Session, match: Match, kept_id: int, now: dt.datetime) -> dict[str, Any]:
    """Let a match name the record that stays; returns how it stood, for the way back."""
    listing = session.get_one(Listing, match.listing_id)
    before = {
        "listing_id": listing.id,
        "belongs": listing.location_id,
        "location_id": match.location_id,
        "decision": match.decision.value,
        "duplicate_of": match.duplicate_of,
        "by": match.by.value,
    }
    match.location_id = kept_id
    if listing.location_id is not None:
        let_go(session, listing, now, person_id=None)
        holder = _holder(session, listing, kept_id)
        listing.location_id = None if holder else kept_id
        match.duplicate_of = holder
        match.decision = Decision.REVIEW if holder else Decision.MATCH
    session.flush()
    return before


def _holder(session: Session, listing: Listing, location_id: int) -> int | None:
    return session.scalar(
        sa.select(Listing.id)
        .where(
            Listing.organization_id == listing.organization_id,
            Listing.location_id == location_id,
            Listing.source == listing.source,
            Listing.missing_since.is_(None),
        )
        .order_by(Listing.id)
        .limit(1)
    )


def _give_back(session: Session, match: Match, before: dict[str, Any], now: dt.datetime) -> None:
    listing = session.get_one(Listing, match.listing_id)
    if listing.location_id is not None:
        let_go(session, listing, now, person_id=None)
    listing.location_id = before["belongs"]
    match.location_id, match.duplicate_of = before["location_id"], before["duplicate_of"]
    match.decision, match.by = Decision(before["decision"]), DecidedBy(before["by"])
    session.flush()


def _listings(session: Session, moved: list[dict[str, Any]]) -> list[Listing]:
    return [session.get_one(Listing, before["listing_id"]) for before in moved]
