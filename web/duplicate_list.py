"""Pairs that stand twice as the screen shows them: side by side, with reasons, acts and history."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask import g, url_for

from listings.access import Act as May
from listings.agreement import kept_record
from listings.canonical import location_record
from listings.compare import FIELDS
from listings.compare import shown_value as plain_value
from listings.duplicates import visible
from listings.models.duplicate import Duplicate, DuplicateEvent, DuplicateKind, DuplicateState
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.person import Person
from listings.records import ListingRecord, listing_from_json
from listings.reports import report_of, report_url
from listings.retention import page_of
from web.ages import age_of
from web.difference import Segment, difference
from web.found_tabs import DUPLICATE_TABS
from web.location_cards import reason_of
from web.places import place
from web.screens.duplicates import DuplicateCard, Twin, TwinField
from web.screens.elements import SOURCE_MARKS, Act, Empty, Event, Link, Tab
from web.source_words import source_words
from web.values import FIELD_NAMES, listing_name, shown_value
from web.wording import date

PAGE = 20
SHOWN_FIELDS = ("name", "street", "city", "postal_code", "phone", "website", "category", "status")
HISTORY = {
    "found": "Found",
    "second": "{who} said that it is a second listing",
    "came_back": "Stands there again",
    "reported": "{who} reported it at the source",
    "kept": "{who} turned the two round",
    "not_duplicate": "{who} said that they are different places",
    "merged": "{who} said that they are one place",
    "gone": "One of the two is gone at the source",
    "apart": "They no longer look like one place",
}


@dataclass
class Around:
    """The rows that a page of pairs needs, each read once."""

    listings: dict[int, Listing] = field(default_factory=dict)
    locations: dict[int, Location] = field(default_factory=dict)
    events: dict[int, list[tuple[DuplicateEvent, str | None]]] = field(
        default_factory=lambda: defaultdict(list)
    )


def pairs(key: str, *, after: int, location_id: int | None) -> tuple[tuple[DuplicateCard, ...], int]:
    """The pairs of a tab above the id `after`, and the id to go on with (0 at the end). Four statements."""
    _, state, kind = DUPLICATE_TABS[key]
    query = visible(g.actor).where(Duplicate.state == state, Duplicate.id > after)
    if kind is not None:
        query = query.where(Duplicate.kind == kind)
    if location_id is not None:
        query = query.where(
            sa.or_(Duplicate.location_id == location_id, Duplicate.other_location_id == location_id)
        )
    rows = g.db.scalars(query.order_by(Duplicate.id).limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    around = _around(shown)
    return tuple(_card(row, around) for row in shown), shown[-1].id if len(rows) > PAGE else 0


def _around(rows: Sequence[Duplicate]) -> Around:
    listings = {one for row in rows for one in (row.listing_id, row.other_listing_id) if one}
    locations = {one for row in rows for one in (row.location_id, row.other_location_id) if one}
    found = Around()
    found.listings = {one.id: one for one in g.db.scalars(sa.select(Listing).where(Listing.id.in_(listings)))}
    found.locations = {
        one.id: one for one in g.db.scalars(sa.select(Location).where(Location.id.in_(locations)))
    }
    events = (
        sa.select(DuplicateEvent, Person.name)
        .outerjoin(Person, Person.id == DuplicateEvent.person_id)
        .where(DuplicateEvent.duplicate_id.in_([row.id for row in rows]))
        .order_by(DuplicateEvent.id.desc())
    )
    for event, who in g.db.execute(events):
        found.events[event.duplicate_id].append((event, who))
    return found


def _card(row: Duplicate, around: Around) -> DuplicateCard:
    location = around.locations[row.location_id]
    where = f"{location.code} {place(location)}"
    of_listing = row.kind is DuplicateKind.LISTING
    first, second = _twins(row, around)
    ours, theirs = _records(row, around)
    source = row.source or "record"
    return DuplicateCard(
        source=source,  # type: ignore[arg-type]
        title=f"{where} stands twice on {source_words(source)}"
        if of_listing
        else f"{where} and another record",
        href=url_for("locations.one", location_id=location.id),
        anchor=f"pair-{row.id}",
        first=first,
        second=second,
        fields=_fields(ours, theirs, location.country),
        chance=f"{row.probability:.2f}",
        since=age_of(row.state_since, g.now),
        reasons=tuple(reason_of(reason) for reason in row.reasons or ()),
        state=_state(row),
        late=row.expected_by is not None and row.expected_by < g.now,
        how=_how(row),
        report=_report(row, around),
        acts=_acts(row, around) if g.actor.may(May.DECIDE) else (),
        history=_history(around.events[row.id]),
    )


def _twins(row: Duplicate, around: Around) -> tuple[Twin, Twin]:
    if row.kind is DuplicateKind.LOCATION:
        both = (around.locations[row.location_id], around.locations[row.other_location_id or 0])
        first, second = (
            Twin(one.code, one.name, Link("Open the record", url_for("locations.one", location_id=one.id)),
                 "Duplicate: neither read nor published" if one.duplicate_of else "")
            for one in both
        )  # fmt: skip
        return first, second
    kept, other = around.listings[row.listing_id or 0], around.listings[row.other_listing_id or 0]
    return _listing_twin("Followed", kept), _listing_twin("Second listing", other)


def _listing_twin(role: str, listing: Listing) -> Twin:
    url = page_of(listing, g.now) or report_url(listing.source, listing.source_id, None) or ""
    link = Link("See it there", url, "external-link") if url.startswith(("http://", "https://")) else None
    gone = f"Not shown since {date(listing.missing_since, g.now)}" if listing.missing_since else ""
    return Twin(role, listing_name(listing, g.now), link, gone)


def _records(row: Duplicate, around: Around) -> tuple[ListingRecord | None, ListingRecord | None]:
    if row.kind is DuplicateKind.LOCATION:
        return (
            location_record(around.locations[row.location_id]),
            location_record(around.locations[row.other_location_id or 0]),
        )
    return _record(around.listings[row.listing_id or 0]), _record(around.listings[row.other_listing_id or 0])


def _record(listing: Listing) -> ListingRecord | None:
    kept = kept_record(listing, g.now)
    return listing_from_json(kept) if kept is not None else None


def _fields(
    first: ListingRecord | None, second: ListingRecord | None, country: str | None
) -> tuple[TwinField, ...]:
    if first is None or second is None:
        return ()
    shown = []
    for name in (name for name in FIELDS if name in SHOWN_FIELDS):
        values = [shown_value(name, plain_value(one, name), country, g.now.date()) for one in (first, second)]
        if any(values):
            segments = difference(values[0], values[1]) or (Segment("", differs=False),)
            shown.append(TwinField(FIELD_NAMES[name], values[0], segments, values[0] != values[1]))
    return tuple(shown)


def _state(row: Duplicate) -> str:
    since = date(row.state_since, g.now)
    match row.state:
        case DuplicateState.REPORTED if row.expected_by is not None and row.expected_by < g.now:
            return f"Reported {since}, and still there. Report it again, or ask the source."
        case DuplicateState.REPORTED:
            until = f" It is usually gone by {date(row.expected_by, g.now)}." if row.expected_by else ""
            return f"Reported {since}. We look at each reading.{until}"
        case DuplicateState.RESOLVED:
            return f"Resolved {since}."
        case DuplicateState.NOT_DUPLICATE:
            return f"Two different places, since {since}. This pair is never found again."
        case DuplicateState.MERGED:
            return f"One place since {since}. Both records are kept."
        case _:
            return ""


def _how(row: Duplicate) -> str:
    if row.kind is DuplicateKind.LOCATION:
        return (
            "If it is one place, say which record stays. The other is kept as it is, but neither read nor "
            "published, and its listings go to the one that stays."
        )
    return report_of(row.source or "").how


def _report(row: Duplicate, around: Around) -> Link | None:
    if row.kind is DuplicateKind.LOCATION or row.state not in (DuplicateState.OPEN, DuplicateState.REPORTED):
        return None
    second = around.listings[row.other_listing_id or 0]
    url = report_url(second.source, second.source_id, second.url) or ""
    name = SOURCE_MARKS[second.source][1]
    return (
        Link(f"Report it to {name}", url, "external-link")
        if url.startswith(("http://", "https://"))
        else None
    )


def _acts(row: Duplicate, around: Around) -> tuple[Act, ...]:
    def act(label: str, name: str, **more: str) -> Act:
        return Act(label, url_for(f"duplicates.{name}", duplicate_id=row.id), **more)  # type: ignore[arg-type]

    apart = act("Not a duplicate", "not_duplicate", style="quiet", icon="x")
    if row.kind is DuplicateKind.LOCATION and row.state is DuplicateState.OPEN:
        if not g.actor.may(May.EDIT_LOCATIONS):
            return (apart,)
        both = (around.locations[row.location_id], around.locations[row.other_location_id or 0])
        return (*(_keep(row, one) for one in both), apart)
    if row.state is DuplicateState.OPEN:
        kept = act("Follow the second one", "keep_other", icon="refresh-cw")
        return (act("I reported it", "reported", icon="send"), kept, apart)
    if row.state is DuplicateState.REPORTED:
        return (act("Not reported after all", "undo", icon="undo-2"), apart)
    if row.state is DuplicateState.MERGED and not g.actor.may(May.EDIT_LOCATIONS):
        return ()
    if row.state in (DuplicateState.NOT_DUPLICATE, DuplicateState.MERGED):
        return (act("Take it back", "undo", icon="undo-2"),)
    return ()


def _keep(row: Duplicate, location: Location) -> Act:
    action = url_for("duplicates.merge", duplicate_id=row.id, location_id=location.id)
    return Act(f"Same place, keep {location.code}", action, icon="check")


def _history(events: Sequence[tuple[DuplicateEvent, str | None]]) -> tuple[Event, ...]:
    """What has happened to a pair; that it was found goes without saying."""
    if [event.act for event, _ in events] == ["found"]:
        return ()
    return tuple(_event(event, who) for event, who in events)


def _event(event: DuplicateEvent, who: str | None) -> Event:
    told = HISTORY[event.act].format(who=who or "Somebody")
    taken_back = f", taken back {date(event.undone_at, g.now)}" if event.undone_at else ""
    kind = "fixed" if event.act == "gone" else "wrong" if event.act in ("found", "came_back") else "event"
    return Event(date(event.at, g.now), told + taken_back, kind)  # type: ignore[arg-type]


def empty(key: str, tabs: Sequence[Tab]) -> Empty:
    """What is said where a tab has no pair: what would stand here, and where something waits instead."""
    words = {
        "": (
            "Nothing is listed twice",
            "When a source shows two listings of one place, both stand here.",
        ),
        "records": (
            "No two records of yours look alike",
            "Records are compared after each import and once a day.",
        ),
        "reported": ("Nothing is reported", "What you report at a source waits here until it is gone there."),
        "resolved": ("Nothing was resolved yet", "A pair comes here when its source no longer shows both."),
        "merged": (
            "No records were merged",
            "Say of two records that they are one place, and they stand here.",
        ),
        "apart": ("No pair was called different", "A pair that you call no duplicate is remembered here."),
    }[key]
    waiting = next((tab for tab in tabs if tab.count and not tab.current), None)
    act = Act(f"{waiting.label} {waiting.count:,}", waiting.href, "get", "filled") if waiting else None
    return Empty(*words, act)
