"""The fix kit of the pane: how a source takes a correction, the value as it wants it, the way there."""

import datetime as dt

from listings.kit import kit
from listings.models.mismatch import MismatchState
from listings.source_terms import Door
from listings.sources import facts
from web.mismatch_query import Found
from web.screens.elements import Act, Link
from web.screens.mismatches import FixKit
from web.source_words import source_words
from web.values import FIELD_NAMES
from web.wording import count, date

FIXABLE = (MismatchState.OPEN, MismatchState.CAME_BACK)
ON_ITS_WAY = (MismatchState.FIX_SENT, MismatchState.WAITING)


def goes_by_itself(source: str, field: str) -> bool:
    """Whether a field can be corrected through the source's interface."""
    return facts(source).fix is Door.API and field in facts(source).fixable


def fix_kit(found: Found, action: str, now: dt.datetime) -> FixKit | None:
    """The kit of one mismatch; None when there is nothing left to mend. `action` takes the fix, "" hides it."""
    row, source = found.mismatch, facts(found.mismatch.source)
    name = source_words(row.source)
    if row.state in ON_ITS_WAY:
        expected = row.expected_by or now + source.usual_delay
        usual = _days(source.usual_delay)
        when = f"It usually shows within {usual}; if not by {date(expected, now)}, the row opens again."
        taken = "was taken by" if goes_by_itself(row.source, row.field) else "was entered at"
        sent = "is on its way to" if row.state is MismatchState.FIX_SENT else taken
        return FixKit(f"Your value {sent} {name}. {when}")
    if row.state not in FIXABLE:
        return None
    ready = kit(source, found.location, found.listing, row)
    again = date(now + source.usual_delay, now)
    when = f"It usually shows within {_days(source.usual_delay)}; we look again by {again}."
    label = (
        f"{FIELD_NAMES[row.field]}, as {name} wants it"
        if ready.markup is None
        else "Ready markup for the page"
    )
    edit = Link(f"Edit on {name}", ready.edit_url, "external-link") if ready.edit_url else None
    return FixKit(
        sentence=f"{ready.how} {when}",
        label=label,
        value=ready.markup or ready.value,
        acts=(_act(found, action),) if action else (),
        edit=edit,
    )


def _act(found: Found, action: str) -> Act:
    name = source_words(found.mismatch.source)
    why_not = "" if found.mismatch.record_value else "Your record has no value to send."
    if goes_by_itself(found.mismatch.source, found.mismatch.field):
        return Act(f"Send to {name}", action, style="filled", icon="send", why_not=why_not)
    return Act("I have changed it there", action, style="filled", icon="check", why_not=why_not)


def _days(delay: dt.timedelta) -> str:
    return count(delay.days, "day") if delay.days else count(delay.seconds // 3600, "hour")
