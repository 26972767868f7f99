"""Mismatches of the invented chain."""

from dataclasses import replace
from typing import Any

from listings.models.mismatch import MismatchState
from listings.severity import Severity
from tests.web.scenes.frame import ago
from web.difference import difference
from web.screens import mismatches
from web.screens.elements import Act, Chip, Choice, Event, Link, Tab


def row(code: str, place: str, record: str, live: str, **more: Any) -> mismatches.MismatchRow:
    base = mismatches.MismatchRow(
        marks=f"m{code}",
        code=code,
        place=place,
        href=f"/mismatches/{code}",
        record=record,
        live=difference(record, live),
        state=MismatchState.OPEN,
        seen=3,
        since=ago("3 d"),
        match=0.98,
    )
    return replace(base, **more)


RECORD, LIVE = "(507) 555-0171", "(507) 555-0100"


def _sides() -> tuple[mismatches.Side, ...]:
    return (
        mismatches.Side("record", difference("", RECORD), "Set by Ines Okafor, Mar 3"),
        mismatches.Side(
            "website", difference(RECORD, RECORD), "Structured data and visible text · 5 h ago", "agrees"
        ),
        mismatches.Side(
            "google",
            difference(RECORD, LIVE),
            "Seen 3 times since Nov 20, last 42 min ago",
            "differs",
            odd=True,
        ),
    )


def _evidence() -> mismatches.EvidenceView:
    return mismatches.EvidenceView(
        answer="Answer of Nov 23, 08:22 UTC · reader google 3",
        sha256="9f3c" + "0" * 56 + "a1e7",
        lines=(
            mismatches.EvidenceLine(11, '  "title": "Tallow Creek Bikes",'),
            mismatches.EvidenceLine(12, '  "phoneNumbers": {'),
            mismatches.EvidenceLine(13, '    "primaryPhone": "', LIVE, '"'),
            mismatches.EvidenceLine(
                14, '  }, "websiteUri": "https://tallowcreek.example/stores/mankato-riverfront"'
            ),
        ),
        whole=Link("Whole answer", "/snapshots/1"),
        download=Link("Download", "/snapshots/1.zip", download=True),
    )


def pane() -> mismatches.MismatchPane:
    return mismatches.MismatchPane(
        title="003 Mankato, Riverfront",
        severity=Severity.CRITICAL,
        state=MismatchState.OPEN,
        source="google",
        what="Phone on Google",
        position="1 of 4",
        back="/mismatches",
        location="/locations/003",
        verdict="Google differs.",
        judgement="Your record and your website agree, so the record is probably right.",
        reason="phone.other_number",
        sides=_sides(),
        evidence=_evidence(),
        kit=mismatches.FixKit(
            "Google takes phones by its API. It usually shows the change within a day; we look again "
            "on Nov 24.",
            "Phone, as Google wants it",
            "+1 507-555-0171",
            (Act("Send only 003", "/mismatches/003/fix"),),
            Link("Edit on Google", "https://business.google.example/edit", "external-link"),
        ),
        history_title="This field on Google",
        history=(
            Event("Nov 20", "Google changed it to (507) 555-0100, at 4 locations in one night", "wrong"),
            Event("Jun 11", "Fixed: Google shows (507) 555-0171", "fixed"),
            Event("Jun 10", "Ines Okafor sent it to Google"),
        ),
        acts=(
            Act("Accept variant", "/mismatches/003/accept", key="a"),
            Act("Record is wrong", "/mismatches/003/record-wrong", key="r"),
            Act("Not our listing", "/mismatches/003/not-ours", key="n", style="quiet"),
        ),
        previous="/mismatches/002",
        next="/mismatches/004",
    )


def _phones() -> tuple[mismatches.MismatchRow, ...]:
    return (
        row("003", "Mankato, Riverfront", "(507) 555-0171", "(507) 555-0100", selected=True),
        row("004", "Red Wing, Barn Bluff", "(651) 555-0148", "(651) 555-0100"),
        row("007", "Stillwater, Lift Bridge", "(651) 555-0119", "(651) 555-0100", match=0.96, seen=2),
        row("014", "Duluth, Canal Park", "(218) 555-0163", "(218) 555-0100", stale=ago("3 d", stale=True)),
    )


def _critical_groups() -> tuple[mismatches.MismatchGroup, ...]:
    group = mismatches.MismatchGroup
    return (
        group(
            "g1",
            "Marked permanently closed",
            Severity.CRITICAL,
            "google",
            1,
            ago("9 h"),
            "?open=g1",
            next_act=Act("Reopen", "/fix", values=(("group", "g1"),)),
        ),
        group(
            "g2",
            "Old call-centre number, 555-0100",
            Severity.CRITICAL,
            "google",
            64,
            ago("3 d"),
            "?open=",
            expanded=True,
            next_act=Act("Send for 64", "/fix"),
            rows=_phones(),
            hidden=60,
            more="?open=g2&all=1",
        ),
    )


def _later_groups() -> tuple[mismatches.MismatchGroup, ...]:
    group = mismatches.MismatchGroup
    return (
        group(
            "g3",
            "No Thanksgiving hours",
            Severity.HIGH,
            "google",
            12,
            ago("9 d"),
            "?open=g3",
            next_act=Act("Send for 12", "/fix"),
        ),
        group(
            "g4",
            "Saturday closes 5 PM, record says 6 PM",
            Severity.HIGH,
            "website",
            2,
            ago("9 d"),
            "?open=g4",
            next_act=Act("Fix kit", "/mismatches/21", "get"),
            stale=ago("3 d", stale=True),
        ),
        group(
            "g5",
            "Suite number missing",
            Severity.MEDIUM,
            "google_places",
            2,
            ago("26 d"),
            "?open=g5",
            next_act=Act("Accept 2", "/accept"),
        ),
        group(
            "g6",
            "“LLC” after the name",
            Severity.LOW,
            "google",
            1,
            ago("31 d"),
            "?open=g6",
            next_act=Act("Accept 1", "/accept"),
        ),
    )


def mismatches_view(*, detail: bool = False) -> mismatches.MismatchesView:
    return mismatches.MismatchesView(
        fact="18 locations, 3 sources · read 42 min ago",
        tabs=(
            Tab("Open", "?state=open", 20, current=True),
            Tab("Came back", "?state=came_back", 3),
            Tab("Waiting for source", "?state=waiting", 12),
            Tab("Fixed, 30 days", "?state=fixed", 64),
            Tab("Accepted", "?state=accepted", 31),
        ),
        grouping=tuple(
            Choice(word, f"?by={word.lower()}", current=word == "Cause")
            for word in ("Cause", "Location", "Source", "Field")
        ),
        severities=(
            Chip("Critical", "?severity=critical", 5, severity="critical"),
            Chip("High", "?severity=high", 12, pressed=True, severity="high"),
            Chip("Medium", "?severity=medium", 2, severity="medium"),
            Chip("Low", "?severity=low", 1, severity="low"),
        ),
        sources=(Chip("Google", "?source=google", 17), Chip("Own website", "?source=website", 3)),
        groups=(*_critical_groups(), *_later_groups()),
        pane=pane(),
        detail=detail,
        acts=(Act("Check again", "/check", key="c", icon="refresh-cw"),),
        bulk=(
            Act("Send to Google", "/fix", key="f", style="filled", counted="Send {n} to Google"),
            Act("Accept", "/accept", key="a"),
        ),
    )


def row_view(code: str) -> mismatches.MismatchesView:
    """The screen with another row of the open group in the pane."""
    view = mismatches_view(detail=True)
    group = view.groups[1]
    rows = tuple(replace(row, selected=row.code == code) for row in group.rows)
    chosen = next(row for row in rows if row.selected)
    second = replace(pane(), title=f"{code} {chosen.place}")
    return replace(view, groups=(view.groups[0], replace(group, rows=rows), *view.groups[2:]), pane=second)
