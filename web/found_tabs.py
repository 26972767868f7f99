"""The tabs over what is in doubt and what stands twice, each with how many wait there."""

import sqlalchemy as sa
from flask import g, url_for

from listings.duplicates import visible
from listings.models.duplicate import Duplicate, DuplicateKind, DuplicateState
from web.match_query import doubtful
from web.screens.elements import Act, Tab

DUPLICATE_TABS: dict[str, tuple[str, DuplicateState, DuplicateKind | None]] = {
    "": ("Listed twice", DuplicateState.OPEN, DuplicateKind.LISTING),
    "records": ("Your records", DuplicateState.OPEN, DuplicateKind.LOCATION),
    "reported": ("Reported", DuplicateState.REPORTED, None),
    "resolved": ("Resolved", DuplicateState.RESOLVED, None),
    "merged": ("Merged", DuplicateState.MERGED, None),
    "apart": ("Not duplicates", DuplicateState.NOT_DUPLICATE, None),
}
"""The tabs of duplicates: their words, the state they show, and of which kind."""


def limits_act() -> Act:
    """The way to the limits of matching."""
    return Act("Limits", url_for("limits.show"), "get", "quiet", icon="settings-2")


def tabs(current: str) -> tuple[Tab, ...]:
    """All tabs; `current` is "matches" or a key of DUPLICATE_TABS. Two statements."""
    columns = (Duplicate.state, Duplicate.kind)
    counted = visible(g.actor).with_only_columns(*columns, sa.func.count()).group_by(*columns)
    found = {(state, kind): number for state, kind, number in g.db.execute(counted)}
    waiting = g.db.scalar(doubtful(g.actor).with_only_columns(sa.func.count(), maintain_column_froms=True))
    shown = [Tab("Is it yours?", url_for("matches.index"), waiting or 0, current == "matches")]
    for key, (name, state, kind) in DUPLICATE_TABS.items():
        number = sum(n for (s, k), n in found.items() if s is state and kind in (None, k))
        shown.append(Tab(name, url_for("duplicates.index", tab=key or None), number, current == key))
    return tuple(shown)
