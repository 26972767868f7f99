"""Every row of a large act, shown before it is done."""

import datetime as dt

from web.marked import Marked
from web.mismatch_list import live_note
from web.places import place
from web.screens.elements import Act
from web.screens.mismatches import PreviewRow, PreviewView
from web.values import FIELD_NAMES, shown_value
from web.wording import count

VERBS = {"fix": "Fix", "accept": "Accept", "reopen": "Open again"}
TEXTS = {
    "fix": "Where the source has an interface the value is sent, elsewhere the row waits until the source shows it.",
    "accept": "They may stay as they are, until a source shows another value.",
    "reopen": "What was decided on them is taken back, as far as nothing has left the house.",
}


def preview(
    name: str, marked: Marked, action: str, back: str, *, at_once: int, now: dt.datetime
) -> PreviewView:
    """The page that asks; its button carries the number of rows it will touch."""
    total = min(marked.total, at_once)
    text = TEXTS[name]
    if marked.total > at_once:
        text += f" {count(marked.total, 'row')} are marked; {at_once:,} go at a time, the others stay as they are."
    values = tuple(("marks", mark) for mark in marked.marks)
    return PreviewView(
        title=f"{VERBS[name]} {count(total, 'row')}",
        text=text,
        total=total,
        rows=tuple(
            PreviewRow(
                found.location.code,
                place(found.location),
                found.mismatch.source,  # type: ignore[arg-type]
                FIELD_NAMES[found.mismatch.field],
                _words(found.mismatch.field, found.mismatch.record_value, found.location.country, now),
                _words(found.mismatch.field, found.mismatch.value_at(now), found.location.country, now)
                or live_note(found.mismatch),
            )
            for found in marked.rows
        ),
        act=Act(f"{VERBS[name]} {total:,}", action, style="filled", values=(*values, ("confirmed", "yes"))),
        back=Act("Back", back, "get"),
    )


def _words(field: str, value: str | None, country: str | None, now: dt.datetime) -> str:
    return shown_value(field, value, country, now.date())
