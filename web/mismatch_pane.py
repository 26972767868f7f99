"""The pane of one mismatch: who says what, what proves it, how it is mended, what happened to it."""

from flask import url_for
from sqlalchemy.orm import Session

from listings.access import Act as May
from listings.compare import sentence
from listings.comparing.verdicts import Comparison, Verdict
from listings.fix import TAKEN_OVER
from listings.models.mismatch import Mismatch, MismatchEvent, MismatchState
from listings.sources import facts
from web.ages import age_of, is_stale
from web.evidence import evidence
from web.fix_kit import FIXABLE, fix_kit
from web.mismatch_history import history
from web.mismatch_list import Listed, changed_by_google
from web.mismatch_query import Found
from web.places import place
from web.screens.elements import Act
from web.screens.mismatches import MismatchPane
from web.source_words import source_words
from web.triangle import triangle
from web.values import FIELD_NAMES

SETTLED = (MismatchState.ACCEPTED, MismatchState.DISMISSED, MismatchState.NOT_OURS)

CHANGED = "Google changed this by itself: take its value into your record, or send yours back."

Neighbours = tuple[int | None, int | None, int]
"""The ids before and after in the list, and the place from 1."""


def pane(db: Session, listed: Listed, found: Found, neighbours: Neighbours) -> MismatchPane:
    """Everything about one mismatch that the actor sees."""
    row, now = found.mismatch, listed.now
    before, after, at = neighbours
    name = source_words(row.source)
    events, told = history(db, row, now)
    shape = triangle(db, listed.actor, found, now)
    source, read = facts(row.source), found.listing.last_seen_at
    return MismatchPane(
        title=f"{found.location.code} {place(found.location)}",
        severity=row.severity,
        state=row.state,
        source=row.source,  # type: ignore[arg-type]
        what=f"{FIELD_NAMES[row.field]} on {name}",
        position=f"{at} of {_size(listed)}" if at else "",
        back=listed.href(),
        location=url_for("locations.one", location_id=found.location.id),
        verdict=shape.verdict,
        judgement=f"{CHANGED if changed_by_google(found) else ''} {shape.judgement} {_reason(row)}".strip(),
        reason=row.reason,
        sides=shape.sides,
        history_title=f"{FIELD_NAMES[row.field]} on {name}",
        history=told,
        evidence=evidence(db, listed.actor, found, row.value_at(now), now),
        kit=fix_kit(found, _action(listed, row, "fix", after) if listed.deciding else "", now),
        acts=_acts(listed, found, events, after) if listed.deciding else (),
        previous=_href(listed, before),
        next=_href(listed, after),
        stale=age_of(read, now, stale=True) if is_stale(source, read, now) else None,
        check=_check(listed, row) if listed.deciding else None,
    )


def _reason(row: Mismatch) -> str:
    try:
        return sentence(Comparison(Verdict(row.verdict), row.reason))
    except KeyError:
        # A reason code of a former version may have lost its sentence; the code itself still stands there.
        return ""


def _size(listed: Listed) -> int:
    return next((group.count for group in listed.groups if group.key == listed.opened), len(listed.rows))


def _href(listed: Listed, mismatch_id: int | None) -> str:
    return listed.href("mismatches.show", mismatch_id=mismatch_id) if mismatch_id is not None else ""


def _action(listed: Listed, row: Mismatch, act: str, after: int | None) -> str:
    values = listed.wanted.values(opened=listed.opened)
    if after is not None:
        values["next"] = str(after)
    return url_for(f"decisions.{act}", mismatch_id=row.id, **values)


def _check(listed: Listed, row: Mismatch) -> Act:
    values = listed.wanted.values(opened=listed.opened)
    action = url_for("decisions.check", mismatch_id=row.id, **values)
    return Act("Check again", action, key="c", icon="refresh-cw")


def _acts(listed: Listed, found: Found, events: list[MismatchEvent], after: int | None) -> tuple[Act, ...]:
    row = found.mismatch

    def act(label: str, name: str, key: str = "", style: str = "outlined") -> Act:
        return Act(label, _action(listed, row, name, after), style=style, key=key)  # type: ignore[arg-type]

    if row.state in FIXABLE:
        acts = [act("Accept", "accept", "a")]
        if listed.actor.may(May.EDIT_LOCATIONS) and row.value_at(listed.now) and row.field in TAKEN_OVER:
            label = "Take Google’s value" if changed_by_google(found) else "Record is wrong"
            acts.append(act(label, "record_wrong", "r"))
        return (*acts, act("Not ours", "not_ours", "n", "quiet"), act("Dismiss", "dismiss", "", "quiet"))
    last = next((event for event in events if event.undone_at is None), None)
    if last is None or last.person_id is None:
        return ()
    return (act("Open it again" if row.state in SETTLED else "Take it back", "undo"),)
