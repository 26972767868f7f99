"""What happened to one field at one source, in sentences."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.models.mismatch import Mismatch, MismatchEvent, MismatchState
from listings.models.person import Person
from web.screens.elements import Event
from web.source_words import at_start, source_words
from web.wording import date

LONGEST = 20
"""Steps that are shown; a field that flips for ever has had enough of them."""

BY_A_PERSON = {
    MismatchState.FIX_SENT: "sent the record’s value to {source}",
    MismatchState.WAITING: "entered the record’s value at {source}",
    MismatchState.ACCEPTED: "accepted the difference",
    MismatchState.DISMISSED: "said it is no mismatch",
    MismatchState.LOCATION_WRONG: "took {source}’s value into the record",
    MismatchState.NOT_OURS: "said the listing isn’t yours",
}
BY_ITSELF = {
    MismatchState.OPEN: "First seen: {source} differs from your record",
    MismatchState.CAME_BACK: "{source} differs again after it was fixed",
    MismatchState.FIX_SENT: "The fix was sent to {source}",
    MismatchState.WAITING: "{source} took the fix; it waits to be shown",
    MismatchState.FIXED: "Fixed: {source} shows your record’s value",
    MismatchState.NOT_OURS: "The listing belongs to another place",
    MismatchState.DISMISSED: "Your record has no value for this any more",
}
WRONG = (MismatchState.OPEN, MismatchState.CAME_BACK)


def history(db: Session, row: Mismatch, now: dt.datetime) -> tuple[list[MismatchEvent], tuple[Event, ...]]:
    """The newest steps as rows and in words, newest first. The row is one the caller may see."""
    query = (
        sa.select(MismatchEvent, Person.name)
        # The organization is named again, so that a name never crosses it.
        .outerjoin(
            Person,
            sa.and_(Person.id == MismatchEvent.person_id, Person.organization_id == row.organization_id),
        )
        .where(MismatchEvent.mismatch_id == row.id)
        .order_by(MismatchEvent.id.desc())
        .limit(LONGEST)
    )
    found = db.execute(query).all()
    return [event for event, _ in found], tuple(_event(event, name, row, now) for event, name in found)


def _event(event: MismatchEvent, name: str | None, row: Mismatch, now: dt.datetime) -> Event:
    source = source_words(row.source)
    if event.person_id is not None:
        text = f"{name or 'Somebody'} {BY_A_PERSON.get(event.state, event.state.replace('_', ' '))}"
    elif (event.detail or {}).get("not_taken"):
        text = "{source} still shows another value; the fix was not taken"
    elif event.state is MismatchState.OPEN and (event.detail or {}).get("detail"):
        text = "The fix didn’t reach {source}; sending it again looks first"
    elif event.state is MismatchState.OPEN and event.previous_state is not None:
        text = "{source} shows another value than the one you settled"
    else:
        text = BY_ITSELF.get(event.state, event.state.replace("_", " "))
    text = at_start(text.format(source=source)) + (" (taken back)" if event.undone_at else "")
    kind = "fixed" if event.state is MismatchState.FIXED else "event"
    if event.state in WRONG and event.person_id is None:
        kind = "wrong"
    return Event(date(event.at, now), text, kind)  # type: ignore[arg-type]
