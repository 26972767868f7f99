"""The list of mismatches as the screen shows it: tabs, filters, groups, rows, what to do with them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from listings.access import Act as May
from listings.access import Actor
from listings.models.mismatch import Mismatch
from listings.severity import Severity
from listings.source_changes import changed_by_source
from listings.sources import facts
from web.ages import age_of, is_stale
from web.causes import title
from web.difference import difference
from web.fix_kit import FIXABLE, goes_by_itself
from web.frame import addresses
from web.mismatch_query import CLOSED, PAGE, By, Facet, Found, Group, Tab, Wanted, key_of
from web.places import place
from web.screens import elements as el
from web.screens import mismatches as screen
from web.screens.elements import SOURCE_MARKS, Act, Chip, Choice, Link
from web.values import FIELD_NAMES, shown_value
from web.wording import count

TAB_NAMES = {
    Tab.OPEN: "Open",
    Tab.CAME_BACK: "Came back",
    Tab.WAITING: "Waiting for source",
    Tab.FIXED: "Fixed, 30 days",
    Tab.ACCEPTED: "Accepted",
}
FIXABLE_TABS = (Tab.OPEN, Tab.CAME_BACK)
NOT_KEPT = "another value, not kept"


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list is drawn from: the address, the page of groups, the open one and its rows."""

    actor: Actor
    now: dt.datetime
    wanted: Wanted
    facets: Sequence[Facet]
    groups: Sequence[Group]
    opened: str
    rows: Sequence[Found]
    selected: int | None

    @property
    def deciding(self) -> bool:
        """Whether the actor may act on what is shown."""
        return self.actor.may(May.DECIDE)

    def href(self, endpoint: str = "mismatches.index", **changes: Any) -> str:
        """An address of this list with something changed."""
        base = {"after": None, "shown": 0, "groups_after": ""} if "mismatch_id" not in changes else {}
        more = {name: changes.pop(name) for name in ("mismatch_id", "act") if name in changes}
        return url_for(endpoint, **more, **self.wanted.values(**(base | changes)))


def tabs(listed: Listed) -> tuple[el.Tab, ...]:
    """The states with their counts; a filter by severity or source narrows them too."""
    found = _fitting(listed, severity=True, source=True)
    return tuple(
        el.Tab(
            name,
            listed.href(tab=tab, opened=""),
            sum(facet.count for facet in found if facet.tab is tab),
            tab is listed.wanted.tab,
        )
        for tab, name in TAB_NAMES.items()
    )


def grouping(listed: Listed) -> tuple[Choice, ...]:
    """What the rows can be grouped by."""
    return tuple(
        Choice(by.value.capitalize(), listed.href(by=by, opened=""), by is listed.wanted.by) for by in By
    )


def severities(listed: Listed) -> tuple[Chip, ...]:
    """A chip per severity of this tab."""
    found = [facet for facet in _fitting(listed, source=True) if facet.tab is listed.wanted.tab]
    chosen = listed.wanted.severity
    return tuple(
        Chip(
            severity.capitalize(),
            listed.href(severity=None if severity is chosen else severity, opened=""),
            sum(facet.count for facet in found if facet.severity is severity),
            severity is chosen,
            severity.value,
        )
        for severity in Severity
    )


def sources(listed: Listed) -> tuple[Chip, ...]:
    """A chip per source of this tab, and one for each other filter, to let go of it."""
    found = [facet for facet in _fitting(listed, severity=True) if facet.tab is listed.wanted.tab]
    wanted = listed.wanted
    keys = sorted({facet.source for facet in found} | ({wanted.source} - {""}))
    chips = [
        Chip(
            SOURCE_MARKS[key][1],
            listed.href(source="" if key == wanted.source else key, opened=""),
            sum(facet.count for facet in found if facet.source == key),
            key == wanted.source,
        )
        for key in keys
    ]
    if wanted.field:
        name = FIELD_NAMES.get(wanted.field, wanted.field)
        chips.append(Chip(name, listed.href(field="", opened=""), pressed=True))
    if wanted.location_id is not None:
        code = next((row.location.code for row in listed.rows), "")
        name = f"Location {code}".strip() if code else "One location"
        chips.append(Chip(name, listed.href(location_id=None, opened=""), pressed=True))
    return tuple(chips)


def _fitting(listed: Listed, *, severity: bool = False, source: bool = False) -> list[Facet]:
    """The facets that fit the named filters."""
    wanted = listed.wanted
    return [
        facet
        for facet in listed.facets
        if (not severity or wanted.severity in (None, facet.severity))
        and (not source or wanted.source in ("", facet.source))
    ]


def groups(listed: Listed) -> tuple[screen.MismatchGroup, ...]:
    """The page's groups; the open one with its rows."""
    return tuple(_group(listed, group) for group in listed.groups[:PAGE])


def more_groups(listed: Listed) -> str:
    """Where the next groups are; "" on the last page."""
    if len(listed.groups) <= PAGE:
        return ""
    last = listed.groups[PAGE - 1]
    return listed.href(groups_after=f"{last.rank}.{last.count}.{last.key}", opened=CLOSED)


def _group(listed: Listed, group: Group) -> screen.MismatchGroup:
    expanded = group.key == listed.opened
    shown = listed.rows[:PAGE] if expanded else ()
    so_far = listed.wanted.shown + len(shown)
    hidden = max(1, group.count - so_far) if expanded and len(listed.rows) > PAGE else 0
    return screen.MismatchGroup(
        marks=f"{listed.wanted.by}:{group.key}",
        title=group_title(listed.wanted.by, group, listed.now),
        severity=list(Severity)[group.rank],
        source=group.source if listed.wanted.by in (By.CAUSE, By.SOURCE) else "record",  # type: ignore[arg-type]
        places=group.count,
        noun="place" if listed.wanted.by is By.CAUSE else "difference",
        where=_where(group) if group.count == 1 and listed.wanted.by is not By.LOCATION else "",
        since=age_of(group.since, listed.now),
        toggle=listed.href(opened=CLOSED if expanded else group.key),
        expanded=expanded,
        next_act=_next_act(listed, group),
        rows=tuple(_row(listed, found) for found in shown),
        hidden=hidden,
        more=listed.href(opened=group.key, after=shown[-1].mismatch.id, shown=so_far) if hidden else "",
    )


def group_title(by: By, group: Group, now: dt.datetime) -> str:
    """What the rows of a group have in common, in words."""
    if by is By.LOCATION:
        return _where(group)
    if by is By.SOURCE:
        return SOURCE_MARKS[group.source][1]
    if by is By.FIELD:
        return FIELD_NAMES.get(group.field, group.field)
    kept = group.live_until is None or group.live_until > now
    return title(
        group.field, group.reason, _words(group.field, group.live_value if kept else None, None, now)
    )


def _where(group: Group) -> str:
    return " ".join(part for part in (group.code, group.city) if part)


def _next_act(listed: Listed, group: Group) -> Act | None:
    """What settles the whole group: send it, accept it, or go to the kit of its first row."""
    if not listed.deciding or listed.wanted.by is not By.CAUSE or listed.wanted.tab not in FIXABLE_TABS:
        return None
    marks = (("marks", f"cause:{group.key}"),)
    if list(Severity)[group.rank] is Severity.LOW:
        return Act(
            f"Accept {group.count}" if group.count > 1 else "Accept",
            listed.href("decisions.many", act="accept"),
            style="text",
            values=marks,
        )
    if goes_by_itself(group.source, group.field):
        return Act(
            f"Send for {group.count}" if group.count > 1 else "Send",
            listed.href("decisions.many", act="fix"),
            style="text",
            values=marks,
        )
    return Act(
        "Fix kit", listed.href("mismatches.show", mismatch_id=group.first_id, opened=group.key), "get", "text"
    )


def _row(listed: Listed, found: Found) -> screen.MismatchRow:
    row, location = found.mismatch, found.location
    record = _words(row.field, row.record_value, location.country, listed.now)
    live = _words(row.field, row.value_at(listed.now), location.country, listed.now)
    source, read = facts(row.source), found.listing.last_seen_at
    return screen.MismatchRow(
        marks=str(row.id),
        code=location.code,
        place=place(location) if listed.wanted.by is not By.LOCATION else FIELD_NAMES[row.field],
        href=listed.href("mismatches.show", mismatch_id=row.id, opened=key_of(row, listed.wanted.by)),
        record=record,
        live=difference(record, live),
        live_note=live_note(row),
        changed_by="Google changed this" if changed_by_google(found) else "",
        state=row.state,
        seen=row.seen_count,
        since=age_of(row.state_since, listed.now),
        match=found.match.probability if found.match else None,
        selected=row.id == listed.selected,
        stale=age_of(read, listed.now, stale=True) if is_stale(source, read, listed.now) else None,
    )


def changed_by_google(found: Found) -> bool:
    """Whether Google shows its own change here, which waits for an answer."""
    return found.mismatch.state in FIXABLE and changed_by_source(found.listing, found.mismatch.field)


def live_note(row: Mismatch) -> str:
    """What is said in place of a value."""
    return "shows none" if row.reason.endswith(".not_on_listing") else NOT_KEPT


def _words(field: str, value: str | None, country: str | None, now: dt.datetime) -> str:
    return shown_value(field, value, country, now.date())


def bulk(listed: Listed) -> tuple[Act, ...]:
    """What can be done with marked rows; the first is the filled button."""
    if not listed.deciding:
        return ()

    def act(label: str, name: str, key: str, style: Any = "outlined") -> Act:
        return Act(label, listed.href("decisions.many", act=name), style=style, key=key)

    if listed.wanted.tab in FIXABLE_TABS:
        return (act("Fix", "fix", "f", "filled"), act("Accept", "accept", "a"))
    if listed.wanted.tab in (Tab.ACCEPTED, Tab.WAITING):
        return (act("Open again", "reopen", "a", "filled"),)
    return ()


def nothing(listed: Listed, *, read: bool) -> tuple[el.Empty | None, el.NothingFound | None]:
    """What is said when no group is there: nothing was `read` yet, filters hide them, or nothing is wrong."""
    if listed.groups:
        return None, None
    if not read:
        return _nothing_read(), None
    wanted = listed.wanted
    if wanted.filtered or wanted.groups_after:
        every = sum(facet.count for facet in listed.facets if facet.tab is wanted.tab)
        hidden = (
            f"{count(every, 'row')} of this state are hidden."
            if every
            else "Without them there is none either."
        )
        clear = listed.href(severity=None, source="", field="", location_id=None, opened="")
        return None, el.NothingFound(hidden, Link("Clear filters", clear))
    words = {
        Tab.OPEN: ("Nothing is open", "Every source that was read agrees with your records, or waits."),
        Tab.CAME_BACK: ("Nothing came back", "What was fixed stayed fixed."),
        Tab.WAITING: (
            "No fix is on its way",
            "What you send or enter at a source waits here until it shows.",
        ),
        Tab.FIXED: ("Nothing was fixed in 30 days", "A row comes here once its source shows your value."),
        Tab.ACCEPTED: ("Nothing is accepted", "Differences that may stay as they are stand here."),
    }[wanted.tab]
    return el.Empty(*words), None


def _nothing_read() -> el.Empty:
    sources = addresses().get("sources", "")
    return el.Empty(
        "No source has been read yet",
        "Connect one and we compare what it says about each location with your record. "
        "The first differences show minutes after the first read.",
        Act("Connect a source", sources, "get", "filled") if sources else None,
        Act("Locations", url_for("locations.index"), "get"),
    )


def around(rows: Iterable[Found], selected: int) -> tuple[int | None, int | None, int]:
    """The ids before and after the selected row on this page, and its place from 1 (0: not there)."""
    ids = [found.mismatch.id for found in rows]
    if selected not in ids:
        return None, ids[0] if ids else None, 0
    at = ids.index(selected)
    return (ids[at - 1] if at else None), (ids[at + 1] if at + 1 < len(ids) else None), at + 1
